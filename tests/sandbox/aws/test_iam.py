"""Roles, users, groups, instance profiles and managed policies, as IAM tells them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import BOT, WORKLOAD, Serve

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OPS = f"arn:aws:iam::{WORKLOAD}:policy/team/ops"
BACKUP = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
IDENTITY = {"AttachedPolicies": [OPS, BACKUP], "InlinePolicies": {"zebra": ALLOW, "ant": ALLOW}}
ACCOUNT: dict[str, Any] = {
    "roles": [
        {
            "RoleName": "backup-job",
            "Path": "/service-role/",
            "RoleId": "AROAEXAMPLE000000001",
            "AssumeRolePolicyDocument": ALLOW,
            "PermissionsBoundary": OPS,
            "Tags": {"team": "storage"},
            **IDENTITY,
        },
        {"RoleName": "web", "MaxSessionDuration": 7200},
    ],
    "users": [{"UserName": "ana", "Groups": ["ops"], "Tags": {"desk": "7"}, "PermissionsBoundary": OPS, **IDENTITY}],
    "groups": [{"GroupName": "ops", **IDENTITY}],
    "policies": [
        {"Arn": OPS, "Document": ALLOW},
        {"Arn": f"{OPS}-2", "Document": ALLOW, "DefaultVersionId": "v3", "Versions": ["v3", "v1"]},
    ],
    "regions": {
        "eu-west-1": {
            "resources": [
                {
                    "ResourceArn": f"arn:aws:ec2:eu-west-1:{WORKLOAD}:instance/i-0a1b",
                    "ResourceType": "EC2",
                    "InstanceProfileRoleArn": f"arn:aws:iam::{WORKLOAD}:role/web",
                }
            ]
        }
    },
}


@pytest.fixture
def iam(serve: Serve) -> Any:
    return serve({WORKLOAD: ACCOUNT})("iam")


def test_a_role_is_told_with_its_path_id_trust_boundary_and_tags(iam: Any) -> None:
    role = iam.get_role(RoleName="backup-job")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{WORKLOAD}:role/service-role/backup-job"
    assert (role["Path"], role["RoleId"]) == ("/service-role/", "AROAEXAMPLE000000001")
    assert role["AssumeRolePolicyDocument"] == ALLOW
    assert role["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": OPS}
    assert role["Tags"] == [{"Key": "team", "Value": "storage"}]
    assert iam.list_role_tags(RoleName="backup-job")["Tags"] == role["Tags"]


def test_a_member_that_only_the_api_knows_is_served_too(iam: Any) -> None:
    assert iam.get_role(RoleName="web")["Role"]["MaxSessionDuration"] == 7200


def test_an_id_that_is_not_written_is_always_the_same(iam: Any) -> None:
    first, again = (iam.get_role(RoleName="web")["Role"]["RoleId"] for _ in range(2))
    assert first == again
    assert first.startswith("AROA")


def test_a_list_of_roles_tells_neither_tags_nor_boundary(iam: Any) -> None:
    roles = iam.list_roles()["Roles"]
    assert [role["RoleName"] for role in roles] == ["backup-job", "web"]
    assert not any("Tags" in role or "PermissionsBoundary" in role for role in roles)
    assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/service-role/")["Roles"]] == ["backup-job"]


@pytest.mark.parametrize(("kind", "name"), [("role", "backup-job"), ("user", "ana"), ("group", "ops")])
def test_policies_of_an_identity_are_told_attached_and_inline(iam: Any, kind: str, name: str) -> None:
    named = {f"{kind.title()}Name": name}
    attached = getattr(iam, f"list_attached_{kind}_policies")
    assert [policy["PolicyArn"] for policy in attached(**named)["AttachedPolicies"]] == [OPS, BACKUP]
    below = attached(**named, PathPrefix="/service-role/")["AttachedPolicies"]
    assert below == [{"PolicyName": "AWSBackupServiceRolePolicyForBackup", "PolicyArn": BACKUP}]
    assert getattr(iam, f"list_{kind}_policies")(**named)["PolicyNames"] == ["ant", "zebra"]
    inline = getattr(iam, f"get_{kind}_policy")(**named, PolicyName="ant")
    assert inline["PolicyDocument"] == ALLOW
    assert inline[f"{kind.title()}Name"] == name


def test_a_user_is_told_with_its_groups_boundary_and_tags(iam: Any) -> None:
    user = iam.get_user(UserName="ana")["User"]
    assert user["Arn"] == f"arn:aws:iam::{WORKLOAD}:user/ana"
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == OPS
    assert user["Tags"] == [{"Key": "desk", "Value": "7"}]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="ana")["Groups"]] == ["ops"]
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["ana"]


def test_a_group_is_told_with_its_members(iam: Any) -> None:
    group = iam.get_group(GroupName="ops")
    assert group["Group"]["Arn"] == f"arn:aws:iam::{WORKLOAD}:group/ops"
    assert [user["UserName"] for user in group["Users"]] == ["ana"]
    assert [group["GroupName"] for group in iam.list_groups()["Groups"]] == ["ops"]


def test_an_instance_profile_is_named_like_its_role(iam: Any) -> None:
    profile = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    assert profile["Arn"] == f"arn:aws:iam::{WORKLOAD}:instance-profile/web"
    assert [role["RoleName"] for role in profile["Roles"]] == ["web"]
    for role, names in (("web", ["web"]), ("backup-job", [])):
        profiles = iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]
        assert [profile["InstanceProfileName"] for profile in profiles] == names


@pytest.mark.parametrize(
    ("arn", "path", "version", "statement"),
    [
        (OPS, "/team/", "v1", ALLOW["Statement"][0]),
        (BACKUP, "/service-role/", "v30", {"Effect": "Allow", "Sid": "DynamoDBPermissions"}),
        ("arn:aws:iam::aws:policy/AdministratorAccess", "/", "v1", {"Action": "*"}),
        (
            "arn:aws-cn:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
            "/service-role/",
            "v30",
            {"Resource": "arn:aws-cn:dynamodb:*:*:table/*"},
        ),
    ],
    ids=["own", "kept here", "from moto", "in China"],
)
def test_a_managed_policy_is_told_with_its_document(
    iam: Any, arn: str, path: str, version: str, statement: dict[str, Any]
) -> None:
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    assert (policy["Arn"], policy["Path"], policy["DefaultVersionId"]) == (arn, path, version)
    assert policy["PolicyName"] == arn.rsplit("/", 1)[-1]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert statement.items() <= document["Statement"][0].items()


@pytest.mark.parametrize(
    ("arn", "versions"),
    [
        pytest.param(OPS, [("v1", True)], id="none are told"),
        pytest.param(f"{OPS}-2", [("v3", True), ("v1", False)], id="told"),
        pytest.param(BACKUP, [("v30", True)], id="AWS's own"),
    ],
)
def test_the_versions_of_a_managed_policy_are_listed(iam: Any, arn: str, versions: list[tuple[str, bool]]) -> None:
    listed = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(version["VersionId"], version["IsDefaultVersion"]) for version in listed] == versions


def test_the_accounts_own_policies_are_listed(iam: Any) -> None:
    assert [policy["Arn"] for policy in iam.list_policies(Scope="Local")["Policies"]] == [OPS, f"{OPS}-2"]
    assert iam.list_policies(Scope="AWS")["Policies"] == []


@pytest.mark.parametrize(
    ("operation", "asked", "message"),
    [
        ("get_role", {"RoleName": "no"}, "The role with name no cannot be found."),
        ("list_attached_role_policies", {"RoleName": "no"}, "The role with name no cannot be found."),
        ("get_user", {"UserName": "no"}, "The user with name no cannot be found."),
        ("get_group", {"GroupName": "no"}, "The group with name no cannot be found."),
        (
            "get_role_policy",
            {"RoleName": "web", "PolicyName": "no"},
            "The role policy with name no cannot be found.",
        ),
        ("get_instance_profile", {"InstanceProfileName": "no"}, "Instance Profile no cannot be found."),
        ("get_policy", {"PolicyArn": f"{OPS}no"}, f"Policy {OPS}no was not found."),
        (
            "get_policy",
            {"PolicyArn": "arn:aws:iam::aws:policy/NoSuchPolicy"},
            "Policy arn:aws:iam::aws:policy/NoSuchPolicy was not found.",
        ),
        (
            "get_policy",
            {"PolicyArn": "arn:aws:iam::aws:policy/job-function/AdministratorAccess"},
            "Policy arn:aws:iam::aws:policy/job-function/AdministratorAccess was not found.",
        ),
        (
            "get_policy_version",
            {"PolicyArn": OPS, "VersionId": "v9"},
            f"Policy {OPS} version v9 does not exist or is not attachable.",
        ),
    ],
)
def test_what_is_not_there_is_no_such_entity(iam: Any, operation: str, asked: dict[str, str], message: str) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(iam, operation)(**asked)
    assert refused.value.response["Error"] == {"Type": "Sender", "Code": "NoSuchEntity", "Message": message}
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_role_has_no_user_of_its_own(iam: Any) -> None:
    with pytest.raises(ClientError, match="Must specify userName when calling with non-User credentials"):
        iam.get_user()


def test_another_accounts_roles_are_not_there(serve: Serve) -> None:
    reader = serve({WORKLOAD: ACCOUNT, BOT: {"roles": [{"RoleName": "own"}]}})
    assert [role["RoleName"] for role in reader.client("iam").list_roles()["Roles"]] == ["own"]
