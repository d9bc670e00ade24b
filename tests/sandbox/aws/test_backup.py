"""Jobs, vaults, recovery points and settings, as AWS Backup tells them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import BOT, MANAGEMENT, REGION, WORKLOAD, Serve, in_region

VAULT = f"arn:aws:backup:{REGION}:{WORKLOAD}:backup-vault:prod"
ROLE = f"arn:aws:iam::{WORKLOAD}:role/backup-job"
VOLUME = f"arn:aws:ec2:{REGION}:{WORKLOAD}:volume/vol-0a1b"
TABLE = f"arn:aws:dynamodb:{REGION}:{WORKLOAD}:table/orders"
POINT = f"arn:aws:ec2:{REGION}::snapshot/snap-0a1b"
POLICY = {"Version": "2012-10-17", "Statement": []}
BACKUP_JOBS = [
    {
        "BackupJobId": "old",
        "State": "COMPLETED",
        "ResourceArn": VOLUME,
        "ResourceType": "EBS",
        "BackupVaultName": "prod",
        "CreationDate": "2026-11-01T05:00:00Z",
        "CompletionDate": "2026-11-01T06:00:00Z",
    },
    {
        "BackupJobId": "new",
        "State": "FAILED",
        "ResourceArn": TABLE,
        "ResourceType": "DynamoDB",
        "BackupVaultName": "other",
        "CreationDate": "2026-11-20T05:00:00.250Z",
        "MessageCategory": "AccessDenied",
        "ParentJobId": "old",
        "IamRoleArn": ROLE,
        "PercentDone": "0.0",
        "ChildJobsInState": {"FAILED": 1},
    },
]
COPY_JOBS = [
    {
        "CopyJobId": "copy",
        "State": "FAILED",
        "ResourceArn": VOLUME,
        "DestinationBackupVaultArn": VAULT,
        "SourceRecoveryPointArn": POINT,
        "MessageCategory": "AccessDenied",
    }
]
RESTORE_JOBS = [{"RestoreJobId": "restore", "Status": "FAILED", "Metadata": {"encrypted": "true"}}]
VAULTS = [
    {
        "BackupVaultName": "prod",
        "EncryptionKeyArn": f"arn:aws:kms:{REGION}:{WORKLOAD}:key/k",
        "AccessPolicy": POLICY,
        "Locked": True,
        "MinRetentionDays": 7,
        "Tags": {"team": "storage"},
    },
    {"BackupVaultName": "gapped", "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"},
]
POINTS = [
    {
        "RecoveryPointArn": POINT,
        "BackupVaultName": "prod",
        "BackupVaultArn": VAULT,
        "ResourceArn": VOLUME,
        "ResourceType": "EBS",
        "Status": "COMPLETED",
        "CreationDate": "2026-11-01T05:00:00Z",
        "BackupSizeInBytes": 7,
        "RestoreMetadata": {"encrypted": "true"},
    }
]
ESTATE = in_region(
    vaults=VAULTS,
    recovery_points=POINTS,
    backup_jobs=BACKUP_JOBS,
    copy_jobs=COPY_JOBS,
    restore_jobs=RESTORE_JOBS,
    region_settings={"EBS": True, "Storage Gateway": False},
)


@pytest.fixture
def backup(serve: Serve) -> Any:
    return serve(ESTATE)("backup")


def test_a_backup_job_is_told_as_it_is_written(backup: Any) -> None:
    job = backup.describe_backup_job(BackupJobId="new")
    assert (job["State"], job["IamRoleArn"], job["PercentDone"]) == ("FAILED", ROLE, "0.0")
    assert job["CreationDate"] == datetime(2026, 11, 20, 5, 0, 0, 250_000, UTC)
    assert job["ChildJobsInState"] == {"FAILED": 1}


def test_a_copy_job_and_a_restore_job_are_told_with_their_own_members(backup: Any) -> None:
    assert backup.describe_copy_job(CopyJobId="copy")["CopyJob"]["DestinationBackupVaultArn"] == VAULT
    assert backup.describe_restore_job(RestoreJobId="restore")["Status"] == "FAILED"
    assert backup.get_restore_job_metadata(RestoreJobId="restore")["Metadata"] == {"encrypted": "true"}


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("describe_backup_job", {"BackupJobId": "copy"}),
        ("describe_copy_job", {"CopyJobId": "restore"}),
        ("describe_restore_job", {"RestoreJobId": "new"}),
        ("get_restore_job_metadata", {"RestoreJobId": "new"}),
        ("describe_recovery_point", {"BackupVaultName": "gapped", "RecoveryPointArn": POINT}),
        ("describe_recovery_point", {"BackupVaultName": "prod", "RecoveryPointArn": f"{POINT}9"}),
        ("get_backup_vault_access_policy", {"BackupVaultName": "gapped"}),
        ("describe_protected_resource", {"ResourceArn": TABLE}),
        ("list_tags", {"ResourceArn": f"{VAULT}9"}),
    ],
)
def test_what_is_not_there_is_not_found(backup: Any, operation: str, asked: dict[str, str]) -> None:
    with pytest.raises(backup.exceptions.ResourceNotFoundException):
        getattr(backup, operation)(**asked)


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, ["new", "old"]),
        ({"ByState": "FAILED"}, ["new"]),
        ({"ByResourceArn": VOLUME}, ["old"]),
        ({"ByResourceType": "DynamoDB"}, ["new"]),
        ({"ByBackupVaultName": "prod"}, ["old"]),
        ({"ByParentJobId": "old"}, ["new"]),
        ({"ByMessageCategory": "AccessDenied"}, ["new"]),
        ({"ByMessageCategory": "*"}, ["new", "old"]),
        ({"ByCreatedAfter": datetime(2026, 11, 10, tzinfo=UTC)}, ["new"]),
        ({"ByCreatedBefore": datetime(2026, 11, 10, tzinfo=UTC)}, ["old"]),
        ({"ByCompleteAfter": datetime(2026, 10, 1, tzinfo=UTC)}, ["old"]),
        ({"ByCompleteBefore": datetime(2026, 10, 1, tzinfo=UTC)}, []),
        ({"ByAccountId": WORKLOAD}, ["new", "old"]),
        ({"ByAccountId": BOT}, []),
        ({"ByState": "FAILED", "ByResourceType": "EBS"}, []),
    ],
)
def test_backup_jobs_are_listed_newest_first_through_filters(
    backup: Any, asked: dict[str, Any], ids: list[str]
) -> None:
    assert [job["BackupJobId"] for job in backup.list_backup_jobs(**asked)["BackupJobs"]] == ids


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 1),
        ({"ByState": "FAILED"}, 1),
        ({"ByDestinationVaultArn": VAULT}, 1),
        ({"ByDestinationVaultArn": f"{VAULT}9"}, 0),
        ({"BySourceRecoveryPointArn": POINT}, 1),
        ({"ByMessageCategory": "SUCCESS"}, 0),
    ],
)
def test_copy_jobs_are_listed_through_filters(backup: Any, asked: dict[str, str], found: int) -> None:
    assert len(backup.list_copy_jobs(**asked)["CopyJobs"]) == found


def test_restore_jobs_are_listed_through_filters(backup: Any) -> None:
    assert [job["RestoreJobId"] for job in backup.list_restore_jobs(ByStatus="FAILED")["RestoreJobs"]] == ["restore"]
    assert backup.list_restore_jobs(ByStatus="COMPLETED")["RestoreJobs"] == []


def test_the_management_account_lists_other_accounts_jobs(serve: Serve) -> None:
    organization = {
        "Id": "o-a1b2c3d4e5",
        "MasterAccountId": MANAGEMENT,
        "root": {"Id": "r-a1b2", "accounts": {MANAGEMENT: [], WORKLOAD: [], BOT: []}},
    }
    backup = serve({**ESTATE, MANAGEMENT: {}}, organization).client("backup", account=MANAGEMENT)
    for asked, ids in ((WORKLOAD, ["new", "old"]), ("*", ["new", "old"]), (MANAGEMENT, [])):
        assert [job["BackupJobId"] for job in backup.list_backup_jobs(ByAccountId=asked)["BackupJobs"]] == ids


def test_jobs_of_another_region_are_not_here(serve: Serve) -> None:
    assert serve(ESTATE)("backup", region="us-west-2").list_backup_jobs()["BackupJobs"] == []


def test_a_vault_is_told_with_its_key_its_lock_and_its_policy(backup: Any) -> None:
    vault = backup.describe_backup_vault(BackupVaultName="prod")
    assert (vault["BackupVaultArn"], vault["Locked"], vault["MinRetentionDays"]) == (VAULT, True, 7)
    assert (vault["VaultType"], vault["NumberOfRecoveryPoints"]) == ("BACKUP_VAULT", 1)
    assert vault["EncryptionKeyArn"].endswith(":key/k")
    assert json.loads(backup.get_backup_vault_access_policy(BackupVaultName="prod")["Policy"]) == POLICY


def test_vaults_are_listed_by_type(backup: Any) -> None:
    assert [vault["BackupVaultName"] for vault in backup.list_backup_vaults()["BackupVaultList"]] == ["prod", "gapped"]
    gapped = backup.list_backup_vaults(ByVaultType="LOGICALLY_AIR_GAPPED_BACKUP_VAULT")["BackupVaultList"]
    assert [vault["BackupVaultName"] for vault in gapped] == ["gapped"]


@pytest.mark.parametrize(
    "operation",
    ["describe_backup_vault", "get_backup_vault_access_policy", "list_recovery_points_by_backup_vault"],
)
def test_a_vault_that_is_not_there_is_refused_like_one_that_may_not_be_seen(backup: Any, operation: str) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(backup, operation)(BackupVaultName="gone")
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == (
        "AccessDeniedException",
        "Insufficient privileges to perform this action.",
    )


def test_recovery_points_are_told_by_vault_and_by_resource(backup: Any) -> None:
    point = backup.describe_recovery_point(BackupVaultName="prod", RecoveryPointArn=POINT)
    assert (point["ResourceArn"], point["Status"]) == (VOLUME, "COMPLETED")
    metadata = backup.get_recovery_point_restore_metadata(BackupVaultName="prod", RecoveryPointArn=POINT)
    assert metadata["RestoreMetadata"] == {"encrypted": "true"}
    listed = backup.list_recovery_points_by_backup_vault
    assert len(listed(BackupVaultName="prod", ByResourceArn=VOLUME)["RecoveryPoints"]) == 1
    assert listed(BackupVaultName="prod", ByResourceArn=TABLE)["RecoveryPoints"] == []
    (by_resource,) = backup.list_recovery_points_by_resource(ResourceArn=VOLUME)["RecoveryPoints"]
    assert by_resource["BackupSizeBytes"] == 7


def test_a_resource_with_a_recovery_point_is_protected(backup: Any) -> None:
    assert backup.describe_protected_resource(ResourceArn=VOLUME)["LastRecoveryPointArn"] == POINT
    assert [resource["ResourceArn"] for resource in backup.list_protected_resources()["Results"]] == [VOLUME]


def test_tags_are_told_of_a_vault(backup: Any) -> None:
    assert backup.list_tags(ResourceArn=VAULT)["Tags"] == {"team": "storage"}
    assert backup.list_tags(ResourceArn=POINT)["Tags"] == {}


def test_region_settings_are_told(backup: Any) -> None:
    settings = backup.describe_region_settings()["ResourceTypeOptInPreference"]
    assert settings == {"EBS": True, "Storage Gateway": False}


@pytest.mark.parametrize(("written", "told"), [({}, "false"), ({"isCrossAccountBackupEnabled": "true"}, "true")])
def test_global_settings_are_the_management_accounts(serve: Serve, written: dict[str, str], told: str) -> None:
    organization = {
        "Id": "o-a1b2c3d4e5",
        "MasterAccountId": MANAGEMENT,
        "root": {"Id": "r-a1b2", "accounts": {MANAGEMENT: []}},
    }
    reader = serve({MANAGEMENT: {"global_settings": written}}, organization)
    settings = reader.client("backup", account=MANAGEMENT).describe_global_settings()["GlobalSettings"]
    assert settings["isCrossAccountBackupEnabled"] == told


def test_an_account_outside_an_organization_has_no_global_settings(backup: Any) -> None:
    with pytest.raises(ClientError, match=r"ERROR_9601.*not a member of an organization"):
        backup.describe_global_settings()


def test_a_job_without_dates_is_served_with_a_creation_date(serve: Serve) -> None:
    backup = serve(in_region(backup_jobs=[{"BackupJobId": "bare"}]))("backup")
    assert backup.list_backup_jobs()["BackupJobs"][0]["CreationDate"].year == 2025
