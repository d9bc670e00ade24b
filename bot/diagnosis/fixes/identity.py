"""Fixes of identity policies: allowing what is missing, exempting a principal from a deny."""

import itertools
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.changes.policies import (
    CreatePolicy,
    PutGroupPolicy,
    PutRolePolicy,
    PutUserPolicy,
    inline_policies,
)
from bot.diagnosis.changes.roles import AttachRolePolicy, AttachUserPolicy
from bot.diagnosis.facts.principals import PrincipalFacts, default_role_policies, is_default_role
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, listed, named
from bot.diagnosis.fixes.versions import with_next_version
from bot.diagnosis.model import Entity
from bot.diagnosis.subject_facts import SubjectFacts
from bot.iam import Effect, Policy
from knowledge.managed import managed_policy

ADDED_POLICY: Final = "backup-why-allows"
"""The name of the policy that a missing permission is added with."""
PASSING_POLICY: Final = "backup-why-passes-role"
"""The name of the policy that a missing permission to pass a role is added with."""
_MOST_ATTACHED: Final = 10
"""So many managed policies a role can have, unless its account's quota was raised ("IAM and AWS STS quotas")."""

_PERMISSION_SETS: Final = ":role/aws-reserved/sso.amazonaws.com/"
_SCOPING_KEYS: Final = ("iam:passedtoservice", "kms:viaservice")
"""Keys by whose value AWS recommends to bind a permission, in lower case."""
_SPELLED: Final = {"iam:passedtoservice": "iam:PassedToService", "kms:viaservice": "kms:ViaService"}


def allow_in_identity_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """AWS's own policies for such jobs, as its pages say; else what is missing, on what it is missing on.

    Source: "Managed policies for AWS Backup" (AWS Backup Developer Guide).
    """
    exact = _allowing_exactly(repair, ADDED_POLICY)
    return _attaching(repair, exact) or exact


def allow_passing_role(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A statement for the one role that is to be passed, as AWS's page says; else AWS's own policy for such jobs.

    Source: "Restore an Amazon EC2 instance", which has the role that is passed named in `Resource`.
    """
    return replace(_allowing_exactly(repair, PASSING_POLICY), instead=_attaching(repair, None))


def _allowing_exactly(repair: Repair[SubjectFacts], name: str) -> PlannedFix:
    """A policy that allows exactly what is missing: an inline one, or a managed one where that would be too large."""
    role = repair.facts.role
    if repair.cause.entity is Entity.SERVICE_LINKED_ROLE:
        return PlannedFix(
            f"Ask AWS Support: the policy of {repair.cause.principal} is AWS's own, and only AWS changes it."
        )
    actions = named(repair.cause.actions)
    if _PERMISSION_SETS in role.arn:
        return _change_permission_set(repair, f"allow {actions}")
    document = documents.new_document(list(allowing(repair)))
    inline = _inline_change(role, _free_name(role, name), document)
    summary = f"Allow {repair.who} {role.name} to call {actions}."
    if not inline.too_large(repair.facts):
        return PlannedFix(summary, (inline,))
    policy = _managed_arn(role, name)
    attach = AttachUserPolicy if role.is_user else AttachRolePolicy
    changes = (CreatePolicy(policy, document), attach(role.arn, {"PolicyArn": policy}, content=document))
    return PlannedFix(summary, changes, f"{inline.too_large(repair.facts)} This does so.")


def _attaching(repair: Repair[SubjectFacts], instead: PlannedFix | None) -> PlannedFix | None:
    """AWS's own policies for such jobs that allow what is missing; what is done instead where they do not."""
    role, policies = repair.facts.role, _managed_for(repair)
    is_room = len([known for known in role.identity if known.name.startswith("arn:")]) + len(policies) <= _MOST_ATTACHED
    if not policies or not is_room:
        return instead
    changes = tuple(AttachRolePolicy(role.arn, {"PolicyArn": policy}) for policy in policies)
    names = listed([policy.rpartition("/")[2] for policy in policies])
    caution = "It allows more than is missing here, and on every resource. AWS keeps it up to date."
    return PlannedFix(f"Attach {names} to the role {role.name}.", changes, caution, instead)


def _managed_for(repair: Repair[SubjectFacts]) -> list[str]:
    """Those of AWS's policies for such jobs that allow what is missing, the most special first; none if some is left.

    The default service role gets both of its policies with them, where it lacks one.
    """
    facts, attached = repair.facts, {document.name for document in repair.facts.role.identity}
    left, chosen = set(repair.cause.actions), list[str]()
    for policy in reversed(facts.documented_policies):
        allowed = {action for action in left if policy not in attached and _allows(policy, action)}
        chosen += [policy] if allowed else []
        left -= allowed
    if left:
        return []
    own = default_role_policies(facts.role.arn.split(":")[1]) if is_default_role(facts.role.arn) else ()
    return documents.without_repeats((*chosen, *(policy for policy in own if policy not in attached)))


def _allows(policy_arn: str, action: str) -> bool:
    """Whether one of AWS's own policies allows an action on anything."""
    known = managed_policy(policy_arn)
    compiled = Policy.compile(policy_arn, known.document if known else {})
    return any(statement.effect is Effect.ALLOW for statement in compiled.candidates(action.lower()))


def exempt_in_identity_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of an identity policy, narrowed by what it exempts already or for this role."""
    if repair.is_of_aws:
        return _detach(repair)
    if _PERMISSION_SETS in str(repair.cause.principal):
        return _change_permission_set(repair, f"deny {named(repair.cause.actions)} no more")
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
    summary = f"Exempt {what} from statement {repair.cause.statement} of {repair.cause.policy}."
    document, caution = repair.with_statement(changed), "This deny is a guard rail. Ask its author for an exception."
    if str(repair.cause.policy).startswith("arn:"):
        return with_next_version(repair, document, summary, caution)
    return PlannedFix(summary, (_changed_inline(repair, document),), caution)


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
    actions = named(repair.cause.actions)
    return PlannedFix(
        f"Detach {repair.cause.policy} from the role, or run the job with a role that isn't denied {actions}.",
        (),
        "It is AWS's own policy and can't be changed. Someone attached it to keep this role from doing harm. Ask why.",
    )


def _change_permission_set(repair: Repair[SubjectFacts], verb: str) -> PlannedFix:
    """The permission set of a role that IAM Identity Center made, which IAM lets nobody else change."""
    name = repair.facts.role.name.removeprefix("AWSReservedSSO_").rpartition("_")[0]
    return PlannedFix(
        f"Let the permission set {name} {verb}, and provision it to account {repair.facts.account} again.",
        (),
        "IAM Identity Center made this role from the permission set and undoes or refuses changes of the role itself.",
    )


def _changed_inline(repair: Repair[SubjectFacts], document: Document) -> PlannedChange:
    """The inline policy of the role, of the user or of one of its groups that the cause names, changed."""
    policy, role = str(repair.cause.policy), repair.facts.role
    group = next(known.group for known in role.identity if known.name == policy)
    if group:
        return PutGroupPolicy(target=group, name=policy, document=document)
    return _inline_change(role, policy, document)


def _inline_change(role: PrincipalFacts, name: str, document: Document) -> PlannedChange:
    kind = PutUserPolicy if role.is_user else PutRolePolicy
    return kind(role.arn, document, name)


def _free_name(role: PrincipalFacts, name: str) -> str:
    """A name that no inline policy of the role or user has."""
    return _free(name, {document.name for document in inline_policies(role)})


def _managed_arn(role: PrincipalFacts, name: str) -> str:
    """The ARN of a managed policy beside the role or user, of a name that none has which is attached to it."""
    front = f"arn:{role.arn.split(':')[1]}:iam::{role.account}:policy/"
    return front + _free(name, {document.name.removeprefix(front) for document in role.identity})


def _free(name: str, taken: Collection[str]) -> str:
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


FIXES: Final[tuple[MakeFix, ...]] = (
    allow_in_identity_policy,
    allow_passing_role,
    exempt_in_identity_policy,
)
