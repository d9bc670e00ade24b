"""IAM: roles, users, their policies, boundaries and instance profiles. It is global and read in one Region."""

from bot.aws.lookup import Lookup, Operation, lookup

_NO_SUCH = frozenset({"NoSuchEntity", "NoSuchEntityException"})

GET_ROLE = Operation("iam", "GetRole", "Role", _NO_SUCH, reads="the role")
LIST_ATTACHED_ROLE_POLICIES = Operation(
    "iam", "ListAttachedRolePolicies", "AttachedPolicies", _NO_SUCH, reads="which managed policies the role has"
)
LIST_ROLE_POLICIES = Operation(
    "iam", "ListRolePolicies", "PolicyNames", _NO_SUCH, reads="which inline policies the role has"
)
GET_ROLE_POLICY = Operation("iam", "GetRolePolicy", "PolicyDocument", _NO_SUCH, reads="an inline policy of the role")
GET_USER = Operation("iam", "GetUser", "User", _NO_SUCH, reads="the user")
LIST_ATTACHED_USER_POLICIES = Operation(
    "iam", "ListAttachedUserPolicies", "AttachedPolicies", _NO_SUCH, reads="which managed policies the user has"
)
LIST_USER_POLICIES = Operation(
    "iam", "ListUserPolicies", "PolicyNames", _NO_SUCH, reads="which inline policies the user has"
)
GET_USER_POLICY = Operation("iam", "GetUserPolicy", "PolicyDocument", _NO_SUCH, reads="an inline policy of the user")
LIST_GROUPS_FOR_USER = Operation("iam", "ListGroupsForUser", "Groups", _NO_SUCH, reads="which groups the user is in")
LIST_ATTACHED_GROUP_POLICIES = Operation(
    "iam", "ListAttachedGroupPolicies", "AttachedPolicies", _NO_SUCH, reads="which managed policies a group has"
)
LIST_GROUP_POLICIES = Operation(
    "iam", "ListGroupPolicies", "PolicyNames", _NO_SUCH, reads="which inline policies a group has"
)
GET_GROUP_POLICY = Operation("iam", "GetGroupPolicy", "PolicyDocument", _NO_SUCH, reads="an inline policy of a group")
GET_POLICY = Operation("iam", "GetPolicy", "Policy", _NO_SUCH, reads="a managed policy")
GET_POLICY_VERSION = Operation(
    "iam", "GetPolicyVersion", "PolicyVersion", _NO_SUCH, reads="the document of a managed policy"
)
LIST_POLICY_VERSIONS = Operation(
    "iam", "ListPolicyVersions", "Versions", _NO_SUCH, reads="how many versions a managed policy has"
)
GET_INSTANCE_PROFILE = Operation("iam", "GetInstanceProfile", "InstanceProfile", _NO_SUCH, reads="the instance profile")


def role(account: str, region: str, name: str) -> Lookup:
    """The role of that name, whatever its path: its Arn tells the path."""
    return lookup(GET_ROLE, account, region, RoleName=name)


def attached_role_policies(account: str, region: str, name: str) -> Lookup:
    """PolicyName and PolicyArn of each managed policy of a role."""
    return lookup(LIST_ATTACHED_ROLE_POLICIES, account, region, RoleName=name)


def role_policy_names(account: str, region: str, name: str) -> Lookup:
    """The names of a role's inline policies."""
    return lookup(LIST_ROLE_POLICIES, account, region, RoleName=name)


def role_policy(account: str, region: str, name: str, policy: str) -> Lookup:
    """The document of a role's inline policy."""
    return lookup(GET_ROLE_POLICY, account, region, RoleName=name, PolicyName=policy)


def user(account: str, region: str, name: str) -> Lookup:
    """The user of that name."""
    return lookup(GET_USER, account, region, UserName=name)


def attached_user_policies(account: str, region: str, name: str) -> Lookup:
    """PolicyName and PolicyArn of each managed policy of a user."""
    return lookup(LIST_ATTACHED_USER_POLICIES, account, region, UserName=name)


def user_policy_names(account: str, region: str, name: str) -> Lookup:
    """The names of a user's inline policies."""
    return lookup(LIST_USER_POLICIES, account, region, UserName=name)


def user_policy(account: str, region: str, name: str, policy: str) -> Lookup:
    """The document of a user's inline policy."""
    return lookup(GET_USER_POLICY, account, region, UserName=name, PolicyName=policy)


def groups_of_user(account: str, region: str, name: str) -> Lookup:
    """The groups that a user is in."""
    return lookup(LIST_GROUPS_FOR_USER, account, region, UserName=name)


def attached_group_policies(account: str, region: str, name: str) -> Lookup:
    """PolicyName and PolicyArn of each managed policy of a group."""
    return lookup(LIST_ATTACHED_GROUP_POLICIES, account, region, GroupName=name)


def group_policy_names(account: str, region: str, name: str) -> Lookup:
    """The names of a group's inline policies."""
    return lookup(LIST_GROUP_POLICIES, account, region, GroupName=name)


def group_policy(account: str, region: str, name: str, policy: str) -> Lookup:
    """The document of a group's inline policy."""
    return lookup(GET_GROUP_POLICY, account, region, GroupName=name, PolicyName=policy)


def policy(account: str, region: str, arn: str) -> Lookup:
    """A managed policy: its DefaultVersionId tells which document holds."""
    return lookup(GET_POLICY, account, region, PolicyArn=arn)


def policy_version(account: str, region: str, arn: str, version: str) -> Lookup:
    """A version of a managed policy, with its Document."""
    return lookup(GET_POLICY_VERSION, account, region, PolicyArn=arn, VersionId=version)


def policy_versions(account: str, region: str, arn: str) -> Lookup:
    """VersionId and IsDefaultVersion of each version of a managed policy."""
    return lookup(LIST_POLICY_VERSIONS, account, region, PolicyArn=arn)


def instance_profile(account: str, region: str, name: str) -> Lookup:
    """An instance profile, with its Roles."""
    return lookup(GET_INSTANCE_PROFILE, account, region, InstanceProfileName=name)
