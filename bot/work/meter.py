"""Counts what happens, in Redis, for all processes together.

Any number of workers and web processes add to one hash, so that `/metrics` of any web process has the whole of it, no
worker needs a port of its own, and no restart sets a counter back. What can't be counted because Redis does not answer
is not counted: nothing waits for it.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEY: Final = "backup-why:metrics"
"""A hash: what was counted, by name and labels (`_field`)."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Something that is counted.

    Args:
        name: Its name, without the prefix and the ending that Prometheus has.
        help: What it counts.
        labels: What tells its values apart: closed sets all, never an id of anything.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()


QUESTIONS: Final = Counter(
    "questions", "Questions that were answered, or ended without an answer.", ("kind", "outcome")
)
RETRIES: Final = Counter("retries", "Tasks put off because of a fault that passes.", ("kind",))
SECONDS: Final = Counter("question_seconds", "Seconds from a question to its reply.", ("kind", "le"))
AWS_CALLS: Final = Counter("aws_calls", "HTTP requests to AWS, retries and pages included.")
CACHED: Final = Counter("cached_lookups", "Lookups that were answered without a call of AWS.")
REFUSALS: Final = Counter("slack_refusals", "Calls that Slack refused.", ("method", "error_class"))
COUNTERS: Final = {counter.name: counter for counter in (QUESTIONS, RETRIES, AWS_CALLS, CACHED, REFUSALS)}

BUCKETS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
"""Seconds of the histogram of durations."""
_SUM: Final = "sum"

Count = tuple[Counter, tuple[str, ...], float]
"""What is counted, the values of its labels, and how much is added."""


def duration(kind: str, seconds: float) -> tuple[Count, Count]:
    """What a duration adds to the histogram: one to its bucket alone, and itself to the sum."""
    bucket = next((str(le) for le in BUCKETS if seconds <= le), "+Inf")
    return (SECONDS, (kind, bucket), 1), (SECONDS, (kind, _SUM), seconds)


class Meter:
    """Counts.

    Args:
        redis: A client of Redis.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def count(self, counts: Iterable[Count]) -> None:
        """Adds to counters; never fails."""
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for counter, labels, more in counts:
                    pipe.hincrbyfloat(KEY, _field(counter, labels), more)
                await pipe.execute()
        except RedisError as error:
            logger.info("something is not counted, since Redis does not take it: %s", error)


@dataclass(frozen=True, slots=True)
class Counted:
    """What has been counted.

    Args:
        values: By counter and labels.
        durations: By kind of question: what each bucket holds, and the sum.
    """

    values: Mapping[str, Mapping[tuple[str, ...], float]]
    durations: Mapping[str, tuple[list[tuple[str, float]], float]]


def counted(kept: Mapping[str, str]) -> Counted:
    """Reads the hash; what another release counted and this one does not know is left out."""
    values: dict[str, dict[tuple[str, ...], float]] = {name: {} for name in COUNTERS}
    buckets: dict[str, dict[str, float]] = {}
    for field, value in kept.items():
        name, *labels = json.loads(field)
        if name in COUNTERS and len(labels) == len(COUNTERS[name].labels):
            values[name][tuple(labels)] = float(value)
        elif name == SECONDS.name:
            kind, le = labels
            buckets.setdefault(kind, {})[le] = float(value)
    return Counted(values, {kind: (_rising(held), held.get(_SUM, 0.0)) for kind, held in buckets.items()})


def _rising(held: Mapping[str, float]) -> list[tuple[str, float]]:
    """Buckets as Prometheus has them: each holds all that is not above it."""
    total, rising = 0.0, []
    for le in (*map(str, BUCKETS), "+Inf"):
        total += held.get(le, 0.0)
        rising.append((le, total))
    return rising


def _field(counter: Counter, labels: tuple[str, ...]) -> str:
    return json.dumps([counter.name, *labels])
