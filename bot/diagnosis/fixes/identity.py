"""Fixes of identity policies: allowing what is missing, exempting a principal from a deny."""

import itertools
from collections.abc import Iterator
from typing import Final

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.changes.policies import (
    PutGroupPolicy,
    PutPolicyVersion,
    PutRolePolicy,
    PutUserPolicy,
    inline_policies,
)
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, listed
from bot.diagnosis.model import Entity
from bot.diagnosis.subject_facts import SubjectFacts

ADDED_POLICY: Final = "backup-why-allows"
"""The name of the inline policy that a missing permission is added with."""

_PERMISSION_SETS: Final = ":role/aws-reserved/sso.amazonaws.com/"
_SCOPING_KEYS: Final = ("iam:passedtoservice", "kms:viaservice")
"""Keys by whose value AWS recommends to bind a permission, in lower case."""
_SPELLED: Final = {"iam:passedtoservice": "iam:PassedToService", "kms:viaservice": "kms:ViaService"}


def allow_in_identity_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """An inline policy that allows exactly what is missing, on what it is missing on."""
    role = repair.facts.role
    if repair.cause.entity is Entity.SERVICE_LINKED_ROLE:
        return PlannedFix(
            f"Ask AWS Support: the policy of {repair.cause.principal} is AWS's own, and only AWS changes it."
        )
    actions = listed(list(repair.cause.actions))
    if _PERMISSION_SETS in role.arn:
        return _change_permission_set(repair, f"allow {actions}")
    document = documents.new_document(list(allowing(repair)))
    change = _inline_change(role, _free_name(role), document)
    return PlannedFix(f"Allow {repair.who} {actions}.", (change,), _managed_alternative(repair))


def exempt_in_identity_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of an identity policy, narrowed by what it exempts already or for this role."""
    if repair.is_of_aws:
        return _detach(repair)
    if _PERMISSION_SETS in str(repair.cause.principal):
        return _change_permission_set(repair, f"deny {listed(list(repair.cause.actions))} no more")
    statement, role = repair.statement, str(repair.cause.principal)
    exempted = next(
        (
            (key, value)
            for key in documents.exempted_keys(statement)
            if not key.startswith("aws:principal") and (value := repair.value_of(key))
        ),
        None,
    )
    changed = documents.exempting_value(statement, *exempted) if exempted else None
    changed = changed or documents.exempting_principal(statement, role)
    what = f"the value {exempted[1]} of {exempted[0]}" if exempted else f"{repair.who} {role}"
    return PlannedFix(
        f"Exempt {what} from statement {repair.cause.statement} of {repair.cause.policy}.",
        (_identity_change(repair, repair.with_statement(changed)),),
        "This deny is a guard rail: ask its author for the exception.",
    )


def allowing(repair: Repair[SubjectFacts]) -> Iterator[Document]:
    """A statement for each set of resources and conditions, with all actions that share it."""
    groups: dict[tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]], list[str]] = {}
    for action in repair.cause.actions:
        scope = (tuple(repair.resources_of(action)), tuple(_scope(repair, action)))
        groups.setdefault(scope, []).append(action)
    for (resources, conditions), actions in groups.items():
        statement: Document = {"Effect": "Allow", "Action": actions, "Resource": list(resources)}
        if conditions:
            statement["Condition"] = {}
            for operator, key, value in conditions:
                statement["Condition"].setdefault(operator, {})[key] = value
        yield statement


def _scope(repair: Repair[SubjectFacts], action: str) -> Iterator[tuple[str, str, str]]:
    """The conditions that AWS recommends for an action: which service it is for, and that a grant is a service's."""
    if action == "kms:CreateGrant":
        yield "Bool", "kms:GrantIsForAWSResource", "true"
        return
    for key in _SCOPING_KEYS:
        value = repair.value_of(key, action)
        if value and key.partition(":")[0] == action.partition(":")[0]:
            yield "StringEquals", _SPELLED[key], value


def _detach(repair: Repair[SubjectFacts]) -> PlannedFix:
    """What denies is AWS's own policy, which can't be changed."""
    actions = listed(list(repair.cause.actions))
    return PlannedFix(
        f"Detach {repair.cause.policy} from the role, or run the job with a role that is not denied {actions}.",
        (),
        "It is AWS's own policy and can't be changed. Somebody attached it to keep this role from doing harm: ask why.",
    )


def _change_permission_set(repair: Repair[SubjectFacts], verb: str) -> PlannedFix:
    """The permission set of a role that IAM Identity Center made, which IAM lets nobody else change."""
    name = repair.facts.role.name.removeprefix("AWSReservedSSO_").rpartition("_")[0]
    return PlannedFix(
        f"Let the permission set {name} {verb}, and provision it to account {repair.facts.account} again.",
        (),
        "IAM Identity Center made this role from the permission set and undoes or refuses changes of the role itself.",
    )


def _identity_change(repair: Repair[SubjectFacts], document: Document) -> PlannedChange:
    policy, role = str(repair.cause.policy), repair.facts.role
    if policy.startswith("arn:"):
        return PutPolicyVersion(target=policy, document=document)
    group = next(known.group for known in role.identity if known.name == policy)
    if group:
        return PutGroupPolicy(target=group, name=policy, document=document)
    return _inline_change(role, policy, document)


def _inline_change(role: PrincipalFacts, name: str, document: Document) -> PlannedChange:
    kind = PutUserPolicy if role.is_user else PutRolePolicy
    return kind(role.arn, document, name)


def _free_name(role: PrincipalFacts) -> str:
    taken = {document.name for document in inline_policies(role)}
    numbered = (f"{ADDED_POLICY}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([ADDED_POLICY], numbered) if name not in taken)


def _managed_alternative(repair: Repair[SubjectFacts]) -> str | None:
    attached = {document.name for document in repair.facts.role.identity}
    missing = [policy.rpartition("/")[2] for policy in repair.facts.documented_policies if policy not in attached]
    if not missing:
        return None
    return f"AWS's own {listed(missing)} for such jobs would also do, and stays current by itself."


FIXES: Final[tuple[MakeFix, ...]] = (
    allow_in_identity_policy,
    exempt_in_identity_policy,
)
