"""`backup-why failures`: the jobs that failed lately, each with the command that asks why."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.diagnose import reading
from bot.commands.options import Account, AsJson, EstateFile, Region
from bot.errors import BadInputError
from bot.settings import load_settings

_SPAN = re.compile(r"(?P<number>[1-9][0-9]{0,3})(?P<unit>[hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=30)
"""How far back AWS Backup lists jobs ("ListBackupJobs")."""


def failures(
    since: Annotated[
        str, typer.Option("--since", metavar="SPAN", help="How far back to look: hours or days, up to 30d.")
    ] = "24h",
    account: Account = None,
    region: Region = None,
    estate: EstateFile = None,
    as_json: AsJson = False,
) -> None:
    """List the jobs that failed lately: failed, expired, aborted and partial ones, newest first.

    Every account and Region in scope is looked into. Each job stands with the first line of its message and the
    command that shows why it failed. Where jobs could not be listed, that is said.

    For example:

    \b
      backup-why failures
      backup-why failures --since 7d --account 222233334444 --region eu-west-1 --json
    """
    from bot.diagnosis.failures import Where
    from bot.diagnosis.run import Diagnostician
    from bot.replies.failing import failed_jobs_document, failed_jobs_list
    from bot.replies.terminal import render_page

    begun = datetime.now(UTC) - _span(since)
    with reading(estate):
        found = Diagnostician(load_settings()).failed_jobs(begun, Where(account, region))
    if as_json:
        sys.stdout.write(json.dumps(failed_jobs_document(found, begun), indent=2, ensure_ascii=False) + "\n")
    else:
        render_page(failed_jobs_list(found, begun), Console())


def _span(text: str) -> timedelta:
    """How long ago `24h` or `7d` is.

    Raises:
        BadInputError: It is no such span, or AWS Backup does not list jobs as old.
    """
    read = _SPAN.fullmatch(text)
    if read is None:
        raise BadInputError(f"--since: {text!r} is no span of time; write hours or days, such as 24h or 7d.")
    span = int(read["number"]) * _UNITS[read["unit"]]
    if span > LONGEST:
        raise BadInputError(f"--since: AWS Backup lists the jobs of the last {LONGEST.days} days.")
    return span
