"""`backup-why check`: what it prints, its exit codes, and arguments that contradict each other."""

import json
from pathlib import Path

import pytest

from bot.cli import run
from tests.diagnosis.altering import ACCOUNT
from tests.foresight.plans import WithPlan
from tests.foresight.terraform_plan import REGION, backup_of_a_volume
from tests.foresight.test_cloudformation import TEMPLATE
from tests.foresight.test_terraform import base

LEDGER = "arn:aws:rds:us-east-1:444455556666:cluster:ledger"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicy"
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
            "Say what to check: --plan PLAN, --role ARN with --resource ARN, --role ARN with --restore ARN",
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


DENY = {"Statement": {"Sid": "Frozen", "Effect": "Deny", "Action": "rds:CreateDBClusterSnapshot", "Resource": "*"}}
BACKUP = ["check", "--role", ROLE, "--resource", LEDGER, "--vault", "aurora", "--json"]


def written(folder: Path, document: object) -> str:
    file = folder / "policy.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("option", ["--with-policy", "--with-scp"])
def test_a_policy_that_somebody_thinks_of_is_evaluated(
    option: str, estate: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*BACKUP, *estate]) == 0
    capsys.readouterr()

    assert run([*BACKUP, option, written(tmp_path, DENY), *estate]) == 1

    (cause,) = json.loads(capsys.readouterr().out)["causes"]
    code = {"--with-policy": "permission-denied", "--with-scp": "scp-denied"}[option]
    assert (cause["code"], cause["policy"], cause["statement"]) == (code, "policy.json", "Frozen")


@pytest.mark.parametrize("name", ["AWSBackupServiceRolePolicyForBackup", f"{MANAGED}ForBackup"])
def test_a_policy_that_is_to_go_is_missed(name: str, estate: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*BACKUP, "--without", name, *estate]) == 1
    assert {cause["code"] for cause in json.loads(capsys.readouterr().out)["causes"]} == {"permission-missing"}


@pytest.mark.parametrize("name", ["p-0copyguard", "CopiesOnlyToVaultAccount"])
def test_without_the_control_policy_that_denies_the_plan_is_clear(name: str, estate: list[str]) -> None:
    assert run(["check", "--plan", "daily", "--without", name, *estate]) == 0


def test_a_managed_policy_that_is_attached_allows(estate: list[str], tmp_path: Path) -> None:
    without = ["--without", "AWSBackupServiceRolePolicyForBackup"]
    everything = written(tmp_path, {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})

    assert run([*BACKUP, *without, "--with-policy", everything, *estate]) == 0
    assert run([*BACKUP, *without, "--attach", "arn:aws:iam::aws:policy/AdministratorAccess", *estate]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--without", "Nobody"], "--without: neither the role nor the organization has a policy Nobody."),
        (["--attach", "AdministratorAccess"], "--attach: AdministratorAccess is no managed policy's ARN"),
        (["--with-policy", "/nowhere"], "--with-policy: /nowhere can't be read"),
        (["--plan-json", "/nowhere", "--template", "x"], "--template can't be given beside --plan-json"),
        (["--template", "/nowhere"], "--template: /nowhere can't be read"),
    ],
)
def test_a_change_that_can_not_be_thought_of_is_told(
    arguments: list[str], says: str, estate: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*BACKUP, *arguments, *estate]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_file_that_is_no_policy_is_told(
    text: str, estate: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.json"
    file.write_text(text, encoding="utf-8")

    assert run([*BACKUP, "--with-scp", str(file), *estate]) == 2
    assert f"--with-scp: {file} is no " in capsys.readouterr().err


def test_a_terraform_plan_and_a_template_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estate, plan, template = (tmp_path / name for name in ("estate.json", "plan.json", "template.yaml"))
    estate.write_text(base(), encoding="utf-8")
    plan.write_text(backup_of_a_volume().text, encoding="utf-8")
    template.write_text(TEMPLATE, encoding="utf-8")
    place = ["--estate", str(estate), "--account", ACCOUNT, "--region", REGION]

    assert run(["check", "--plan-json", str(plan), *place]) == 0
    assert capsys.readouterr().out.startswith("Nothing denies it: backup of EBS volume ")
    assert run(["check", "--template", str(template), "--parameter", "Stage=test", *place]) == 0
    assert run(["check", "--template", str(template), "--parameter", "Stage", *place]) == 2
    assert "--parameter: 'Stage' is no NAME=VALUE" in capsys.readouterr().err
