"""Fixes of what other rooms of AWS own: vaults, keys, buckets, file systems and the organization."""

from typing import Any

import pytest

from bot.diagnosis.fixes.documents import with_statements
from bot.diagnosis.model import Fix
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, diagnosed, fix_of, only, padding
from tests.diagnosis.test_caller import Staffed, read, said
from tests.diagnosis.test_incidents import MakeDiagnostician

EVERYBODY: Json = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
SHUT = {**EVERYBODY, "Sid": "Shut", "Action": ["backup:PutBackupVaultAccessPolicy"]}
KEPT = {**EVERYBODY, "Sid": "Kept", "Action": ["backup:DeleteBackupVaultAccessPolicy"]}
BUT_ADMIN = {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/Admin"]}}


@pytest.mark.parametrize(
    ("others", "is_told", "is_first_deleted"),
    [
        pytest.param([], True, False, id="nobody is kept from changing it"),
        pytest.param([SHUT], True, True, id="it can only be deleted"),
        pytest.param([SHUT, {**KEPT, "Condition": BUT_ADMIN}], True, True, id="an admin can delete it"),
        pytest.param([{**SHUT, "Condition": BUT_ADMIN}, KEPT], True, False, id="an admin can change it"),
        pytest.param([SHUT, KEPT], False, False, id="nobody can change or delete it"),
    ],
)
def test_a_vaults_policy_is_changed_as_far_as_it_lets_anybody(
    others: list[Json],
    is_told: bool,
    is_first_deleted: bool,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    altered = Altered(11)
    policy = altered.vault(altered.job["DestinationBackupVaultArn"])["AccessPolicy"]
    policy["Statement"] = [policy["Statement"][1], *others]
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "vault-policy-denied")
    assert (bool(fix.changes), fix.proven) == (is_told, is_told)
    assert ("it has to be deleted first" in str(fix.caution)) is is_first_deleted
    put = ["put-backup-vault-access-policy"] if is_told else []
    assert operations(fix) == (["delete-backup-vault-access-policy"] if is_first_deleted else []) + put
    assert is_told or fix.summary.startswith("Name another vault in rule ")


def operations(fix: Fix) -> list[str]:
    """The operations that the commands of a fix call, in their order."""
    return [part.split()[2] for command in fix.cli for part in command.split("&& ")]


AUTOMATIC = "aws/efs/automatic-backup-vault"


def renamed(altered: Altered, member: str) -> Json:
    """The vault that a member of the job names, as the one of EFS's own backups."""
    vault = altered.vault(altered.job[member])
    altered.job[member] = altered.job[member].replace(vault["BackupVaultName"], AUTOMATIC)
    vault["BackupVaultName"] = AUTOMATIC
    return vault


def test_no_copy_goes_into_the_vault_of_efss_own_backups(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(11)
    renamed(altered, "DestinationBackupVaultArn")
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "vault-policy-denied")
    assert fix.summary.startswith("Name a vault of your own in rule ")
    assert fix.changes == ()
    assert "AWS keeps this vault for EFS's own automatic backups" in str(fix.caution)


def test_the_policy_of_that_vault_is_replaced_where_it_denies_a_copy_out_of_it(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(11)
    del altered.vault(altered.job["DestinationBackupVaultArn"])["AccessPolicy"]
    actions = ["backup:DeleteBackupVaultAccessPolicy", "backup:CopyFromBackupVault"]
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": actions, "Resource": "*"}
    renamed(altered, "SourceBackupVaultArn")["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [deny]}
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "vault-policy-denied")
    assert [(change.kind, change.target) for change in fix.changes] == [
        ("put-vault-access-policy", altered.job["SourceBackupVaultArn"])
    ]
    assert operations(fix) == ["put-backup-vault-access-policy"]
    assert fix.proven


def test_a_caller_is_to_name_another_vault_where_nobody_can_change_its_policy(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    everybody = {**EVERYBODY, "Sid": "Closed", "Action": ["backup:StartBackupJob"]}
    statements = [everybody, SHUT, KEPT]
    staffed.vault(staffed.vault_arn)["AccessPolicy"] = {"Version": "2012-10-17", "Statement": statements}
    text = said("backup:StartBackupJob", staffed.vault_arn)
    fix = fix_of(read(staffed, text, served_estate, diagnostician), "vault-policy-denied")
    assert (fix.summary, fix.changes) == ("Name another vault in the call.", ())


@pytest.mark.parametrize(
    ("others", "is_named"), [(["files-dr-v2", "Default"], "files-dr-v2"), (["Default"], None), ([], None)]
)
def test_a_vault_that_is_gone_is_looked_for_under_a_like_name(
    others: list[str], is_named: str | None, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(10)
    account, region = altered.estate["accounts"][ACCOUNT], "us-west-2"
    altered.job["DestinationBackupVaultArn"] = f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:files-dr"
    account["regions"][region]["vaults"] = [{"BackupVaultName": name} for name in others]
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "vault-missing")
    assert fix.summary.startswith(f"Create the vault files-dr for account {ACCOUNT} in {region}, or name ")
    assert (f"or name the existing vault {is_named}, whose name is similar, in rule " in fix.summary) is bool(is_named)
    assert f"Ask whether {is_named or 'another vault'} has replaced it" in str(fix.caution)


@pytest.mark.parametrize(("number", "needs_key"), [(10, False), (38, False), (11, True)])
def test_a_vault_that_is_gone_is_made_anew_and_under_its_own_key_only_for_a_copy_that_needs_it(
    number: int, needs_key: bool, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(number)
    arn = altered.job.get("DestinationBackupVaultArn") or altered.job["BackupVaultArn"]
    for region in (region for account in altered.estate["accounts"].values() for region in account["regions"].values()):
        region["vaults"] = [vault for vault in region["vaults"] if not arn.endswith(f":{vault['BackupVaultName']}")]
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "vault-missing")
    assert [(change.kind, change.target) for change in fix.changes] == [("create-vault", arn)]
    assert ("must be under a customer managed key" in str(fix.caution)) is needs_key
    assert fix.proven is not needs_key
    assert (fix.not_proven == "the key that the new vault will be under is not known yet") is needs_key


def test_a_key_that_lacks_only_grants_is_opened_for_grants_to_services_only(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(39)
    policy = altered.key(altered.expect["causes"][0]["policy"])["Policy"]
    policy["Statement"][2]["Principal"] = {"AWS": altered.job["IamRoleArn"]}
    before = list(policy["Statement"])
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "key-policy-missing")
    of_deleted = {"AWS": "AROA4EXAMPL7T2K5QXVNQ"}
    assert [statement["Principal"] for statement in before].count(of_deleted) == 1
    assert fix.changes[0].document["Statement"] == [
        *(statement for statement in before if statement["Principal"] != of_deleted),
        {
            "Sid": "AllowGrantsByBackup",
            "Effect": "Allow",
            "Principal": {"AWS": altered.job["IamRoleArn"]},
            "Action": ["kms:CreateGrant"],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
    assert fix.proven


@pytest.mark.parametrize(
    ("state", "kinds"),
    [("Disabled", ["enable-key"]), ("PendingDeletion", ["cancel-key-deletion", "enable-key"]), ("Unavailable", [])],
)
def test_a_key_comes_back_into_use_where_its_state_allows_that(
    state: str, kinds: list[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(18)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    altered.key(str(only(diagnosis, "key-unusable").resource))["KeyState"] = state
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "key-unusable")
    assert [change.kind for change in fix.changes] == kinds
    assert fix.proven is bool(kinds)
    assert kinds or fix.caution == "The key is Unavailable, and no call can change that."
    assert kinds or fix.not_proven == "this can't be simulated"


def file_system_of(owner: str, policy: Json) -> Altered:
    """A backup of a file system that belongs to an account, with a policy of its own."""
    altered = Altered(32)
    shared = altered.resource()
    arn = shared["ResourceArn"].replace(ACCOUNT, owner)
    region = {"keys": [], "vaults": [], "resources": [{**shared, "ResourceArn": arn, "Policy": policy}]}
    altered.estate["accounts"].setdefault(owner, {})["regions"] = {altered.expect["region"]: region}
    altered.job["ResourceArn"] = arn
    altered.job["StatusMessage"] = "Access denied"
    return altered


def test_the_policy_of_another_accounts_file_system_is_opened_for_the_role(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    mount = {"Sid": "Mount", "Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:ClientMount"}
    altered = file_system_of("777788889999", {"Version": "2012-10-17", "Statement": [mount]})
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "resource-policy-missing")
    (change,) = fix.changes
    assert (change.kind, change.target) == ("put-resource-policy", altered.job["ResourceArn"])
    kept, added = change.document["Statement"]
    assert kept == mount
    assert added["Principal"] == {"AWS": altered.job["IamRoleArn"]}
    assert added["Resource"] == [altered.job["ResourceArn"]]
    assert "elasticfilesystem:Backup" in added["Action"]
    assert fix.proven
    assert fix.owner == "owner of the protected resource"


def allow_list(altered: Altered, *statements: Json, attached: list[str] | None = None) -> None:
    """The policies of the OU that has an allow list instead of FullAWSAccess."""
    policy = altered.organization_policy("p-0regallow")
    policy["Content"]["Statement"] += statements
    unit = next(unit for unit in units(altered.estate["organization"]["root"]) if "p-0regallow" in unit["policies"])
    if attached is not None:
        unit["policies"] = attached


def units(unit: Json) -> list[Json]:
    return [unit, *(below for child in unit["children"] for below in units(child))]


def test_an_allow_list_is_widened_and_a_deny_list_beside_it_left_alone(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(13)
    allow_list(altered, attached=["p-0leaveorg1", "p-0regallow", "p-RCPFullAWSAccess"])
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    fix, missing = fix_of(diagnosis, "scp-missing"), only(diagnosis, "scp-missing")
    (change,) = fix.changes
    assert (change.kind, change.target) == ("update-organization-policy", "p-0regallow")
    assert change.name == "RegulatedAllowList"
    assert '"RegulatedAllowList"' in fix.terraform
    assert change.document["Statement"][-1] == {
        "Effect": "Allow",
        "Action": list(missing.actions),
        "Resource": "*",
    }
    assert fix.proven


def test_an_allow_list_that_is_full_is_told_with_who_to_ask(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(13)
    allow_list(altered, padding(4_850))
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "scp-missing")
    assert (fix.changes, fix.proven) == ((), False)
    assert "The control policy would be larger than 5,120 characters" in str(fix.caution)
    assert "guard rail of the organization" in str(fix.caution)


def test_a_level_without_any_policy_needs_one_attached(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(13)
    allow_list(altered, attached=["p-RCPFullAWSAccess"])
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    fix, missing = fix_of(diagnosis, "scp-missing"), only(diagnosis, "scp-missing")
    assert fix.summary.startswith(f"Attach to {missing.target} a service control policy that allows")
    assert (fix.changes, fix.proven) == ((), False)


@pytest.mark.parametrize(
    ("document", "added"),
    [
        pytest.param(None, "Here", id="no document"),
        pytest.param({"Statement": {"Sid": "Other", "Effect": "Allow"}}, "Here", id="one that is no list"),
        pytest.param({"Statement": [{"Sid": "Here"}]}, "Here2", id="taken"),
        pytest.param({"Statement": [{"Sid": "Here"}, {"Sid": "Here2"}]}, "Here3", id="taken twice"),
    ],
)
def test_a_statement_is_added_under_a_sid_that_is_free(document: Any, added: str) -> None:
    statements = with_statements(document, [{"Sid": "Here", "Effect": "Deny"}])["Statement"]
    assert statements[-1] == {"Sid": added, "Effect": "Deny"}
    assert with_statements(document, [{"Effect": "Deny"}])["Statement"][-1] == {"Effect": "Deny"}
