"""What if something were changed: the whole job is examined again with the change, on what was read."""

import json

import pytest

from bot.diagnosis.what_if import BOUNDARY, VAULT_POLICY, WhatIf
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.test_caller import ANA, Staffed, deny, document, said
from tests.diagnosis.test_incidents import MakeDiagnostician

BACKUP = "service-role/AWSBackupServiceRolePolicyForBackup"

CHANGES = [
    pytest.param(5, WhatIf("attach", "AWSBackupServiceRolePolicyForS3Backup"), [], id="AWS's own remedy for S3"),
    pytest.param(5, WhatIf("attach", BACKUP), ["permission-missing"], id="a policy that the role has"),
    pytest.param(5, WhatIf("add", "s3:GetBucketVersioning"), ["permission-missing"], id="one action of many"),
    pytest.param(6, WhatIf("remove", "ProdGuardrails"), [], id="the policy that denies"),
    pytest.param(7, WhatIf("remove", BOUNDARY), [], id="the boundary"),
    pytest.param(11, WhatIf("remove", VAULT_POLICY), [], id="a vault's policy"),
    pytest.param(12, WhatIf("remove", "p-0copyguard"), [], id="a service control policy"),
    pytest.param(29, WhatIf("add", "ec2:CreateSnapshot"), ["boundary-missing"], id="what the boundary does not allow"),
]


@pytest.mark.parametrize(("number", "change", "codes"), CHANGES)
def test_what_would_be_denied_with_a_change(
    number: int, change: WhatIf, codes: list[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(number)
    served_estate(altered.text)
    effects = diagnostician().effects(reference_to(altered.expect), change)
    assert [cause.code for cause in effects.after] == codes
    assert effects.before


def test_the_principal_whose_policies_are_changed_is_named(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(5)
    served_estate(altered.text)
    effects = diagnostician().effects(reference_to(altered.expect), WhatIf("attach", BACKUP))
    assert effects.principal == altered.job["IamRoleArn"]
    assert not effects.applies  # it is attached
    assert (effects.fixed, effects.new) == ((), ())


def test_what_a_removed_policy_allowed_is_denied_then(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    served_estate(altered.text)
    effects = diagnostician().effects(reference_to(altered.expect), WhatIf("remove", BACKUP.rpartition("/")[2]))
    assert [cause.code for cause in effects.new] == ["permission-missing"]


def test_a_call_that_a_text_names_is_examined_too(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    staffed = Staffed()
    staffed.vault(staffed.vault_arn)["AccessPolicy"] = document(
        deny("backup:StartBackupJob", Resource="*", Principal="*")
    )
    staffed.group["AttachedPolicies"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    served_estate(staffed.text)
    text = said("backup:StartBackupJob", staffed.vault_arn, who=ANA)
    effects = diagnostician().effects(text, WhatIf("remove", VAULT_POLICY))
    assert [cause.code for cause in effects.fixed] == ["vault-policy-denied"]
    assert effects.after == ()


def test_nothing_is_examined_where_a_text_names_no_call(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Altered(38).text)
    effects = diagnostician().effects("Access denied", WhatIf("add", "kms:CreateGrant"))
    assert json.dumps([effects.principal, effects.applies, effects.before, effects.after]) == '["", false, [], []]'


def test_what_is_left_of_a_cause_is_the_same_thing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(5)
    served_estate(altered.text)
    effects = diagnostician().effects(reference_to(altered.expect), WhatIf("add", "s3:GetBucketVersioning"))
    (before,) = effects.before
    left = effects.left_of(before)
    assert left is not None
    assert set(before.actions) - set(left.actions) == {"s3:GetBucketVersioning"}
