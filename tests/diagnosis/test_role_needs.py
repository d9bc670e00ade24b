"""A role held against what a job needs, without a job."""

from typing import Any

import pytest

from bot.diagnosis.role_needs import RoleNeeds
from bot.errors import AwsUnreachableError, BadInputError
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, BACKUP_POLICY, Altered
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

ROLE = f"arn:aws:iam::{ACCOUNT}:role/ebs-backup"


def compared(altered: Altered, serve: ServeEstate, diagnostician: MakeDiagnostician, *refused: str) -> RoleNeeds:
    """The role of incident 38 held against a backup of EBS."""
    with refusing(serve(altered.text), *refused):
        return diagnostician().compare_role(ROLE, "backup", "EBS")


def allowing(*actions: str, **members: Any) -> dict[str, Any]:
    return {"Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*", **members}}


def test_awss_own_policy_lacks_nothing_and_allows_nothing_that_is_beside_the_point(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    assert compared(Altered(38), served_estate, diagnostician) == RoleNeeds(ROLE, (), (), ())


def test_what_the_boundary_leaves_out_is_lacking_however_much_the_role_allows(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/ops-boundary"
    altered.account.setdefault("policies", []).append(
        {"Arn": boundary, "Document": allowing("kms:*", "ec2:Describe*", "ec2:CreateSnapshot")}
    )
    altered.role["PermissionsBoundary"] = boundary
    found = compared(altered, served_estate, diagnostician)
    assert found.lacks == ("ec2:CreateTags",)
    assert "ec2:DeleteSnapshot" in found.lacks_optional
    assert "ec2:DescribeTags" not in found.lacks_optional


def test_what_its_own_policies_allow_for_other_work_is_told_as_it_is_written(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.role["AttachedPolicies"] = []
    altered.role["InlinePolicies"] = {
        "snapshots": allowing("ec2:*Snapshot*", "ec2:RunInstances"),
        "one": {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]},
        "denies": {"Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]},
        "all-but": {"Statement": [{"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}]},
    }
    found = compared(altered, served_estate, diagnostician)
    assert found.beside == ("s3:GetObject", "ec2:RunInstances")
    assert [action for action in found.lacks if not action.startswith("kms:")] == []
    assert "kms:CreateGrant" in found.lacks


@pytest.mark.parametrize("text", ["ebs-backup", f"arn:aws:iam::{ACCOUNT}:user/ana", f"arn:aws:s3:::{ACCOUNT}"])
def test_what_is_no_role_is_told_with_an_example(
    text: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Altered(38).text)
    with pytest.raises(BadInputError, match=r"is no role's ARN: give one such as arn:aws:iam::"):
        diagnostician().compare_role(text, "backup", "EBS")


def test_a_role_on_another_path_is_told_by_its_right_arn(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.role["Path"] = "/moved/"
    right = f"arn:aws:iam::{ACCOUNT}:role/moved/ebs-backup"
    with pytest.raises(BadInputError, match=f"There is no role {ROLE}: its ARN is {right}."):
        compared(altered, served_estate, diagnostician)


@pytest.mark.parametrize(
    "refused",
    ["Action=GetRole&", "=ListAttachedRolePolicies", "Action=ListRolePolicies", "policy%2Fops-boundary"],
)
def test_a_role_that_can_not_be_read_whole_is_not_compared(
    refused: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/ops-boundary"
    altered.account.setdefault("policies", []).append({"Arn": boundary, "Document": allowing("*")})
    altered.role["PermissionsBoundary"] = boundary
    assert altered.role["AttachedPolicies"] == [BACKUP_POLICY]
    with pytest.raises(AwsUnreachableError, match=f"The policies of {ROLE} can't be read: allow the bot iam:GetRole"):
        compared(altered, served_estate, diagnostician, refused)


@pytest.mark.parametrize(("resource_type", "is_needed"), [("EBS", False), ("EFS", True), ("DynamoDB", True)])
def test_recovery_points_are_tagged_by_aws_backup_only_where_it_can_manage_them_fully(
    resource_type: str, is_needed: bool, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.role["AttachedPolicies"] = []
    served_estate(altered.text)
    lacks = diagnostician().compare_role(ROLE, "backup", resource_type).lacks
    assert ("backup:TagResource" in lacks) is is_needed
