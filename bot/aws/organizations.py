"""AWS Organizations: which organization an account is in, on which path, under which policies.

All but DescribeOrganization answer only the management account and delegated administrators.
"""

from bot.aws.lookup import Lookup, Operation, lookup

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"

_NONE = frozenset({"AWSOrganizationsNotInUseException"})
"""The caller's own account is in no organization, so there is nothing to be found in it."""

DESCRIBE_ORGANIZATION = Operation("organizations", "DescribeOrganization", "Organization", _NONE)
DESCRIBE_ACCOUNT = Operation("organizations", "DescribeAccount", "Account", _NONE | {"AccountNotFoundException"})
LIST_ACCOUNTS = Operation("organizations", "ListAccounts", "Accounts", _NONE)
LIST_PARENTS = Operation("organizations", "ListParents", "Parents", _NONE | {"ChildNotFoundException"})
LIST_POLICIES_FOR_TARGET = Operation(
    "organizations", "ListPoliciesForTarget", "Policies", _NONE | {"InvalidInputException"}
)
DESCRIBE_POLICY = Operation("organizations", "DescribePolicy", "Policy", _NONE)


def organization(account: str, region: str) -> Lookup:
    """The organization that the account is in; absent where it is in none."""
    return lookup(DESCRIBE_ORGANIZATION, account, region)


def account(reader: str, region: str, account_id: str) -> Lookup:
    """A member account, with its Paths where the server tells them; absent where it is no member."""
    return lookup(DESCRIBE_ACCOUNT, reader, region, AccountId=account_id)


def accounts(reader: str, region: str) -> Lookup:
    """All member accounts."""
    return lookup(LIST_ACCOUNTS, reader, region)


def parents(reader: str, region: str, child: str) -> Lookup:
    """The one parent of an account or OU."""
    return lookup(LIST_PARENTS, reader, region, ChildId=child)


def policies_for_target(reader: str, region: str, target: str, kind: str) -> Lookup:
    """Id and Name of each policy attached to a root, OU or account itself; absent where the type is not known."""
    return lookup(LIST_POLICIES_FOR_TARGET, reader, region, TargetId=target, Filter=kind)


def policy(reader: str, region: str, policy_id: str) -> Lookup:
    """A policy with its Content, a JSON text."""
    return lookup(DESCRIBE_POLICY, reader, region, PolicyId=policy_id)
