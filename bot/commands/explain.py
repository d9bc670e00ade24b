"""`backup-why explain`: an entry of the knowledge base in the terminal."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.options import AsJson
from bot.replies.terminal import render_page

UNKNOWN = 2
"""The exit code of a topic that there is no entry of: a bad argument."""


def explain(
    topic: Annotated[list[str] | None, typer.Argument(metavar="TOPIC", help="A cause code, a policy, a word.")] = None,
    as_json: AsJson = False,
) -> None:
    """Explain a cause, a check, an identity, a managed policy or a concept.

    For example:

    \b
      backup-why explain scp-denied
      backup-why explain why can nobody assume my role

    Where several entries may be meant, they are listed. Exit codes: 0 something was found, 2 nothing comes close.
    """
    from bot.replies.teaching import entry_page, found, is_usage, topic_page

    words = " ".join(topic or ())
    entry, near = found(words)
    if not (entry or near or is_usage(words)):
        render_page(topic_page(words), Console(stderr=True))
        raise typer.Exit(UNKNOWN)
    if as_json:
        closest = {"closest": [{"slug": hit.slug, "title": hit.title} for hit in near]}
        document = entry.model_dump(mode="json") if entry else closest
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        render_page(entry_page(entry) if entry else topic_page(words, near, "backup-why explain"), Console())
