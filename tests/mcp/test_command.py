"""`backup-why mcp`: over standard input and output as a process, and what it says before it serves."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import yaml
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

from bot.access.agents import agent_with
from bot.access.rules import load_rules
from bot.cli import run
from tests.diagnosis.incidents import FILES, expectation, text_of
from tests.mcp.conftest import client_of

INCIDENT = FILES[16]
EXPECTED = expectation(text_of(INCIDENT))
BACKUP_WHY = ["-m", "bot.cli"]
BARE = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}


async def test_a_client_over_stdio_gets_the_document_that_the_command_line_prints() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        assert run(["diagnose", "--estate", str(INCIDENT), "--json"]) == 0
    server = StdioServerParameters(
        command=sys.executable, args=[*BACKUP_WHY, "mcp", "--estate", str(INCIDENT)], env={**os.environ, **BARE}
    )
    async with Client(server) as client:
        result = await client.call_tool("diagnose", {"job": EXPECTED["job"]})
    assert not result.is_error
    assert result.structured_content is not None
    expected = json.loads(out.getvalue())
    assert result.structured_content | {"cost": None} == expected | {"cost": None}


async def test_over_http_it_serves_the_agents_of_the_access_file_until_it_is_told_to_stop(
    redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["mcp", "--new-token", "devops-agent"]) == 0
    said = capsys.readouterr().out
    (token,) = re.findall(r"^bwmcp_\S{43}$", said, re.MULTILINE)
    access = tmp_path / "access.yaml"
    access.write_text(said[said.index("agents:") :])
    assert token not in access.read_text()
    environment = {**os.environ, **BARE, "REDIS_URL": redis_url, "BACKUP_WHY_ACCESS_FILE": str(access)}
    command = [sys.executable, *BACKUP_WHY, "mcp", "--http", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:  # noqa: ASYNC220, S603
        assert server.stderr is not None
        url = server.stderr.readline().rpartition(" ")[2].strip()
        async with client_of(url, token) as client:
            result = await client.call_tool("explain", {"question": "scp-denied"})
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
        assert server.stderr.read() == ""
    assert not result.is_error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--http"], "Set BACKUP_WHY_ACCESS_FILE: its `agents` say who may ask over HTTP."),
        (["--http", "--estate", str(INCIDENT)], "--estate goes with standard input and output: leave out --http."),
        (["--new-token", "My Agent"], "'My Agent' is no name for an agent: use lower-case letters, digits and hyphens"),
    ],
)
def test_what_it_can_not_serve_is_a_sentence(
    arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BACKUP_WHY_ACCESS_FILE", raising=False)
    assert run(["mcp", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_the_entry_that_is_printed_is_one_that_the_access_file_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = []
    for name in ("first", "second"):
        run(["mcp", "--new-token", name])
        said = capsys.readouterr().out
        entries.append((re.findall(r"^bwmcp_.*$", said, re.MULTILINE)[0], said[said.index("agents:") :]))
    file = tmp_path / "access.yaml"
    file.write_text(yaml.safe_dump({"agents": [yaml.safe_load(entry)["agents"][0] for _, entry in entries]}))
    rules = load_rules(file)
    assert [agent_with(token, rules.agents) for token, _ in entries] == list(rules.agents)
    assert agent_with("bwmcp_wrong", rules.agents) is None
    assert agent_with("", rules.agents) is None
