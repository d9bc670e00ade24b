"""`backup-why check`: what it prints, its exit codes, and arguments that contradict each other."""

import json
from pathlib import Path

import pytest

from bot.cli import run
from tests.foresight.plans import WithPlan

LEDGER = "arn:aws:rds:us-east-1:444455556666:cluster:ledger"
ROLE = "arn:aws:iam::444455556666:role/service-role/AWSBackupDefaultServiceRole"


@pytest.fixture
def estate(tmp_path: Path) -> list[str]:
    """The options that read an estate with a plan, whose copy an SCP denies."""
    file = tmp_path / "estate.json"
    file.write_text(WithPlan(12, Resources=[LEDGER]).text, encoding="utf-8")
    return ["--estate", str(file), "--account", "444455556666", "--region", "us-east-1"]


def test_a_plan_that_would_fail_ends_with_1(estate: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--plan", "daily", *estate]) == 1

    said = capsys.readouterr().out
    assert said.startswith("Would be denied: plan daily, 1 of 2 jobs\n")
    assert "Statement OnlyVaultAccount in the service control policy" in said
    assert "Organization admin: " in said
    assert "Account 444455556666 · us-east-1 · not started yet · " in said
    assert "✗ blocked copy of Aurora cluster ledger to vault fort-knox" in said
    assert "(rule nightly): service control policy" in said
    assert "✓ clear backup of Aurora cluster ledger to vault aurora (rule nightly)\n" in said


def test_a_backup_that_is_allowed_ends_with_0(estate: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--role", ROLE, "--resource", LEDGER, "--vault", "aurora", "--quiet", *estate]) == 0

    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "Nothing denies it: backup of Aurora cluster ledger to vault aurora"
    assert second == "Every layer allows what the backup of cluster ledger needs."


def test_the_document_has_each_job(estate: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--plan", "daily", "--json", *estate]) == 1

    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["outcome"], document["job"]) == (1, "denied", None)
    assert [(job["job"]["state"], job["outcome"], job["causes"]) for job in document["jobs"]] == [
        ("PLANNED", "not-failed", []),
        ("PLANNED", "denied", [0]),
    ]


@pytest.mark.parametrize(("outcome", "code"), [("denied", 0), ("not-failed", 1)])
def test_fail_on_says_what_ends_with_1(outcome: str, code: int, estate: list[str]) -> None:
    asked = ["check", "--role", ROLE, "--resource", LEDGER, "--vault", "aurora", "--fail-on", outcome, *estate]
    assert run(asked) == code


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            [],
            "Say what to check: --plan PLAN, --role ARN with --resource ARN, --role ARN with --restore ARN, --plan-json",
        ),
        (["--plan", "daily", "--vault", "x"], "--vault can't be given beside --plan, which says it itself."),
        (["--role", ROLE, "--selection", "x"], "--selection can't be given beside --role; it goes with --plan."),
        (["--role", ROLE], "Say either which resource is backed up or which recovery point is restored."),
        (
            ["--role", ROLE, "--restore", LEDGER, "--metadata", "x"],
            "--metadata: 'x' is no NAME=VALUE, such as DBInstanceIdentifier=orders-2.",
        ),
        (["--plan", "weekly"], "There is no backup plan weekly in account 444455556666 in us-east-1. There are daily."),
    ],
)
def test_a_wrong_question_is_told(
    arguments: list[str], says: str, estate: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", *arguments, *estate]) == 2
    assert says in capsys.readouterr().err
