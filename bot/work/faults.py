"""Which faults pass by themselves, so that a task is tried again; everything else is told to the asker and over."""

from bot.access.authorizer import RightsUnknownError
from bot.access.slack_errors import is_transient
from bot.redis_faults import passes_in_redis


def passes(error: BaseException) -> bool:
    """Whether the same task may succeed later: Slack or Redis is busy, out of order or out of reach."""
    return isinstance(error, RightsUnknownError) or passes_in_redis(error) or is_transient(error)
