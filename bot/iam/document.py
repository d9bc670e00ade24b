"""Opens a policy's JSON: its statements are cut out and read one by one, when they are asked for.

Members that stand twice, which Python's own reader would drop in silence, are noted.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import msgspec

from bot.iam.actions import lists_action
from bot.iam.findings import NoEffectError


class _Repeating(dict[str, Any]):
    """A JSON object in which a member stands more than once."""

    repeated: tuple[str, ...] = ()


class _Head(msgspec.Struct, rename="lower"):
    """What of a statement, in lower case, tells which actions it can mean."""

    Action: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    NotAction: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_TOO_DEEP = "The document is nested too deeply to be read."

_BEGINNING = 64
"""The bytes by which the statements are found in a document."""

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_STATEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_HEADS = msgspec.json.Decoder(list[_Head])
_TEXTS = re.compile(r'"([^"]*)"')
"""The texts in a JSON text without escapes."""


class Document:
    """A policy document, kept in few objects so that many can be remembered.

    Args:
        members: Its members, but for the statements.
        statements: Its statements, each as its JSON text or read.
        actions: For each statement the JSON text of its `Action` in lower case; None where only the whole statement
            tells which actions it means.
    """

    __slots__ = ("_actions", "_statements", "members")

    def __init__(
        self, members: Mapping[str, object], statements: Iterable[object], actions: Iterable[str | None]
    ) -> None:
        self.members = members
        self._statements = tuple(statements)
        self._actions = tuple(actions)

    def __len__(self) -> int:
        """How many statements it has."""
        return len(self._statements)

    def statement(self, place: int) -> object:
        """One statement, read."""
        found = self._statements[place]
        return _known_to_be_json(bytes(found)) if isinstance(found, msgspec.Raw) else found

    def places(self, action: str) -> Iterator[int]:
        """The places of the statements that may match an action, given in lower case."""
        quoted = f'"{action}"'
        for place, named in enumerate(self._actions):
            if (
                named is None
                or quoted in named
                or (("*" in named or "?" in named) and lists_action(_TEXTS.findall(named), action))
            ):
                yield place


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(members)
    if len(known) == len(members):
        return known
    repeating = _Repeating(known)
    counts = Counter(name for name, _ in members)
    repeating.repeated = tuple(name for name, count in counts.items() if count > 1)
    return repeating


_PLAIN = json.JSONDecoder(object_pairs_hook=_object)


def repeated_members(part: Mapping[str, object]) -> tuple[str, ...]:
    """The names that stand more than once in an object of a document."""
    return part.repeated if isinstance(part, _Repeating) else ()


def text_of(document: Mapping[str, object] | str | bytes) -> bytes:
    """A policy document as its JSON text.

    Raises:
        NoEffectError: It is too deeply nested to be written.
    """
    if isinstance(document, bytes):
        return document
    if isinstance(document, str):
        return document.encode(errors="surrogatepass")
    try:
        return msgspec.json.encode(document)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return _dumps(document)


def _dumps(document: Mapping[str, object]) -> bytes:
    """The text of a document that holds what msgspec does not write, such as a number of a hundred digits."""
    try:
        return json.dumps(document, default=str).encode()
    except (ValueError, RecursionError):
        raise NoEffectError("", _TOO_DEEP) from None


def open_document(text: bytes) -> Document:
    """Opens a policy document.

    Args:
        text: Its JSON text.

    Raises:
        NoEffectError: It is no JSON, no object, or too deeply nested to be read.
    """
    return _cut(text) or _opened(_read(text))


def _cut(text: bytes) -> Document | None:
    """Cuts a document into its statements without reading them; None where that is not so simple."""
    try:
        is_plain = text.isascii() and b"\\" not in text
        if not is_plain:
            text.decode(errors="surrogatepass")
        statements = bytes(_MEMBERS.decode(text)["Statement"])
        if not statements.startswith((b"[", b"{")):
            return None
        members = _known_to_be_json(_without(text, statements).lstrip())
        listed = statements if statements.startswith(b"[") else b"[" + statements + b"]"
        found = _STATEMENTS.decode(listed)
        heads = map(_actions, _HEADS.decode(listed.lower())) if is_plain else repeat(None, len(found))
        return Document(members, found, heads)
    except (KeyError, ValueError, RecursionError):
        return None


def _without(text: bytes, statements: bytes) -> bytes:
    """A document's text with an empty list for its statements."""
    # A search for all of them would take longer than to read them: their beginning is enough in most texts.
    start = text.find(statements[:_BEGINNING])
    end = start + len(statements)
    if text[start:end] == statements:
        return text[:start] + b"[]" + text[end:]
    return text.replace(statements, b"[]", 1)


def _opened(document: object) -> Document:
    """A document that is read already."""
    if not isinstance(document, Mapping):
        raise NoEffectError("", "A policy document must be a JSON object.")
    found = document.get("Statement")
    statements = list(found) if isinstance(found, Sequence) and not isinstance(found, str) else [found]
    return Document(document, statements, [None] * len(statements))


def _actions(head: _Head) -> str | None:
    named = head.Action
    return None if named is msgspec.UNSET or head.NotAction is not msgspec.UNSET else str(named, "ascii")


def _read(text: bytes) -> object:
    try:
        return _loads(text)
    except RecursionError:
        raise NoEffectError("", _TOO_DEEP) from None
    except ValueError as error:
        raise NoEffectError("", f"The document is no JSON: {error}.") from None


def _known_to_be_json(text: bytes) -> Any:
    """Reads what begins with JSON and was found to be well formed."""
    return _PLAIN.raw_decode(text.decode(errors="surrogatepass"))[0]


def _loads(text: bytes) -> Any:
    return _PLAIN.decode(text.decode(errors="surrogatepass"))
