"""`backup-why explain`: an entry of the knowledge base in the terminal."""

from typing import Annotated

import typer
from rich.console import Console

from bot.replies.terminal import render_page


def explain(
    topic: Annotated[list[str] | None, typer.Argument(metavar="TOPIC", help="A cause code, a policy, a word.")] = None,
) -> None:
    """Explain a cause, a check, an identity, a managed policy or a concept.

    For example:

    \b
      backup-why explain scp-denied
      backup-why explain why can nobody assume my role
    """
    from bot.replies.teaching import explanation

    page, _found = explanation(" ".join(topic or ()))
    render_page(page, Console())
