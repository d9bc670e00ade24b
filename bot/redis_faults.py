"""What an error of redis-py is at bottom."""

from redis.exceptions import AuthenticationError


def refuses_login(error: BaseException | None) -> bool:
    """Whether Redis refuses the user or the password; redis-py wraps some of these errors in a plain one."""
    while error is not None and not isinstance(error, AuthenticationError):
        error = error.__cause__
    return error is not None
