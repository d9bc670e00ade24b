"""The newcomer's try, from a bare start to the thread in the terminal."""

import io
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from rich.console import Console

from bot.diagnosis.events import Entered, Left, Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.errors import JobNotFoundError
from bot.settings import Settings
from sandbox.stage import on_stage
from sandbox.tryout import ask, try_it
from tests.replies import diagnoses


def screen() -> tuple[Console, Callable[[], str]]:
    """A terminal of a hundred columns, and what stands on it."""
    out = io.StringIO()
    return Console(file=out, width=100), out.getvalue


def diagnose(job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
    """A diagnosis that reads the job's real state from the sandbox, through the environment alone."""
    assert settings.role_name == "BackupWhyReadOnly"
    observe(Entered("locate"))
    who = boto3.client("sts").get_caller_identity()
    observe(Left("locate", "found"))
    cause = diagnoses.scp_cause(explanation=f"Denied, says account {who['Account']}.")
    return diagnoses.denied(cause, job=diagnoses.job(id=job.id))


async def test_it_shows_the_thread_and_ends_by_itself_with_status_0() -> None:
    console, shown = screen()
    assert await try_it(diagnose, console) == 0
    assert "The incident:" in shown()
    assert "#backups  you: /backup-why" in shown()
    assert "acknowledged in" in shown()
    assert "Denied, says account 999988887777." in shown()
    assert "3 replies" in shown()
    assert "Organization ✗ blocked" in shown()
    assert "aws organizations update-policy" in shown()


async def test_kept_up_it_takes_commands_and_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["/backup-why", "/backup-unknown x"])

    def type_next(_prompt: str = "") -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    console, shown = screen()
    monkeypatch.setattr("sys.argv", [".venv/bin/backup-why", "try", "--keep"])
    monkeypatch.setattr("builtins.input", type_next)
    assert await try_it(diagnose, console, keep=True) == 0
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:" in shown()
    assert f"{Path.cwd()}/.venv/bin/backup-why diagnose" in shown()
    assert "Open http://127.0.0.1:" in shown()
    assert "Only visible to you" in shown()
    assert "Give me an AWS Backup job ID" in shown()
    assert "There is no command /backup-unknown" in shown()


async def test_what_it_prints_can_be_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/a place/.venv/bin/backup-why", "try"])
    monkeypatch.setattr("builtins.input", lambda _prompt="": (_ for _ in ()).throw(EOFError))
    out = io.StringIO()
    assert await try_it(diagnose, Console(file=out, width=40, force_terminal=True, color_system=None), keep=True) == 0
    (command,) = (line for line in out.getvalue().splitlines() if "diagnose" in line)
    *exports, program, subcommand, _job = shlex.split(command)
    assert (program, subcommand) == ("/a place/.venv/bin/backup-why", "diagnose")
    assert all("=" in export for export in exports)


async def test_a_pipe_gets_no_line_that_is_wrapped_or_padded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/a place/.venv/bin/backup-why", "try"])
    out = io.StringIO()
    assert await try_it(diagnose, Console(file=out, width=40)) == 0
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert lines[0].startswith("The incident: ")
    assert lines[0].endswith(".")
    assert lines[-1] == "  '/a place/.venv/bin/backup-why' try --keep"


async def test_the_environment_of_whoever_tries_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "not a port")
    monkeypatch.setenv("REDIS_PASSWORD", "of another Redis")
    monkeypatch.setenv("SLACK_APP_TOKEN", "not a token")
    console, shown = screen()
    assert await try_it(diagnose, console) == 0
    assert "Denied, says account 999988887777." in shown()


async def test_an_error_ends_the_wait_too() -> None:
    def nothing(job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
        del job, settings, observe
        raise JobNotFoundError("No account knows this job.")

    console, shown = screen()
    assert await try_it(nothing, console) == 0
    assert "No account knows this job." in shown()


async def test_nothing_of_the_newcomers_own_aws_is_in_reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "https://sts.amazonaws.com")
    monkeypatch.setenv("BACKUP_WHY_ACCOUNTS", "210987654321")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("BACKUP_WHY_ACCOUNTS=210987654321\n")
    console, shown = screen()
    async with on_stage(diagnose) as tried:
        assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_STS"} & set(os.environ)
        assert "210987654321" not in str(dict(os.environ)) + str(tried.settings.accounts)
        assert await ask(tried, f"/backup-why {tried.job}", console)
    assert "999988887777" in shown()
    assert os.environ["AWS_PROFILE"] == "production"
