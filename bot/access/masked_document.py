"""Hides from the JSON of a diagnosis what `Mask` hides from its pages, without changing its schema.

Account ids are reduced to their last four digits wherever they stand. Where documents are hidden, so are the policies,
commands and messages: `Verbatim` and `Excerpt` parts of pages come from the members that are named here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from bot.access.masking import Mask

_DOCUMENTS: Final[Mapping[str, Any]] = MappingProxyType({"document": {}, "cli": []})
"""Members that hold a document, and what the schema lets stand in its place."""
_TEXTS: Final = frozenset({"status_message", "near_miss", "terraform", "encoded_message"})
"""Members whose text quotes a document or a message: the reason why it is hidden stands in its place."""
_NAMES: Final = "names"
"""The member whose own members are ids of accounts, OUs and policies, each with its name."""


def masked_document(document: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """A diagnosis as somebody may see it.

    Args:
        document: The diagnosis as JSON.
        mask: What is hidden, as `Audience.mask` says for it.
    """
    return {name: _member(name, value, mask) for name, value in document.items()}


def _member(name: str, value: Any, mask: Mask) -> Any:
    if not mask.documents and value:
        if name in _DOCUMENTS:
            return _DOCUMENTS[name]
        if name in _TEXTS:
            return mask.why
    if name == _NAMES and isinstance(value, dict):
        return {key: text for key, text in value.items() if mask.text(key) == key}
    return _value(value, mask)


def _value(value: Any, mask: Mask) -> Any:
    match value:
        case str():
            return mask.text(value)
        case dict():
            return masked_document(value, mask)
        case list():
            return [_value(each, mask) for each in value]
        case _:
            return value
