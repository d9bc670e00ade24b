"""Hides account ids and documents from those who may not see them: people of other organizations or accounts.

A mask knows which account ids stay readable and whether documents do. It is applied to whole pages; `Audience` decides
which mask a place gets.
"""

import re
from dataclasses import dataclass, replace

from bot.replies.document import (
    Bullets,
    Buttons,
    Excerpt,
    FeedbackButtons,
    Heading,
    Line,
    Note,
    Page,
    Pairs,
    Paragraph,
    Part,
    Plan,
    Prose,
    Span,
    Verbatim,
)

_ACCOUNT = re.compile(
    r"(?P<id>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)|(?<!\d)"
    r"(?P<account>\d{8}(?P<last>\d{4}))(?!\d)(?: “[^”]*”)?",
    re.IGNORECASE,
)
"""An account id, with the account's name where that follows it (`bot.replies.naming`); an id of a job or key, whose end
may look like one, is matched first and left alone."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What is hidden, and why.

    Args:
        why: The words that stand in place of a document, such as "not shown in a channel that …".
        readable: The account ids that stay readable; None for every one.
        documents: Whether policies, commands and messages stay readable.
    """

    why: str
    readable: frozenset[str] | None
    documents: bool

    def text(self, text: str) -> str:
        """A text with each hidden account id reduced to its last four digits."""
        return _ACCOUNT.sub(self._shown, text)

    def _shown(self, match: re.Match[str]) -> str:
        if match["id"] or self.readable is None or match["account"] in self.readable:
            return match[0]
        return f"********{match['last']}"

    def page(self, page: Page) -> Page:
        """A page without what is hidden."""
        return replace(page, says=self.text(page.says), parts=tuple(map(self.part, page.parts)))

    def part(self, part: Part) -> Part:
        """A part of a page without what is hidden: a hidden document has a word in its place."""
        match part:
            case Heading(text):
                return Heading(self.text(text))
            case Paragraph(text):
                return Paragraph(self._line(text))
            case Note(text):
                return Note(self._line(text))
            case Bullets(items):
                return Bullets(tuple(map(self._line, items)))
            case Pairs(pairs):
                return Pairs(tuple((self.text(label), self._line(value)) for label, value in pairs))
            case Plan(title, tasks):
                masked = tuple(replace(task, says=self.text(task.says)) for task in tasks)
                return Plan(self.text(title), masked)
            case Verbatim(label, name, text):
                if not self.documents:
                    return Pairs(((self.text(label), (Span(self.why),)),))
                return Verbatim(self.text(label), self.text(name), self.text(text))
            case Excerpt(label, text):
                return Excerpt(label, self._line(text) if self.documents else (Span(self.why),))
            case Prose(markdown):
                return Prose(self.text(markdown))
            case Buttons() | FeedbackButtons():
                return part

    def _line(self, text: Line) -> Line:
        return tuple(replace(piece, text=self.text(piece.text)) if isinstance(piece, Span) else piece for piece in text)
