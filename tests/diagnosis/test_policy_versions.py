"""The five versions that IAM keeps of a managed policy: a fix makes room for the next one where there is none."""

import shlex

import pytest

from bot.diagnosis.model import Fix
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered, diagnosed, fix_of
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

CASES = [pytest.param(6, "permission-denied", id="a policy"), pytest.param(29, "boundary-missing", id="a boundary")]
UNREAD = "I couldn't read how many versions the policy has."


def with_versions(number: int, default: str, *versions: str) -> Altered:
    """An incident whose policy has these versions."""
    altered = Altered(number)
    arn = altered.expect["causes"][0]["policy"]
    altered.policy(arn).update(DefaultVersionId=default, Versions=versions)
    return altered


def operations(fix: Fix) -> list[str]:
    (command,) = fix.cli
    return [" ".join(shlex.split(part)[2:3]) for part in command.split("&& ")]


@pytest.mark.parametrize(("number", "code"), CASES)
@pytest.mark.parametrize(
    ("default", "versions", "deleted"),
    [
        pytest.param("v1", ["v1"], None, id="one"),
        pytest.param("v12", ["v12", "v11", "v9", "v8"], None, id="four"),
        pytest.param("v12", ["v12", "v11", "v10", "v9", "v8"], "v8", id="five"),
        pytest.param("v8", ["v12", "v11", "v10", "v9", "v8"], "v9", id="five, of which the oldest is the default"),
    ],
)
def test_the_oldest_version_that_is_not_the_default_is_deleted_where_there_are_five(
    number: int,
    code: str,
    default: str,
    versions: list[str],
    deleted: str | None,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    fix = fix_of(diagnosed(with_versions(number, default, *versions), served_estate, diagnostician), code)
    first = ["delete-policy-version"] if deleted else []
    assert operations(fix) == [*first, "create-policy-version"]
    assert (f"--version-id {deleted} " in fix.cli[0]) is bool(deleted)
    assert (f"its oldest, {deleted}, is deleted" in str(fix.caution)) is bool(deleted)
    assert UNREAD not in str(fix.caution)
    assert fix.proven


@pytest.mark.parametrize(("number", "code"), CASES)
def test_a_fix_says_that_the_versions_could_not_be_read(
    number: int, code: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(number)
    with refusing(served_estate(altered.text), "ListPolicyVersions"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    fix = fix_of(diagnosis, code)
    assert UNREAD in str(fix.caution)
    assert operations(fix) == ["create-policy-version"]
    assert fix.proven
    (unread,) = diagnosis.unread
    assert unread.what == "iam:ListPolicyVersions"
    assert str(unread.permission).startswith("iam:ListPolicyVersions for the role ")


def test_awss_own_policies_are_not_asked_for_their_versions(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(5)
    sandbox = served_estate(altered.text)
    diagnostician().diagnose(reference_to(altered.expect))
    assert "ListPolicyVersions" not in {call.operation for call in sandbox.calls}


def test_two_changes_of_one_policy_make_room_once(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = with_versions(6, "v5", "v1", "v2", "v3", "v4", "v5")
    statements = altered.policy(altered.expect["causes"][0]["policy"])["Document"]["Statement"]
    statements.append({"Sid": "NoTags", "Effect": "Deny", "Action": "fsx:TagResource", "Resource": "*"})
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    commands = [command for cause in diagnosis.causes if cause.fix for command in cause.fix.cli]
    assert [cause.statement for cause in diagnosis.causes] == ["StorageChangesNeedBreakGlass", "NoTags"]
    assert [command.count("delete-policy-version") for command in commands] == [1]
    assert commands[0].count("aws:PrincipalArn") == 2
