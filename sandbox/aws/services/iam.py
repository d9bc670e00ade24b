"""AWS IAM: roles, users, groups and instance profiles, and the policies attached to them or written into them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sandbox.aws.model import Account, Group, Role, User
from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import QUERY_SPELLING, Answer, AwsError, Operation, Parameters, Service, View
from sandbox.aws.services.iam_policies import get_policy, get_policy_version, list_policies, list_policy_versions
from sandbox.aws.services.shapes import tag_list
from sandbox.aws.sessions import unique_id


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three kinds of identities.

    Args:
        name: As it stands in the names of operations and members: Role, User, Group.
        id_prefix: What its unique ids begin with.
    """

    name: str
    id_prefix: str

    @property
    def name_member(self) -> str:
        """The member that holds an identity's name."""
        return f"{self.name}Name"

    def all(self, account: Account) -> Mapping[str, Any]:
        """An account's identities of this kind by name."""
        by_name: Mapping[str, Any] = getattr(account, f"{self.name.lower()}_by_name")
        return by_name

    def find(self, view: View, name: str) -> Any:
        """The identity of that name in the caller's account."""
        identity = self.all(view.account).get(name)
        if identity is None:
            raise _no_such(f"The {self.name.lower()} with name {name} cannot be found.")
        return identity

    def described(self, view: View, identity: Role | User | Group) -> Answer:
        """What a list of identities says of one."""
        name = getattr(identity, self.name_member)
        id_member = f"{self.name}Id"
        return {
            "Path": identity.Path,
            self.name_member: name,
            id_member: getattr(identity, id_member) or unique_id(self.id_prefix, view.account_id, name),
            "Arn": view.iam_arn(f"{self.name.lower()}{identity.Path}{name}"),
            "CreateDate": BEGINNING,
        } | identity.said


ROLE, USER, GROUP = Kind("Role", "AROA"), Kind("User", "AIDA"), Kind("Group", "AGPA")


def list_roles(view: View, parameters: Parameters) -> Answer:
    """Roles as the list tells them: without tags and permissions boundary."""
    prefix = parameters.get("PathPrefix", "/")
    return {"Roles": [_role(view, role) for role in view.account.roles if role.Path.startswith(prefix)]}


def get_role(view: View, parameters: Parameters) -> Answer:
    """One role with its tags and its permissions boundary."""
    role: Role = ROLE.find(view, parameters["RoleName"])
    return {"Role": _role(view, role) | _boundary(role) | {"Tags": tag_list(role.Tags)}}


def list_role_tags(view: View, parameters: Parameters) -> Answer:
    """A role's tags."""
    role: Role = ROLE.find(view, parameters["RoleName"])
    return {"Tags": tag_list(role.Tags)}


def list_users(view: View, _: Parameters) -> Answer:
    """Users as the list tells them."""
    return {"Users": [USER.described(view, user) for user in view.account.users]}


def get_user(view: View, parameters: Parameters) -> Answer:
    """One user with its tags and its permissions boundary."""
    if "UserName" not in parameters:
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
    user: User = USER.find(view, parameters["UserName"])
    return {"User": USER.described(view, user) | _boundary(user) | {"Tags": tag_list(user.Tags)}}


def list_groups_for_user(view: View, parameters: Parameters) -> Answer:
    """The groups that a user is in."""
    user: User = USER.find(view, parameters["UserName"])
    return {"Groups": [GROUP.described(view, view.account.group_by_name[name]) for name in user.Groups]}


def list_groups(view: View, _: Parameters) -> Answer:
    """Groups as the list tells them."""
    return {"Groups": [GROUP.described(view, group) for group in view.account.groups]}


def get_group(view: View, parameters: Parameters) -> Answer:
    """One group with its members."""
    group: Group = GROUP.find(view, parameters["GroupName"])
    members = [user for user in view.account.users if group.GroupName in user.Groups]
    return {"Group": GROUP.described(view, group), "Users": [USER.described(view, user) for user in members]}


def get_instance_profile(view: View, parameters: Parameters) -> Answer:
    """The instance profile of a role that an instance of the estate runs with; it is named like the role."""
    name = parameters["InstanceProfileName"]
    if name not in view.account.instance_profiles:
        raise _no_such(f"Instance Profile {name} cannot be found.")
    return {"InstanceProfile": _instance_profile(view, name)}


def list_instance_profiles_for_role(view: View, parameters: Parameters) -> Answer:
    """The instance profile that holds a role, if any does."""
    role: Role = ROLE.find(view, parameters["RoleName"])
    held = role.RoleName in view.account.instance_profiles
    return {"InstanceProfiles": [_instance_profile(view, role.RoleName)] if held else []}


def _policy_operations(kind: Kind) -> dict[str, Operation]:
    """The three reads of an identity's policies, which are alike for roles, users and groups."""

    def list_attached(view: View, parameters: Parameters) -> Answer:
        identity = kind.find(view, parameters[kind.name_member])
        prefix = parameters.get("PathPrefix", "/")
        attached = [arn for arn in identity.AttachedPolicies if f":policy{prefix}" in arn]
        return {"AttachedPolicies": [{"PolicyName": arn.rsplit("/", 1)[-1], "PolicyArn": arn} for arn in attached]}

    def list_inline(view: View, parameters: Parameters) -> Answer:
        return {"PolicyNames": sorted(kind.find(view, parameters[kind.name_member]).InlinePolicies)}

    def get_inline(view: View, parameters: Parameters) -> Answer:
        name, policy_name = parameters[kind.name_member], parameters["PolicyName"]
        document = kind.find(view, name).InlinePolicies.get(policy_name)
        if document is None:
            raise _no_such(f"The {kind.name.lower()} policy with name {policy_name} cannot be found.")
        return {kind.name_member: name, "PolicyName": policy_name, "PolicyDocument": quote(json.dumps(document))}

    return {
        f"ListAttached{kind.name}Policies": list_attached,
        f"List{kind.name}Policies": list_inline,
        f"Get{kind.name}Policy": get_inline,
    }


def _role(view: View, role: Role) -> Answer:
    trust = quote(json.dumps(role.AssumeRolePolicyDocument))
    said = {"MaxSessionDuration": 3600, "AssumeRolePolicyDocument": trust}
    return said | ROLE.described(view, role)


def _boundary(identity: Role | User) -> Answer:
    arn = identity.PermissionsBoundary
    if arn is None:
        return {}
    return {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}}


def _instance_profile(view: View, name: str) -> Answer:
    role = view.account.role_by_name.get(name)
    return {
        "Path": "/",
        "InstanceProfileName": name,
        "InstanceProfileId": unique_id("AIPA", view.account_id, name),
        "Arn": view.iam_arn(f"instance-profile/{name}"),
        "CreateDate": BEGINNING,
        "Roles": [_role(view, role)] if role else [],
    }


def _no_such(message: str) -> AwsError:
    return AwsError("NoSuchEntity", message, 404)


IAM = Service(
    name="iam",
    spelling=QUERY_SPELLING,
    operations={
        "ListRoles": list_roles,
        "GetRole": get_role,
        "ListRoleTags": list_role_tags,
        "ListUsers": list_users,
        "GetUser": get_user,
        "ListGroupsForUser": list_groups_for_user,
        "ListGroups": list_groups,
        "GetGroup": get_group,
        "GetInstanceProfile": get_instance_profile,
        "ListInstanceProfilesForRole": list_instance_profiles_for_role,
        "GetPolicy": get_policy,
        "GetPolicyVersion": get_policy_version,
        "ListPolicies": list_policies,
        "ListPolicyVersions": list_policy_versions,
        **_policy_operations(ROLE),
        **_policy_operations(USER),
        **_policy_operations(GROUP),
    },
)
