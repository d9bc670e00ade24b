"""Answers kept for a while, in Redis or in this process, each read by one asker at a time.

`dogpile.cache` does the keeping and the single flight (a lock a lookup, across processes where there is Redis). What
is added here: an answer that was refused or that is about to change is not kept, and a Redis that fails in the middle
costs a warning and the cache, never the diagnosis.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import redis
from dogpile.cache import CacheRegion, make_region

from bot.aws.lookup import Answer, Lookup, State

_UNDER_WAY: Final = frozenset({"CREATED", "PENDING", "RUNNING", "ABORTING"})
"""States of an AWS Backup job that is not at its end ("DescribeBackupJob" and its kin)."""
_REDIS_PATIENCE_SECONDS: Final = 2.0
_LOCK_SECONDS: Final = 60
_LOCK_POLL_SECONDS: Final = 0.02

logger = logging.getLogger(__name__)
Read = Callable[[list[Lookup]], dict[Lookup, Answer]]


class LookupCache:
    """Lookups read through a cache.

    Args:
        url: The Redis to keep answers in; None keeps them in this process.
        seconds: How long an answer is kept; 0 keeps none.
        scope: What else tells answers apart: the endpoint and the identity that reads. Never shown to anyone.
    """

    def __init__(self, url: str | None, seconds: int, scope: str) -> None:
        self._scope = hashlib.sha256(scope.encode()).hexdigest()[:12]
        self._seconds = seconds
        self._region = _make_region(url, seconds)

    def read_through(self, lookups: list[Lookup], read: Read, *, fresh: bool) -> dict[Lookup, Answer]:
        """Takes what is kept, reads the rest together, and keeps it.

        Args:
            lookups: What is asked for.
            read: Reads what is not kept; called once at most.
            fresh: Take nothing that is kept; keep what is read.

        Returns:
            An answer for each lookup. Those taken from the cache have `calls == 0`.
        """
        by_key = {self._key(lookup): lookup for lookup in lookups}
        read_now: dict[Lookup, Answer] = {}

        def create(*keys: str) -> list[list[Any]]:
            missing = [by_key[key] for key in keys if by_key[key] not in read_now]
            if missing:
                read_now.update(read(missing))
            return [_to_payload(read_now[by_key[key]]) for key in keys]

        try:
            payloads = self._through_region(by_key, create, fresh=fresh)
        except redis.RedisError as error:
            logger.warning("Redis does not answer (%s): lookups are kept in this process only.", type(error).__name__)
            self._region = _make_region(None, self._seconds)
            payloads = create(*by_key)
        return {
            lookup: read_now.get(lookup) or _from_payload(payload)
            for lookup, payload in zip(by_key.values(), payloads, strict=True)
        }

    def _through_region(
        self, by_key: dict[str, Lookup], create: Callable[..., list[list[Any]]], *, fresh: bool
    ) -> Sequence[list[Any]]:
        if not fresh:
            return self._region.get_or_create_multi(list(by_key), create, should_cache_fn=_keeps)
        payloads = create(*by_key)
        self._region.set_multi({key: kept for key, kept in zip(by_key, payloads, strict=True) if _keeps(kept)})
        return payloads

    def _key(self, lookup: Lookup) -> str:
        digest = hashlib.sha256(lookup.key.encode()).hexdigest()[:32]
        return f"backup-why:lookup:{self._scope}:{digest}"


def _make_region(url: str | None, seconds: int) -> CacheRegion:
    if not seconds:
        return make_region().configure("dogpile.cache.null")
    if url is None:
        return make_region().configure("dogpile.cache.memory", expiration_time=seconds)
    region = make_region(serializer=msgspec.msgpack.encode, deserializer=msgspec.msgpack.decode)
    return region.configure(
        "dogpile.cache.redis",
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
    return Answer(State(state), value, why, calls=0)


def _keeps(payload: list[Any]) -> bool:
    """A refusal is not kept, it may be mended the next moment; nor is a job that is under way."""
    state, value, _why = payload
    under_way = isinstance(value, dict) and {value.get("State"), value.get("Status")} & _UNDER_WAY
    return state != State.REFUSED and not under_way
