"""The way from an answer to the entries of the knowledge base."""

import re

from bot.errors import BadInputError
from bot.replies.document import Line, Span, Style
from knowledge import library
from knowledge.library import KnowledgeEntry


def find(slug: str) -> KnowledgeEntry | None:
    """The entry of a slug; None where there is none, since an answer is worth telling without it."""
    try:
        return library.get(slug)
    except BadInputError:
        return None


def inline(markdown: str) -> Line:
    """A sentence of an entry as a line: its code stays code, its emphasis becomes plain."""
    parts = re.split(r"`([^`]+)`", markdown)
    spans = (Span(part.replace("*", "") if at % 2 == 0 else part, _STYLES[at % 2]) for at, part in enumerate(parts))
    return tuple(span for span in spans if span.text)


_STYLES = (Style.PLAIN, Style.CODE)
