"""A policy document with the name by which a person would look it up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TRUST: Final = "trust"
"""The name of the document that says who may assume a role."""


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A policy document."""

    name: str
    """A managed policy's ARN, an inline policy's name, an organization policy's id, or the ARN of the vault, key,
    bucket or file system whose policy it is."""
    document: Any
    """The parsed document; the text itself where it is not JSON."""
    title: str | None = None
    """What people call it, where its name is an id."""
    group: str | None = None
    """The ARN of the group that it is an inline policy of."""
    versions: tuple[str, ...] | None = None
    """Of a managed policy of the account's own: the ids of its versions, the oldest first, without the default one;
    None where they could not be read."""


def parsed(text: Any) -> Any:
    """Reads a document that comes as JSON text; as it came where it is none."""
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return text


def statements_of(document: Any) -> list[dict[str, Any]]:
    """The statements of a document, of which there may be one that is no list."""
    found = document.get("Statement") if isinstance(document, Mapping) else None
    listed = found if isinstance(found, list) else [found]
    return [dict(statement) for statement in listed if isinstance(statement, Mapping)]
