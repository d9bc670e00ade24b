"""What is said where there is no answer: one sentence with what to do, in the verdict's place."""

from bot.replies.document import Heading, Page, Paragraph, line
from bot.replies.verdict import PARENT


def trouble_page(job: str, sentence: str) -> Page:
    """The head of a thread whose diagnosis ended without an answer.

    Args:
        job: The job as it was asked for.
        sentence: What went wrong and what to do.
    """
    title = f"No answer for job {job}"
    return Page(PARENT, f"{title}: {sentence}", (Heading(title), Paragraph(line(sentence))))
