"""Where dogpile.cache keeps answers: in Redis or in this process, each for a time of its own.

dogpile's own backends keep all values of a region equally long, and in a process without a limit to how many.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec
from dogpile.cache import register_backend
from dogpile.cache.api import NO_VALUE, CacheBackend, CachedValue, NoValue
from dogpile.cache.backends.redis import RedisBackend
from redis.exceptions import ResponseError

from bot.redis_faults import is_wrong_type

IN_REDIS: Final = "backup_why.redis"
IN_PROCESS: Final = "backup_why.process"

Life = Callable[[str, Any], float]
"""How many seconds a value is kept, by its key and what it is."""

MOST_IN_PROCESS: Final = 5_000

logger = logging.getLogger(__name__)


class _EachByItself(CacheBackend):
    """The parts of a backend that take several values; the region asks for one at a time."""

    def get_multi(self, keys: Iterable[str]) -> list[Any]:
        """The values of several keys."""
        return [self.get(key) for key in keys]

    def set_multi(self, mapping: Mapping[str, Any]) -> None:
        """Keeps several values."""
        for key, value in mapping.items():
            self.set(key, value)

    def delete_multi(self, keys: Iterable[str]) -> None:
        """Forgets several values."""
        for key in keys:
            self.delete(key)


class InProcess(_EachByItself):
    """Keeps values in this process, the newest `most` of them.

    Args:
        arguments: `life`, how long a value is kept, and `most`; `clock` gives seconds.
    """

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._life: Life = arguments["life"]
        self._most: int = arguments.get("most", MOST_IN_PROCESS)
        self._clock: Callable[[], float] = arguments.get("clock", time.monotonic)
        self._kept: OrderedDict[str, tuple[float, CachedValue]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> CachedValue | NoValue:
        """The value of a key, while it lives."""
        until, value = self._kept.get(key, (0.0, NO_VALUE))
        return value if until > self._clock() else NO_VALUE

    def set(self, key: str, value: Any) -> None:
        """Keeps a value for its time."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (self._clock() + self._life(key, value.payload), value)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def delete(self, key: str) -> None:
        """Forgets a value."""
        with self._lock:
            self._kept.pop(key, None)


class InRedis(_EachByItself, RedisBackend):
    """Keeps values in Redis, which lets go of each when its time is over.

    What is there and is none of our values is not found, and written over.

    Args:
        arguments: As dogpile's, and `life`, how long a value is kept.
    """

    serializer = None
    deserializer = None

    def __init__(self, arguments: dict[str, Any]) -> None:
        others = dict(arguments)
        self._life: Life = others.pop("life")
        super().__init__(others)  # type: ignore[no-untyped-call]  # dogpile's

    def get(self, key: str) -> CachedValue | NoValue:
        """The value of a key."""
        try:
            kept: Any = self.reader_client.get(key)
            return NO_VALUE if kept is None else CachedValue(*msgspec.msgpack.decode(kept, type=_Kept))
        except msgspec.DecodeError as error:
            return self._not_ours(key, error)
        except ResponseError as error:
            if not is_wrong_type(error):
                raise
            return self._not_ours(key, error)

    def set(self, key: str, value: Any) -> None:
        """Keeps a value for its time, whatever was there."""
        milliseconds = max(1, round(1000 * self._life(key, value.payload)))
        self.writer_client.set(key, msgspec.msgpack.encode((value.payload, value.metadata)), px=milliseconds)

    @staticmethod
    def _not_ours(key: str, error: Exception) -> NoValue:
        logger.warning("a kept lookup can't be read and is read again: %s (%s)", key, error)
        return NO_VALUE


_Kept = tuple[list[Any], dict[str, Any]]

register_backend(IN_REDIS, __name__, InRedis.__name__)  # type: ignore[no-untyped-call]  # dogpile's
register_backend(IN_PROCESS, __name__, InProcess.__name__)  # type: ignore[no-untyped-call]
