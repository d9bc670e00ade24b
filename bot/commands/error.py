"""`backup-why error`: an error text in, what may be behind it out."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.diagnose import reading
from bot.commands.options import AsJson, EstateFile, FailOn, Quiet, Verbose, detail, fail_on
from bot.diagnosis.reading import TextDiagnosis, read_error
from bot.errors import BadInputError
from bot.replies.terminal import render
from bot.settings import load_settings


def error(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The error text; - reads it from standard input.")],
    estate: EstateFile = None,
    caller: Annotated[
        str | None,
        typer.Option(
            "--caller", metavar="ARN", help="Who made the call, where the text does not say it.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    offline: Annotated[bool, typer.Option("--offline", help="Read the text alone, without AWS.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    failing: FailOn = None,
) -> None:
    """Read an error text that belongs to no job, such as that of CreateBackupVault or StartBackupJob.

    The text is read into action, principal, resource and policy type; what may be behind it is listed likeliest first.
    Unless --offline is given, the call that it names is then evaluated against the policies in AWS, with all else that
    its operation asks for. A text that names a recovery point is about the vault that holds it, too.

    For example:

    \b
      backup-why error "User: arn:aws:sts::222233334444:assumed-role/Dev/ana is not authorized to perform: iam:PassRole"
    """
    shown = detail(quiet=quiet, verbose=verbose)
    words = sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise BadInputError('There is no text to read: backup-why error "TEXT".')
    read = read_error(words) if offline else _diagnosed(words, caller, estate)
    if as_json:
        sys.stdout.write(read.to_json(indent=2) + "\n")
    else:
        render(read, Console(), shown)
    fail_on(read, failing)


def _diagnosed(words: str, caller: str | None, estate: Path | None) -> TextDiagnosis:
    from bot.diagnosis.run import Diagnostician

    with reading(estate):
        return Diagnostician(load_settings()).diagnose_text(words, caller=caller)
