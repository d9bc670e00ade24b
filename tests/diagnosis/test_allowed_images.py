"""Images that an account's Allowed AMIs setting hides from a copy or a restore, which says that it finds none."""

from typing import Any

import pytest

from bot.diagnosis.facts.images import AIR_GAPPED_OWNER, AllowedImages
from bot.diagnosis.facts.vaults import AIR_GAPPED
from bot.diagnosis.model import Diagnosis, LayerName, Outcome, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, diagnosed, fix_of, only
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

NOT_FOUND = "Source AMI ami-0a1b2c3d not found in Region us-east-1."
ENABLED: dict[str, Any] = {"State": "enabled", "ImageCriteria": [{"ImageProviders": ["amazon", "111122223333"]}]}


def copying(setting: dict[str, Any]) -> Altered:
    """A copy of an image into another account that has a setting, and that does not find the image."""
    altered = Altered(26)
    altered.job["StatusMessage"] = NOT_FOUND
    _, _, _, region, account, _ = altered.job["DestinationBackupVaultArn"].split(":", 5)
    altered.estate["accounts"][account]["regions"][region]["allowed_images"] = setting
    return altered


def restoring(setting: dict[str, Any]) -> Altered:
    """A restore of an instance that does not find the image, from a logically air-gapped vault."""
    altered = Altered(8)
    altered.job["StatusMessage"] = NOT_FOUND
    altered.vault(altered.job["BackupVaultArn"])["VaultType"] = AIR_GAPPED
    altered.region["allowed_images"] = setting
    return altered


def codes(diagnosis: Diagnosis) -> list[str]:
    """The codes of the causes."""
    return [cause.code for cause in diagnosis.causes]


def verdict(diagnosis: Diagnosis) -> Verdict | None:
    """The verdict of the check, where it was made."""
    checks = (check for layer in diagnosis.layers if layer.layer is LayerName.ORGANIZATION for check in layer.checks)
    return next((check.verdict for check in checks if check.check == "allowed-amis"), None)


def test_a_copy_of_an_image_whose_owner_is_not_listed_is_explained(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(copying(ENABLED), served_estate, diagnostician)
    assert (diagnosis.outcome, verdict(diagnosis)) == (Outcome.DENIED, Verdict.BLOCKED)
    cause = only(diagnosis, "allowed-amis")
    assert cause.entity.value == "service-linked-role"
    assert ACCOUNT in cause.explanation
    assert ACCOUNT in fix_of(diagnosis, "allowed-amis").summary


def test_a_restore_from_an_air_gapped_vault_needs_the_vaults_alias(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(restoring(ENABLED), served_estate, diagnostician)
    cause = only(diagnosis, "allowed-amis")
    assert (cause.entity.value, AIR_GAPPED_OWNER in cause.explanation) == ("job-role", True)
    listed = {"State": "enabled", "ImageCriteria": [{"ImageProviders": [AIR_GAPPED_OWNER]}]}
    assert verdict(diagnosed(restoring(listed), served_estate, diagnostician)) is Verdict.CLEAR


def test_a_setting_that_can_not_be_read_leaves_it_open(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying(ENABLED)
    with refusing(served_estate(altered.text), "Action=GetAllowedImagesSettings"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert (codes(diagnosis), verdict(diagnosis)) == ([], Verdict.UNKNOWN)
    assert [each.what for each in diagnosis.unread] == ["ec2:GetAllowedImagesSettings"]


def test_a_job_whose_message_speaks_of_no_image_is_not_asked_about(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying(ENABLED)
    altered.job["StatusMessage"] = "Insufficient capacity"
    assert verdict(diagnosed(altered, served_estate, diagnostician)) is None


def test_an_image_of_the_own_account_is_not_hidden(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = restoring(ENABLED)
    altered.vault(altered.job["BackupVaultArn"])["VaultType"] = "BACKUP_VAULT"
    assert verdict(diagnosed(altered, served_estate, diagnostician)) is None


@pytest.mark.parametrize(
    ("setting", "is_excluded"),
    [
        (None, False),
        ({"State": "disabled", "ImageCriteria": ENABLED["ImageCriteria"]}, False),
        ({"State": "audit-mode", "ImageCriteria": ENABLED["ImageCriteria"]}, False),
        (ENABLED, True),
        ({"State": "enabled"}, True),
        ({"State": "enabled", "ImageCriteria": [{"ImageProviders": ["amazon", ACCOUNT]}]}, False),
        ({"State": "enabled", "ImageCriteria": [*ENABLED["ImageCriteria"], {"ImageNames": ["golden-*"]}]}, False),
    ],
)
def test_an_owner_is_excluded_where_every_criterion_names_others(
    setting: dict[str, Any] | None, is_excluded: bool
) -> None:
    assert AllowedImages("999988887777", "eu-west-1", ACCOUNT, setting).is_excluded is is_excluded
