"""Answers kept for a while, in Redis or in this process, each read by one asker at a time.

`dogpile.cache` does the single flight (a lock a lookup, across processes where there is Redis). How long an answer is
kept depends on what it is (`_longest`): a refusal only for so long that many who ask at once make one call. A Redis
that fails in the middle costs a warning and for a while the cache, never the diagnosis.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import redis
from dogpile.cache import CacheRegion, make_region

from bot.aws.cache_backends import IN_PROCESS, IN_REDIS
from bot.aws.lookup import Answer, Lookup, State
from bot.aws.read_errors import Kind
from bot.redis_faults import what_is_wrong

SCHEMA: Final = 2
"""The version of what is kept of an answer (`_to_payload`). An answer of another version, or of which another member
was kept, is not found."""
_UNDER_WAY: Final = frozenset({"CREATED", "PENDING", "RUNNING", "ABORTING"})
"""States of an AWS Backup job that is not at its end ("DescribeBackupJob" and its kin)."""
UNDER_WAY_SECONDS: Final = 5.0
ABSENT_SECONDS: Final = 60.0
"""What AWS says does not exist may be made the next minute."""
REFUSED_SECONDS: Final = 20.0
"""A permission may be granted, or a throttle pass, the next moment."""
OWN_TROUBLE_SECONDS: Final = 5.0
_OWN_TROUBLE: Final = frozenset({Kind.CREDENTIALS, Kind.CLOCK, Kind.UNREACHED, Kind.GARBLED})
"""Refusals that AWS has no part in: this machine's network, clock or credentials."""
_SPREAD: Final = 0.2
"""How much sooner than others an answer may go, so that those which were read together are not read together again."""
_REDIS_PATIENCE_SECONDS: Final = 2.0
_LOCK_SECONDS: Final = 60
_LOCK_POLL_SECONDS: Final = 0.02

logger = logging.getLogger(__name__)


class LookupCache:
    """Lookups read through a cache; any number of threads may use it.

    Args:
        url: The Redis to keep answers in; None keeps them in this process.
        seconds: How long an answer is kept at most; 0 keeps none.
        scope: What else tells answers apart: the endpoint and the identity that reads. Never shown to anyone.
        redis_again_seconds: How long Redis is left alone after it did not answer.
    """

    def __init__(self, url: str | None, seconds: int, scope: str, *, redis_again_seconds: float = 60.0) -> None:
        self._scope = hashlib.sha256(scope.encode()).hexdigest()[:12]
        self._seconds = seconds
        self._region = _make_region(url, seconds)
        self._lock = threading.Lock()
        self._stand_in: CacheRegion | None = None
        self._redis_again_seconds = redis_again_seconds
        self._redis_again_at = 0.0

    def read_through(self, lookup: Lookup, read: Callable[[], Answer], *, fresh: bool) -> Answer:
        """Takes the answer that is kept, or reads it and keeps it.

        Args:
            lookup: What is asked for.
            read: Reads it; called once at most.
            fresh: Take nothing that is kept; keep what is read.

        Returns:
            The answer. One that was taken from the cache has `calls == 0`.
        """
        read_now: list[Answer] = []

        def create() -> list[Any]:
            if not read_now:
                read_now.append(read())
            return _to_payload(read_now[0])

        key = self._key(lookup)
        try:
            payload = _through(self._current_region(), key, create, fresh=fresh)
        except redis.exceptions.LockError:  # the read took longer than others wait, and one of them reads as well
            payload = create()
        except redis.RedisError as error:
            payload = _through(self._without_redis(error), key, create, fresh=fresh)
        return read_now[0] if read_now else _from_payload(payload)

    def _current_region(self) -> CacheRegion:
        """Where answers are kept now: Redis is tried again after a while, and what stood in for it is forgotten."""
        with self._lock:
            if self._stand_in is not None and time.monotonic() >= self._redis_again_at:
                self._stand_in = None
            return self._stand_in or self._region

    def _without_redis(self, error: redis.RedisError) -> CacheRegion:
        """Keeps answers in this process for a while, and says so."""
        with self._lock:
            if self._stand_in is None:
                self._stand_in = _make_region(None, self._seconds)
                self._redis_again_at = time.monotonic() + self._redis_again_seconds
                wrong = what_is_wrong(error)
                logger.warning("Redis %s (%s): lookups are kept in this process only.", wrong, type(error).__name__)
            return self._stand_in

    def _key(self, lookup: Lookup) -> str:
        kept = f"{SCHEMA} {lookup.operation.member} {lookup.key}"
        digest = hashlib.sha256(kept.encode()).hexdigest()[:32]
        return f"backup-why:lookup:{self._scope}:{digest}"


def _through(region: CacheRegion, key: str, create: Callable[[], list[Any]], *, fresh: bool) -> list[Any]:
    if not fresh:
        payload: list[Any] = region.get_or_create(key, create)
        return payload
    payload = create()
    region.set(key, payload)
    return payload


def _make_region(url: str | None, seconds: int) -> CacheRegion:
    """A region whose backend lets go of an answer when its time is over; dogpile itself looks at no age."""

    def life(key: str, payload: list[Any]) -> float:
        spread = int(hashlib.sha256(key.encode()).hexdigest()[:4], 16) / 0xFFFF
        return min(seconds, _longest(payload)) * (1 - _SPREAD * spread)

    if not seconds:
        return make_region().configure("dogpile.cache.null")
    if url is None:
        return make_region().configure(IN_PROCESS, arguments={"life": life})
    return make_region().configure(
        IN_REDIS,
        arguments={
            "life": life,
            "url": url,
            "distributed_lock": True,
            "thread_local_lock": False,
            "lock_timeout": _LOCK_SECONDS,
            "lock_sleep": _LOCK_POLL_SECONDS,
            "socket_timeout": _REDIS_PATIENCE_SECONDS,
            "socket_connect_timeout": _REDIS_PATIENCE_SECONDS,
        },
    )


def _to_payload(answer: Answer) -> list[Any]:
    return [answer.state.value, answer.value, answer.why, answer.kind, answer.message, answer.answered]


def _from_payload(payload: list[Any]) -> Answer:
    state, value, why, kind, message, answered = payload
    return Answer(State(state), value, why, kind and Kind(kind), message, answered=answered)


def _longest(payload: list[Any]) -> float:
    """How many seconds an answer is kept at most, whatever the settings allow."""
    answer = _from_payload(payload)
    if answer.refused:
        return OWN_TROUBLE_SECONDS if answer.kind in _OWN_TROUBLE else REFUSED_SECONDS
    if answer.absent:
        return ABSENT_SECONDS
    is_under_way = (
        isinstance(answer.value, dict) and {answer.value.get("State"), answer.value.get("Status")} & _UNDER_WAY
    )
    return UNDER_WAY_SECONDS if is_under_way else float("inf")
