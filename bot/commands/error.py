"""`backup-why error`: an error text in, what may be behind it out."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.options import AsJson
from bot.diagnosis.reading import read_error
from bot.errors import BadInputError
from bot.replies.reading import reading_page
from bot.replies.terminal import render_page


def error(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The error text; - reads it from standard input.")],
    as_json: AsJson = False,
    offline: Annotated[bool, typer.Option("--offline", help="Read the text alone, without AWS.")] = False,
) -> None:
    """Read an error text that belongs to no job, such as that of CreateBackupVault or StartBackupJob.

    The text is read into action, principal, resource and policy type. What may be behind it is listed likeliest first;
    a text alone proves nothing.

    For example:

      backup-why error "User: arn:aws:sts::222233334444:assumed-role/Dev/ana is not authorized to perform: iam:PassRole"
    """
    words = sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise BadInputError('There is no text to read: backup-why error "TEXT".')
    read = read_error(words)
    if as_json:
        sys.stdout.write(read.to_json(indent=2) + "\n")
    else:
        render_page(reading_page(read), Console())
