"""A role and a resource, or a recovery point to restore, are checked as they are named."""

from typing import Any

import pytest

from bot.diagnosis.model import JobType, Outcome
from bot.diagnosis.run import Diagnostician
from bot.errors import BadInputError
from bot.foresight.forecast import Forecast
from bot.foresight.named import Named, jobs_of_resource, jobs_of_restore
from bot.foresight.run import check
from bot.settings import load_settings
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered
from tests.diagnosis.refusing import refusing

ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup-job"
LEDGER = "arn:aws:rds:us-east-1:444455556666:cluster:ledger"


def forecast(**said: Any) -> Forecast:
    named = Named(**{"region": "us-east-1", **said})
    find = jobs_of_restore if named.recovery_point else jobs_of_resource
    return check(Diagnostician(load_settings()), lambda facts: find(facts, named))


@pytest.mark.parametrize("vault", ["aurora", "arn:aws:backup:us-east-1:444455556666:backup-vault:aurora"])
def test_a_backup_and_the_copy_after_it(vault: str, served_estate: ServeEstate) -> None:
    estate = Altered(12)
    served_estate(estate.text)

    found = forecast(
        role=estate.job["IamRoleArn"],
        resource=LEDGER,
        vault=vault,
        copy_to=estate.job["DestinationBackupVaultArn"],
    )

    assert [(job.job.type, job.job.resource_type, job.outcome) for job in found.jobs] == [
        (JobType.BACKUP, "Aurora", Outcome.NOT_FAILED),
        (JobType.COPY, "Aurora", Outcome.DENIED),
    ]
    assert [cause.code for cause in found.causes] == ["scp-denied"]


def test_without_a_vault_it_is_the_default_one(served_estate: ServeEstate) -> None:
    estate = Altered(12)
    served_estate(estate.text)

    found = forecast(role=estate.job["IamRoleArn"], resource=LEDGER)

    assert [cause.code for cause in found.causes] == ["vault-missing"]
    assert found.jobs[0].job.destination_vault == "arn:aws:backup:us-east-1:444455556666:backup-vault:Default"


@pytest.mark.parametrize(
    ("engine", "kind"),
    [("aurora-postgresql", "Aurora"), ("docdb", "DocumentDB"), ("neptune", "Neptune"), ("postgres", "RDS")],
)
def test_a_clusters_engine_says_its_type(engine: str, kind: str, served_estate: ServeEstate) -> None:
    estate = Altered(12)
    estate.resource()["Engine"] = engine
    served_estate(estate.text)

    assert forecast(role=estate.job["IamRoleArn"], resource=LEDGER, vault="aurora").jobs[0].job.resource_type == kind


def test_a_cluster_that_can_not_be_read_needs_its_type(served_estate: ServeEstate) -> None:
    estate = Altered(12)
    with refusing(served_estate(estate.text), "Action=DescribeDBClusters"):
        with pytest.raises(BadInputError, match=r"I don't know of which type it is: say it with --type\."):
            forecast(role=estate.job["IamRoleArn"], resource=LEDGER)
        assert (
            forecast(role=estate.job["IamRoleArn"], resource=LEDGER, resource_type="neptune").jobs[0].job.resource_type
            == "Neptune"
        )


def test_a_restore_asks_for_what_aws_proposes_and_the_asker_says(served_estate: ServeEstate) -> None:
    """Incident 8: the job role may not pass the instance's role. The profile is in what AWS proposes."""
    estate = Altered(8)
    served_estate(estate.text)
    (point,) = (
        point
        for point in estate.region["recovery_points"]
        if point["RecoveryPointArn"] == estate.job["RecoveryPointArn"]
    )
    metadata = estate.job["Metadata"]
    profile = metadata.pop("IamInstanceProfileName")
    point["RestoreMetadata"] = metadata
    served_estate(estate.text)
    asked = {
        "role": estate.job["IamRoleArn"],
        "recovery_point": point["RecoveryPointArn"],
        "vault": estate.job["BackupVaultArn"],
        "region": estate.expect["region"],
    }

    assert forecast(**asked).outcome is Outcome.NOT_FAILED
    found = forecast(**asked, metadata={"IamInstanceProfileName": profile})

    assert [cause.code for cause in found.causes] == [cause["code"] for cause in estate.expect["causes"]]
    assert found.jobs[0].job.type is JobType.RESTORE


def test_a_recovery_point_that_the_vault_does_not_hold(served_estate: ServeEstate) -> None:
    estate = Altered(8)
    served_estate(estate.text)

    with pytest.raises(
        BadInputError, match=r"The vault Default in .* holds no such recovery point: say which does with --vault"
    ):
        forecast(
            role=estate.job["IamRoleArn"], recovery_point=estate.job["RecoveryPointArn"], region=estate.expect["region"]
        )


def test_what_a_restore_would_start_from_may_be_unreadable(served_estate: ServeEstate) -> None:
    estate = Altered(8)
    asked = {
        "role": estate.job["IamRoleArn"],
        "recovery_point": estate.job["RecoveryPointArn"],
        "vault": estate.job["BackupVaultArn"],
        "region": estate.expect["region"],
    }
    with refusing(served_estate(estate.text), "/recovery-points/"):
        with pytest.raises(BadInputError, match="say it with --type"):
            forecast(**asked)
        found = forecast(**asked, resource_type="EC2")

    assert found.not_checked == ("I couldn't read what the restore would start from: say it with --metadata.",)
    assert found.outcome is not Outcome.NOT_FAILED


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"role": "backup-job", "resource": LEDGER}, "backup-job is no role's ARN"),
        ({"role": ROLE}, "Say either which resource is backed up or which recovery point is restored"),
        ({"role": ROLE, "resource": LEDGER, "recovery_point": LEDGER}, "Say either"),
        ({"role": ROLE, "resource": "ledger"}, "ledger is no ARN"),
        ({"role": ROLE, "resource": LEDGER, "resource_type": "Robots"}, r"There are no needs of Robots\."),
    ],
)
def test_what_can_not_be_checked_is_told(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInputError, match=sentence):
        Named(region="us-east-1", **said)
