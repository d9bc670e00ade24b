"""A role held against what a job needs, without a job."""

from typing import Any

import pytest

from bot.diagnosis.role_needs import DenyingStatement, RoleNeeds
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


@pytest.mark.parametrize(
    ("resource_type", "when"),
    [("EBS", None), ("EFS", ("tagged",)), ("DynamoDB", ("fully-managed", "tagged"))],
)
def test_recovery_points_are_tagged_by_aws_backup_only_where_it_can_manage_them_fully(
    resource_type: str, when: tuple[str, ...] | None, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.role["AttachedPolicies"] = []
    served_estate(altered.text)
    found = diagnostician().compare_role(ROLE, "backup", resource_type)
    assert "backup:TagResource" not in found.lacks
    assert [each.when for each in found.lacks_when if each.action == "backup:TagResource"] == ([when] if when else [])


def test_what_a_statement_denies_is_named_with_its_policy_and_whether_it_always_does(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/ops-boundary"
    denying = {"Sid": "NoGrants", "Effect": "Deny", "Action": "kms:CreateGrant", "Resource": "*"}
    in_region = {"Sid": "NotHere", "Effect": "Deny", "Action": "ec2:Create*", "Resource": "*"}
    in_region["Condition"] = {"StringEquals": {"aws:RequestedRegion": "eu-west-3"}}  # type: ignore[assignment]
    altered.account.setdefault("policies", []).append(
        {"Arn": boundary, "Document": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, denying]}}
    )
    altered.role["PermissionsBoundary"] = boundary
    altered.role["InlinePolicies"] = {"here": {"Statement": in_region}}
    found = compared(altered, served_estate, diagnostician)
    assert found.lacks == ()
    assert found.denied == (
        DenyingStatement("identity", "here", "NotHere", ("ec2:CreateSnapshot", "ec2:CreateTags"), always=False),
        DenyingStatement("boundary", boundary, "NoGrants", ("kms:CreateGrant",), always=True),
    )


def guarded(*statements: dict[str, Any]) -> Altered:
    """Incident 38 with a service control policy on its account."""
    altered = Altered(38)
    policy = {"Id": "p-0guard", "Name": "Guard", "Type": "SERVICE_CONTROL_POLICY"}
    altered.estate["organization"]["policies"].append({**policy, "Content": {"Statement": list(statements)}})
    prod = altered.estate["organization"]["root"]["children"][0]["children"][0]
    prod["accounts"][ACCOUNT].append("p-0guard")
    return altered


def test_service_control_policies_bind_the_role_too(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    snapshots = "arn:aws:ec2:*::snapshot/*"
    altered = guarded({"Effect": "Deny", "Action": "ec2:CreateSnapshot", "Resource": snapshots})
    found = compared(altered, served_estate, diagnostician)
    assert found.denied == (DenyingStatement("scp", "p-0guard", "0", ("ec2:CreateSnapshot",), always=False),)
    assert found.scps_are_known


def test_what_no_service_control_policy_of_a_level_allows_is_lacking(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = guarded({"Effect": "Allow", "Action": ["kms:*", "ec2:Describe*"], "Resource": "*"})
    prod = altered.estate["organization"]["root"]["children"][0]["children"][0]
    prod["accounts"][ACCOUNT] = ["p-0guard"]
    assert "ec2:CreateSnapshot" in compared(altered, served_estate, diagnostician).lacks


def test_control_policies_that_can_not_be_read_are_said_not_to_be_known(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    found = compared(Altered(38), served_estate, diagnostician, "AWSOrganizationsV20161128.")
    assert not found.scps_are_known


def test_no_control_policy_binds_where_there_is_no_organization(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = guarded({"Effect": "Deny", "Action": "*", "Resource": "*"})
    del altered.estate["organization"]
    found = compared(altered, served_estate, diagnostician)
    assert (found.denied, found.scps_are_known) == ((), True)


def test_no_control_policy_binds_the_management_account(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = guarded({"Effect": "Deny", "Action": "*", "Resource": "*"})
    altered.estate["organization"]["MasterAccountId"] = ACCOUNT
    found = compared(altered, served_estate, diagnostician)
    assert (found.denied, found.scps_are_known) == ((), True)
