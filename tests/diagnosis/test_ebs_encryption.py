"""EBS encryption by default: read where a restore names no key and its recovery point is not encrypted."""

from typing import Any

import pytest

from bot.diagnosis.model import Certainty, Diagnosis, LayerName, Outcome, Verdict
from sandbox.aws.server import Sandbox
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, diagnosed, only
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

SNAPSHOT = "arn:aws:ec2:us-east-1::snapshot/snap-0a1b2c3d4e5f60718"
KEY_ID = "7777aaaa-22bb-33cc-44dd-5555eeee6666"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY_ID}"
ON = {"EbsEncryptionByDefault": True, "KmsKeyId": KEY}
READS = {"GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId"}


def restoring(setting: dict[str, Any], message: str = "Access denied", **metadata: str) -> Altered:
    """A restore of a volume from an unencrypted snapshot, in an account whose default key the job role may not use."""
    altered = Altered(42)
    altered.job.update(RecoveryPointArn=SNAPSHOT, StatusMessage=message)
    altered.job["Metadata"] = {"availabilityZone": "us-east-1a", **metadata}
    altered.vault(altered.job["BackupVaultArn"])["VaultType"] = "BACKUP_VAULT"
    (point,) = altered.region["recovery_points"]
    point.update(RecoveryPointArn=SNAPSHOT, IsEncrypted=False)
    del point["EncryptionKeyArn"]
    administrators = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/key-admin"}
    statement = {"Effect": "Allow", "Principal": administrators, "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    altered.region["keys"].append({"KeyId": KEY_ID, "Policy": policy})
    altered.region["ebs_encryption"] = setting
    return altered


def kms_of(diagnosis: Diagnosis) -> Verdict:
    """The verdict of the KMS layer."""
    return next(layer.verdict for layer in diagnosis.layers if layer.layer is LayerName.KMS)


def asked(sandbox: Sandbox) -> set[str]:
    """Which of the two reads were made."""
    return READS & {call.operation for call in sandbox.calls}


def test_the_default_key_is_the_restored_volumes(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    diagnosis = diagnosed(restoring(ON), served_estate, diagnostician)
    cause = only(diagnosis, "key-policy-missing")
    assert (cause.policy, cause.certainty) == (KEY, Certainty.PROVEN)
    assert (diagnosis.outcome, kms_of(diagnosis)) == (Outcome.DENIED, Verdict.BLOCKED)


def test_a_restore_that_asks_for_encryption_is_under_the_default_key_whatever_the_setting(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = restoring({**ON, "EbsEncryptionByDefault": False}, encrypted="true")
    sandbox = served_estate(altered.text)
    diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert only(diagnosis, "key-policy-missing").policy == KEY
    assert asked(sandbox) == {"GetEbsDefaultKmsKeyId"}


@pytest.mark.parametrize("setting", [{}, {"EbsEncryptionByDefault": True}], ids=["off", "a key not made yet"])
def test_no_key_counts_where_none_is_in_use(
    setting: dict[str, Any], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(restoring(setting), served_estate, diagnostician)
    assert (diagnosis.causes, kms_of(diagnosis), diagnosis.unread) == ((), Verdict.NOT_APPLICABLE, ())


@pytest.mark.parametrize("operation", sorted(READS))
def test_a_setting_that_can_not_be_read_leaves_the_key_open(
    operation: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = restoring(ON)
    with refusing(served_estate(altered.text), f"Action={operation}"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert ([each.what for each in diagnosis.unread], kms_of(diagnosis)) == ([f"ec2:{operation}"], Verdict.UNKNOWN)


def test_a_server_without_the_setting_leaves_the_layer_as_it_is(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = restoring(ON)
    with refusing(served_estate(altered.text), unknown=frozenset({"Action=GetEbsEncryptionByDefault"})):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert [each.what for each in diagnosis.unread] == ["ec2:GetEbsEncryptionByDefault"]
    assert (diagnosis.causes, kms_of(diagnosis)) == ((), Verdict.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("message", "metadata"),
    [
        ("Insufficient capacity", {}),
        ("You are not authorized to perform: ec2:CreateVolume", {}),
        ("Access denied", {"kmsKeyId": KEY}),
    ],
    ids=["no permission failure", "another action", "a key of its own"],
)
def test_the_setting_is_read_only_where_it_decides(
    message: str, metadata: dict[str, str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = restoring(ON, message, **metadata)
    sandbox = served_estate(altered.text)
    diagnostician().diagnose(reference_to(altered.expect))
    assert asked(sandbox) == set()


def test_an_encrypted_recovery_point_keeps_its_key(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(42)
    altered.job["StatusMessage"] = "Access denied"
    altered.region["ebs_encryption"] = ON
    sandbox = served_estate(altered.text)
    diagnostician().diagnose(reference_to(altered.expect))
    assert asked(sandbox) == set()
