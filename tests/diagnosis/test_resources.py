"""The protected resource and the key of its data, however AWS names them: what is not read is unknown, never clear."""

import pytest

from bot.diagnosis.model import Certainty, Diagnosis, LayerName, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, diagnosed, only
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

CLAIMS = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/31d6e8fa-0c1e-4c36-9b58-7d9fb1c3e5a8"
VAGUE = "You are not authorized to perform this operation."


def verdict(diagnosis: Diagnosis, name: LayerName) -> Verdict:
    """The verdict of a layer."""
    return next(layer.verdict for layer in diagnosis.layers if layer.layer is name)


def bucket_under(key: str) -> Altered:
    """A bucket whose default encryption names its key in some way; the key's policy denies the job role."""
    altered = Altered(31)
    resource = altered.resource()
    resource["KmsKeyArn"] = key
    del resource["Policy"]
    statements = altered.key(CLAIMS)["Policy"]["Statement"]
    statements.append({"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"})
    altered.job["StatusMessage"] = VAGUE
    return altered


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(CLAIMS, id="its ARN"),
        pytest.param(CLAIMS.rpartition("/")[2], id="its id"),
        pytest.param("alias/claims", id="an alias"),
        pytest.param(f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/claims", id="an alias's ARN"),
    ],
)
def test_a_bucket_names_its_key_by_arn_or_id_or_alias(
    key: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    cause = only(diagnosed(bucket_under(key), served_estate, diagnostician), "key-policy-denied")
    assert (cause.policy, cause.statement, cause.certainty) == (CLAIMS, "Closed", Certainty.PROVEN)


@pytest.mark.parametrize(
    "key", [CLAIMS.rpartition("/")[2], "alias/claims", f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/claims"]
)
def test_a_key_that_can_not_be_looked_up_is_unknown(
    key: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = bucket_under(key)
    altered.account["unreadable"] = ["kms"]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert verdict(diagnosis, LayerName.KMS) is Verdict.UNKNOWN
    assert diagnosis.causes == ()


def test_a_key_that_is_gone_is_unusable_by_whatever_name(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = bucket_under("0a1b2c3d-4e5f-4061-8728-394a5b6c7d8e")
    cause = only(diagnosed(altered, served_estate, diagnostician), "key-unusable")
    assert str(cause.resource).endswith("0a1b2c3d-4e5f-4061-8728-394a5b6c7d8e")


def test_an_instance_without_volumes_uses_no_key(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(8)
    altered.resource()["VolumeArns"] = []
    for point in altered.region["recovery_points"]:
        point.pop("EncryptionKeyArn", None)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert verdict(diagnosis, LayerName.KMS) is Verdict.NOT_APPLICABLE


def test_an_instance_whose_volumes_can_not_be_read_is_under_a_key_that_is_not_known(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(3)
    altered.job["IamRoleArn"] = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"
    for point in altered.region["recovery_points"]:
        del point["EncryptionKeyArn"]
    with refusing(served_estate(altered.text), "Action=DescribeVolumes"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert "ec2:DescribeVolumes" in {unread.what for unread in diagnosis.unread}
    assert verdict(diagnosis, LayerName.KMS) is Verdict.UNKNOWN


def test_a_cluster_that_aws_backup_counts_among_rds_is_read_and_needs_what_clusters_need(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(17)
    cluster = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:hr-oracle"
    altered.resource()["ResourceArn"] = cluster
    altered.job.update(ResourceArn=cluster, StatusMessage=VAGUE)
    deny = {"Sid": "NoSnapshots", "Effect": "Deny", "Action": "rds:CreateDBClusterSnapshot", "Resource": "*"}
    altered.role["InlinePolicies"] = {"freeze": {"Version": "2012-10-17", "Statement": [deny]}}
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert {cause.code for cause in diagnosis.causes} == {"permission-denied", "boundary-missing", "key-policy-denied"}
    assert only(diagnosis, "permission-denied").actions == ("rds:CreateDBClusterSnapshot",)


@pytest.mark.parametrize(
    ("resource_type", "resource", "read"),
    [
        (
            "Storage Gateway",
            f"arn:aws:storagegateway:eu-central-1:{ACCOUNT}:gateway/sgw-12A3456B/volume/vol-1",
            "storagegateway:DescribeCachediSCSIVolumes",
        ),
        ("Aurora DSQL", f"arn:aws:dsql:eu-central-1:{ACCOUNT}:cluster/kiqhfr3nmc", "dsql:GetCluster"),
    ],
)
def test_a_resource_whose_service_does_not_answer_is_under_a_key_that_is_not_known(
    resource_type: str, resource: str, read: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.job.update(
        ResourceArn=resource, ResourceType=resource_type, State="FAILED", StatusMessage=VAGUE, MessageCategory=None
    )
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert read in {unread.what for unread in diagnosis.unread}
    assert verdict(diagnosis, LayerName.KMS) is Verdict.UNKNOWN


def test_a_restore_that_names_no_key_writes_under_the_key_of_the_bucket(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = bucket_under(CLAIMS)
    job = altered.job
    altered.region["restore_jobs"] = [
        {
            **{member: job[member] for member in ("IamRoleArn", "CreationDate", "CompletionDate", "BackupVaultArn")},
            "RestoreJobId": job["BackupJobId"],
            "ResourceType": "S3",
            "Status": "FAILED",
            "StatusMessage": VAGUE,
            "RecoveryPointArn": f"arn:aws:backup:eu-central-1:{ACCOUNT}:recovery-point:1",
            "SourceResourceArn": job["ResourceArn"],
            "Metadata": {"DestinationBucketName": job["ResourceArn"].rpartition(":")[2], "NewBucket": "false"},
        }
    ]
    altered.role["AttachedPolicies"] = [
        "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
        "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore",
    ]
    altered.region["backup_jobs"] = []
    cause = only(diagnosed(altered, served_estate, diagnostician), "key-policy-denied")
    assert (cause.policy, cause.actions) == (CLAIMS, ("kms:Decrypt",))


def test_a_restore_that_does_not_say_of_what_it_is_has_its_needs_by_its_type(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(7)
    del altered.job["SourceResourceArn"]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert diagnosis.job.resource is None
    assert [cause.code for cause in diagnosis.causes if cause.certainty is Certainty.PROVEN] == ["boundary-denied"]
