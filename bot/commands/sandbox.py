"""`backup-why sandbox`: an estate file served as AWS, until Ctrl-C."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.extra import from_sandbox


def sandbox(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The estate file (docs/estate-file.md).")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")] = 0,
    latency_ms: Annotated[float, typer.Option(min=0, help="How long every call takes before it is answered.")] = 0,
    page: Annotated[int | None, typer.Option(min=1, help="The most results on a page.", show_default=False)] = None,
    throttle: Annotated[float, typer.Option(min=0, max=1, help="The share of calls that is throttled once.")] = 0,
    log: Annotated[
        Path | None, typer.Option(help="A file that gets each call as a line of JSON.", show_default=False)
    ] = None,
) -> None:
    """Serve an estate file as AWS, for any AWS SDK or CLI on this machine.

    It prints what to export. A write call is refused.

    For example:

    \b
      backup-why sandbox incident.json --port 4566 --latency-ms 80
    """
    with from_sandbox("`sandbox`"):
        from sandbox.aws.command import serve
    serve(file, port=port, latency_ms=latency_ms, page=page, throttle=throttle, log=log)
