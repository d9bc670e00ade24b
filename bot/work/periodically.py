"""Does something now and then, beside everything else, until it is told to end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from redis.exceptions import RedisError

from bot.redis_faults import what_is_wrong

logger = logging.getLogger(__name__)


@asynccontextmanager
async def periodically(action: Callable[[], Awaitable[float]], what: str, pause: float) -> AsyncIterator[None]:
    """Does something at once and then after each pause, while the context is open.

    It is told to end and not cancelled: Redis's client swallows a cancellation that comes in the wrong moment.

    Args:
        action: Does it, and returns the seconds of the pause after it.
        what: What it is, for the log where Redis does not take it.
        pause: The seconds of the pause after a failure.
    """
    ended = asyncio.Event()

    async def repeat() -> None:
        while not ended.is_set():
            try:
                seconds = await action()
            except RedisError as error:
                logger.warning("%s failed, Redis %s: %s", what, what_is_wrong(error), error)
                seconds = pause
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await ended.wait()

    repeating = asyncio.create_task(repeat())
    try:
        yield
    finally:
        ended.set()
        await repeating
