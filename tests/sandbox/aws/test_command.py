"""The command that serves an estate file until Ctrl-C, as a process of its own."""

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from bot.errors import BadInputError
from sandbox.aws.command import serve
from sandbox.aws.estate import INCIDENTS

INCIDENT = INCIDENTS / "01-restore-rds-default-role-absent.json"
RUN = """
import sys
from pathlib import Path
from sandbox.aws.command import serve
serve(Path(sys.argv[1]), log=Path(sys.argv[2]))
"""


def test_it_prints_one_line_to_export_serves_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    with subprocess.Popen(  # noqa: S603 - our own code in our own interpreter
        [sys.executable, "-c", RUN, str(INCIDENT), str(log)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        export, *assignments = shlex.split(process.stdout.readline(), comments=True)
        exported = dict(assignment.split("=", 1) for assignment in assignments)
        identity = boto3.client(
            "sts",
            endpoint_url=exported["AWS_ENDPOINT_URL"],
            aws_access_key_id=exported["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"],
            region_name=exported["AWS_REGION"],
        ).get_caller_identity()
        logged = json.loads(log.read_text())
        os.kill(process.pid, signal.SIGINT)
        rest, errors = process.communicate()
    assert (export, process.returncode, rest, errors) == ("export", 0, "", "")
    assert identity["Account"] == "444455556666"
    assert (logged["operation"], logged["status"]) == ("GetCallerIdentity", 200)


def test_a_file_that_is_no_estate_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "acme.json").write_text("{}")
    with pytest.raises(BadInputError, match="a required member is missing"):
        serve(tmp_path / "acme.json")


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="can't be written: Is a directory"):
        serve(INCIDENT, log=tmp_path)
