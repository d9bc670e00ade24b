"""Keeps Slack's rate limits, for all processes of a workspace together.

Each method, or each channel of a method, has a bucket of calls in Redis that fills up again with time. Whoever waits
for a call stands in line: verdicts before replies, and among these who came first. Progress does not wait: where calls
are scarce it is left out. What Slack says in `Retry-After` closes the bucket for everybody.

One script does each step, by the clock of Redis. All keys of a workspace have one hash tag, so that they lie together
in a cluster. Where Redis does not answer, calls are made without: Slack's own refusals are then what limits them.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import Any

from redis.asyncio import Redis

from bot.redis_faults import UNANSWERED
from bot.work.rate_limits import RateLimit, slack_limits

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 2.0
"""Seconds after which somebody in line asks again at the latest: who stood before may have gone."""

FORGOTTEN_SECONDS = 10
"""How long somebody who no longer asks keeps their place in line."""

KEPT_SECONDS = 3600

UNPUBLISHED = RateLimit(burst=100, per_second=10)
"""For methods whose limits Slack does not publish: what it says in `Retry-After` is kept for them too."""


class Urgency(IntEnum):
    """Who goes first, where calls are scarce."""

    VERDICT = 0
    """Somebody waits for it."""
    REPLY = 1
    """What stands below a verdict."""
    PROGRESS = 2
    """Can be left out."""


class BudgetSpentError(Exception):
    """There is no call left for something that can be left out."""


_urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.VERDICT)


@contextmanager
def calling(urgency: Urgency) -> Iterator[None]:
    """Gives an urgency to all calls that are made while the context is open; without, each is a verdict's."""
    token = _urgency.set(urgency)
    try:
        yield
    finally:
        _urgency.reset(token)


def current_urgency() -> Urgency:
    """The urgency of a call that is made here."""
    return _urgency.get()


_TAKE = """
local burst, per_second, reserved = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local urgency, who, waits = tonumber(ARGV[4]), ARGV[5], ARGV[6] == '1'
local now = tonumber(ARGV[9])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
local known = redis.call('HMGET', KEYS[1], 'left', 'at', 'closed')
local left, at, closed = tonumber(known[1] or burst), tonumber(known[2] or now), tonumber(known[3] or 0)
left = math.min(burst, left + math.max(0, now - at) * per_second)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[7]))) do
  redis.call('ZREM', KEYS[2], gone)
  redis.call('ZREM', KEYS[3], gone)
end
local before
if waits then
  redis.call('ZADD', KEYS[2], 'NX', urgency * 1e10 + now, who)
  redis.call('ZADD', KEYS[3], now, who)
  before = redis.call('ZRANK', KEYS[2], who)
else
  before = redis.call('ZCARD', KEYS[2])
end
local needed, wait = before + 1 + reserved, 0
if closed > now then
  wait = closed - now
elseif left + 1e-6 < needed then
  wait = (needed - left) / per_second
else
  left = left - 1
  redis.call('ZREM', KEYS[2], who)
  redis.call('ZREM', KEYS[3], who)
end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', string.format('%.6f', now))
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[8]) end
return tostring(wait)
"""

_CLOSE = """
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
local closed = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'closed') or 0))
redis.call('HSET', KEYS[1], 'left', '1', 'at', string.format('%.6f', closed), 'closed', string.format('%.6f', closed))
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""


class RateLimiter:
    """The limits of one workspace.

    Args:
        redis: A client that decodes its responses.
        workspace: What names the workspace.
        limits: By method.
        clock: Seconds; Redis's own by default.
        pause: Waits.
    """

    def __init__(
        self,
        redis: Redis,
        workspace: str,
        limits: Mapping[str, RateLimit] | None = None,
        *,
        clock: Callable[[], float] | None = None,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._redis = redis
        self._workspace = workspace
        self._limits = slack_limits() if limits is None else limits
        self._clock = clock
        self._pause = pause
        self._take = redis.register_script(_TAKE)
        self._close = redis.register_script(_CLOSE)

    async def wait(self, method: str, channel: str, urgency: Urgency) -> None:
        """Waits until a call may be made, which then counts as made.

        Args:
            method: For example `chat.update`.
            channel: The channel that it is about; empty for none.
            urgency: Who goes first.

        Raises:
            BudgetSpentError: It can be left out, and may not be made now.
        """
        limit = self._limits.get(method, UNPUBLISHED)
        who = secrets.token_hex(8)
        try:
            while (seconds := await self._ask(limit, method, channel, urgency, who)) > 0:
                if urgency is Urgency.PROGRESS:
                    raise BudgetSpentError(f"no {method} left for {seconds:.1f} s")
                await self._pause(min(seconds, LONGEST_PAUSE))
        except UNANSWERED as error:
            logger.info("the rate limits can't be looked up, %s is called without: %s", method, error)

    async def close(self, method: str, channel: str, seconds: float) -> None:
        """Lets nobody call a method for some seconds, as Slack has asked for."""
        limit = self._limits.get(method, UNPUBLISHED)
        try:
            await self._close(
                keys=self._keys(limit, method, channel)[:1], args=[seconds, self._now(), KEPT_SECONDS + int(seconds)]
            )
        except UNANSWERED as error:
            logger.info("other processes can't be told to wait with %s: %s", method, error)

    async def _ask(self, limit: RateLimit, method: str, channel: str, urgency: Urgency, who: str) -> float:
        """Takes a call, or a place in line; returns how long to wait, 0 for not at all."""
        left_out = urgency is Urgency.PROGRESS
        arguments: list[Any] = [
            limit.burst,
            limit.per_second,
            limit.reserved if left_out else 0,
            urgency.value,
            who,
            0 if left_out else 1,
            FORGOTTEN_SECONDS,
            KEPT_SECONDS,
            self._now(),
        ]
        return float(await self._take(keys=self._keys(limit, method, channel), args=arguments))

    def _keys(self, limit: RateLimit, method: str, channel: str) -> list[str]:
        bucket = f"backup-why:limit:{{{self._workspace}}}:{method}" + (f":{channel}" if limit.by_channel else "")
        return [bucket, f"{bucket}:line", f"{bucket}:seen"]

    def _now(self) -> str:
        return "" if self._clock is None else f"{self._clock():.6f}"
