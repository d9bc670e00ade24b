"""AWS Organizations: which organization an account is in, on which path, under which policies.

All but DescribeOrganization answer only the management account and delegated administrators.
"""

from bot.aws.lookup import Lookup, Operation, lookup

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"

_NONE = frozenset({"AWSOrganizationsNotInUseException"})
"""The caller's own account is in no organization, so there is nothing to be found in it."""

DESCRIBE_ORGANIZATION = Operation(
    "organizations", "DescribeOrganization", "Organization", _NONE, reads="the organization"
)
DESCRIBE_ACCOUNT = Operation(
    "organizations",
    "DescribeAccount",
    "Account",
    _NONE | {"AccountNotFoundException"},
    reads="the account's place in the organization",
)
DESCRIBE_UNIT = Operation(
    "organizations",
    "DescribeOrganizationalUnit",
    "OrganizationalUnit",
    _NONE | {"OrganizationalUnitNotFoundException"},
    reads="the name of an organizational unit",
)
LIST_ACCOUNTS = Operation("organizations", "ListAccounts", "Accounts", _NONE, reads="the organization's accounts")
LIST_PARENTS = Operation(
    "organizations", "ListParents", "Parents", _NONE | {"ChildNotFoundException"}, reads="the path in the organization"
)
LIST_SCPS_FOR_TARGET = Operation(
    "organizations", "ListPoliciesForTarget", "Policies", _NONE, reads="which service control policies are attached"
)
LIST_RCPS_FOR_TARGET = Operation(
    "organizations",
    "ListPoliciesForTarget",
    "Policies",
    _NONE | {"InvalidInputException"},
    reads="which resource control policies are attached",
)
"""Where AWS does not know this type of policy it does not accept the filter, and none is attached."""
DESCRIBE_POLICY = Operation("organizations", "DescribePolicy", "Policy", _NONE, reads="a control policy")


def organization(account: str, region: str) -> Lookup:
    """The organization that the account is in; absent where it is in none."""
    return lookup(DESCRIBE_ORGANIZATION, account, region)


def account(reader: str, region: str, account_id: str) -> Lookup:
    """A member account, with its Paths where the server tells them; absent where it is no member."""
    return lookup(DESCRIBE_ACCOUNT, reader, region, AccountId=account_id)


def unit(reader: str, region: str, unit_id: str) -> Lookup:
    """An OU with its Name."""
    return lookup(DESCRIBE_UNIT, reader, region, OrganizationalUnitId=unit_id)


def accounts(reader: str, region: str) -> Lookup:
    """All member accounts."""
    return lookup(LIST_ACCOUNTS, reader, region)


def parents(reader: str, region: str, child: str) -> Lookup:
    """The one parent of an account or OU."""
    return lookup(LIST_PARENTS, reader, region, ChildId=child)


def policies_for_target(reader: str, region: str, target: str, kind: str) -> Lookup:
    """Id and Name of each policy attached to a root, OU or account itself; absent where RCPs are not known."""
    operation = LIST_RCPS_FOR_TARGET if kind == RCP else LIST_SCPS_FOR_TARGET
    return lookup(operation, reader, region, TargetId=target, Filter=kind)


def policy(reader: str, region: str, policy_id: str) -> Lookup:
    """A policy with its Content, a JSON text."""
    return lookup(DESCRIBE_POLICY, reader, region, PolicyId=policy_id)
