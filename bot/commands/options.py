"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Account = Annotated[
    str | None, typer.Option("--account", metavar="ID", help="Look in this account only.", show_default=False)
]
Region = Annotated[
    str | None, typer.Option("--region", metavar="REGION", help="Look in this Region only.", show_default=False)
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
