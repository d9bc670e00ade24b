"""For an implicit deny: the statements that came closest to allowing, and what in each of them failed.

They are worked out only when asked for. Near are the statements that match the request's action, and those that name
the actions of its service that are spelled most like it. The nearest have the fewest parts that failed; among equals
a condition is nearer than the resource, the resource nearer than the principal, the principal nearer than the action;
then the statement that names the action more closely.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from bot.iam.actions import Actions
from bot.iam.conditions import Condition
from bot.iam.explaining import alternatives, had, wanted
from bot.iam.layers import PolicyLayer, PolicySet, belongs
from bot.iam.request import Request
from bot.iam.statement import Effect, Statement
from bot.iam.variables import Value


class Part(IntEnum):
    """The parts of a statement that can fail, the nearest first."""

    CONDITION = 0
    RESOURCE = 1
    PRINCIPAL = 2
    ACTION = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """A part of a statement that does not match the request.

    Args:
        part: Which.
        operator: Of a condition the operator, else the element: "NotResource".
        key: Of a condition its key, else None.
        wanted: The statement's values.
        actual: What the request has; None for a key that is absent or unknown.
        unknown: Whether the value of the key is not known.
        clause: The failure in words, to follow "allows kms:CreateGrant".
    """

    part: Part
    operator: str
    key: str | None
    wanted: tuple[str, ...]
    actual: Value | None
    unknown: bool
    clause: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A statement that would have allowed a request but for what failed.

    Args:
        layer: Its layer.
        level: For SCPs and RCPs, the level from the root (0) down.
        policy: The name of its policy.
        statement: Its Sid or its position ("0").
        failures: What failed, the gravest last.
        action: The request's action, as it was asked for.
        closeness: How many characters of the action the statement names.
    """

    layer: PolicyLayer
    level: int | None
    policy: str
    statement: str
    failures: tuple[Failure, ...]
    action: str
    closeness: int

    @property
    def sentence(self) -> str:
        """What it allows: "allows kms:CreateGrant only if kms:GrantIsForAWSResource is true; it was absent"."""
        *others, gravest = self.failures
        if gravest.part is not Part.ACTION:
            return f"allows {self.action} {', and '.join(failure.clause for failure in self.failures)}"
        return ", and ".join([gravest.clause, *(failure.clause for failure in others)])


def near_misses(request: Request, policies: PolicySet, layer: PolicyLayer, *, most: int = 5) -> list[NearMiss]:
    """Finds the statements of a layer that came closest to allowing a request.

    Args:
        request: The request.
        policies: The policies it has to pass.
        layer: The layer that had to allow and did not. Of SCPs and RCPs only the levels are searched that do not; in a
            layer that does not bind the request nothing is near.
        most: How many statements at most.

    Returns:
        The near misses, the nearest first. A condition whose key is unknown counts as failed.
    """
    found: list[NearMiss] = []
    allowing: set[int | None] = set()
    for level, policy in policies.policies(layer) if layer not in policies.exempt(request) else ():
        for statement in (*policy.candidates(request.action), *policy.neighbours(request.action, most)):
            if statement.effect is Effect.ALLOW and belongs(statement, layer):
                failures = tuple(sorted(_failures(statement, request), key=lambda failure: failure.part))
                closeness = _closeness(statement.actions, request.action)
                found.append(
                    NearMiss(layer, level, policy.name, statement.id, failures, request.action_name, closeness)
                )
                if not failures and level is not None:
                    allowing.add(level)
    near = [miss for miss in found if miss.failures and miss.level not in allowing]
    return sorted(near, key=lambda miss: (len(miss.failures), miss.failures[-1].part, -miss.closeness))[:most]


def _closeness(actions: Actions, action: str) -> int:
    """How many characters of an action a statement's best value names."""
    return 0 if actions.excepting else max(_shared(action, value.lower()) for value in actions.values)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


def _failures(statement: Statement, request: Request) -> Iterator[Failure]:
    """What in a statement does not match a request."""
    actions, resources, grantees = statement.actions, statement.resources, statement.grantees
    if not actions.matches(request.action):
        listed = alternatives(actions.values)
        clause = f"allows all but {listed}" if actions.excepting else f"allows {listed}, not {request.action_name}"
        yield _failure(Part.ACTION, actions.excepting, actions.values, request.action_name, clause)
    if resources is not None and not resources.matches(request.resource, request.arn, request.context):
        listed = alternatives(resources.values)
        clause = f"on all but {listed}" if resources.excepting else f"only on {listed}, not on {request.resource}"
        yield _failure(Part.RESOURCE, resources.excepting, resources.values, request.resource, clause)
    if grantees is not None and not grantees.grantee(request.principal):
        values = tuple(value for _, value in grantees.pairs)
        listed = alternatives(values)
        clause = f"to all but {listed}" if grantees.excepting else f"only to {listed}, not to {request.principal.arn}"
        yield _failure(Part.PRINCIPAL, grantees.excepting, values, request.principal.arn, clause)
    for condition in statement.conditions:
        unknown = bool(request.unknown_among(condition.keys))
        if unknown or not condition.holds(request.context):
            yield _failed_condition(condition, request, unknown=unknown)


def _failure(part: Part, excepting: bool, values: tuple[str, ...], actual: str, clause: str) -> Failure:
    element = part.name.capitalize()
    return Failure(part, f"Not{element}" if excepting else element, None, values, actual, unknown=False, clause=clause)


def _failed_condition(condition: Condition, request: Request, *, unknown: bool) -> Failure:
    return Failure(
        Part.CONDITION,
        condition.operator,
        condition.key,
        condition.texts,
        request.context.get(condition.key.lower()),
        unknown,
        f"only if {wanted(condition)}; {had(condition, request, request.context)}",
    )
