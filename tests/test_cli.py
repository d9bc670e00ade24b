"""The command line, with nothing but the environment.

Most rows run it in this process, as `main` does. What is of a process runs as one: exit status, logging, signals,
and a sandbox that is started apart.
"""

import asyncio
import io
import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.access.audit import Act, Audit, Entry
from bot.cli import run
from bot.diagnosis.model import Diagnosis
from bot.work.connection import connect
from sandbox.aws.estate import INCIDENTS, load_estate
from sandbox.aws.server import Sandbox
from sandbox.aws.server import environment as environment_of
from tests.diagnosis.incidents import FILES, differences, expectation, text_of
from tests.scenarios.bench import redis_url, valkey

__all__ = ["redis_url", "valkey"]

BACKUP_WHY = [sys.executable, "-m", "bot.cli"]
INCIDENT = FILES[16]
EXPECTED = expectation(text_of(INCIDENT))
UNKNOWN_JOB = "00000000-0000-4000-8000-000000000000"


@dataclass
class Done:
    """What a run left behind."""

    returncode: int
    stdout: str
    stderr: str


NOT_OURS = ("AWS_", "BACKUP_WHY_", "REDIS")
NOTHING_ELSE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def bare(environment: Mapping[str, str] | None) -> Iterator[None]:
    """An environment that has no other AWS settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(NOT_OURS)]:
            patch.delenv(name)
        for name, value in (NOTHING_ELSE | dict(environment or {})).items():
            patch.setenv(name, value)
        yield


def backup_why(*arguments: str, environment: Mapping[str, str] | None = None, stdin: str = "") -> Done:
    """Runs the command line in this process."""
    out, err, bot = io.StringIO(), io.StringIO(), logging.getLogger("bot")
    logged, level = logging.StreamHandler(err), bot.level
    logged.setLevel(logging.WARNING)
    bot.addHandler(logged)
    try:
        with bare(environment), redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            code = run(list(arguments))
    finally:
        bot.removeHandler(logged)
        bot.setLevel(level)
    return Done(code, out.getvalue(), err.getvalue())


def completed(typed: str) -> list[str]:
    """What a real bash offers after a line, once it has taken what `--show-completion` prints."""
    script = f"""
        eval "$(backup-why --show-completion)"
        COMP_WORDS=({typed})
        COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
        _backup_why_completion backup-why
        complete -p backup-why
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with bare({"PATH": path}):
        done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603, S607
    registered, *offered = done.stdout.splitlines()
    assert registered == "complete -o default -F _backup_why_completion backup-why"
    assert done.stderr == ""
    return offered


def process(*arguments: str, environment: Mapping[str, str] | None = None) -> Done:
    """Runs the command line as a process of its own."""
    with bare(environment):
        done = subprocess.run([*BACKUP_WHY, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def sandbox_process(*options: str) -> Iterator[dict[str, str]]:
    """`backup-why sandbox` as a process of its own; yields the environment that it prints."""
    with subprocess.Popen([*BACKUP_WHY, "sandbox", *options], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            exported = process.stdout.readline().removeprefix("export ").partition("  #")[0]
            yield dict(setting.split("=", 1) for setting in exported.split())
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    """The environment that reads one incident."""
    with Sandbox(load_estate(INCIDENT)) as sandbox:
        yield environment_of(sandbox)


def one_line(text: str) -> str:
    """What an error says: one line, and never a traceback."""
    lines = text.strip().splitlines()
    assert "Traceback" not in text
    assert len(lines) == 1, text
    return lines[0]


def test_a_job_is_diagnosed_with_nothing_but_the_environment() -> None:
    place = ("--account", EXPECTED["account"], "--region", EXPECTED["region"])
    with sandbox_process(str(INCIDENT)) as environment:
        done = process("diagnose", EXPECTED["job"], *place, "--json", environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert differences(Diagnosis.model_validate_json(done.stdout), EXPECTED) == []


def test_an_incident_file_is_diagnosed_by_itself() -> None:
    done = backup_why("diagnose", "--estate", str(INCIDENT), "--json")
    assert done.returncode == 0
    assert differences(Diagnosis.model_validate_json(done.stdout), EXPECTED) == []


def test_what_a_person_reads_names_statement_policy_layer_and_identity(aws: dict[str, str]) -> None:
    done = backup_why("diagnose", EXPECTED["job"], environment={**aws, "COLUMNS": "200"})
    assert done.returncode == 0
    for named in (
        "GrantsByDbaOnly",
        "policy/backup-boundary",
        "KMS key ✗ blocked",
        "role/rds-backup",
        "kms:CreateGrant",
    ):
        assert named in done.stdout
    assert done.stderr == "", "progress is for a terminal"


def test_diagnosing_does_not_load_the_sandbox_nor_slack(aws: dict[str, str]) -> None:
    program = (
        "import sys\nfrom bot.cli import run\n"
        f"assert run(['diagnose', '{EXPECTED['job']}', '--json']) == 0\n"
        "sys.exit(' '.join(name for name in ('moto', 'slack_bolt', 'docket') if name in sys.modules) or 0)"
    )
    done = subprocess.run(  # noqa: S603 — our own program
        [sys.executable, "-c", program], env={**os.environ, **aws}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


NO_AWS = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "says"),
    [
        pytest.param(["diagnose", "yesterday's"], {}, 2, "isn't a job ID", id="not a job id"),
        pytest.param(["diagnose"], {}, 2, "Say which job", id="no job"),
        pytest.param(["diagnose", UNKNOWN_JOB, "--account", "12"], {}, 2, "twelve digits", id="not an account id"),
        pytest.param(["diagnose", UNKNOWN_JOB, "--colour"], {}, 2, "--colour.*--help", id="not an option"),
        pytest.param(["diagnoes"], {}, 2, "diagnoes", id="not a command"),
        pytest.param(["diagnose", UNKNOWN_JOB], {}, 4, "no usable AWS credentials", id="no credentials"),
        pytest.param(["diagnose", UNKNOWN_JOB], NO_AWS, 4, "can't be reached.*AWS_ENDPOINT_URL", id="no AWS"),
        pytest.param(["diagnose", UNKNOWN_JOB], {"BACKUP_WHY_ACCOUNTS": "12"}, 2, "ACCOUNTS.*twelve", id="bad setting"),
        pytest.param(["diagnose", "--estate", "nowhere.json"], {}, 2, "nowhere.json", id="no such estate"),
        pytest.param(["error", " "], {}, 2, "no text", id="no text"),
        pytest.param(["needs", "backup", "Floppy"], {}, 2, "no needs of Floppy.*EBS", id="not a resource type"),
        pytest.param(["needs", "backup", "EBS", "--role", "mine"], NO_AWS, 2, "mine is no role's ARN", id="no role"),
        pytest.param(["needs", "backup"], {}, 2, "Say which resource type", id="no resource type"),
        pytest.param(["needs", "create-vault", "--role", "mine"], {}, 2, "--role goes with", id="a role and no job"),
        pytest.param(["needs", "backup", "EBS", "--caller", "me"], {}, 2, "--caller goes with", id="a caller of a job"),
        pytest.param(["audit"], {}, 2, "REDIS_URL", id="audit without Redis"),
        pytest.param(["audit"], {"REDIS_URL": "redis://127.0.0.1:9/0"}, 5, "Redis", id="audit, Redis unreachable"),
        pytest.param(["manifest", "--url", "http://here"], {}, 2, "http://here.*https://", id="not for Slack"),
        pytest.param(["manifest", "--oauth"], {}, 2, "Give --url too", id="nowhere to come back to"),
        pytest.param(["serve"], {"BACKUP_WHY_ACCESS_FILE": "nowhere.yaml"}, 2, "nowhere.yaml", id="serve, no rules"),
        pytest.param(["serve"], {}, 2, "SLACK_BOT_TOKEN", id="serve without Slack"),
        pytest.param(["work"], {}, 2, "REDIS_URL", id="work without Redis"),
        pytest.param(["work", "--ping"], {"REDIS_URL": "redis://127.0.0.1:9/0"}, 5, "Redis", id="Redis unreachable"),
    ],
)
def test_bad_input_is_one_clear_line_with_its_exit_code(
    arguments: list[str], environment: dict[str, str], code: int, says: str
) -> None:
    done = backup_why(*arguments, environment=environment)
    assert re.search(says, one_line(done.stderr))
    assert (done.returncode, done.stdout) == (code, "")


def test_a_process_ends_with_the_exit_code_and_says_why_on_stderr_only() -> None:
    done = process("diagnose", "yesterday's")
    assert (done.returncode, done.stdout) == (2, "")
    assert "isn't a job ID" in one_line(done.stderr)


def test_an_unknown_job_names_where_it_was_looked_for(aws: dict[str, str]) -> None:
    done = backup_why(
        "diagnose", UNKNOWN_JOB, "--json", environment={**aws, "BACKUP_WHY_ACCOUNTS": "444455556666,123456789012"}
    )
    assert done.returncode == 3
    assert "in 444455556666 us-east-1. Could not search 123456789012 us-east-1." in one_line(done.stderr)


def test_an_account_that_can_not_be_read_at_all_is_told(aws: dict[str, str]) -> None:
    done = backup_why("diagnose", UNKNOWN_JOB, "--account", "123456789012", "--json", environment=aws)
    assert done.returncode == 4
    assert "123456789012 us-east-1 can't be read" in one_line(done.stderr)


def test_a_malformed_estate_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "estate.json"
    file.write_text('{"bot": {"account": "999988887777"}, "accounts": {"1": {}}}')
    done = backup_why("diagnose", "--estate", str(file))
    assert done.returncode == 2
    assert "accounts" in one_line(done.stderr)


def test_a_policy_that_is_not_valid_is_evaluated_as_aws_would_and_crashes_nothing(tmp_path: Path) -> None:
    estate = json.loads(text_of(INCIDENT))
    for role in estate["accounts"]["444455556666"]["roles"]:
        condition = {"StringSoundsLike": {"aws:RequestedRegion": "us-east-1"}}
        role["InlinePolicies"]["broken"] = {
            "Statement": {"Effect": "Deny", "Action": "rds:*", "Resource": "*", "Condition": condition}
        }
    file = tmp_path / "estate.json"
    file.write_text(json.dumps(estate))
    done = backup_why("diagnose", "--estate", str(file), "--json")
    assert done.returncode == 0
    assert differences(Diagnosis.model_validate_json(done.stdout), EXPECTED) == []


def test_a_redis_that_does_not_answer_costs_one_warning(aws: dict[str, str]) -> None:
    done = process("diagnose", EXPECTED["job"], "--json", environment={**aws, "REDIS_URL": "redis://127.0.0.1:9/0"})
    assert done.returncode == 0
    assert "Redis does not answer" in one_line(done.stderr)
    assert json.loads(done.stdout)["outcome"] == "denied"


def test_a_redis_that_hangs_costs_one_warning(aws: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        done = backup_why("diagnose", EXPECTED["job"], "--json", environment={**aws, "REDIS_URL": url})
    assert done.returncode == 0
    assert "Redis does not answer" in one_line(done.stderr)


def test_an_error_text_is_read_without_aws() -> None:
    text = (
        "User: arn:aws:sts::111122223333:assumed-role/Dev/alice is not authorized to perform: backup:StartCopyJob "
        "because no identity-based policy allows the backup:StartCopyJob action"
    )
    done = backup_why("error", text, "--json", "--offline")
    document = json.loads(done.stdout)
    assert (done.returncode, document["outcome"], document["reading"]["action"]) == (0, "denied", "backup:StartCopyJob")
    assert document["hypotheses"][0]["entity"] == "caller"


def test_the_evaluator_answers_a_line_for_a_line_in_order() -> None:
    principal = "arn:aws:iam::222233334444:role/r"
    request = {
        "principal": principal,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "identity_policies": [],
    }
    lines = [json.dumps({"id": "1", **request}), "not json", json.dumps({"id": "3", **request})]
    done = backup_why("evaluate", stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("decision", "error") for answer in answers] == ["implicit-deny", "error", "implicit-deny"]
    assert (answers[0]["id"], answers[2]["id"]) == ("1", "3")


def test_explaining_finds_an_entry_by_its_slug_and_by_other_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "scp-denied"]) == 0
    assert "service control policy" in capsys.readouterr().out
    assert run(["explain", "what", "is", "the", "service-linked", "role"]) == 0
    assert "service-linked role" in capsys.readouterr().out
    assert run(["explain", "scp-denied", "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert (entry["slug"], entry["kind"]) == ("scp-denied", "cause")


def test_explaining_what_there_is_no_entry_of_fails_and_names_no_slash_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["explain", "zzqqxx"]) == 2
    told = capsys.readouterr()
    assert (told.out, "I don't have anything on zzqqxx" in told.err) == ("", True)
    assert run(["explain", "denied"]) == 0
    near = capsys.readouterr().out
    assert "backup-why explain " in near
    assert "/backup-explain" not in near
    assert run(["explain", "denied", "--json"]) == 0
    assert all(f"backup-why explain {hit['slug']}" in near for hit in json.loads(capsys.readouterr().out)["closest"])
    assert run(["explain", "needs", "restore", "EFS", "--json"]) == 0
    assert "elasticfilesystem:Restore" in json.loads(capsys.readouterr().out)["answer"]
    assert run(["explain"]) == 0
    usage = capsys.readouterr().out
    assert "backup-why explain scp-denied" in usage
    assert "/backup-explain" not in usage


@pytest.mark.parametrize(("options", "own"), [([], "job"), (["--error"], "reading")])
def test_the_schema_has_every_member_of_the_document(
    options: list[str], own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schema", *options]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["schema"]["const"] == 1
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:backup-why:{'error' if options else 'diagnosis'}:1"
    assert {own, "outcome", "summary", "causes", "layers", "unread", "names"} <= set(schema["properties"])
    fix = schema["$defs"]["Fix"]["properties"]
    assert {"summary", "owner", "changes", "cli", "terraform", "proven", "not_proven", "alternative"} <= set(fix)


def test_what_a_job_needs_is_read_without_aws() -> None:
    done = backup_why("needs", "restore", "EFS")
    assert done.returncode == 0
    assert "elasticfilesystem:Restore on the restored file system" in " ".join(done.stdout.split())
    assert "{" not in done.stdout
    rows = json.loads(backup_why("needs", "restore", "efs", "--json").stdout)
    assert {"elasticfilesystem:Restore", "kms:CreateGrant"} <= {action for row in rows for action in row["actions"]}


def test_what_an_operation_needs_is_read_without_aws() -> None:
    told = " ".join(backup_why("needs", "create-vault").stdout.split())
    assert "What CreateBackupVault asks its caller for" in told
    assert "backup-storage:MountCapsule on *" in told
    described = json.loads(backup_why("needs", "backup:UpdateGlobalSettings", "--json").stdout)
    assert (described["operation"], described["may_call"]) == ("UpdateGlobalSettings", "management-account")


def test_a_caller_is_held_against_an_operation() -> None:
    caller = "arn:aws:iam::444455556666:role/BackupWhyReadOnly"
    estate = str(INCIDENT)
    done = backup_why("needs", "--caller", caller, "CreateBackupPlan", "--estate", estate, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["subject"]["operation"] == "CreateBackupPlan"
    assert document["causes"][0]["actions"] == ["backup:CreateBackupPlan"]
    told = backup_why("needs", "--caller", caller, "CreateBackupPlan", "--estate", estate).stdout
    assert "What CreateBackupPlan asks its caller for" in " ".join(told.split())


def test_a_role_is_held_against_what_a_job_needs(tmp_path: Path) -> None:
    estate = json.loads(text_of(INCIDENT))
    roles = estate["accounts"]["444455556666"]["roles"]
    role = next(each for each in roles if each["RoleName"] != "BackupWhyReadOnly")
    role["AttachedPolicies"] = []
    role.pop("PermissionsBoundary", None)
    role["InlinePolicies"] = {
        "some": {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": ["elasticfilesystem:Backup", "s3:Put*"], "Resource": "*"},
        }
    }
    file = tmp_path / "estate.json"
    file.write_text(json.dumps(estate))
    named = f"arn:aws:iam::444455556666:role{role.get('Path', '/')}{role['RoleName']}"
    done = backup_why("needs", "backup", "EFS", "--role", named, "--estate", str(file), "--json")
    assert done.returncode == 0, done.stderr
    compared = json.loads(done.stdout)
    assert "elasticfilesystem:DescribeTags" in compared["lacks"]
    assert "elasticfilesystem:Backup" not in compared["lacks"]
    assert compared["beside"] == ["s3:Put*"]
    told = backup_why("needs", "backup", "EFS", "--role", named, "--estate", str(file)).stdout
    assert f"lacks {len(compared['lacks'])} required actions" in " ".join(told.split())
    gone = backup_why("needs", "backup", "EFS", "--role", named + "-gone", "--estate", str(file))
    assert (gone.returncode, gone.stdout) == (2, "")
    assert "There is no role" in one_line(gone.stderr)


def test_the_manifest_is_for_socket_mode_or_for_an_address() -> None:
    socket_mode = json.loads(backup_why("manifest").stdout)
    assert socket_mode == json.loads((Path(__file__).parents[1] / "manifest.json").read_text(encoding="utf-8"))
    over_http = json.loads(backup_why("manifest", "--url", "https://backup-why.example.com/").stdout)
    address = "https://backup-why.example.com/slack/events"
    assert over_http["settings"]["socket_mode_enabled"] is False
    assert over_http["settings"]["interactivity"]["request_url"] == address
    assert {command["url"] for command in over_http["features"]["slash_commands"]} == {address}


async def test_the_audit_trail_is_printed_oldest_line_first(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        for number in range(3):
            await Audit(redis).write(Entry(Act.QUESTION, "U0ANA", "C0BACKUPS", str(number)))
    for options, expected in [((), ["0", "1", "2"]), (("--last", "2"), ["1", "2"])]:
        done = await asyncio.to_thread(backup_why, "audit", *options, environment={"REDIS_URL": redis_url})
        assert [json.loads(line)["about"] for line in done.stdout.splitlines()] == expected, done.stderr


def test_a_worker_that_is_told_to_stop_does_so_in_order(redis_url: str) -> None:
    environment = {**os.environ, "REDIS_URL": redis_url, "SLACK_BOT_TOKEN": "xoxb-any"}
    with subprocess.Popen([*BACKUP_WHY, "work"], env=environment, stderr=subprocess.PIPE, text=True) as worker:  # noqa: S603
        assert worker.stderr is not None
        assert "taking questions from Redis" in worker.stderr.readline()
        worker.terminate()
        assert (worker.wait(), worker.stderr.read()) == (0, "")


def test_every_command_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    commands = re.findall(r"^  (\w+)  ", capsys.readouterr().out.partition("Commands:")[2], re.MULTILINE)
    assert {"diagnose", "error", "explain", "evaluate", "sandbox", "try", "serve", "work", "permissions"} <= set(
        commands
    )
    for command in commands:
        assert run([command, "--help"]) == 0
        assert f"backup-why {command}" in capsys.readouterr().out


def test_the_command_alone_teaches_and_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert "Commands:" in capsys.readouterr().out
    assert run(["--version"]) == 0
    assert re.fullmatch(r"backup-why \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bogus"], "No such option: --bogus. See backup-why --help."),
        (["nonsense"], "No such command 'nonsense'. See backup-why --help."),
        (["diagnose", "--xyzzy"], "No such option: --xyzzy. See backup-why diagnose --help."),
    ],
)
def test_a_mistyped_command_is_told_with_where_to_look(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert one_line(capsys.readouterr().err) == f"backup-why: {said}"


def test_the_incidents_that_ship_are_found_by_the_sandbox() -> None:
    assert len(list(INCIDENTS.glob("*.json"))) == len(FILES) == 46


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("backup-why di", ["diagnose"]),
        ("backup-why diagnose --acc", ["--account"]),
        ("backup-why diagnose --fail-on den", ["denied"]),
        ("backup-why explain scp-d", ["scp-denied"]),
        ("backup-why needs res", ["restore"]),
        ("backup-why needs restore Dyn", ["DynamoDB"]),
        ("backup-why needs StartRes", ["StartRestoreJob"]),
    ],
)
def test_bash_completes_commands_options_and_what_they_take(typed: str, offered: list[str]) -> None:
    assert completed(typed) == offered


@pytest.fixture
def failed_now(tmp_path: Path) -> Path:
    """An estate whose job was created a moment ago."""
    text = (INCIDENT.parent / "12-copy-aurora-scp-denies-vault-account.json").read_text(encoding="utf-8")
    created, now = re.compile(r'"CreationDate": "2026-11-20[^"]*"'), datetime.now(UTC).isoformat()
    assert created.search(text)
    estate = tmp_path / "estate.json"
    estate.write_text(created.sub(f'"CreationDate": "{now}"', text), encoding="utf-8")
    return estate


def test_failures_lists_each_job_with_the_command_that_asks_why(failed_now: Path) -> None:
    done = backup_why("failures", "--estate", str(failed_now))
    assert done.returncode == 0
    job = "28F9A0B1-C2D3-4E4F-9567-8A9B0C1D2E12 --account 444455556666 --region us-east-1"
    assert f"\nbackup-why diagnose {job}\n" in done.stdout, "a line of its own, to be pasted"
    assert "FAILED: Aurora copy job of ledger in account 444455556666, us-east-1:" in done.stdout
    assert "with an explicit deny in a service control policy" in done.stdout
    assert "There may be more. I couldn't list all jobs of these:" in done.stdout
    assert "account 222233334444, us-east-1: AWS denies sts:AssumeRole (AccessDenied)." in done.stdout


def test_failures_as_json_is_for_programs(failed_now: Path) -> None:
    done = backup_why("failures", "--estate", str(failed_now), "--since", "2d", "--account", "444455556666", "--json")
    said = json.loads(done.stdout)
    assert (said["accounts"], said["regions"], said["unlisted"]) == (["444455556666"], ["us-east-1"], [])
    (job,) = said["jobs"]
    assert (job["id"], job["type"], job["state"]) == ("28F9A0B1-C2D3-4E4F-9567-8A9B0C1D2E12", "copy", "FAILED")
    assert (job["account"], job["region"], job["resource_type"]) == ("444455556666", "us-east-1", "Aurora")
    assert datetime.fromisoformat(said["since"]) < datetime.fromisoformat(job["created"])


def test_where_no_job_failed_that_is_said() -> None:
    healthy = INCIDENT.parent / "23-backup-fsx-still-running.json"
    done = backup_why("failures", "--estate", str(healthy), "--since", "30d", "--region", "eu-west-1")
    assert done.returncode == 0
    assert done.stdout.startswith("No job failed since ")


@pytest.mark.parametrize(
    ("span", "sentence"),
    [
        ("soon", "--since: 'soon' is no span of time; write hours or days, such as 24h or 7d."),
        ("0h", "--since: '0h' is no span of time; write hours or days, such as 24h or 7d."),
        ("31d", "--since: AWS Backup lists the jobs of the last 30 days."),
    ],
)
def test_a_span_that_cannot_be_used_is_a_sentence(span: str, sentence: str) -> None:
    done = backup_why("failures", "--since", span)
    assert (done.returncode, done.stderr) == (2, f"backup-why: {sentence}\n")
