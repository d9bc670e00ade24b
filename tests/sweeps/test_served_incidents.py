"""Every incident that comes with the sandbox is served: what its file writes down is what boto3 reads."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

import pytest

from sandbox.aws.estate import INCIDENTS, load_estate
from sandbox.aws.server import Sandbox
from tests.sandbox.aws.conftest import Reader
from tests.sweeps.sampling import sample

FILES = sorted(INCIDENTS.glob("*.json"))
Client = Callable[[str], Any]


@pytest.fixture(params=sample(FILES, one_in=3, turn=2), ids=lambda file: file.stem[:2])
def incident(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, Any], Client]]:
    """The file as it is written, and clients of the account and the Region of its job."""
    with Sandbox(load_estate(request.param)) as sandbox:
        written = json.loads(request.param.read_text())
        expect, reader = written["expect"], Reader(sandbox)

        @cache
        def client(service: str) -> Any:
            return reader.client(service, account=expect["account"], region=expect["region"])

        yield written, client


def test_all_incidents_come_with_the_sandbox() -> None:
    assert len(FILES) == 46


def test_the_incident_is_read_as_it_is_written(incident: tuple[dict[str, Any], Client]) -> None:
    written, client = incident
    expect = written["expect"]
    account = written["accounts"][expect["account"]]
    region = account["regions"][expect["region"]]
    _check_job(region, expect["job"], client("backup"))
    _check_roles(account, client("iam"))
    _check_keys(region, client("kms"))
    _check_vaults(region, client("backup"))
    for resource in region["resources"]:
        if read := KEY_OF.get(resource["ResourceType"]):
            assert read(client, resource["ResourceArn"]) == resource.get("KmsKeyArn"), resource["ResourceArn"]


def _check_job(region: dict[str, Any], job_id: str, backup: Any) -> None:
    jobs = {
        "backup": [job["BackupJobId"] for job in backup.list_backup_jobs()["BackupJobs"]],
        "copy": [job["CopyJobId"] for job in backup.list_copy_jobs()["CopyJobs"]],
        "restore": [job["RestoreJobId"] for job in backup.list_restore_jobs()["RestoreJobs"]],
    }
    kind = next(kind for kind, ids in jobs.items() if job_id in ids)
    written = next(job for job in region[f"{kind}_jobs"] if job_id in job.values())
    describe: dict[str, Callable[[], dict[str, Any]]] = {
        "backup": lambda: backup.describe_backup_job(BackupJobId=job_id),
        "copy": lambda: backup.describe_copy_job(CopyJobId=job_id)["CopyJob"],
        "restore": lambda: {
            **backup.describe_restore_job(RestoreJobId=job_id),
            **backup.get_restore_job_metadata(RestoreJobId=job_id),
        },
    }
    described = describe[kind]()
    for member, value in written.items():
        if member.endswith("Date") or member == "StartBy":
            assert described[member].timestamp() == pytest.approx(
                datetime.fromisoformat(value).timestamp(), abs=0.001
            ), member
        else:
            assert described[member] == value, member


def _check_roles(account: dict[str, Any], iam: Any) -> None:
    for role in account["roles"]:
        name = role["RoleName"]
        described = iam.get_role(RoleName=name)["Role"]
        assert described["AssumeRolePolicyDocument"] == role["AssumeRolePolicyDocument"]
        assert described["RoleId"] == role["RoleId"]
        boundary = described.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        assert boundary == role.get("PermissionsBoundary")
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert [policy["PolicyArn"] for policy in attached] == role["AttachedPolicies"]
        for policy in attached:
            version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
            document = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)["PolicyVersion"][
                "Document"
            ]
            assert document["Statement"]
        assert iam.list_role_policies(RoleName=name)["PolicyNames"] == sorted(role["InlinePolicies"])
        for inline, document in role["InlinePolicies"].items():
            assert iam.get_role_policy(RoleName=name, PolicyName=inline)["PolicyDocument"] == document


def _check_keys(region: dict[str, Any], kms: Any) -> None:
    for key in region["keys"]:
        described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        assert {member: described[member] for member in ("KeyState", "KeyManager", "MultiRegion")} == {
            member: key[member] for member in ("KeyState", "KeyManager", "MultiRegion")
        }
        assert json.loads(kms.get_key_policy(KeyId=described["Arn"])["Policy"]) == key["Policy"]
        assert len(kms.list_grants(KeyId=key["KeyId"])["Grants"]) == len(key["Grants"])


def _check_vaults(region: dict[str, Any], backup: Any) -> None:
    listed = backup.list_backup_vaults()["BackupVaultList"]
    assert [vault["BackupVaultName"] for vault in listed] == [vault["BackupVaultName"] for vault in region["vaults"]]
    for vault in region["vaults"]:
        described = backup.describe_backup_vault(BackupVaultName=vault["BackupVaultName"])
        assert described["EncryptionKeyArn"] == vault["EncryptionKeyArn"]
        if "AccessPolicy" in vault:
            policy = backup.get_backup_vault_access_policy(BackupVaultName=vault["BackupVaultName"])["Policy"]
            assert json.loads(policy) == vault["AccessPolicy"]


def _last(arn: str) -> str:
    return arn.replace("/", ":").rsplit(":", 1)[-1]


def _bucket_key(client: Client, arn: str) -> str | None:
    rules = client("s3").get_bucket_encryption(Bucket=_last(arn))["ServerSideEncryptionConfiguration"]["Rules"]
    key: str | None = rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    return key


def _cluster_key(client: Client, arn: str) -> Any:
    return client("rds").describe_db_clusters(DBClusterIdentifier=_last(arn))["DBClusters"][0].get("KmsKeyId")


KEY_OF: dict[str, Callable[[Client, str], Any]] = {
    "EBS": lambda client, arn: client("ec2").describe_volumes(VolumeIds=[_last(arn)])["Volumes"][0].get("KmsKeyId"),
    "RDS": lambda client, arn: (
        client("rds").describe_db_instances(DBInstanceIdentifier=_last(arn))["DBInstances"][0].get("KmsKeyId")
    ),
    "Aurora": _cluster_key,
    "Neptune": _cluster_key,
    "DynamoDB": lambda client, arn: (
        client("dynamodb")
        .describe_table(TableName=_last(arn))["Table"]
        .get("SSEDescription", {})
        .get("KMSMasterKeyArn")
    ),
    "EFS": lambda client, arn: (
        client("efs").describe_file_systems(FileSystemId=_last(arn))["FileSystems"][0].get("KmsKeyId")
    ),
    "FSx": lambda client, arn: (
        client("fsx").describe_file_systems(FileSystemIds=[_last(arn)])["FileSystems"][0].get("KmsKeyId")
    ),
    "S3": _bucket_key,
}
"""How the key of a resource is read from the service that it belongs to."""
