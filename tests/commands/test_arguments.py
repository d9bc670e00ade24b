"""Arguments that can't be used, and the examples of the help: sentences that end once, commands that can be pasted."""

import io
import json
import re

import pytest

from bot.cli import run
from bot.commands.registry import FUNCTIONS
from sandbox.aws.here import only

JOB = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["diagnose", JOB, "--region", "mars"], "--region: 'mars' is not an AWS Region; the known ones are af-south-1"),
        (
            ["diagnose", JOB, "--region", "eu-west1"],
            "--region: 'eu-west1' is not an AWS Region; did you mean eu-west-1",
        ),
        (["diagnose", JOB, "--account", "12"], "--account: '12' is not an account id, which has twelve digits."),
        (["diagnoes"], "No such command 'diagnoes'. Did you mean 'diagnose'? See backup-why --help."),
        (
            ["needs", "bakup", "EFS"],
            "'bakup' is neither a kind of job (backup, restore, item-restore, copy, scan, index, "
            "export) "
            "nor an operation of AWS Backup, such as create-vault or StartRestoreJob. See backup-why needs --help.",
        ),
    ],
)
def test_a_wrong_argument_is_told_in_sentences(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "?." not in said
    assert "Value error" not in said


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"AWS_PROFILE": "nope"}, "(The config profile (nope) could not be found): set AWS_PROFILE"),
        ({"AWS_ACCESS_KEY_ID": "x"}, "(Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY)"),
        ({}, "There are no usable AWS credentials (Unable to locate credentials)"),
    ],
)
def test_credentials_that_can_not_be_used_are_told(
    environment: dict[str, str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with only({"AWS_EC2_METADATA_DISABLED": "true", **environment}):
        assert run(["diagnose", JOB]) == 4
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("command", FUNCTIONS)
def test_an_example_of_the_help_is_one_line_however_narrow_the_terminal(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run([command, "--help"])
    wide = re.findall(r"^    \S.*$", capsys.readouterr().out.partition("Options:")[0], re.MULTILINE)
    monkeypatch.setenv("COLUMNS", "40")
    run([command, "--help"])
    narrow = capsys.readouterr().out.splitlines()
    assert [example for example in wide if example not in narrow] == []


def test_the_example_of_evaluate_is_a_request_that_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["evaluate", "--help"])
    (request,) = re.findall(r"request='(\{.*\})'", capsys.readouterr().out)
    monkeypatch.setattr("sys.stdin", io.StringIO(request + "\n"))
    assert run(["evaluate"]) == 0
    assert json.loads(capsys.readouterr().out)["decision"] == "implicit-deny"
