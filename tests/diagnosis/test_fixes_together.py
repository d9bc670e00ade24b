"""Fixes that build on each other: each is made and proven with those before it in place, for all jobs at once."""

import json

from bot.diagnosis.model import Certainty
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, diagnosed, fix_of, only
from tests.diagnosis.mending import mended
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


def sparing(altered: Altered) -> Json:
    """Whom the vault's policy spares by now."""
    statements = altered.vault(altered.job["DestinationBackupVaultArn"])["AccessPolicy"]["Statement"]
    spared: Json = statements[1]["Condition"]["ArnNotLike"]
    return spared


def test_what_is_left_is_mended_for_the_role_that_the_plan_names_by_then(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = moved()
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert {cause.principal for cause in diagnosis.causes} == {COPIER}
    assert fix_of(diagnosis, "role-missing").proven
    of_vault = fix_of(diagnosis, "vault-policy-denied")
    assert of_vault.proven
    assert of_vault.summary.startswith(f"Spare {MOVED} in statement OnlyTheCopierWrites")
    assert COPIER not in json.dumps([change.document for change in of_vault.changes])


def test_what_the_change_before_mends_is_not_mended_twice(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = moved()
    sparing(altered)["aws:PrincipalArn"] = [MOVED]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert fix_of(diagnosis, "role-missing").proven
    of_vault = fix_of(diagnosis, "vault-policy-denied")
    assert of_vault.summary == "Nothing more: the change before this one mends it too."
    assert (of_vault.changes, of_vault.cli, of_vault.proven) == ((), (), True)


def test_a_change_that_lets_something_new_block_is_not_called_proven(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = moved()
    altered.role["AttachedPolicies"] = []
    sparing(altered)["aws:PrincipalArn"] = [COPIER]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [cause.code for cause in diagnosis.causes] == ["role-missing"]
    assert not fix_of(diagnosis, "role-missing").proven


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
    (change,) = missing.fix.changes
    allowed = change.document["Statement"]
    assert {action for statement in allowed for action in statement["Action"]} == set(missing.actions)
    assert all(statement["Resource"] for statement in allowed)
    assert missing.fix.proven
    after = mended(without_message(altered.text), [change])
    again = diagnosed_again(after, served_estate, diagnostician)
    assert [cause for cause in again.causes if cause.certainty is Certainty.PROVEN] == []
