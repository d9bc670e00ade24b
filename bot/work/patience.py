"""Tries again in place what must not be lost because Redis is away for a moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.redis_faults import UNANSWERED

logger = logging.getLogger(__name__)

T = TypeVar("T")

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between the tries: a minute in all, as long as a failover of Redis takes at most."""


async def patiently(write: Callable[[], Awaitable[T]]) -> T:
    """Writes something to Redis, and again while Redis does not answer.

    Args:
        write: Writes it; to write it twice must do no harm.

    Raises:
        redis.exceptions.ConnectionError, redis.exceptions.TimeoutError: Redis did not come back in time.
    """
    for pause in PAUSES:
        try:
            return await write()
        except UNANSWERED as error:
            logger.warning("Redis does not answer (%s), trying again in %s s", error, pause)
            await asyncio.sleep(pause)
    return await write()
