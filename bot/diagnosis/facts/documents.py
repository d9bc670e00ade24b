"""A policy document with the name by which a person would look it up."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A policy document."""

    name: str
    """A managed policy's ARN, an inline policy's name, an organization policy's id, or the ARN of the vault, key,
    bucket or file system whose policy it is."""
    document: Any
    """The parsed document; the text itself where it is not JSON."""


def parsed(text: str | dict[str, Any] | None) -> Any:
    """Reads a document as the API answers it: some services parse it, others send JSON text."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
