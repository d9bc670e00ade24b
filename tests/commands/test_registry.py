"""The subcommands: each is loaded when it is asked for, and the help needs none of them."""

import subprocess
import sys

import pytest
from typer.main import get_group

from bot.cli import app
from bot.commands.registry import FUNCTIONS, short_help

HEAVY = ("boto3", "botocore", "pydantic_settings", "redis", "slack_bolt", "yaml", "bot.diagnosis.model")
SCRIPT = "import sys; from bot.cli import run; run({}); print([name for name in {} if name in sys.modules])"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_help_shows_what_the_command_says_of_itself(name: str) -> None:
    command = get_group(app).commands[name]
    assert command.name == name
    assert short_help(name, 60) == command.get_short_help_str(60)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_the_help_loads_no_command(arguments: list[str]) -> None:
    run = [sys.executable, "-c", SCRIPT.format(arguments, HEAVY)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    assert done.stdout.splitlines()[-1] == "[]"
