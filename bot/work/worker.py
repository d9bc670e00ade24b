"""The worker process: takes questions from the queue and answers them until it is told to stop."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta

from docket import Worker
from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audit import Audit
from bot.access.gate import Gate
from bot.access.rules import Rules
from bot.diagnosis.reading import read_error
from bot.work.answering import Answers, Diagnose
from bot.work.connection import check, connect, place
from bot.work.picker import ListFailures, Picker
from bot.work.tasks import Kit, kit_of_this_worker, open_queue
from bot.work.texts import DiagnoseText, Texts
from bot.work.threads import Threads

logger = logging.getLogger(__name__)

CONCURRENCY = 20
"""Questions at a time, and threads for their diagnoses. The queue's Redis client runs out of connections at 100."""

REDELIVERY = timedelta(seconds=30)
"""How long after a worker's death its questions are given to another. A living worker renews its claim to them."""

POLL = timedelta(milliseconds=50)
"""How long a question may lie before it is taken up."""

RECONNECT = timedelta(seconds=1)


@asynccontextmanager
async def working(redis_url: str, kit: Kit, *, redelivery: timedelta = REDELIVERY) -> AsyncIterator[asyncio.Task[None]]:
    """A worker that works while the context is open, and on leaving finishes what it has begun.

    Args:
        redis_url: Where the queue is.
        kit: What it works with.
        redelivery: How long after a worker's death its questions are given to another.

    Yields:
        The running worker; it ends by itself only with an error.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="diagnosis"))
    token = kit_of_this_worker.set(kit)
    try:
        async with (
            open_queue(redis_url) as queue,
            Worker(
                queue,
                concurrency=CONCURRENCY,
                redelivery_timeout=redelivery,
                minimum_check_interval=POLL,
                scheduling_resolution=POLL,
                reconnection_delay=RECONNECT,
                schedule_automatic_tasks=False,
            ) as worker,
        ):
            running = asyncio.create_task(worker.run_forever())
            try:
                yield running
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
    finally:
        kit_of_this_worker.reset(token)


def make_kit(
    redis: Redis,
    client: AsyncWebClient,
    diagnose: Diagnose,
    rules: Rules | None = None,
    failures: ListFailures = list,
    diagnose_text: DiagnoseText = read_error,
    *,
    edit_seconds: float = 1.0,
) -> Kit:
    """What a worker works with.

    Args:
        redis: Where threads and the audit trail are.
        client: The Web API.
        diagnose: The diagnosis, which blocks.
        rules: The access file; None where there is none.
        failures: Lists the jobs that failed lately, which blocks; none where it is not given.
        diagnose_text: The diagnosis of an error text, which blocks; where it is not given, texts are only read.
        edit_seconds: How often the head of a thread is edited at most while its diagnosis runs.
    """
    gate = Gate(rules, client)
    threads, audit = Threads(redis), Audit(redis)
    answers = Answers(client, threads, diagnose, gate, audit, edit_seconds=edit_seconds)
    return Kit(answers, Picker(client, failures, gate), Texts(client, threads, diagnose_text, gate, audit))


async def work(
    redis_url: str,
    client: AsyncWebClient,
    diagnose: Diagnose,
    rules: Rules | None = None,
    failures: ListFailures = list,
    diagnose_text: DiagnoseText = read_error,
) -> None:
    """The worker process: works until it is cancelled, and then finishes what it has begun.

    Args:
        redis_url: Where the queue is.
        client: The Web API.
        diagnose: The diagnosis, which blocks.
        rules: The access file; None where there is none.
        failures: Lists the jobs that failed lately, which blocks; none where it is not given.
        diagnose_text: The diagnosis of an error text, which blocks; where it is not given, texts are only read.

    Raises:
        RedisUnreachableError: Redis does not answer at the start; later it waits for it.
    """
    async with connect(redis_url) as redis:
        await check(redis)
        logger.info("taking questions from Redis at %s", place(redis))
        async with working(redis_url, make_kit(redis, client, diagnose, rules, failures, diagnose_text)) as running:
            await running
