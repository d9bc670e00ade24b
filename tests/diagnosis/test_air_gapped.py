"""Logically air-gapped vaults: recovery points whose own ARN is hidden, and keys that are shared with who restores."""

from typing import Any

import pytest

from bot.diagnosis.circumstances import UNKNOWN_PART, circumstances, recovery_point_arn
from bot.diagnosis.facts.vaults import AIR_GAPPED, RESTORE_ACCESS
from bot.diagnosis.model import Certainty, LayerName, Outcome, Verdict
from bot.diagnosis.required_calls import required_calls
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, collected, diagnosed, only
from tests.diagnosis.generated.starting import start
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.test_incidents import MakeDiagnostician

PLACE = f"us-east-1:{ACCOUNT}"


def restoring(resource_type: str, resource: str, vault_type: str = AIR_GAPPED) -> Altered:
    """A restore of a resource from a logically air-gapped vault."""
    altered = Altered(42)
    altered.job.update(ResourceType=resource_type, SourceResourceArn=resource)
    altered.region["recovery_points"][0].update(ResourceType=resource_type, ResourceArn=resource)
    altered.region["resources"][0].update(ResourceType=resource_type, ResourceArn=resource)
    altered.vault(altered.job["BackupVaultArn"])["VaultType"] = vault_type
    return altered


@pytest.mark.parametrize(
    ("resource_type", "resource", "known"),
    [
        ("EBS", f"arn:aws:ec2:{PLACE}:volume/vol-1", "arn:aws:ec2:us-east-1::snapshot/"),
        ("EC2", f"arn:aws:ec2:{PLACE}:instance/i-1", "arn:aws:ec2:us-east-1::image/"),
        ("FSx", f"arn:aws:fsx:{PLACE}:file-system/fs-1", f"arn:aws:fsx:{PLACE}:backup/"),
        (
            "Storage Gateway",
            f"arn:aws:storagegateway:{PLACE}:gateway/sgw-1/volume/vol-1",
            "arn:aws:ec2:us-east-1::snapshot/",
        ),
        ("RDS", f"arn:aws:rds:{PLACE}:db:orders", f"arn:aws:rds:{PLACE}:snapshot:awsbackup:"),
        ("Redshift", f"arn:aws:redshift:{PLACE}:cluster:dwh", f"arn:aws:redshift:{PLACE}:snapshot:dwh/awsbackup:"),
    ],
)
def test_the_services_own_arn_of_a_recovery_point_is_known_by_its_type_alone(
    resource_type: str, resource: str, known: str, served_estate: ServeEstate
) -> None:
    facts = collected(restoring(resource_type, resource).text, served_estate)
    assert recovery_point_arn(facts) == f"{known}{UNKNOWN_PART}"
    calls = [call for call in required_calls(facts) if call.resource == f"{known}*"]
    assert all(call.is_partial for call in calls)
    assert not any(call.resource.startswith("arn:aws:backup") and call.vault is None for call in required_calls(facts))


def test_types_that_are_managed_fully_have_backups_arns_everywhere(served_estate: ServeEstate) -> None:
    altered = restoring("EFS", f"arn:aws:elasticfilesystem:{PLACE}:file-system/fs-1")
    facts = collected(altered.text, served_estate)
    assert recovery_point_arn(facts) == altered.job["RecoveryPointArn"]


def test_a_role_limited_to_some_snapshots_may_lack_the_hidden_one(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(42)
    everywhere = {"Effect": "Allow", "NotAction": "ec2:CreateVolume", "Resource": "*"}
    volumes = {"Effect": "Allow", "Action": "ec2:CreateVolume", "Resource": "arn:aws:ec2:*:*:volume/*"}
    some = {"Effect": "Allow", "Action": "ec2:CreateVolume", "Resource": "arn:aws:ec2:*::snapshot/snap-0a*"}
    altered.role["AttachedPolicies"] = []
    altered.role["InlinePolicies"] = {"p": {"Version": "2012-10-17", "Statement": [everywhere, volumes, some]}}
    cause = only(diagnosed(altered, served_estate, diagnostician), "permission-missing")
    assert (cause.certainty, cause.depends_on) == (Certainty.POSSIBLE, ("the resource's ARN",))


@pytest.mark.parametrize(("vault_type", "is_shared"), [(AIR_GAPPED, False), (RESTORE_ACCESS, True)])
def test_a_vault_of_multi_party_approval_is_under_another_accounts_key(
    vault_type: str, is_shared: bool, served_estate: ServeEstate
) -> None:
    facts = collected(restoring("EBS", f"arn:aws:ec2:{PLACE}:volume/vol-1", vault_type).text, served_estate)
    known = circumstances(facts)
    assert (known["from-air-gapped-vault"], known["vault-of-another-account"]) == (True, is_shared)


def shared(message: str = "Access denied") -> Altered:
    """A restore from a vault that another account shares through AWS RAM, and that the bot can't enter."""
    altered = restoring("EBS", f"arn:aws:ec2:{PLACE}:volume/vol-1")
    altered.job["BackupVaultArn"] = altered.job["BackupVaultArn"].replace(ACCOUNT, "123412341234")
    altered.job["StatusMessage"] = message
    return altered


def test_a_vault_of_another_account_is_a_shared_air_gapped_one_whether_or_not_it_can_be_read(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    facts = collected(shared().text, served_estate)
    known = circumstances(facts)
    assert (known["from-air-gapped-vault"], known["vault-of-another-account"]) == (True, True)
    assert facts.keys["recovery-point"] is None, "it is under the vault's key, not under that of the volume"
    diagnosis = diagnosed(shared(), served_estate, diagnostician)
    kms = next(layer.verdict for layer in diagnosis.layers if layer.layer is LayerName.KMS)
    assert (diagnosis.outcome, kms) == (Outcome.UNDETERMINED, Verdict.UNKNOWN)


def test_what_is_in_an_air_gapped_vault_is_under_its_key_where_the_recovery_point_does_not_say_it(
    served_estate: ServeEstate,
) -> None:
    altered = Altered(42)
    altered.region["recovery_points"] = []
    facts = collected(altered.text, served_estate)
    key = altered.vault(altered.job["BackupVaultArn"])["EncryptionKeyArn"]
    assert [each.arn for each in facts.keys["recovery-point"] or ()] == [key]


def primary(key_policy: list[dict[str, Any]]) -> Altered:
    """A backup of a file system straight into a logically air-gapped vault under a customer managed key."""
    altered = Altered(18)
    vault = altered.vault(altered.job["BackupVaultArn"])
    vault["VaultType"] = AIR_GAPPED
    altered.job["StatusMessage"] = "Access denied"
    key = altered.key(vault["EncryptionKeyArn"])
    key.update(KeyState="Enabled", Policy={"Version": "2012-10-17", "Statement": key_policy})
    return altered


def test_a_primary_backup_of_a_fully_managed_type_needs_the_vaults_key(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    denies = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey", "Resource": "*"}
    assert diagnosed(primary([root]), served_estate, diagnostician).causes == ()
    cause = only(diagnosed(primary([root, denies]), served_estate, diagnostician), "key-policy-denied")
    assert (cause.certainty, cause.statement, cause.actions) == (Certainty.PROVEN, "No", ("kms:GenerateDataKey",))


def test_the_copy_behind_a_primary_backup_needs_the_air_gapped_vaults_key(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    """What is not fully managed is copied out of the ordinary vault, in the same account, with the backup's role."""
    scene = start("primary", "copy", "ebs")
    scene.world.vault(scene.things["there"])["VaultType"] = AIR_GAPPED
    denies = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}
    scene.world.key(scene.things["there key"])["Policy"]["Statement"].append(denies)
    scene.record["CreatedByBackupJobId"] = "4fdb6a0e-5d2c-4b4c-8f3c-0d1f0e9c5b7a"
    scene.fail("Access denied")
    served_estate(scene.text())
    cause = only(diagnostician().diagnose(reference_to(scene.expectation)), "key-policy-denied")
    assert (cause.certainty, cause.statement, cause.actions) == (Certainty.PROVEN, "No", ("kms:Encrypt",))
