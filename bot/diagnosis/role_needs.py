"""What a role's policies name of a job's needs, and what they name beside them.

Without a job there is no resource to evaluate on, so that only the actions are compared: a role lacks an action if no
statement of its identity policies allows it on anything, or its boundary or a level of service control policies does
not. A statement that denies the action is named; whether it holds for a job may depend on resources and conditions.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.aws.facts import Facts, collect
from bot.aws.read_errors import Kind
from bot.aws.reader import Reader
from bot.diagnosis.facts.documents import NamedDocument, statements_of
from bot.diagnosis.facts.organization import OrganizationFacts, collect_organization, management_account
from bot.diagnosis.facts.principals import PrincipalFacts, collect_role, is_role_arn
from bot.errors import AwsUnreachableError, BadInputError
from bot.iam import Effect, Policy
from bot.iam.statement import Statement
from bot.settings import Settings
from knowledge.need import JobKind, Management, Need, needs, of_type

PolicyKind = Literal["identity", "boundary", "scp"]


@dataclass(frozen=True, slots=True)
class LackedWhen:
    """A required action that is lacking, and that only some jobs need."""

    action: str
    when: tuple[str, ...]
    """The circumstances under which it is needed, as `knowledge/needs` names them."""


@dataclass(frozen=True, slots=True)
class DenyingStatement:
    """A statement that denies needed actions."""

    kind: PolicyKind
    policy: str
    statement: str
    actions: tuple[str, ...]
    always: bool
    """It denies them on every resource and without a condition; else it depends on the job."""


@dataclass(frozen=True, slots=True)
class RoleNeeds:
    """A role held against what a job needs."""

    role: str
    lacks: tuple[str, ...]
    """Required actions that it is not allowed on anything."""
    lacks_optional: tuple[str, ...]
    beside: tuple[str, ...]
    """Action patterns that it allows and that no need of the job matches."""
    lacks_when: tuple[LackedWhen, ...] = ()
    denied: tuple[DenyingStatement, ...] = ()
    scps_are_known: bool = True
    """The service control policies that bind the role could be read, or there are none."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """Policies of which one has to allow each action: a role's own, its boundary, those of one level."""

    kind: PolicyKind
    policies: tuple[Policy, ...]

    def allows(self, action: str) -> bool:
        """Whether a statement allows an action on anything."""
        return any(statement.effect is Effect.ALLOW for statement in self._about(action))

    def denying(self, action: str) -> Iterator[Statement]:
        """The statements that deny an action on anything."""
        return (statement for statement in self._about(action) if statement.effect is Effect.DENY)

    def _about(self, action: str) -> Iterator[Statement]:
        return (statement for policy in self.policies for statement in policy.candidates(action.lower()))


_ALLOW: Final = (
    "allow the bot iam:GetRole, iam:ListAttachedRolePolicies, iam:ListRolePolicies, iam:GetRolePolicy, iam:GetPolicy "
    "and iam:GetPolicyVersion there."
)


def compare_role(
    role_arn: str, kind: JobKind, resource_type: str, reader: Reader, settings: Settings, region: str
) -> RoleNeeds:
    """Reads a role and compares it with what a job needs.

    Args:
        role_arn: The role.
        kind: The kind of job.
        resource_type: As AWS Backup spells it.
        reader: Reads AWS.
        settings: For the management account, where it is configured.
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

    def organization(known: Facts) -> OrganizationFacts:
        return collect_organization(known, role.account, management_account(known, settings.management_account))

    place = collect(organization, facts, reader)
    return _compared(role, place, list(_of_role(kind, resource_type)), _management(resource_type))


def lacked_actions(role: PrincipalFacts, place: OrganizationFacts, actions: Iterable[str]) -> tuple[str, ...]:
    """The actions that a role is not allowed on anything.

    Args:
        role: The role, whose policies were read.
        place: The service control policies that bind it, as far as they were read.
        actions: The actions in question.

    Returns:
        Those that its policies, its boundary or a level of service control policies do not allow, or deny everywhere.
    """
    bounds, asked = list(_bounds(role, place)), tuple(actions)
    denied = {action for each in _denied(bounds, asked) if each.always for action in each.actions}
    return tuple(action for action in asked if action in denied or not all(bound.allows(action) for bound in bounds))


def _management(resource_type: str) -> Management:
    own = of_type(resource_type)
    return own.fully_managed if own else "never"


def _of_role(kind: JobKind, resource_type: str) -> Iterator[Need]:
    """What the job role's own policies have to allow, under whatever circumstances the type can be in."""
    can_be_managed = _management(resource_type) != "never"
    for need in needs(kind, resource_type):
        is_possible = can_be_managed or "fully-managed" not in need.when
        if need.by == "job-role" and not need.judge and is_possible:
            yield need


def _compared(
    role: PrincipalFacts, place: OrganizationFacts, wanted: Sequence[Need], management: Management
) -> RoleNeeds:
    bounds = list(_bounds(role, place))
    required = [need for need in wanted if need.optional is None]
    always = [need for need in required if not _when(need, management)]
    lacks = _lacking(bounds, always)
    conditional = (
        LackedWhen(action, _when(need, management))
        for need in required
        if need not in always
        for action in _lacking(bounds, [need])
        if action not in lacks
    )
    return RoleNeeds(
        role.arn,
        lacks,
        _lacking(bounds, [need for need in wanted if need.optional is not None]),
        tuple(_beside(role.identity, wanted)),
        tuple(dict.fromkeys(conditional)),
        tuple(_denied(bounds, [action for need in required for action in need.actions])),
        _scps_are_known(place),
    )


def _when(need: Need, management: Management) -> tuple[str, ...]:
    """The circumstances of a need that the resource type does not settle."""
    return tuple(sorted(need.when - ({"fully-managed"} if management == "always" else frozenset())))


def _bounds(role: PrincipalFacts, place: OrganizationFacts) -> Iterator[_Bound]:
    """All that has to allow what the role does; control policies do not bind the management account."""
    yield _Bound("identity", _compiled(role.identity))
    if role.boundary:
        yield _Bound("boundary", _compiled([role.boundary]))
    levels = () if place.is_management_account else place.levels or ()
    read = [level.scps for level in levels if level.scps is not None]
    if any(read):
        yield from (_Bound("scp", _compiled(scps)) for scps in read)


def _scps_are_known(place: OrganizationFacts) -> bool:
    if not place.is_known:
        return False
    if place.id is None or place.is_management_account:
        return True
    return place.levels is not None and all(level.scps is not None for level in place.levels)


def _compiled(documents: Iterable[NamedDocument]) -> tuple[Policy, ...]:
    return tuple(Policy.compile(document.name, document.document) for document in documents)


def _lacking(bounds: Sequence[_Bound], wanted: Iterable[Need]) -> tuple[str, ...]:
    """The actions that one of the bounds does not allow on anything."""
    actions = dict.fromkeys(action for need in wanted for action in need.actions)
    return tuple(action for action in actions if not all(bound.allows(action) for bound in bounds))


def _denied(bounds: Sequence[_Bound], actions: Iterable[str]) -> Iterator[DenyingStatement]:
    """The statements that deny some of the actions, each once."""
    found: dict[tuple[PolicyKind, str, str], tuple[Statement, list[str]]] = {}
    for action in dict.fromkeys(actions):
        for bound in bounds:
            for statement in bound.denying(action):
                found.setdefault((bound.kind, statement.policy, statement.id), (statement, []))[1].append(action)
    for (kind, policy, statement_id), (statement, denied) in found.items():
        is_everywhere = statement.resources is None or (
            statement.resources.everything and not statement.resources.excepting
        )
        always = is_everywhere and not statement.conditions
        yield DenyingStatement(kind, policy, statement_id, tuple(dict.fromkeys(denied)), always)


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
