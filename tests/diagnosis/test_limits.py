"""AWS's quotas of policy sizes: a fix that would go beyond one is told without a change that AWS would refuse."""

import json
import shlex
from typing import Any

import hcl2
import pytest

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.changes.keys import PutKeyPolicy
from bot.diagnosis.changes.organization import UpdateOrganizationPolicy
from bot.diagnosis.changes.policies import PutPolicyVersion
from bot.diagnosis.changes.resources import PutResourcePolicy
from bot.diagnosis.changes.roles import CreateRole
from bot.diagnosis.changes.vaults import PutVaultAccessPolicy
from bot.diagnosis.fixes.identity import PASSING_POLICY
from bot.diagnosis.model import Certainty, Fix
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, collected, diagnosed, fix_of, padding
from tests.diagnosis.fixing import fixed
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.test_caller import ANA, Staffed, read, said
from tests.diagnosis.test_fixes import without_message
from tests.diagnosis.test_incidents import MakeDiagnostician

BUCKET, FILE_SYSTEM = "arn:aws:s3:::media", "arn:aws:elasticfilesystem:eu-west-1:444455556666:file-system/fs-1"

QUOTAS = [
    pytest.param(PutPolicyVersion, "arn:aws:iam::444455556666:policy/ops", 6_144, id="managed policy"),
    pytest.param(UpdateOrganizationPolicy, "p-guard", 5_120, id="control policy"),
    pytest.param(PutKeyPolicy, "arn:aws:kms:eu-west-1:444455556666:key/1", 32_768, id="key policy"),
    pytest.param(PutVaultAccessPolicy, "arn:aws:backup:…:backup-vault:x", 20_480, id="vault policy"),
    pytest.param(PutResourcePolicy, BUCKET, 20_480, id="bucket policy"),
    pytest.param(PutResourcePolicy, FILE_SYSTEM, 20_000, id="file system policy"),
]


def document_of(size: int, filler: str = "x") -> dict[str, Any]:
    """A document that is so many characters long where it is written without white space."""
    bare = json.dumps({"Statement": [{"Sid": ""}]}, separators=(",", ":"))
    return {"Statement": [{"Sid": filler * (size - len(bare))}]}


@pytest.mark.parametrize(("kind", "target", "quota"), QUOTAS)
def test_a_document_may_be_as_large_as_its_quota_and_no_larger(
    kind: type[PlannedChange], target: str, quota: int, served_estate: ServeEstate
) -> None:
    case = collected(Altered(38).text, served_estate)
    assert kind(target, document_of(quota)).too_large(case) is None
    says = kind(target, document_of(quota + 1)).too_large(case)
    assert says is not None
    assert f"would be larger than {quota:,} " in says


def test_white_space_counts_for_a_key_policy_and_not_for_iam(served_estate: ServeEstate) -> None:
    case = collected(Altered(38).text, served_estate)
    spaced = document_of(40_000, filler=" ")
    assert PutPolicyVersion(target="arn:…", document=spaced).too_large(case) is None
    assert PutKeyPolicy(target="arn:…", document=spaced).too_large(case) is not None


def test_the_bytes_of_a_key_policy_count_and_not_its_letters(served_estate: ServeEstate) -> None:
    case = collected(Altered(38).text, served_estate)
    accented = document_of(20_000, filler="\N{LATIN SMALL LETTER E WITH ACUTE}")
    assert PutKeyPolicy(target="arn:…", document=accented).too_large(case) is not None


def test_what_has_no_quota_is_never_too_large(served_estate: ServeEstate) -> None:
    case = collected(Altered(38).text, served_estate)
    assert CreateRole(target="arn:…", document=document_of(90_000)).too_large(case) is None


def refused(fix: Fix, quota: str) -> bool:
    """Whether a fix is told in words only, with the quota that stands in its way."""
    is_in_words = (fix.changes, fix.cli, fix.terraform, fix.proven) == ((), (), "", False)
    is_said = quota in str(fix.caution) and fix.not_proven == "AWS wouldn't accept a policy of that size"
    return is_in_words and is_said


def test_a_full_boundary_is_told_with_who_to_ask_and_not_changed(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(29)
    altered.policy(altered.role["PermissionsBoundary"])["Document"]["Statement"].append(padding(5_700))
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "boundary-missing")
    assert refused(fix, "The managed policy would be larger than 6,144 characters")
    assert "Ask its owner" in str(fix.caution)
    assert fix.summary == "Allow ec2:CreateSnapshot in the permissions boundary."


def test_a_full_key_policy_is_not_changed(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(39)
    key = altered.key(altered.expect["causes"][0]["policy"])
    key["Policy"]["Statement"].append(padding(32_400, Principal={"AWS": "arn:aws:iam::444455556666:role/Admin"}))
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "key-policy-missing")
    assert refused(fix, "The key policy would be larger than 32,768 bytes")


@pytest.mark.parametrize(("characters", "fits"), [(9_500, True), (10_200, False)])
def test_all_inline_policies_of_a_role_share_one_quota(
    characters: int, fits: bool, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(8)
    halves = {name: {"Statement": [padding(characters // 2)]} for name in ("queues", "more-queues")}
    altered.role["InlinePolicies"] = halves
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "pass-role-missing")
    inline = ["put-role-policy"]
    assert [change.kind for change in fix.changes] == (inline if fits else ["create-policy", "attach-role-policy"])
    assert ("larger than 10,240 characters" in str(fix.caution)) is not fits
    assert fix.proven
    assert_it_is_made(altered, fix, served_estate, diagnostician)


def assert_it_is_made(altered: Altered, fix: Fix, serve: ServeEstate, make: MakeDiagnostician) -> None:
    """The changes, made in the estate, leave nothing to fix."""
    hcl2.loads(fix.terraform + "\n")
    serve(fixed(without_message(altered.text), list(fix.changes)))
    after = make().diagnose(reference_to(altered.expect))
    assert [cause for cause in after.causes if cause.certainty is Certainty.PROVEN] == []


def test_a_managed_policy_that_is_created_has_a_name_of_its_own(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(8)
    altered.role["InlinePolicies"] = {"queues": {"Statement": [padding(10_200)]}}
    altered.role["AttachedPolicies"] += [f"arn:aws:iam::{ACCOUNT}:policy/{PASSING_POLICY}"]
    altered.account["policies"].append({"Arn": altered.role["AttachedPolicies"][-1], "Document": {"Statement": []}})
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "pass-role-missing")
    assert fix.changes[0].target == f"arn:aws:iam::{ACCOUNT}:policy/{PASSING_POLICY}-2"
    assert fix.proven


def test_a_user_is_given_a_managed_policy_where_its_own_are_full(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    staffed.user["InlinePolicies"] = {"queues": {"Statement": [padding(2_000)]}}
    staffed.group["AttachedPolicies"] = []
    text = said("backup:StartBackupJob", staffed.vault_arn)
    fix = fix_of(read(staffed, text, served_estate, diagnostician), "permission-missing")
    assert [change.kind for change in fix.changes] == ["create-policy", "attach-user-policy"]
    assert fix.changes[1].target == ANA
    assert fix.proven
    assert shlex.split(fix.cli[1])[2:5] == ["attach-user-policy", "--user-name", "ana"]
    again = json.loads(fixed(staffed.text, list(fix.changes)))
    served_estate(json.dumps(again))
    assert [cause.code for cause in diagnostician().diagnose_text(text).causes] == ["pass-role-missing"]


def test_an_inline_policy_that_is_changed_does_not_count_twice(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(37)
    altered.role["InlinePolicies"]["approved-subnets"]["Statement"].append(padding(6_000))
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "permission-denied")
    assert fix.proven
    assert [change.name for change in fix.changes] == ["approved-subnets"]
