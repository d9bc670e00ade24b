"""`backup-why doctor`: whether a live set-up works, step by step, and what to do where it does not."""

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.options import AsJson
from bot.doctor.sections import Section
from bot.errors import BadInputError

IS_BROKEN = 1
"""The exit code where something is broken."""


def doctor(
    sections: Annotated[
        list[Section] | None,
        typer.Argument(metavar="SECTION", help="Only setup, slack, redis or aws.", show_default=False),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", metavar="https://HOST", help="Try whether `serve` is reached there, too.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Examine the set-up of this machine: Slack, Redis, workers, AWS, the role in each account.

    It says what is broken and what to do, and what can't be read and what that blinds. It only reads AWS; in Redis it
    writes and removes the keys backup-why:doctor*.

    For example:

    \b
      backup-why doctor
      backup-why doctor aws --json
      backup-why doctor slack --url https://backup-why.example.com

    Exit codes: 0 nothing is broken, 1 something is.
    """
    from bot.doctor.findings import Health
    from bot.doctor.page import checkup_page
    from bot.doctor.run import examine
    from bot.replies.terminal import render_page

    if url is not None and not url.startswith(("https://", "http://")):
        raise BadInputError(f"--url: {url!r} is not a URL that begins with https:// or http://.")
    errors = Console(stderr=True)
    with errors.status("Looking …") as status:
        checkup = asyncio.run(
            examine(sections or tuple(Section), url=url, tell=lambda text: status.update(f"Looking at {text} …"))
        )
    if as_json:
        sys.stdout.write(checkup.model_dump_json(by_alias=True, indent=2) + "\n")
    else:
        render_page(checkup_page(checkup), Console())
    if checkup.condition is Health.BROKEN:
        raise typer.Exit(IS_BROKEN)
