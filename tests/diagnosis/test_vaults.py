"""Vaults whose key is AWS's own or can't be told, and policies of vaults that go by a role's unique id."""

from typing import Any

import pytest

from bot.diagnosis.facts.vaults import AIR_GAPPED
from bot.diagnosis.model import Certainty, Diagnosis, LayerName, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered, diagnosed, only
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

OWNED_BY_AWS = {
    "EncryptionKeyArn": "arn:aws:kms:eu-west-1:905418210111:key/0a1b2c3d-4e5f-4061-8728-394a5b6c7d8e",
    "EncryptionKeyType": "AWS_OWNED_KMS_KEY",
}
"""As a logically air-gapped vault is described that was made without a key of one's own."""


def copying() -> Altered:
    """A copy of a volume into a vault of the same account, which nothing denies and which says next to nothing."""
    altered = Altered(11)
    del altered.vault(altered.job["DestinationBackupVaultArn"])["AccessPolicy"]
    altered.job["StatusMessage"] = "Access Denied trying to call AWS Backup service"
    return altered


def kms(diagnosis: Diagnosis) -> Verdict:
    """The verdict of the fourth layer."""
    return next(layer.verdict for layer in diagnosis.layers if layer.layer is LayerName.KMS)


@pytest.mark.parametrize("is_destination", [True, False], ids=["written under", "read under"])
def test_a_key_that_aws_owns_needs_no_permission(
    is_destination: bool, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying()
    (point,) = (one for one in altered.region["recovery_points"] if "EncryptionKeyArn" in one)
    if is_destination:
        altered.vault(altered.job["DestinationBackupVaultArn"]).update(OWNED_BY_AWS)
    else:
        altered.key(point["EncryptionKeyArn"])["KeyState"] = "Disabled"  # the volume's own key does not count any more
        point.update(OWNED_BY_AWS)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert kms(diagnosis) is Verdict.CLEAR
    assert diagnosis.unread == ()


def test_a_default_key_that_can_not_be_told_by_its_aliases_is_unknown(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying()
    key = altered.key(altered.vault(altered.job["DestinationBackupVaultArn"])["EncryptionKeyArn"])
    key |= {"KeyManager": "AWS", "Aliases": ["alias/aws/backup"]}
    told = diagnosed(altered, served_estate, diagnostician)
    assert [cause.code for cause in told.causes] == ["vault-default-key"]
    with refusing(served_estate(altered.text), "TrentService.ListAliases"):
        untold = diagnostician().diagnose(reference_to(altered.expect))
    assert (untold.causes, kms(untold)) == ((), Verdict.UNKNOWN)


@pytest.mark.parametrize("is_meant", [True, False], ids=["the role's", "another role's"])
def test_a_vault_policy_may_go_by_the_unique_id_of_a_role(
    is_meant: bool, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying()
    unique_id = altered.role["RoleId"] if is_meant else "AROA0OTHER0ROLE000000"
    deny: dict[str, Any] = {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Resource": "*"}
    deny |= {"Action": "backup:CopyIntoBackupVault", "Condition": {"StringNotLike": {"aws:userId": f"{unique_id}:*"}}}
    vault = altered.vault(altered.job["DestinationBackupVaultArn"])
    vault["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [deny]}
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    if is_meant:
        assert diagnosis.causes == ()
    else:
        assert only(diagnosis, "vault-policy-denied").certainty is Certainty.PROVEN


@pytest.mark.parametrize(("vault_type", "codes"), [("BACKUP_VAULT", []), (AIR_GAPPED, ["aws-managed-key"])])
def test_what_is_under_awss_own_key_stays_out_of_an_air_gapped_vault(
    vault_type: str, codes: list[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying()
    (point,) = (one for one in altered.region["recovery_points"] if "EncryptionKeyArn" in one)
    altered.key(point["EncryptionKeyArn"]).update(KeyManager="AWS", Aliases=["alias/aws/ebs"])
    altered.vault(altered.job["DestinationBackupVaultArn"])["VaultType"] = vault_type
    assert [cause.code for cause in diagnosed(altered, served_estate, diagnostician).causes] == codes


@pytest.mark.parametrize(("vault_type", "codes"), [("BACKUP_VAULT", []), (AIR_GAPPED, ["key-policy-denied"])])
def test_the_key_of_an_air_gapped_vault_must_be_usable_by_the_role_that_copies_into_it(
    vault_type: str, codes: list[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying()
    vault = altered.vault(altered.job["DestinationBackupVaultArn"])
    vault["VaultType"] = vault_type
    through_backup = {"StringLike": {"kms:ViaService": "backup.*.amazonaws.com"}}
    deny = {"Sid": "NoEncrypt", "Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}
    altered.key(vault["EncryptionKeyArn"])["Policy"]["Statement"].append(deny | {"Condition": through_backup})
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [(cause.code, cause.actions) for cause in diagnosis.causes] == [(code, ("kms:Encrypt",)) for code in codes]
