"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import BadInputError
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
