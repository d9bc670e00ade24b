"""An answer as a thread, whatever it is the answer to: its head and the replies below it."""

from dataclasses import replace

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Diagnosis
from bot.replies.document import Page, Paragraph, line, strong
from bot.replies.reading import reading_page
from bot.replies.thread import thread_pages
from bot.replies.verdict import PARENT, verdict_page


def head_page(answer: AnyDiagnosis, note: str = "") -> Page:
    """The head of the thread.

    Args:
        answer: The answer.
        note: What a second examination has changed.
    """
    if isinstance(answer, Diagnosis):
        return verdict_page(answer, note)
    page = reading_page(answer)
    noted = (page.parts[0], Paragraph(line(strong(note))), *page.parts[1:]) if note else page.parts
    return replace(page, slot=PARENT, parts=noted)


def reply_pages(answer: AnyDiagnosis, explain: str = "/backup-explain") -> tuple[Page, ...]:
    """The replies, in the order in which a person reads them."""
    return thread_pages(answer, explain)
