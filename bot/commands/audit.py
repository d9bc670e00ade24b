"""`backup-why audit`: who asked what, as the audit trail in Redis has it."""

import asyncio
import sys
from typing import Annotated

import typer

from bot.settings import load_settings


def audit(
    last: Annotated[
        int | None, typer.Option("--last", metavar="N", min=1, help="Only the newest N lines.", show_default=False)
    ] = None,
) -> None:
    """Print the audit trail, oldest line first: each question, answer, refusal and button as one JSON object.

    It needs REDIS_URL. Nothing is ever removed from the trail by the bot.
    """
    from bot.serve import needed

    url = needed(load_settings().redis_url, "REDIS_URL", "where Redis is, such as redis://localhost:6379/0")
    asyncio.run(_print_trail(url, last))


async def _print_trail(url: str, last: int | None) -> None:
    from bot.access.audit import Audit
    from bot.work.connection import check, connect

    async with connect(url) as redis:
        await check(redis)
        trail = Audit(redis)
        if last is not None:
            for entry in reversed(await trail.last(last)):
                sys.stdout.write(entry.to_json() + "\n")
            return
        async for entry in trail.export():
            sys.stdout.write(entry.to_json() + "\n")
