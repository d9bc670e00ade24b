"""Which workers are alive, so that a question that nobody will take up is never met with silence.

A worker writes down every few seconds that it lives, by the clock of Redis. What it has written stays when it dies: it
says since when nobody works.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.work.periodically import periodically

WORKERS = "backup-why:workers"
"""Workers by when they were alive last, in seconds since the epoch."""

BEAT_SECONDS = 3.0
ALIVE_SECONDS = 15.0
"""How long after its last beat a worker counts as alive: four of them may be late or lost."""

STARTING_SECONDS = 0.05
"""Between two looks whether a worker that starts has begun to take tasks up."""

FORGOTTEN_SECONDS = 7 * 24 * 3600

_BEAT = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
"""

_READ = """
local now = tonumber(redis.call('TIME')[1])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {now, redis.call('ZCOUNT', KEYS[1], now - tonumber(ARGV[1]), '+inf'), last[2] or ''}
"""


@dataclass(frozen=True, slots=True)
class Workers:
    """What is known of the workers.

    Args:
        alive: How many are alive.
        last_seen: When one was alive last; None if none is known to have been, in the last seven days.
    """

    alive: int
    last_seen: datetime | None

    @property
    def since(self) -> str:
        """Since when none is alive, in words."""
        return f"none has been since {self.last_seen:%Y-%m-%d %H:%M} UTC" if self.last_seen else "none has been yet"

    @property
    def notice(self) -> str:
        """What to say to somebody whose question waits; empty where it does not."""
        if self.alive:
            return ""
        return (
            f"I have your question, but no worker is running: {self.since}. I'll answer as soon as one is. "
            "Tell whoever runs this bot."
        )


def read_workers(pipe: Pipeline) -> None:
    """Adds to a transaction the question which workers are alive; `workers_of` reads its answer."""
    pipe.eval(_READ, 1, WORKERS, str(ALIVE_SECONDS))


def workers_of(answer: Any) -> Workers:
    """What the answer to `read_workers` says."""
    _, alive, last = answer
    return Workers(int(alive), datetime.fromtimestamp(float(last), UTC) if last else None)


async def living_workers(redis: Redis) -> Workers:
    """Which workers are alive.

    Args:
        redis: A client that decodes its responses.
    """
    return workers_of(await redis.eval(_READ, 1, WORKERS, str(ALIVE_SECONDS)))


@asynccontextmanager
async def beating(redis: Redis, name: str, is_well: Callable[[], Awaitable[bool]]) -> AsyncIterator[asyncio.Event]:
    """Writes down that a worker is alive, while the context is open.

    Args:
        redis: A client that decodes its responses.
        name: The worker.
        is_well: Whether it takes tasks up; a worker whose loop hangs is not alive.

    Yields:
        What is set once the worker has been written down for the first time.
    """
    begun = asyncio.Event()

    async def beat() -> float:
        if await is_well():
            await redis.eval(_BEAT, 1, WORKERS, name, str(FORGOTTEN_SECONDS))
            begun.set()
        return BEAT_SECONDS if begun.is_set() else STARTING_SECONDS

    async with periodically(beat, "writing down that the worker is alive", BEAT_SECONDS):
        yield begun
