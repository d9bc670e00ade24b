"""Modals and the Home tab, as the views that Slack takes."""

from collections.abc import Iterable, Sequence

from bot.replies import safe
from bot.replies.blocks import drawn
from bot.replies.document import Note, Part, Verbatim, line
from bot.replies.fields import Field, plain
from bot.replies.message import View

VIEW_BLOCKS = 100
TITLE = 24
DOCUMENT = 2_900
"""Characters of a document in one block of a modal; a longer one takes several blocks, one below the other."""


def modal(title: str, parts: Iterable[Part]) -> View:
    """A modal to read, with its documents whole: text for copying, not for sending.

    Args:
        title: Up to 24 characters.
        parts: What it says.
    """
    blocks = [item.block.to_dict() for part in parts for piece in _whole(part) for item in drawn(piece)]
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


def _whole(part: Part) -> list[Part]:
    """A document in as many pieces as it takes to show it without a file, cut at the ends of lines."""
    if not isinstance(part, Verbatim):
        return [part]
    pieces, current = [], ""
    for text in _lines(safe.visible(part.text)):
        if current and len(current) + len(text) > DOCUMENT - len(part.label):
            pieces.append(current)
            current = ""
        current += text
    pieces.append(current)
    if len(pieces) == 1:
        return [part]
    total = len(pieces)
    return [Verbatim(f"{part.label} ({n} of {total})", part.name, piece) for n, piece in enumerate(pieces, start=1)]


def _lines(text: str) -> Iterable[str]:
    """The lines of a text with their ends; one that is too long for a block in pieces."""
    room = DOCUMENT - 100
    for whole in text.splitlines(keepends=True):
        yield from (whole[at : at + room] for at in range(0, len(whole), room))
