"""Fixes of identity policies: allowing what is missing, sparing a principal from a deny."""

import itertools
from collections.abc import Iterator
from typing import Final

from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.proposal import Problem, Proposal, inline_policies, listed
from bot.diagnosis.model import Change, Entity
from bot.diagnosis.subject_facts import SubjectFacts

ADDED_POLICY: Final = "backup-why-allows"
"""The name of the inline policy that a missing permission is added with."""

_PERMISSION_SETS: Final = ":role/aws-reserved/sso.amazonaws.com/"
_SCOPING_KEYS: Final = ("iam:passedtoservice", "kms:viaservice")
"""Keys by whose value AWS recommends to bind a permission, in lower case."""
_SPELLED: Final = {"iam:passedtoservice": "iam:PassedToService", "kms:viaservice": "kms:ViaService"}


def allow(problem: Problem[SubjectFacts]) -> Proposal:
    """An inline policy that allows exactly what is missing, on what it is missing on."""
    role = problem.facts.role
    if problem.cause.entity is Entity.SERVICE_LINKED_ROLE:
        return Proposal(
            f"Ask AWS Support: the policy of {problem.cause.principal} is AWS's own, and only AWS changes it."
        )
    actions = listed(list(problem.cause.actions))
    if _PERMISSION_SETS in role.arn:
        return _change_permission_set(problem, f"allow {actions}")
    document = documents.new_document(list(allowing(problem)))
    change = _inline_change(role, _free_name(role), document)
    return Proposal(f"Allow {problem.who} {actions}.", (change,), _managed_alternative(problem))


def exempt_in_identity_policy(problem: Problem[SubjectFacts]) -> Proposal:
    """A denying statement of an identity policy, narrowed by what it spares already or for this role."""
    if problem.is_of_aws:
        return _detach(problem)
    if _PERMISSION_SETS in str(problem.cause.principal):
        return _change_permission_set(problem, f"deny {listed(list(problem.cause.actions))} no more")
    statement, role = problem.statement, str(problem.cause.principal)
    spared = next(
        (
            (key, value)
            for key in documents.exempted_keys(statement)
            if not key.startswith("aws:principal") and (value := problem.value_of(key))
        ),
        None,
    )
    changed = documents.exempting_value(statement, *spared) if spared else None
    changed = changed or documents.excepting_principal(statement, role)
    what = f"the value {spared[1]} of {spared[0]}" if spared else f"{problem.who} {role}"
    return Proposal(
        f"Spare {what} in statement {problem.cause.statement} of {problem.cause.policy}.",
        (_identity_change(problem, problem.with_statement(changed)),),
        "This deny is a guard rail: ask its author for the exception.",
    )


def allowing(problem: Problem[SubjectFacts]) -> Iterator[Document]:
    """A statement for each set of resources and conditions, with all actions that share it."""
    groups: dict[tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]], list[str]] = {}
    for action in problem.cause.actions:
        scope = (tuple(problem.resources_of(action)), tuple(_scope(problem, action)))
        groups.setdefault(scope, []).append(action)
    for (resources, conditions), actions in groups.items():
        statement: Document = {"Effect": "Allow", "Action": actions, "Resource": list(resources)}
        if conditions:
            statement["Condition"] = {}
            for operator, key, value in conditions:
                statement["Condition"].setdefault(operator, {})[key] = value
        yield statement


def _scope(problem: Problem[SubjectFacts], action: str) -> Iterator[tuple[str, str, str]]:
    """The conditions that AWS recommends for an action: which service it is for, and that a grant is a service's."""
    if action == "kms:CreateGrant":
        yield "Bool", "kms:GrantIsForAWSResource", "true"
        return
    for key in _SCOPING_KEYS:
        value = problem.value_of(key, action)
        if value and key.partition(":")[0] == action.partition(":")[0]:
            yield "StringEquals", _SPELLED[key], value


def _detach(problem: Problem[SubjectFacts]) -> Proposal:
    """What denies is AWS's own policy, which can't be changed."""
    actions = listed(list(problem.cause.actions))
    return Proposal(
        f"Detach {problem.cause.policy} from the role, or run the job with a role that is not denied {actions}.",
        (),
        "It is AWS's own policy and can't be changed. Somebody attached it to keep this role from doing harm: ask why.",
    )


def _change_permission_set(problem: Problem[SubjectFacts], verb: str) -> Proposal:
    """The permission set of a role that IAM Identity Center made, which IAM lets nobody else change."""
    name = problem.facts.role.name.removeprefix("AWSReservedSSO_").rpartition("_")[0]
    return Proposal(
        f"Let the permission set {name} {verb}, and provision it to account {problem.facts.account} again.",
        (),
        "IAM Identity Center made this role from the permission set and undoes or refuses changes of the role itself.",
    )


def _identity_change(problem: Problem[SubjectFacts], document: Document) -> Change:
    policy, role = str(problem.cause.policy), problem.facts.role
    if policy.startswith("arn:"):
        return Change(kind="put-policy-version", target=policy, document=document)
    group = next(known.group for known in role.identity if known.name == policy)
    if group:
        return Change(kind="put-group-policy", target=group, name=policy, document=document)
    return _inline_change(role, policy, document)


def _inline_change(role: PrincipalFacts, name: str, document: Document) -> Change:
    kind = "put-user-policy" if role.is_user else "put-role-policy"
    return Change(kind=kind, target=role.arn, name=name, document=document)


def _free_name(role: PrincipalFacts) -> str:
    taken = {document.name for document in inline_policies(role)}
    numbered = (f"{ADDED_POLICY}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([ADDED_POLICY], numbered) if name not in taken)


def _managed_alternative(problem: Problem[SubjectFacts]) -> str | None:
    attached = {document.name for document in problem.facts.role.identity}
    missing = [policy.rpartition("/")[2] for policy in problem.facts.documented_policies if policy not in attached]
    if not missing:
        return None
    return f"AWS's own {listed(missing)} for such jobs would also do, and stays current by itself."
