"""Finds questions that were accepted and have no task any more, and gives them one.

A question and its task are written together, so that none should be found: this is for what Redis itself lost, for what
was written by hand, and for tasks that were tried so often that the queue has given them up.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from docket import Docket
from redis.asyncio import Redis

from bot.work.periodically import periodically
from bot.work.queue import enqueue
from bot.work.tasks import AnswerQuestion
from bot.work.thread_store import ThreadStore

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 30.0


async def sweep(redis: Redis, queue: Docket, *, older_than: float = SWEEP_SECONDS) -> int:
    """Enqueues every question that is open for a while; the queue ignores those whose task waits or runs.

    Args:
        redis: A client that decodes its responses.
        queue: The queue; it need not be open.
        older_than: Seconds since the question was accepted.

    Returns:
        How many tasks were missing.
    """
    threads = await ThreadStore(redis).left_open(older_than)
    missing = 0
    for thread in threads:
        async with redis.pipeline(transaction=True) as pipe:
            enqueue(pipe, queue, AnswerQuestion(thread=thread), thread)
            (answer,) = await pipe.execute()
        missing += answer == "OK"
    if missing:
        logger.warning("%s accepted questions had no task: they have one again", missing)
    return missing


@asynccontextmanager
async def sweeping(redis: Redis, queue: Docket) -> AsyncIterator[None]:
    """Sweeps now and then, while the context is open."""

    async def once() -> float:
        await sweep(redis, queue)
        return SWEEP_SECONDS

    async with periodically(once, "the sweep for questions without a task", SWEEP_SECONDS):
        yield
