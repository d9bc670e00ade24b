"""Says in words what a condition wants, what the request has, and which values of a statement matched."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.iam.actions import Actions
from bot.iam.conditions import Condition, Quantifier
from bot.iam.grantees import Grantees
from bot.iam.request import Request
from bot.iam.resources import Resources
from bot.iam.statement import Statement
from bot.iam.variables import Context

_MOST_VALUES = 4
"""So many values of a list are named."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The values in a statement that matched a request.

    Args:
        action: The action pattern; None for a `NotAction`.
        resource: The resource pattern; None for a `NotResource` or a missing element.
        principal: The principal; None for a `NotPrincipal` or a missing element.
        conditions: Each condition in words, with what the request has.
    """

    action: str | None
    resource: str | None
    principal: str | None
    conditions: tuple[str, ...]


def matched(statement: Statement, request: Request, context: Context) -> Matched:
    """Finds the values in a statement that matched.

    Args:
        statement: A statement that matches the request.
        request: The request.
        context: Its condition keys, under the assignment in which the statement means it.
    """
    actions, resources, grantees = statement.actions, statement.resources, statement.grantees
    return Matched(
        None if actions.excepting else _first_action(actions, request),
        None if resources is None or resources.excepting else _first_resource(resources, request, context),
        None if grantees is None or grantees.excepting else _first_principal(grantees, request),
        tuple(f"{wanted(each)}; {had(each, request, context)}" for each in statement.conditions),
    )


def _first_action(actions: Actions, request: Request) -> str | None:
    return next((value for value in actions.values if Actions([value], excepting=False).matches(request.action)), None)


def _first_resource(resources: Resources, request: Request, context: Context) -> str | None:
    variables = bool(resources.templates)
    return next(
        (
            value
            for value in resources.values
            if Resources([value], excepting=False, variables=variables).matches(request.resource, request.arn, context)
        ),
        None,
    )


def _first_principal(grantees: Grantees, request: Request) -> str | None:
    return next(
        (
            value
            for kind, value in grantees.pairs
            if Grantees([(kind, value)], excepting=False).grantee(request.principal)
        ),
        None,
    )


def wanted(condition: Condition) -> str:
    """What a condition wants: "kms:GrantIsForAWSResource is true"."""
    if condition.base is None:
        absent = any(value.lower() == "true" for value in condition.texts)
        return f"{condition.key} is {'absent' if absent else 'there'}"
    phrase = condition.base.phrase.replace("is", "is not", 1) if condition.base.negated else condition.base.phrase
    subject = {
        Quantifier.ALL: f"every value of {condition.key}",
        Quantifier.ANY: f"a value of {condition.key}",
        None: condition.key,
    }[condition.quantifier]
    optional = f", if {condition.key} is there" if condition.operator.lower().endswith("ifexists") else ""
    return f"{subject} {phrase} {alternatives(condition.texts)}{optional}"


def had(condition: Condition, request: Request, context: Context) -> str:
    """What the request has for a condition's key: "it was absent"."""
    key = condition.key.lower()
    value = context.get(key)
    if value is not None:
        return f"it was {value if isinstance(value, str) else ' and '.join(value)}"
    if key in request.shapes:
        return f"{_shaped(request.shapes[key])}, and more is not known"
    return "its value is not known" if request.unknown_among(frozenset([key])) else "it was absent"


def _shaped(shapes: Sequence[str]) -> str:
    """What is known of a value: how it begins, or which patterns it can match."""
    *others, last = shapes
    if not others and last.endswith("*"):
        return f"it begins with {last[:-1]}"
    return f"it is like {' or '.join(shapes)}"


def alternatives(values: Sequence[str]) -> str:
    """Some values as a list in words: "a, b or c"."""
    named = [value or '""' for value in values[:_MOST_VALUES]]
    if len(values) > _MOST_VALUES:
        return f"{', '.join(named)} or one of {len(values) - _MOST_VALUES} more"
    return " or ".join(filter(None, [", ".join(named[:-1]), *named[-1:]])) or "one of no values"
