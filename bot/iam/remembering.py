"""Remembers what was last asked for, within a bound, so that a stream of any length takes the same memory."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Known = TypeVar("Known")


class Remembered(Generic[Key, Known]):
    """The things that were used last, up to a total size. Threads can share it.

    Args:
        most: The largest total size.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[Key, tuple[Known, int]] = OrderedDict()
        self.size = 0
        """The total size now."""

    def get(self, key: Key) -> Known | None:
        """What is remembered under a key, None for nothing."""
        with self._lock:
            found = self._known.get(key)
            if found is None:
                return None
            self._known.move_to_end(key)
            return found[0]

    def put(self, key: Key, known: Known, size: int) -> None:
        """Remembers something of a size, and forgets what was not used for the longest time."""
        with self._lock:
            _, before = self._known.pop(key, (None, 0))
            self._known[key] = known, size
            self.size += size - before
            while self.size > self._most:
                _, (_, forgotten) = self._known.popitem(last=False)
                self.size -= forgotten
