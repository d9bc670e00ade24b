"""The way from an answer to the entries of the knowledge base."""

from bot.errors import BadInputError
from knowledge import library
from knowledge.library import Entry


def find(slug: str) -> Entry | None:
    """The entry of a slug; None where there is none, since an answer is worth telling without it."""
    try:
        return library.get(slug)
    except BadInputError:
        return None
