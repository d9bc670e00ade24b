"""Logically air-gapped vaults: recovery points whose own ARN is hidden, and keys that are shared with who restores."""

import pytest

from bot.diagnosis.circumstances import UNKNOWN_PART, circumstances, recovery_point_arn
from bot.diagnosis.facts.vaults import AIR_GAPPED, RESTORE_ACCESS
from bot.diagnosis.model import Certainty
from bot.diagnosis.required_calls import required_calls
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, collected, diagnosed, only
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
