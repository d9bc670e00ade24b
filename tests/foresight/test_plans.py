"""A plan is checked before it runs: each rule, selection and resource, with the copies."""

import pytest

from bot.diagnosis.model import JobType, Outcome
from bot.errors import BadInputError
from bot.foresight import plans as plans_module
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT
from tests.diagnosis.refusing import refusing
from tests.foresight.plans import PLAN_ID, SELECTION_ID, WithPlan, forecast

LEDGER = "arn:aws:rds:us-east-1:444455556666:cluster:ledger"
VOLUME = "arn:aws:ec2:eu-central-1:444455556666:volume/vol-0380a2c4d5f71b3cb"


@pytest.mark.parametrize(
    "name", ["daily", PLAN_ID, f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-plan:{PLAN_ID}"], ids=["name", "id", "arn"]
)
def test_the_copy_after_a_backup_is_foreseen(name: str, served_estate: ServeEstate) -> None:
    estate = WithPlan(12, Resources=[LEDGER])
    served_estate(estate.text)

    found = forecast(estate, name)

    assert found.outcome is Outcome.DENIED
    assert found.about == "plan daily"
    assert [(job.job.type, job.outcome, job.rule) for job in found.jobs] == [
        (JobType.BACKUP, Outcome.NOT_FAILED, "nightly"),
        (JobType.COPY, Outcome.DENIED, "nightly"),
    ]
    assert [(cause.code, cause.policy) for cause in found.causes] == [("scp-denied", "p-0copyguard")]
    assert found.jobs[1].causes == (0,)
    assert found.causes[0].fix is not None
    assert found.causes[0].fix.proven
    assert found.not_checked == ()
    assert found.unread == ()


def test_rules_that_need_the_same_are_one_job(served_estate: ServeEstate) -> None:
    estate = WithPlan(12, Resources=[LEDGER])
    estate.plan["BackupPlan"]["Rules"].append(estate.rule | {"RuleId": "r-2", "RuleName": "monthly"})
    served_estate(estate.text)

    assert [job.rule for job in forecast(estate).jobs] == ["nightly, monthly", "nightly, monthly"]


def test_options_of_a_type_are_those_of_its_jobs(served_estate: ServeEstate) -> None:
    """With VSS, AWS Backup calls Systems Manager, which this role may not."""
    estate = WithPlan(3)
    instance = (
        estate.job["SourceResourceArn"] if "SourceResourceArn" in estate.job else estate.resource()["ResourceArn"]
    )
    estate.selection |= {"Resources": [instance], "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/plain"}
    estate.account["roles"].append(
        {
            "RoleName": "plain",
            "Path": "/",
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ]
            },
            "InlinePolicies": {"most": {"Statement": [{"Effect": "Allow", "NotAction": ["ssm:*"], "Resource": "*"}]}},
        }
    )
    estate.plan["BackupPlan"]["AdvancedBackupSettings"] = [
        {"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}
    ]
    served_estate(estate.text)

    (cause,) = forecast(estate).causes
    assert (cause.code, {action.partition(":")[0] for action in cause.actions}) == ("permission-missing", {"ssm"})


@pytest.mark.parametrize(
    ("directly", "jobs"),
    [
        ("EFS", [(JobType.BACKUP, "sealed", None)]),
        ("EBS", [(JobType.BACKUP, "trading", None), (JobType.COPY, "trading", "sealed")]),
    ],
)
def test_a_logically_air_gapped_vault_is_written_to_directly_or_by_a_copy(
    directly: str, jobs: list[tuple[JobType, str, str | None]], served_estate: ServeEstate
) -> None:
    files = f"arn:aws:elasticfilesystem:eu-central-1:{ACCOUNT}:file-system/fs-0a1b2c3d"
    estate = WithPlan(38, Resources=[{"EFS": files, "EBS": VOLUME}[directly]])
    sealed = f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:sealed"
    estate.rule["TargetLogicallyAirGappedBackupVaultArn"] = sealed
    served_estate(estate.text)

    assert [
        (
            job.job.type,
            name_of(job.job.source_vault or job.job.destination_vault),
            copy_to(job.job.type, job.job.destination_vault),
        )
        for job in forecast(estate).jobs
    ] == jobs


def name_of(vault: str | None) -> str:
    return (vault or "").rpartition(":")[2]


def copy_to(kind: JobType, vault: str | None) -> str | None:
    return name_of(vault) if kind is JobType.COPY else None


def test_only_one_selection_of_a_plan(served_estate: ServeEstate) -> None:
    estate = WithPlan(12, Resources=[LEDGER])
    other = estate.selection | {"SelectionName": "nothing", "Resources": [f"{LEDGER}-2"]}
    estate.plan["Selections"].append({"SelectionId": "other", "BackupSelection": other})
    served_estate(estate.text)

    assert len(forecast(estate, selection="ledgers").jobs) == 2
    assert len(forecast(estate, selection=SELECTION_ID).jobs) == 2
    with pytest.raises(BadInputError, match=r"The plan has no selection x\. It has: ledgers, nothing\."):
        forecast(estate, selection="x")


def test_a_plan_that_is_not_there_names_those_that_are(served_estate: ServeEstate) -> None:
    estate = WithPlan(12, Resources=[LEDGER])
    served_estate(estate.text)

    with pytest.raises(
        BadInputError, match=r"no backup plan weekly in account 444455556666 in us-east-1\. There are daily\."
    ):
        forecast(estate, "weekly")


def test_a_plan_that_may_not_be_read_says_what_to_allow(served_estate: ServeEstate) -> None:
    estate = WithPlan(12, Resources=[LEDGER])
    with (
        refusing(served_estate(estate.text), f"/plans/{PLAN_ID}/"),
        pytest.raises(BadInputError, match="backup:GetBackupPlan"),
    ):
        forecast(estate)


def test_a_selection_that_may_not_be_read_leaves_nothing_to_check(served_estate: ServeEstate) -> None:
    estate = WithPlan(12, Resources=[LEDGER])
    with (
        refusing(served_estate(estate.text), f"/selections/{SELECTION_ID}"),
        pytest.raises(BadInputError, match="Nothing of plan daily"),
    ):
        forecast(estate)


def test_more_jobs_than_are_checked_are_counted(served_estate: ServeEstate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans_module, "MOST_JOBS", 1)
    estate = WithPlan(12, Resources=[LEDGER])
    served_estate(estate.text)

    found = forecast(estate)

    assert len(found.jobs) == 1
    assert found.not_checked == ("The plan starts 2 jobs. I checked the first 1.",)
    assert found.outcome is Outcome.UNDETERMINED
    assert found.summary == "Nothing that I could read denies plan daily. But I couldn't check all of it."
