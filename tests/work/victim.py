"""A worker in a process of its own, to be killed.

It is forked from a process that has read its modules before: reading them is most of what starting a worker costs.
"""

import asyncio
import multiprocessing
from datetime import timedelta
from multiprocessing.process import BaseProcess

from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.diagnosing import diagnosing
from bot.work.worker import make_duties, working
from tests.replies import diagnoses
from tests.scenarios.bench import TOKEN, Script, denied_by_nothing, read_alone

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def start(redis_url: str, api_url: str) -> BaseProcess:
    """Starts a worker that works until it is killed."""
    victim = FORKS.Process(target=_run, args=(redis_url, api_url), daemon=True)
    victim.start()
    return victim


def _run(redis_url: str, api_url: str) -> None:
    asyncio.run(_work(redis_url, api_url))


async def _work(redis_url: str, api_url: str) -> None:
    """Works until it is killed."""
    script = Script(diagnoses.denied())
    async with connect(redis_url) as redis:
        duties = make_duties(redis, web_client(TOKEN, api_url), diagnosing(script, read_alone), denied_by_nothing)
        async with working(redis_url, redis, duties, redelivery=timedelta(seconds=1)) as running:
            await running
