"""Fixes that build on each other: each is made and proven with those before it in place, for all jobs at once."""

import json

from bot.diagnosis.model import Certainty
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, diagnosed, fix_of, only
from tests.diagnosis.fixing import fixed
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.test_fixes import diagnosed as diagnosed_again
from tests.diagnosis.test_fixes import without_message
from tests.diagnosis.test_incidents import MakeDiagnostician

COPIER = f"arn:aws:iam::{ACCOUNT}:role/ebs-backup"
MOVED = f"arn:aws:iam::{ACCOUNT}:role/moved/ebs-backup"
FROZEN = f"arn:aws:iam::{ACCOUNT}:policy/StackBackupFrozen2021"


def moved() -> Altered:
    """A copy that a vault's policy denies, by a role that was made anew under another path."""
    altered = Altered(11)
    altered.role["Path"] = "/moved/"
    return altered


def exempting(altered: Altered) -> Json:
    """Whom the vault's policy exempts by now."""
    statements = altered.vault(altered.job["DestinationBackupVaultArn"])["AccessPolicy"]["Statement"]
    exempt: Json = statements[1]["Condition"]["ArnNotLike"]
    return exempt


def test_what_is_left_is_fixed_for_the_role_that_the_plan_names_by_then(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = moved()
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert {cause.principal for cause in diagnosis.causes} == {COPIER}
    assert fix_of(diagnosis, "role-missing").proven
    of_vault = fix_of(diagnosis, "vault-policy-denied")
    assert of_vault.proven
    assert of_vault.summary.startswith(f"Exempt {MOVED} from statement OnlyTheCopierWrites")
    assert COPIER not in json.dumps([change.document for change in of_vault.changes])


def test_what_the_change_before_fixes_is_not_fixed_twice(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = moved()
    exempting(altered)["aws:PrincipalArn"] = [MOVED]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert fix_of(diagnosis, "role-missing").proven
    of_vault = fix_of(diagnosis, "vault-policy-denied")
    assert of_vault.summary == "Nothing more: the change before this one fixes it, too."
    assert (of_vault.changes, of_vault.cli, of_vault.proven) == ((), (), True)


def test_a_change_that_lets_something_new_block_is_not_called_proven(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = moved()
    altered.role["AttachedPolicies"] = []
    exempting(altered)["aws:PrincipalArn"] = [COPIER]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [cause.code for cause in diagnosis.causes] == ["role-missing"]
    fix = fix_of(diagnosis, "role-missing")
    assert not fix.proven
    new = f"permission missing and vault policy denied ({altered.job['DestinationBackupVaultArn']})"
    assert fix.not_proven == f"evaluated again with this change, something else denies it: {new}"


def stack() -> Altered:
    """A stack of which two nested jobs failed."""
    altered = Altered(36)
    of_volume = next(job for job in altered.region["backup_jobs"] if job["ResourceType"] == "EBS")
    of_volume.update(State="FAILED", StatusMessage="Access denied")
    return altered


def test_one_policy_for_several_nested_jobs_names_what_each_of_them_works_on(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = stack()
    denied = {"ec2:CreateSnapshot", "dynamodb:StartAwsBackupJob"}
    statements = altered.policy(FROZEN)["Document"]["Statement"]
    statements[:] = [statement for statement in statements if not denied & set(statement["Action"])]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert len(diagnosis.job.children) == 2
    missing = only(diagnosis, "permission-missing")
    assert denied <= set(missing.actions)
    assert missing.fix is not None
    assert missing.fix.alternative is not None
    (change,) = missing.fix.alternative.changes
    allowed = change.document["Statement"]
    assert {action for statement in allowed for action in statement["Action"]} == set(missing.actions)
    assert all(statement["Resource"] for statement in allowed)
    assert missing.fix.proven
    assert missing.fix.alternative.proven
    after = fixed(without_message(altered.text), [change])
    again = diagnosed_again(after, served_estate, diagnostician)
    assert [cause for cause in again.causes if cause.certainty is Certainty.PROVEN] == []


def test_the_fixes_of_two_copies_of_one_backup_are_proven_side_by_side(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(9)
    away = altered.job
    vault = altered.vault(away["SourceBackupVaultArn"])
    deny = {"Sid": "NoCopies", "Effect": "Deny", "Principal": "*", "Action": "backup:CopyIntoBackupVault"}
    vault["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [{**deny, "Resource": "*"}]}
    here = {
        **away,
        "CopyJobId": "0A1B2C3D-4E5F-4061-8728-394A5B6C7D8E",
        "DestinationBackupVaultArn": away["SourceBackupVaultArn"],
    }
    altered.region["copy_jobs"].append(here)
    backup = {
        "BackupJobId": "1a2b3c4d-5e6f-4071-8829-3a4b5c6d7e8f",
        "State": "COMPLETED",
        "RecoveryPointArn": away["SourceRecoveryPointArn"],
        "BackupVaultArn": away["SourceBackupVaultArn"],
        **{member: away[member] for member in ("IamRoleArn", "ResourceArn", "ResourceType", "CreationDate")},
    }
    altered.region["backup_jobs"].append(backup)
    served_estate(altered.text)
    reference = reference_to({**altered.expect, "job": backup["BackupJobId"]})
    diagnosis = diagnostician().diagnose(reference)
    assert diagnosis.job.children == (away["CopyJobId"], here["CopyJobId"])
    assert {cause.code for cause in diagnosis.causes} == {"slr-missing", "vault-policy-missing", "vault-policy-denied"}
    assert [cause.code for cause in diagnosis.causes if not (cause.fix and cause.fix.proven)] == []


def test_two_changes_of_one_document_are_one_command(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(20)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    both, done = fix_of(diagnosis, "trust-condition"), fix_of(diagnosis, "trust-denied")
    assert [change.kind for change in both.changes] == ["update-assume-role-policy"]
    assert both.summary.endswith("One command makes these changes, and all of them are needed.")
    assert "statement DenyOtherAccounts" in both.summary
    assert str(both.caution).count("AWS Backup assumes a role only for jobs in the role's own account") == 1
    assert (done.summary, done.changes, done.cli, done.caution) == (
        "Nothing more: the command of fix 1 makes this change, too.",
        (),
        (),
        None,
    )
    assert both.proven
    assert done.proven
    after = fixed(without_message(altered.text), list(both.changes))
    again = diagnosed_again(after, served_estate, diagnostician)
    assert [cause for cause in again.causes if cause.certainty is Certainty.PROVEN] == []
