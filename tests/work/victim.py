"""A worker in a process of its own, to be killed: `python -m tests.work.victim REDIS_URL API_URL`."""

import asyncio
import sys
from datetime import timedelta

from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.diagnosing import diagnosing
from bot.work.worker import make_duties, working
from tests.replies import diagnoses
from tests.scenarios.bench import TOKEN, Script, read_alone


async def work(redis_url: str, api_url: str) -> None:
    """Works until it is killed."""
    script = Script(diagnoses.denied())
    async with connect(redis_url) as redis:
        duties = make_duties(redis, web_client(TOKEN, api_url), diagnosing(script, read_alone))
        async with working(redis_url, redis, duties, redelivery=timedelta(seconds=1)) as running:
            await running


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
