"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Outcome
from bot.errors import BadInputError
from bot.replies.detail import Detail
from bot.settings import account_id, region_name


def _checked(option: str, read: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """Reads an option's value; what can't be used is a sentence."""

    def callback(value: str | None) -> str | None:
        try:
            return value if value is None else read(value)
        except ValueError as error:
            text = str(error)
            raise BadInputError(f"{option}: {text}{'' if text.endswith('?') else '.'}") from error

    return callback


Account = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="ID",
        help="Look in this account only.",
        show_default=False,
        callback=_checked("--account", account_id),
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        "--region",
        metavar="REGION",
        help="Look in this Region only.",
        show_default=False,
        callback=_checked("--region", region_name),
    ),
]
EstateFile = Annotated[
    Path | None,
    typer.Option(
        "--estate",
        metavar="FILE",
        help="Read this estate file instead of AWS: it is served on this machine as AWS would be.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the document for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the verdict alone.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print every check with its statements, and each fix in all forms.")
]
FailOn = Annotated[
    list[Outcome] | None,
    typer.Option(
        "--fail-on",
        metavar="OUTCOME",
        help="Exit with 1 on this outcome: denied, undetermined, not-permission or not-failed. Can be repeated.",
        show_default=False,
    ),
]
FAILED_ON = 1
"""The exit code of an outcome that `--fail-on` names."""


def detail(*, quiet: bool, verbose: bool) -> Detail:
    """How much to print.

    Raises:
        BadInputError: Both options are given.
    """
    if quiet and verbose:
        raise BadInputError("--quiet and --verbose contradict each other: give one of them.")
    return Detail.HEAD if quiet else Detail.EVERYTHING if verbose else Detail.THREAD


def fail_on(answer: AnyDiagnosis, outcomes: list[Outcome] | None) -> None:
    """Ends the command with exit code 1 where the outcome is one of those given.

    Raises:
        typer.Exit: It is.
    """
    if outcomes and answer.outcome in outcomes:
        raise typer.Exit(FAILED_ON)
