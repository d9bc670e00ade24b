"""What there is to fill in in a form."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """Something to fill in.

    Args:
        name: What the handler knows it by.
        label: What stands above it.
        element: The element, as Block Kit has it, without its action id.
        optional: Whether it may be left empty.
    """

    name: str
    label: str
    element: dict[str, Any]
    optional: bool = False

    def block(self) -> dict[str, Any]:
        """The input block."""
        return {
            "type": "input",
            "block_id": self.name,
            "label": plain(self.label),
            "element": {**self.element, "action_id": self.name},
            "optional": self.optional,
        }


def plain(text: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text, "emoji": False}
