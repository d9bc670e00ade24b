"""Numeric operators, over integers and decimals.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", Numeric condition operators. A request's
value that is no number equals none.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from bot.iam.conditions.operator import CandidateValue, Matches, Operator, PolicyValue
from bot.iam.patterns import Pattern

_NUMBER = re.compile(r"[+-]?[0-9]{1,64}(\.[0-9]{1,64})?")


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _accepts(text: str) -> bool:
    return _number(text) is not None


def _comparing(relation: Callable[[Decimal, Decimal], bool]) -> Callable[[Sequence[PolicyValue]], Matches]:
    """Makes the compiler of an operator whose values stand on the right of a relation."""

    def compile_values(values: Sequence[PolicyValue]) -> Matches:
        wanted = tuple(number for value in values if (number := _number(value.text)) is not None)

        def matches(value: str, _context: object) -> bool:
            number = _number(value)
            return number is not None and any(relation(number, right) for right in wanted)

        return matches

    return compile_values


def _candidates(value: Pattern) -> Iterator[CandidateValue]:
    text = value.text
    number = _number(text)
    if number is not None:
        yield CandidateValue(str(number), f"is {text}")
        yield CandidateValue(str(number - 1), f"is less than {text}")
        yield CandidateValue(str(number + 1), f"is greater than {text}")


OPERATORS = tuple(
    Operator(name, _comparing(relation), _candidates, _accepts, phrase, negated=name == "NumericNotEquals")
    for name, relation, phrase in (
        ("NumericEquals", operator.eq, "is"),
        ("NumericNotEquals", operator.eq, "is"),
        ("NumericLessThan", operator.lt, "is less than"),
        ("NumericLessThanEquals", operator.le, "is at most"),
        ("NumericGreaterThan", operator.gt, "is greater than"),
        ("NumericGreaterThanEquals", operator.ge, "is at least"),
    )
)
