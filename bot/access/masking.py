"""Hides from a shared channel what only the organization's own people may see: account ids and policy texts."""

import re
from dataclasses import replace

from bot.replies.document import (
    Bullets,
    Buttons,
    Facts,
    Feedback,
    Heading,
    Line,
    Note,
    Page,
    Paragraph,
    Part,
    Plan,
    Prose,
    Span,
    Verbatim,
)

_ACCOUNT = re.compile(
    r"(?P<id>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)|(?<!\d)\d{8}(?P<last>\d{4})(?!\d)", re.IGNORECASE
)
"""An account id; an id of a job or key, whose end may look like one, is matched first and left alone."""

HIDDEN = "not shown in a channel that other organizations read"


def masked_text(text: str) -> str:
    """A text with each account id reduced to its last four digits."""
    return _ACCOUNT.sub(lambda match: match["id"] or f"********{match['last']}", text)


def masked(page: Page) -> Page:
    """A page as people of other organizations may see it.

    Args:
        page: The page with everything.

    Returns:
        The page without account ids, and with a word in place of each document.
    """
    return replace(page, says=masked_text(page.says), parts=tuple(map(_masked, page.parts)))


def _masked(part: Part) -> Part:
    match part:
        case Heading(text):
            return Heading(masked_text(text))
        case Paragraph(text):
            return Paragraph(_line(text))
        case Note(text):
            return Note(_line(text))
        case Bullets(items):
            return Bullets(tuple(map(_line, items)))
        case Facts(pairs):
            return Facts(tuple((label, _line(value)) for label, value in pairs))
        case Plan(title, tasks):
            hidden = tuple(replace(task, says=masked_text(task.says)) for task in tasks)
            return Plan(masked_text(title), hidden)
        case Verbatim(label):
            return Facts(((label, (Span(HIDDEN),)),))
        case Prose() | Buttons() | Feedback():
            return part


def _line(text: Line) -> Line:
    return tuple(Span(masked_text(piece.text), piece.style) if isinstance(piece, Span) else piece for piece in text)
