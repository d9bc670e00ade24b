"""`BinaryEquals`: bytes, written in base64 in the policy and in the request.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", Binary condition operators.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence

from bot.iam.conditions.operator import CandidateValue, Matches, Operator, PolicyValue
from bot.iam.conditions.strings import OTHER
from bot.iam.patterns import Pattern


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.encode(), validate=True)
    except binascii.Error:
        return None


def _equals(values: Sequence[PolicyValue]) -> Matches:
    wanted = frozenset(decoded for value in values if (decoded := _bytes(value.text)) is not None)
    return lambda value, _context: _bytes(value) in wanted


def _accepts(text: str) -> bool:
    return _bytes(text) is not None


def _candidates(value: Pattern) -> Iterator[CandidateValue]:
    yield CandidateValue(value.text, f"is {value.text}")
    yield CandidateValue(OTHER, "is another value", usual=True)


OPERATORS = (Operator("BinaryEquals", _equals, _candidates, _accepts, "is"),)
