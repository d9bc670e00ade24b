"""Date operators, over ISO 8601 dates and epoch seconds.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", Date condition operators, which names the
W3C's forms of ISO 8601 (a year alone up to a second with fractions) and epoch time. A time without a zone is UTC.
Four digits are a year, any other run of digits is an epoch time in seconds.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bot.iam.conditions.operator import CandidateValue, Matches, Operator, PolicyValue
from bot.iam.patterns import Pattern

_EPOCH = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_ISO = re.compile(
    r"(?P<date>[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)"
    r"(T(?P<time>[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
_YEAR_ONLY, _YEAR_AND_MONTH = 4, 7


def _seconds(text: str) -> float | None:
    """The epoch seconds of a date; None for a text that is none."""
    iso = _ISO.fullmatch(text)
    if iso is None:
        return float(text) if _EPOCH.fullmatch(text) else None
    date, time, zone = iso["date"], iso["time"], iso["zone"] or "Z"
    if time and len(date) <= _YEAR_AND_MONTH:
        return None
    date += {_YEAR_ONLY: "-01-01", _YEAR_AND_MONTH: "-01"}.get(len(date), "")
    try:
        moment = datetime.fromisoformat(f"{date}T{time or '00:00'}{zone.upper()}")
    except ValueError:
        return None
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)


def _accepts(text: str) -> bool:
    return _seconds(text) is not None


def _comparing(relation: Callable[[float, float], bool]) -> Callable[[Sequence[PolicyValue]], Matches]:
    """Makes the compiler of an operator whose values stand on the right of a relation."""

    def compile_values(values: Sequence[PolicyValue]) -> Matches:
        wanted = tuple(seconds for value in values if (seconds := _seconds(value.text)) is not None)

        def matches(value: str, _context: object) -> bool:
            seconds = _seconds(value)
            return seconds is not None and any(relation(seconds, right) for right in wanted)

        return matches

    return compile_values


def _candidates(value: Pattern) -> Iterator[CandidateValue]:
    text = value.text
    seconds = _seconds(text)
    if seconds is not None:
        yield CandidateValue(text, f"is {text}")
        yield CandidateValue(f"{seconds - 1:.6f}", f"is before {text}")
        yield CandidateValue(f"{seconds + 1:.6f}", f"is after {text}")


OPERATORS = tuple(
    Operator(name, _comparing(relation), _candidates, _accepts, phrase, negated=name == "DateNotEquals")
    for name, relation, phrase in (
        ("DateEquals", operator.eq, "is"),
        ("DateNotEquals", operator.eq, "is"),
        ("DateLessThan", operator.lt, "is before"),
        ("DateLessThanEquals", operator.le, "is not after"),
        ("DateGreaterThan", operator.gt, "is after"),
        ("DateGreaterThanEquals", operator.ge, "is not before"),
    )
)
