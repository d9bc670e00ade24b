"""One condition of a statement: an operator, a key and the values it is compared with.

Sources: AWS IAM User Guide, "IAM JSON policy elements: Condition operators" (keys that are not there, `…IfExists`,
`Null`) and "Single-valued vs. multivalued context keys" (`ForAllValues:`, `ForAnyValue:`).

- Several values of a policy are alternatives; for a negated operator none of them may match.
- A key that is not there matches nothing: negated operators are true, `…IfExists` and `ForAllValues:` are true,
  everything else is false.
- A key with several values needs a set operator. Without one the condition is false, also when negated.
- An empty text counts as no value for the set operators, as the page says, and as a value for everything else.

A key has no case ("IAM JSON policy elements: Condition"), so that it can stand twice under one operator. AWS does not
say what becomes of it then. No Deny is lost by it: either is enough for one. An Allow needs both.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from bot.iam.conditions.operator import Matches, Operator, PolicyValue
from bot.iam.variables import Context

Holds = Callable[[Context], bool]
"""Whether a condition is true in a request."""


class Quantifier(StrEnum):
    """The set operators."""

    ALL = "ForAllValues"
    ANY = "ForAnyValue"


class Condition:
    """A compiled condition.

    Args:
        operator: The operator as the policy spells it, with prefix and suffix.
        key: The condition key as the policy spells it.
        values: The policy's values, with their policy variables.
        base: The operator without prefix and suffix; None for `Null`.
        quantifier: The set operator.
        holds: The test.
        holds_strictly: Of a key that stands more than once in a Deny, the test that needs all of them; else None.
    """

    __slots__ = (
        "base",
        "holds",
        "holds_strictly",
        "key",
        "keys",
        "operator",
        "quantifier",
        "texts",
        "values",
        "variables",
    )

    def __init__(
        self,
        operator: str,
        key: str,
        values: tuple[PolicyValue, ...],
        base: Operator | None,
        quantifier: Quantifier | None,
        holds: Holds,
        holds_strictly: Holds | None = None,
    ) -> None:
        self.operator = operator
        self.key = key
        self.values = values
        self.texts = tuple(value.text for value in values)
        self.base = base
        self.quantifier = quantifier
        self.holds = holds
        self.holds_strictly = holds_strictly
        self.variables = frozenset[str]().union(*(value.template.keys for value in values if value.template))
        self.keys = self.variables | {key.lower()}


def either(conditions: Sequence[Condition]) -> Condition:
    """Makes one condition of several under one operator on one key, each of which is enough."""
    first = conditions[0]
    return Condition(
        first.operator,
        first.key,
        tuple(value for condition in conditions for value in condition.values),
        first.base,
        first.quantifier,
        lambda context: any(condition.holds(context) for condition in conditions),
        lambda context: all(condition.holds(context) for condition in conditions),
    )


def null_test(key: str, values: Sequence[str]) -> Holds:
    """Makes the test of `Null`: "true" wants the key to be absent, "false" wants it to be there."""
    wanted = frozenset(value.lower() == "true" for value in values if value.lower() in ("true", "false"))
    return lambda context: (key not in context) in wanted


def single_test(key: str, matches: Matches, *, negated: bool, if_exists: bool) -> Holds:
    """Makes the test of an operator without a set operator."""
    without = negated or if_exists

    def holds(context: Context) -> bool:
        value = context.get(key)
        if value is None:
            return without
        return isinstance(value, str) and matches(value, context) is not negated

    return holds


def all_test(key: str, matches: Matches, *, negated: bool) -> Holds:
    """Makes the test of `ForAllValues:`."""

    def holds(context: Context) -> bool:
        value = context.get(key)
        if not value:
            return True
        values = (value,) if isinstance(value, str) else value
        return all(matches(each, context) is not negated for each in values)

    return holds


def any_test(key: str, matches: Matches, *, negated: bool, if_exists: bool) -> Holds:
    """Makes the test of `ForAnyValue:`."""

    def holds(context: Context) -> bool:
        value = context.get(key)
        if not value:
            return if_exists and value is None
        values = (value,) if isinstance(value, str) else value
        return any(matches(each, context) is not negated for each in values)

    return holds
