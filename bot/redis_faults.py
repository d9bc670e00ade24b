"""What an error of redis-py is at bottom, and whether it passes by itself.

Source: "Error handling" in Redis's protocol specification: an error begins with a code in capitals. redis-py has
classes for some of the codes and a plain `ResponseError` for the others.
"""

from typing import Final

from redis.exceptions import (
    AuthenticationError,
    ClusterDownError,
    ConnectionError,  # noqa: A004 — redis-py's
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,  # noqa: A004
    TryAgainError,
)

SWITCHING: Final = (ReadOnlyError, MasterDownError, ClusterDownError, TryAgainError)
"""What servers answer while another takes over."""

UNANSWERED: Final = (ConnectionError, TimeoutError, OutOfMemoryError, *SWITCHING)
"""What redis-py raises where Redis is not there, or takes nothing now; its other errors are faults of this program."""

_UNSAVED: Final = ("MISCONF", "NOREPLICAS")
"""Redis can't write to its disk, or has too few replicas, and takes nothing as it is told to."""


def _answer(error: BaseException) -> str:
    """What Redis said; redis-py writes the command of a pipeline before it."""
    return str(error).rpartition("of pipeline caused error: ('")[2]


def refuses_login(error: BaseException | None) -> bool:
    """Whether Redis refuses the user or the password; redis-py wraps some of these errors in a plain one."""
    while error is not None and not isinstance(error, AuthenticationError):
        error = error.__cause__
    return error is not None


def is_wrong_type(error: BaseException) -> bool:
    """Whether a key holds a value of another type than the command is for."""
    return isinstance(error, ResponseError) and _answer(error).startswith("WRONGTYPE ")


def is_unsaved(error: BaseException) -> bool:
    """Whether Redis takes nothing since it could not keep it."""
    return isinstance(error, ResponseError) and _answer(error).startswith(_UNSAVED)


def passes_in_redis(error: BaseException) -> bool:
    """Whether the same command may succeed later."""
    return isinstance(error, UNANSWERED) or is_unsaved(error)


def what_is_wrong(error: BaseException) -> str:
    """What is wrong with Redis, as the end of a sentence that begins with it."""
    if refuses_login(error):
        return "refuses the user or the password"
    if isinstance(error, OutOfMemoryError):
        return "is full"
    if isinstance(error, SWITCHING):
        return "takes nothing, another server takes over"
    if is_unsaved(error):
        return "takes nothing, it can't save"
    return "refuses it" if isinstance(error, ResponseError) else "does not answer"
