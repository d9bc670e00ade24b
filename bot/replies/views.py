"""Modals and the Home tab, as the views that Slack takes."""

from collections.abc import Iterable, Sequence

from bot.replies.blocks import drawn, whole
from bot.replies.document import Note, Part, line
from bot.replies.fields import Field, plain
from bot.replies.message import View

VIEW_BLOCKS = 100
TITLE = 24


def modal(title: str, parts: Iterable[Part]) -> View:
    """A modal to read, with its documents whole: text for copying, not for sending.

    Args:
        title: Up to 24 characters.
        parts: What it says.
    """
    blocks = [item.block.to_dict() for part in parts for piece in whole(part) for item in drawn(piece)]
    if len(blocks) > VIEW_BLOCKS:
        rest = Note(line(f"{len(blocks) - VIEW_BLOCKS + 1} more blocks don't fit here."))
        blocks = [*blocks[: VIEW_BLOCKS - 1], *(item.block.to_dict() for item in drawn(rest))]
    return {"type": "modal", "title": plain(title[:TITLE]), "close": plain("Close"), "blocks": blocks}


def form(title: str, submit: str, name: str, about: str, parts: Sequence[Part], fields: Sequence[Field]) -> View:
    """A modal to fill in.

    Args:
        title: Up to 24 characters.
        submit: What stands on its button.
        name: What the handler knows it by.
        about: What the handler is told back, such as a thread's id; may be empty.
        parts: What is said above the fields.
        fields: What to fill in.
    """
    said = [item.block.to_dict() for part in parts for item in drawn(part)]
    return {
        "type": "modal",
        "callback_id": name,
        **({"private_metadata": about} if about else {}),
        "title": plain(title[:TITLE]),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "blocks": [*said, *(field.block() for field in fields)],
    }


def home(parts: Iterable[Part]) -> View:
    """A Home tab."""
    blocks = [item.block.to_dict() for part in parts for item in drawn(part)]
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}
