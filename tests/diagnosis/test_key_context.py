"""What calls of AWS KMS carry, and denies of a vault's key that depend on it.

Sources: "Actions, resources, and condition keys for AWS Key Management Service" (Service Authorization Reference);
"Encryption for backups in AWS Backup" (AWS Backup Developer Guide).
"""

from typing import Any

import pytest

from bot.diagnosis import context
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.model import Certainty
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered, collected, diagnosed
from tests.diagnosis.test_incidents import MakeDiagnostician

ROLE = PrincipalFacts("arn:aws:iam::111122223333:role/backup-job")
KEYS, OF_GRANTS = "kms:EncryptionContextKeys", "kms:GrantIsForAWSResource"
VAULT = ["aws:backup:backup-vault"]


@pytest.mark.parametrize(
    ("action", "via", "keys"),
    [
        ("kms:CreateGrant", "backup", VAULT),
        ("kms:Decrypt", "backup", VAULT),
        ("kms:GenerateDataKey", "backup", VAULT),
        ("kms:GenerateDataKeyWithoutPlaintext", "ec2", ["aws:ebs:id"]),
        ("kms:ReEncryptFrom", "ec2", ["aws:ebs:id"]),
        ("kms:DescribeKey", "ec2", None),
        ("kms:DescribeKey", "backup", None),
        ("kms:ListGrants", "backup", None),
    ],
)
def test_only_cryptographic_calls_and_grants_carry_an_encryption_context(
    action: str, via: str, keys: list[str] | None
) -> None:
    assert context.of_kms_call(ROLE, action, via, "eu-west-1")[KEYS] == keys


def test_the_encryption_context_of_other_services_is_unknown() -> None:
    assert KEYS not in context.of_kms_call(ROLE, "kms:Decrypt", "fsx", "eu-west-1")
    assert context.of_kms_call(ROLE, "kms:DescribeKey", "fsx", "eu-west-1")["kms:EncryptionContext:*"] is None


@pytest.mark.parametrize("action", ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant", "kms:Decrypt"])
def test_calls_about_grants_say_that_these_are_for_a_resource_of_aws(action: str) -> None:
    expected = None if action == "kms:Decrypt" else "true"
    assert context.of_kms_call(ROLE, action, None, "eu-west-1")[OF_GRANTS] == expected


@pytest.mark.parametrize("action", ["ebs:GetSnapshotBlock", "ebs:StartSnapshot", "ec2:CopySnapshot"])
def test_calls_of_amazon_ebs_lack_the_keys_of_the_resources_account(action: str, served_estate: ServeEstate) -> None:
    facts = collected(Altered(29).text, served_estate)
    carried = context.of_call(facts, facts.role, action, "*", facts.account, "eu-west-1")
    absent = {key for key in ("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths") if not carried[key]}
    assert bool(absent) is action.startswith("ebs:")


def efs_under(condition: dict[str, Any], action: str) -> Altered:
    """A backup of a file system into a vault whose key's policy denies an action under a condition."""
    altered = Altered(18)
    altered.job["StatusMessage"] = "Access Denied"
    key = altered.key(altered.vault(altered.job["BackupVaultArn"])["EncryptionKeyArn"])
    key["KeyState"] = "Enabled"
    denying = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    key["Policy"]["Statement"].append({**denying, "Condition": condition})
    return altered


@pytest.mark.parametrize("action", ["kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt"])
def test_a_deny_of_a_vaults_key_by_its_encryption_context_is_found(
    action: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = efs_under({"ForAnyValue:StringEquals": {KEYS: VAULT}}, action)
    causes = [cause for cause in diagnosed(altered, served_estate, diagnostician).causes if cause.statement == "No"]
    assert [(cause.code, cause.actions, cause.certainty) for cause in causes] == [
        ("key-policy-denied", (action,), Certainty.PROVEN)
    ]


def test_a_deny_by_another_encryption_context_does_not_hit_the_vault(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = efs_under({"ForAnyValue:StringEquals": {KEYS: "aws:ebs:id"}}, "kms:*")
    assert [cause for cause in diagnosed(altered, served_estate, diagnostician).causes if cause.statement == "No"] == []
