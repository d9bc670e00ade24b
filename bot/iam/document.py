"""Reads a policy's JSON, noting members that stand twice, which Python's own reader would drop in silence."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.iam.findings import NoEffectError


class _Repeating(dict[str, Any]):
    """A JSON object in which a member stands more than once."""

    repeated: tuple[str, ...] = ()


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(members)
    if len(known) == len(members):
        return known
    repeating = _Repeating(known)
    counts = Counter(name for name, _ in members)
    repeating.repeated = tuple(name for name, count in counts.items() if count > 1)
    return repeating


def repeated_members(part: Mapping[str, object]) -> tuple[str, ...]:
    """The names that stand more than once in an object read by `read_document`."""
    return part.repeated if isinstance(part, _Repeating) else ()


def read_document(document: Mapping[str, object] | str) -> Mapping[str, object]:
    """Reads a policy document.

    Args:
        document: The document, or its JSON text.

    Raises:
        NoEffectError: It is no JSON, no object, or too deeply nested to be read.
    """
    if isinstance(document, str):
        try:
            document = json.loads(document, object_pairs_hook=_object)
        except RecursionError:
            raise NoEffectError("", "The document is nested too deeply to be read.") from None
        except ValueError as error:
            raise NoEffectError("", f"The document is no JSON: {error}.") from None
    if not isinstance(document, Mapping):
        raise NoEffectError("", "A policy document must be a JSON object.")
    return document
