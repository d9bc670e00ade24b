"""What the follow-ups share: a page, the pages of the thread again, and the statement that lets the bot read."""

import json
from collections.abc import Callable
from typing import Final

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, Unread
from bot.diagnosis.reading import Hypothesis, TextDiagnosis
from bot.replies.answer import reply_pages
from bot.replies.document import (
    Bullets,
    Heading,
    Line,
    Page,
    Paragraph,
    Part,
    Verbatim,
    code,
    line,
)
from bot.replies.evidence import evidence_pages, unread_line

Reply = Callable[[AnyDiagnosis], Page]

MOST_ACTIONS: Final = 3
"""How many actions are named."""
NO_FIX: Final = "I know of nothing to change."


def page(heading: str, says: str, *parts: Part) -> Page:
    """A follow-up: its heading, one sentence that answers, and what belongs to it."""
    return Page("follow-up", says, (Heading(heading), Paragraph(line(says)), *parts))


def thread_page(slots: tuple[str, ...], otherwise: str) -> Reply:
    """The replies of the thread in some slots, told again; the one place that knows the thread's slots."""

    def answer(diagnosis: AnyDiagnosis) -> Page:
        told = (*reply_pages(diagnosis), *evidence_pages(diagnosis))
        pages = [page for page in told if page.slot.startswith(slots)]
        if not pages:
            return Page("follow-up", otherwise, (Paragraph(line(otherwise)),))
        return Page("follow-up", pages[0].says, tuple(part for page in pages for part in page.parts))

    return answer


def hypotheses(diagnosis: AnyDiagnosis) -> tuple[Hypothesis, ...]:
    """What may be behind a text of which nothing else is known; none for a job."""
    if isinstance(diagnosis, TextDiagnosis) and not diagnosis.layers:
        return diagnosis.hypotheses
    return ()


def fixed_causes(diagnosis: AnyDiagnosis) -> list[Cause]:
    """The causes that have a fix."""
    return [cause for cause in diagnosis.causes if cause.fix is not None]


def by(who: str | None) -> Line:
    """Who did something, where that is known."""
    return line(" by ", code(who)) if who else line()


def reads_wanted(unread: tuple[Unread, ...]) -> list[Part]:
    """What would make the unread readable, as a list and as a statement."""
    parts: list[Part] = [Bullets(tuple(map(unread_line, unread)))]
    by_reader: dict[str, list[str]] = {}
    for item in unread:
        action, _, reader = (item.permission or "").partition(" for ")
        if reader:  # a trust policy is no statement for a role
            by_reader.setdefault(reader, []).append(action)
    for reader, actions in by_reader.items():
        statement = {"Effect": "Allow", "Action": sorted(set(actions)), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        parts.append(Verbatim(f"For {reader}", "read.json", json.dumps(document, indent=2)))
    return parts
