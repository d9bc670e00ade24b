"""What a role's own policies name of a job's needs, and what they name beside them.

Without a job there is no resource to evaluate on, so that only the actions are compared: a role lacks an action if no
statement of its identity policies allows it on anything, or its boundary does not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.aws.facts import Facts, collect
from bot.aws.read_errors import Kind
from bot.aws.reader import Reader
from bot.diagnosis.facts.documents import NamedDocument, statements_of
from bot.diagnosis.facts.principals import PrincipalFacts, collect_role, is_role_arn
from bot.errors import AwsUnreachableError, BadInputError
from bot.iam import Effect, Policy
from knowledge.need import JobKind, Need, needs, of_type


@dataclass(frozen=True, slots=True)
class RoleNeeds:
    """A role held against what a job needs."""

    role: str
    lacks: tuple[str, ...]
    """Required actions that it is not allowed on anything."""
    lacks_optional: tuple[str, ...]
    beside: tuple[str, ...]
    """Action patterns that it allows and that no need of the job matches."""


_ALLOW: Final = (
    "allow the bot iam:GetRole, iam:ListAttachedRolePolicies, iam:ListRolePolicies, iam:GetRolePolicy, iam:GetPolicy "
    "and iam:GetPolicyVersion there."
)


def compare_role(role_arn: str, kind: JobKind, resource_type: str, reader: Reader, region: str) -> RoleNeeds:
    """Reads a role and compares it with what a job needs.

    Args:
        role_arn: The role.
        kind: The kind of job.
        resource_type: As AWS Backup spells it.
        reader: Reads AWS.
        region: The session's Region.

    Raises:
        BadInputError: The ARN is no role's, or there is no such role.
        AwsUnreachableError: The role's policies can't be read.
    """
    if not is_role_arn(role_arn):
        raise BadInputError(f"{role_arn} is no role's ARN: give one such as arn:aws:iam::222233334444:role/backup-job.")
    facts = Facts(region)
    role = collect(lambda known: collect_role(known, role_arn), facts, reader)
    if role.exists is False:
        raise BadInputError(f"There is no role {role_arn}{f': its ARN is {role.found_arn}' if role.found_arn else ''}.")
    if not role.identity_is_complete or not role.boundary_is_known:
        reasons = dict.fromkeys(
            _ALLOW if answer.kind is Kind.DENIED else answer.error.sentence(lookup.what)
            for lookup, answer in facts.refused()
        )
        raise AwsUnreachableError(f"The policies of {role_arn} can't be read: {' '.join(reasons) or _ALLOW}")
    return _compared(role, list(_of_role(kind, resource_type)))


def _of_role(kind: JobKind, resource_type: str) -> Iterator[Need]:
    """What the job role's own policies have to allow, under whatever circumstances the type can be in."""
    own = of_type(resource_type)
    can_be_managed = own is not None and own.fully_managed != "never"
    for need in needs(kind, resource_type):
        is_possible = can_be_managed or "fully-managed" not in need.when
        if need.by == "job-role" and not need.judge and is_possible:
            yield need


def _compared(role: PrincipalFacts, wanted: Sequence[Need]) -> RoleNeeds:
    identity = [Policy.compile(document.name, document.document) for document in role.identity]
    boundary = [Policy.compile(role.boundary.name, role.boundary.document)] if role.boundary else []

    def lacking(needed: Iterator[Need]) -> tuple[str, ...]:
        actions = dict.fromkeys(action for need in needed for action in need.actions)
        bounds = [identity, boundary] if boundary else [identity]
        return tuple(action for action in actions if not all(_allows(policies, action) for policies in bounds))

    required = lacking(need for need in wanted if need.optional is None)
    optional = lacking(need for need in wanted if need.optional is not None)
    return RoleNeeds(role.arn, required, optional, tuple(_beside(role.identity, wanted)))


def _allows(policies: Sequence[Policy], action: str) -> bool:
    """Whether a statement of one of the policies allows the action on anything."""
    found = (statement for policy in policies for statement in policy.candidates(action.lower()))
    return any(statement.effect is Effect.ALLOW for statement in found)


def _beside(documents: Sequence[NamedDocument], wanted: Sequence[Need]) -> Iterator[str]:
    """The action patterns of the role's own policies that no need matches; AWS's own policies serve all types."""
    actions = [action.lower() for need in wanted for action in need.actions]
    own = [document for document in documents if ":iam::aws:policy/" not in document.name]
    for statement in (statement for document in own for statement in statements_of(document.document)):
        named = statement.get("Action") or []
        for pattern in [named] if isinstance(named, str) else named:
            only = Policy.compile("", {"Statement": {"Effect": "Allow", "Action": pattern, "Resource": "*"}})
            if statement.get("Effect") == "Allow" and not any(only.candidates(action) for action in actions):
                yield pattern
