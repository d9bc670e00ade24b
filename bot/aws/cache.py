"""Answers kept for a while, in Redis or in this process, each read by one asker at a time.

`dogpile.cache` does the keeping and the single flight (a lock a lookup, across processes where there is Redis). What
is added here: an answer that was refused or that is about to change is not kept, and a Redis that fails in the middle
costs a warning and for a while the cache, never the diagnosis.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import redis
from dogpile.cache import CacheRegion, make_region, register_backend
from dogpile.cache.backends.redis import RedisBackend

from bot.aws.lookup import Answer, Lookup, State
from bot.redis_faults import refuses_login

SCHEMA: Final = 1
"""The version of what is kept of an answer (`_to_payload`). An answer of another version, or of which another member
was kept, is not found."""
_UNDER_WAY: Final = frozenset({"CREATED", "PENDING", "RUNNING", "ABORTING"})
"""States of an AWS Backup job that is not at its end ("DescribeBackupJob" and its kin)."""
_REDIS_PATIENCE_SECONDS: Final = 2.0
_LOCK_SECONDS: Final = 60
_LOCK_POLL_SECONDS: Final = 0.02

logger = logging.getLogger(__name__)


class LookupCache:
    """Lookups read through a cache; any number of threads may use it.

    Args:
        url: The Redis to keep answers in; None keeps them in this process.
        seconds: How long an answer is kept; 0 keeps none.
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
                does = "refuses the user or the password" if refuses_login(error) else "does not answer"
                logger.warning("Redis %s (%s): lookups are kept in this process only.", does, type(error).__name__)
            return self._stand_in

    def _key(self, lookup: Lookup) -> str:
        kept = f"{SCHEMA} {lookup.operation.member} {lookup.key}"
        digest = hashlib.sha256(kept.encode()).hexdigest()[:32]
        return f"backup-why:lookup:{self._scope}:{digest}"


class _ExpiringRedis(RedisBackend):
    """dogpile's own, with the command that redis-py 8 has left of the two that set a value with a time."""

    def set_serialized(self, key: str, value: bytes) -> None:
        """Keeps one value for the backend's time."""
        self.writer_client.set(key, value, ex=self.redis_expiration_time)

    def set_serialized_multi(self, mapping: Mapping[str, bytes]) -> None:
        """Keeps several values for the backend's time."""
        for key, value in mapping.items():
            self.set_serialized(key, value)


register_backend("backup_why.redis", __name__, _ExpiringRedis.__name__)  # type: ignore[no-untyped-call]  # dogpile's


def _through(region: CacheRegion, key: str, create: Callable[[], list[Any]], *, fresh: bool) -> list[Any]:
    if not fresh:
        payload: list[Any] = region.get_or_create(key, create, should_cache_fn=_keeps)
        return payload
    payload = create()
    if _keeps(payload):
        region.set(key, payload)
    return payload


def _make_region(url: str | None, seconds: int) -> CacheRegion:
    if not seconds:
        return make_region().configure("dogpile.cache.null")
    if url is None:
        return make_region().configure("dogpile.cache.memory", expiration_time=seconds)
    region = make_region(serializer=msgspec.msgpack.encode, deserializer=msgspec.msgpack.decode)
    return region.configure(
        "backup_why.redis",
        expiration_time=seconds,
        arguments={
            "url": url,
            "redis_expiration_time": 2 * seconds,
            "distributed_lock": True,
            "thread_local_lock": False,
            "lock_timeout": _LOCK_SECONDS,
            "lock_sleep": _LOCK_POLL_SECONDS,
            "socket_timeout": _REDIS_PATIENCE_SECONDS,
            "socket_connect_timeout": _REDIS_PATIENCE_SECONDS,
        },
    )


def _to_payload(answer: Answer) -> list[Any]:
    return [answer.state.value, answer.value, answer.why]


def _from_payload(payload: list[Any]) -> Answer:
    state, value, why = payload
    return Answer(State(state), value, why)


def _keeps(payload: list[Any]) -> bool:
    """A refusal is not kept, it may be fixed the next moment; nor is a job that is under way."""
    state, value, _why = payload
    under_way = isinstance(value, dict) and {value.get("State"), value.get("Status")} & _UNDER_WAY
    return state != State.REFUSED and not under_way
