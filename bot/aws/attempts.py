"""Counts the HTTP requests that a thread sends: pages, retries, redirects and what a client sends on its own."""

import threading
from typing import Any

_sent = threading.local()


def count_requests_of(client: Any) -> None:
    """Has a client's requests counted, each in the thread that sends it.

    Args:
        client: A boto3 client.
    """
    client.meta.events.register("before-send", _count)


def take_count() -> int:
    """The requests that this thread has sent since it was last asked."""
    count: int = getattr(_sent, "count", 0)
    _sent.count = 0
    return count


def _count(**_event: object) -> None:
    _sent.count = getattr(_sent, "count", 0) + 1
