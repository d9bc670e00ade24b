"""AWS Organizations: the tree, the policies attached to it, and who may look.

Every member account may ask which organization it is in. All else can be called "only from the organization's
management account or by a member account that is a delegated administrator" (Organizations API Reference, each page).
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.aws.organization import Organization, OrganizationPolicy, Target
from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import JSON_SPELLING, Answer, AwsError, Operation, Parameters, Refusal, Service, View

_NO_PERMISSION = "You don't have permissions to access this resource."
_SPELLING = replace(
    JSON_SPELLING,
    throttled=Refusal("TooManyRequestsException"),
    bad_token=Refusal("InvalidInputException"),
    denied_message=_NO_PERMISSION,
)


def describe_organization(view: View, _: Parameters) -> Answer:
    """The organization that the caller's account is in."""
    organization = _organization(view)
    management = organization.MasterAccountId
    return {
        "Organization": {
            "Id": organization.Id,
            "Arn": _arn(view, organization, f"organization/{organization.Id}"),
            "FeatureSet": "ALL",
            "MasterAccountId": management,
            "MasterAccountArn": _arn(view, organization, f"account/{organization.Id}/{management}"),
            "MasterAccountEmail": f"{management}@example.com",
        }
    }


def list_roots(view: View, organization: Organization, _: Parameters) -> Answer:
    """The root, with the policy types that are attached anywhere."""
    attached = {policy for target in organization.targets.values() for policy in target.policies}
    types = sorted({organization.policy_by_id[policy].Type for policy in attached})
    root = {
        "Id": organization.root.Id,
        "Arn": _arn(view, organization, f"root/{organization.Id}/{organization.root.Id}"),
        "Name": organization.root.Name or "Root",
        "PolicyTypes": [{"Type": name, "Status": "ENABLED"} for name in types],
    }
    return {"Roots": [root]}


def list_parents(_: View, organization: Organization, parameters: Parameters) -> Answer:
    """What an account or an OU stands in directly."""
    target = _find(organization, parameters["ChildId"], "ChildNotFoundException", "child")
    if target.parent is None:
        raise AwsError("InvalidInputException", "You specified an invalid value.")
    return {"Parents": [{"Id": target.parent.id, "Type": target.parent.kind}]}


def list_children(_: View, organization: Organization, parameters: Parameters) -> Answer:
    """The accounts or the OUs that stand directly in the root or an OU."""
    inside = _inside(organization, parameters["ParentId"], parameters["ChildType"])
    return {"Children": [{"Id": child.id, "Type": child.kind} for child in inside]}


def list_units_for_parent(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """The OUs that stand directly in the root or an OU."""
    inside = _inside(organization, parameters["ParentId"], "ORGANIZATIONAL_UNIT")
    return {"OrganizationalUnits": [_unit(view, organization, child) for child in inside]}


def list_accounts_for_parent(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """The accounts that stand directly in the root or an OU."""
    inside = _inside(organization, parameters["ParentId"], "ACCOUNT")
    return {"Accounts": [_account(view, organization, child) for child in inside]}


def describe_organizational_unit(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """An OU, with its path."""
    target = _find(
        organization, parameters["OrganizationalUnitId"], "OrganizationalUnitNotFoundException", "organizational unit"
    )
    return {"OrganizationalUnit": _unit(view, organization, target)}


def list_accounts(view: View, organization: Organization, _: Parameters) -> Answer:
    """Every account."""
    return {"Accounts": [_account(view, organization, target) for target in _of_kind(organization, "ACCOUNT")]}


def describe_account(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """An account, with its paths."""
    target = _find(organization, parameters["AccountId"], "AccountNotFoundException", "account")
    return {"Account": _account(view, organization, target)}


def list_delegated_administrators(view: View, organization: Organization, _: Parameters) -> Answer:
    """The member accounts that may look like the management account."""
    targets = (organization.targets[account] for account in organization.DelegatedAdministrators)
    return {"DelegatedAdministrators": [_account(view, organization, target) for target in targets]}


def list_policies(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """Every policy of a type."""
    of_type = [policy for policy in organization.policy_by_id.values() if policy.Type == parameters["Filter"]]
    return {"Policies": [_summary(view, organization, policy) for policy in of_type]}


def list_policies_for_target(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """The policies of a type that are attached directly to the root, an OU or an account."""
    target = _find(organization, parameters["TargetId"], "TargetNotFoundException", "target")
    attached = [organization.policy_by_id[policy] for policy in target.policies]
    of_type = [policy for policy in attached if policy.Type == parameters["Filter"]]
    return {"Policies": [_summary(view, organization, policy) for policy in of_type]}


def list_targets_for_policy(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """What a policy is attached to."""
    policy = _policy(organization, parameters["PolicyId"])
    targets = [target for target in organization.targets.values() if policy.Id in target.policies]
    return {
        "Targets": [
            {
                "TargetId": target.id,
                "Arn": _target_arn(view, organization, target),
                "Name": target.name or target.id,
                "Type": target.kind,
            }
            for target in targets
        ]
    }


def describe_policy(view: View, organization: Organization, parameters: Parameters) -> Answer:
    """A policy with its document."""
    policy = _policy(organization, parameters["PolicyId"])
    summary = _summary(view, organization, policy)
    return {"Policy": {"PolicySummary": summary, "Content": json.dumps(policy.Content)}}


def _organization(view: View) -> Organization:
    organization = view.estate.organization
    if organization is None or view.account_id not in organization.targets:
        raise AwsError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    return organization


def _administrative(read: Callable[[View, Organization, Parameters], Answer]) -> Operation:
    def operation(view: View, parameters: Parameters) -> Answer:
        organization = _organization(view)
        if view.account_id not in {organization.MasterAccountId, *organization.DelegatedAdministrators}:
            raise _SPELLING.denied.error(_NO_PERMISSION)
        return read(view, organization, parameters)

    return operation


def _find(organization: Organization, target_id: str, code: str, what: str) -> Target:
    target = organization.targets.get(target_id)
    if target is None:
        article = "an" if what[0] in "ao" else "a"
        raise AwsError(code, f"You specified {article} {what} that doesn't exist.")
    return target


def _policy(organization: Organization, policy_id: str) -> OrganizationPolicy:
    policy = organization.policy_by_id.get(policy_id)
    if policy is None:
        raise AwsError("PolicyNotFoundException", "You specified a policy that doesn't exist.")
    return policy


def _of_kind(organization: Organization, kind: str) -> list[Target]:
    return [target for target in organization.targets.values() if target.kind == kind]


def _inside(organization: Organization, parent_id: str, kind: str) -> list[Target]:
    parent = _find(organization, parent_id, "ParentNotFoundException", "parent")
    return [target for target in _of_kind(organization, kind) if target.parent is parent]


def _arn(view: View, organization: Organization, resource: str) -> str:
    return f"arn:{view.estate.partition}:organizations::{organization.MasterAccountId}:{resource}"


def _target_arn(view: View, organization: Organization, target: Target) -> str:
    kind = {"ROOT": "root", "ORGANIZATIONAL_UNIT": "ou", "ACCOUNT": "account"}[target.kind]
    return _arn(view, organization, f"{kind}/{organization.Id}/{target.id}")


def _path(organization: Organization, target: Target) -> str:
    """The ids on the way to a target, itself too: o-…/r-…/ou-…/111122223333/."""
    ids = (organization.Id, *(ancestor.id for ancestor in target.ancestors), target.id)
    return "/".join(ids) + "/"


def _unit(view: View, organization: Organization, target: Target) -> Answer:
    return {
        "Id": target.id,
        "Arn": _target_arn(view, organization, target),
        "Name": target.name,
        "Path": _path(organization, target),
    }


def _account(view: View, organization: Organization, target: Target) -> dict[str, Any]:
    return {
        "Id": target.id,
        "Arn": _target_arn(view, organization, target),
        "Email": f"{target.id}@example.com",
        "Name": view.estate.account(target.id).Name or target.id,
        "State": "ACTIVE",
        "Paths": [_path(organization, target)],
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": BEGINNING,
        "DelegationEnabledDate": BEGINNING,
    }


def _summary(view: View, organization: Organization, policy: OrganizationPolicy) -> Answer:
    kind = policy.Type.lower()
    managed_arn = f"arn:{view.estate.partition}:organizations::aws:policy/{kind}/{policy.Id}"
    return {
        "Id": policy.Id,
        "Arn": managed_arn
        if policy.AwsManaged
        else _arn(view, organization, f"policy/{organization.Id}/{kind}/{policy.Id}"),
        "Name": policy.Name,
        "Description": policy.Description,
        "Type": policy.Type,
        "AwsManaged": policy.AwsManaged,
    }


ORGANIZATIONS = Service(
    name="organizations",
    spelling=_SPELLING,
    page_size=20,
    page_limit=20,
    operations={
        "DescribeOrganization": describe_organization,
        "ListRoots": _administrative(list_roots),
        "ListParents": _administrative(list_parents),
        "ListChildren": _administrative(list_children),
        "ListOrganizationalUnitsForParent": _administrative(list_units_for_parent),
        "ListAccountsForParent": _administrative(list_accounts_for_parent),
        "DescribeOrganizationalUnit": _administrative(describe_organizational_unit),
        "ListAccounts": _administrative(list_accounts),
        "DescribeAccount": _administrative(describe_account),
        "ListDelegatedAdministrators": _administrative(list_delegated_administrators),
        "ListPolicies": _administrative(list_policies),
        "ListPoliciesForTarget": _administrative(list_policies_for_target),
        "ListTargetsForPolicy": _administrative(list_targets_for_policy),
        "DescribePolicy": _administrative(describe_policy),
    },
)
