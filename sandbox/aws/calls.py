"""The log of what was asked of the sandbox: each call with its parameters, its times and what came of it."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Args:
        service: The service as botocore names it.
        operation: The API's name of the operation; empty where none was recognised.
        account: The account whose credentials signed it.
        region: The Region that was called.
        parameters: What was sent.
        started: When the sandbox took it up, in seconds of `time.monotonic`.
        ended: When its answer was ready, just before it was sent.
        status: The HTTP status.
        code: The error code, None for an answer.
    """

    service: str
    operation: str
    account: str
    region: str
    parameters: Mapping[str, Any] = field(hash=False)
    started: float
    ended: float
    status: int
    code: str | None

    def to_json(self) -> str:
        """The call on one line; timestamps among the parameters as ISO 8601."""
        return json.dumps(asdict(self), default=str)


class CallLog:
    """Calls in the order in which they ended. Any thread may write and read it."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        """Writes a call down."""
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[Call]:
        """Every call so far."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Forgets every call so far."""
        with self._lock:
            self._calls.clear()
