"""What is said where there is no answer: one sentence with what to do, in the verdict's place."""

from bot.replies.document import Heading, Page, Paragraph, line
from bot.replies.verdict import PARENT


def trouble_page(about: str, sentence: str) -> Page:
    """The head of a thread whose diagnosis ended without an answer.

    Args:
        about: What was asked about: "job …" or "an error text".
        sentence: What went wrong and what to do.
    """
    title = f"No answer for {about}"
    return Page(PARENT, f"{title}: {sentence}", (Heading(title), Paragraph(line(sentence))))
