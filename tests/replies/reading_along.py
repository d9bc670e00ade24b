"""What somebody who reads a message, a view or a file along sees of it, whatever field it stands in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_FORM = frozenset({"type", "style", "emoji", "indent", "border", "unicode"})
"""Members that say how a text is shown, and hold none."""


def account_ids(sent: object) -> set[str]:
    """Every account id that stands anywhere in what is sent; a part of the id of a job, a key or a thread is none."""
    return {account for text in texts_in(sent) for account in _ACCOUNT.findall(_IDENTIFIER.sub("", text))}


def texts_in(sent: object) -> Iterator[str]:
    """Every text that stands anywhere in what is sent."""
    if isinstance(sent, str):
        yield sent
    elif isinstance(sent, Mapping):
        yield from texts_in(list(sent.values()))
    elif isinstance(sent, list | tuple):
        for member in sent:
            yield from texts_in(member)


def outline(sent: Mapping[str, Any]) -> str:
    """All text of a message or view: a line a block or list item, and every other member by its name."""
    return "\n".join(_lines(sent))


def _lines(sent: Mapping[str, Any]) -> Iterator[str]:
    for name, member in sent.items():
        if name == "blocks":
            yield from (line for block in member for line in _of_block(block))
        elif name == "snippets":
            yield from (f"file {file['name']}:\n{file['text']}" for file in member)
        elif name not in _FORM:
            yield f"{name}: {_text(member)}"


def _of_block(block: Mapping[str, Any]) -> Iterator[str]:
    if block["type"] != "rich_text":
        yield f"[{block['type']}] {_text(block)}"
        return
    for element in block["elements"]:
        listed = element["elements"] if element["type"] == "rich_text_list" else [element]
        mark = "- " if element.get("style") == "bullet" else ""
        yield from (f"[{element['type']}] {mark}{_text(item, '')}" for item in listed)


def _text(value: Any, between: str = " | ") -> str:
    """Every text in a value, in its order."""
    if isinstance(value, Mapping):
        value = [member for name, member in value.items() if name not in _FORM]
    if isinstance(value, list | tuple):
        return between.join(filter(None, (_text(member, between) for member in value)))
    return value if isinstance(value, str) else ""
