"""`backup-why explain`: an answer of the knowledge base in the terminal."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bot.commands.options import AsJson
from bot.replies.terminal import render_page

if TYPE_CHECKING:
    from bot.replies.questions import Answered

UNKNOWN = 2
"""The exit code of a question that nothing is known of: a bad argument."""


def _slugs(incomplete: str) -> list[str]:
    """The entries whose name begins so, for the shell's completion."""
    from knowledge import library

    return [entry.slug for entry in library.all_entries() if entry.slug.startswith(incomplete)]


def explain(
    topic: Annotated[
        list[str] | None,
        typer.Argument(metavar="TOPIC", help="A cause code, a policy, a word.", autocompletion=_slugs),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain a cause, a check, an identity, a managed policy or a concept.

    For example:

    \b
      backup-why explain scp-denied
      backup-why explain why can nobody assume my role
      backup-why explain needs restore EFS

    Where several entries may be meant, they are listed. Exit codes: 0 something was found, 2 the answer isn't known.
    """
    from bot.replies.questions import AnswerKind, answer
    from bot.replies.surface import TERMINAL

    answered = answer(" ".join(topic or ()), TERMINAL)
    if answered.kind is AnswerKind.UNKNOWN:
        render_page(answered.page, Console(stderr=True))
        raise typer.Exit(UNKNOWN)
    if as_json:
        sys.stdout.write(json.dumps(_document(answered), indent=2, ensure_ascii=False) + "\n")
    else:
        render_page(answered.page, Console())


def _document(answered: "Answered") -> dict[str, Any]:
    """An answer as JSON: the entry, the closest entries, or the text where it is neither."""
    from bot.replies.document import text_of
    from bot.replies.questions import AnswerKind
    from knowledge import library

    match answered.kind:
        case AnswerKind.ENTRY:
            return library.get(answered.name).model_dump(mode="json")
        case AnswerKind.CLOSEST:
            return {"closest": [{"slug": hit.slug, "title": hit.title} for hit in answered.closest]}
        case _:
            return {"answer": text_of(answered.page)}
