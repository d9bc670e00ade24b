"""Restores of single files of a volume: a restore job that writes into a bucket and makes no volume."""

from typing import Any

import pytest

from bot.diagnosis.model import Certainty, Outcome
from bot.diagnosis.required_calls import required_calls
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, collected, diagnosed, fix_of, only
from tests.diagnosis.test_incidents import MakeDiagnostician

POLICY = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForItemRestores"
SNAPSHOT = "arn:aws:ec2:us-east-1::snapshot/snap-0a1b2c3d4e5f60718"
BUCKET = "arn:aws:s3:::recovered-files"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/3333aaaa-22bb-33cc-44dd-5555eeee6666"


def of_files(policies: tuple[str, ...] = (POLICY,)) -> Altered:
    """A restore of a file out of a snapshot, with AWS's own policy for it."""
    altered = Altered(42)
    altered.vault(altered.job["BackupVaultArn"])["VaultType"] = "BACKUP_VAULT"
    altered.region["recovery_points"][0].update(RecoveryPointArn=SNAPSHOT, EncryptionKeyArn=KEY)
    altered.region["resources"].append({"ResourceArn": BUCKET, "ResourceType": "S3", "KmsKeyArn": KEY, "Tags": {}})
    altered.job.update(RecoveryPointArn=SNAPSHOT, StatusMessage="Access Denied")
    altered.job["Metadata"] = {
        "restoreType": "fileLevel",
        "destinationBucketName": "recovered-files",
        "pathsToRestore": '["/data/orders.csv"]',
    }
    altered.role["AttachedPolicies"] = list(policies)
    return altered


def test_files_need_what_awss_policy_for_item_restores_has_and_no_volume(served_estate: ServeEstate) -> None:
    calls = required_calls(collected(of_files().text, served_estate))
    called = {(call.action, call.resource) for call in calls}
    assert {
        ("ebs:GetSnapshotBlock", SNAPSHOT),
        ("s3:PutObject", f"{BUCKET}/*"),
        ("kms:Decrypt", KEY),
        ("kms:GenerateDataKey", KEY),
    } <= called
    assert not any(action == "ec2:CreateVolume" for action, _ in called)


def test_with_awss_own_policy_nothing_is_missing(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    diagnosis = diagnosed(of_files(), served_estate, diagnostician)
    assert (diagnosis.outcome, diagnosis.causes) == (Outcome.UNDETERMINED, ())


def test_the_role_of_whole_restores_lacks_what_files_need_and_gets_the_policy_for_items(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    whole = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
    diagnosis = diagnosed(of_files((whole,)), served_estate, diagnostician)
    cause = only(diagnosis, "permission-missing")
    assert cause.certainty is Certainty.PROVEN
    assert {"ebs:ListSnapshotBlocks", "ebs:GetSnapshotBlock", "s3:PutObject"} <= set(cause.actions)
    fix = fix_of(diagnosis, "permission-missing")
    assert any(POLICY in command for command in fix.cli)
    assert fix.proven


def test_the_buckets_own_policy_can_be_in_the_way(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = of_files()
    deny = {"Sid": "Frozen", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{BUCKET}/*"}
    altered.region["resources"][-1]["Policy"] = {"Version": "2012-10-17", "Statement": [deny]}
    cause = only(diagnosed(altered, served_estate, diagnostician), "resource-policy-denied")
    assert (cause.statement, cause.actions) == ("Frozen", ("s3:PutObject",))


@pytest.mark.parametrize(
    ("asked", "under"),
    [({}, [KEY]), ({"encryptionType": "SSE-S3"}, []), ({"encryptionType": "SSE-KMS", "kmsKeyId": KEY}, [KEY])],
)
def test_files_are_restored_under_the_key_that_is_asked_for_else_the_buckets(
    asked: dict[str, str], under: list[str], served_estate: ServeEstate
) -> None:
    altered = of_files()
    altered.job["Metadata"] |= asked
    facts = collected(altered.text, served_estate)
    assert [key.arn for key in facts.keys["restore"] or ()] == under


@pytest.mark.parametrize(("described", "is_known"), [({"IsEncrypted": False}, True), ({}, False)])
def test_the_key_of_the_bucket_is_never_taken_for_that_of_the_snapshot(
    described: dict[str, Any], is_known: bool, served_estate: ServeEstate
) -> None:
    altered = of_files()
    point = altered.region["recovery_points"][0]
    point.pop("EncryptionKeyArn")
    point.pop("IsEncrypted")
    point.update(described)
    keys = collected(altered.text, served_estate).keys["recovery-point"]
    assert (keys is not None, keys or ()) == (is_known, ())
