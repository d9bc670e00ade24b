"""What an error of redis-py is at bottom."""

from redis.exceptions import AuthenticationError, OutOfMemoryError, ReadOnlyError


def refuses_login(error: BaseException | None) -> bool:
    """Whether Redis refuses the user or the password; redis-py wraps some of these errors in a plain one."""
    while error is not None and not isinstance(error, AuthenticationError):
        error = error.__cause__
    return error is not None


def is_wrong_type(error: BaseException) -> bool:
    """Whether a key holds a value of another type than the command is for ("Error handling" of the RESP protocol)."""
    return str(error).startswith("WRONGTYPE")


def what_is_wrong(error: BaseException) -> str:
    """What is wrong with Redis, as the end of a sentence that begins with it."""
    if refuses_login(error):
        return "refuses the user or the password"
    if isinstance(error, OutOfMemoryError):
        return "is full"
    if isinstance(error, ReadOnlyError):
        return "takes nothing, it is a replica"
    return "does not answer"
