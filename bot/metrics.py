"""`/metrics`, for Prometheus: what all processes have counted together, and how things stand in Redis now.

Every web process tells the same, so that it does not matter which one is asked; add them up nowhere.
"""

import time
from collections.abc import Iterator
from typing import Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from redis.asyncio import Redis

from bot.redis_faults import UNANSWERED
from bot.work.heartbeat import read_workers, workers_of
from bot.work.meter import COUNTERS, KEY, SECONDS, Counted, counted
from bot.work.queue import DEAD_LETTERS, delayed_key, ready_key
from bot.work.thread_store import OPEN
from bot.work.token_watch import KEY as TOKEN_REFUSED

PREFIX: Final = "backup_why_"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
GAUGES: Final = {
    "redis_up": "Whether Redis answers.",
    "workers": "Workers that are alive.",
    "queue_ready": "Tasks that wait for a worker or are carried out.",
    "queue_delayed": "Tasks that wait until they are tried again.",
    "oldest_question_seconds": "The age of the oldest question that is not finished.",
    "dead_letters": "Entries of the queue that could not be read.",
    "slack_token_accepted": "Whether Slack takes the bot token.",
}


async def metrics(redis: Redis) -> bytes:
    """The page; where Redis does not answer it says that alone.

    Args:
        redis: A client that decodes its responses.
    """
    try:
        async with redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(KEY)
            read_workers(pipe)
            pipe.xlen(ready_key())
            pipe.zcard(delayed_key())
            pipe.zrange(OPEN, 0, 0, withscores=True)
            pipe.xlen(DEAD_LETTERS)
            pipe.exists(TOKEN_REFUSED)
            kept, workers, ready, delayed, oldest, dead, refused = await pipe.execute()
    except UNANSWERED:
        return _page(None, {"redis_up": 0.0})
    values = {
        "redis_up": 1.0,
        "workers": workers_of(workers).alive,
        "queue_ready": ready,
        "queue_delayed": delayed,
        "oldest_question_seconds": max(0.0, time.time() - float(oldest[0][1])) if oldest else 0.0,
        "dead_letters": dead,
        "slack_token_accepted": 0.0 if refused else 1.0,
    }
    return _page(counted(kept), values)


def _page(found: Counted | None, gauges: dict[str, Any]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Found(found, gauges))
    return generate_latest(registry)


class _Found(Collector):
    """What was read, as prometheus_client wants it."""

    def __init__(self, found: Counted | None, gauges: dict[str, Any]) -> None:
        self._found = found
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """The families; see prometheus_client."""
        for name, value in self._gauges.items():
            yield GaugeMetricFamily(PREFIX + name, GAUGES[name], value=value)
        if self._found is None:
            return
        for name, counter in COUNTERS.items():
            family = CounterMetricFamily(PREFIX + name, counter.help, labels=counter.labels)
            for labels, value in sorted(self._found.values[name].items()):
                family.add_metric(labels, value)
            yield family
        durations = HistogramMetricFamily(PREFIX + SECONDS.name, SECONDS.help, labels=SECONDS.labels[:1])
        for kind, (buckets, total) in sorted(self._found.durations.items()):
            durations.add_metric([kind], buckets=buckets, sum_value=total)
        yield durations
