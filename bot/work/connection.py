"""The connection to Redis: the queue's, the threads' and the claims'.

What is in it can't run code, but it decides what the bot says: outside one host Redis needs a password and TLS
(`rediss://`).
"""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.exceptions import TimeoutError as NoAnswerError

from bot.errors import BadInputError, RedisUnreachableError

UNANSWERED = (NoConnectionError, NoAnswerError)
"""What redis-py raises where Redis is not there; its other errors are faults of this program."""

ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 2.0
UNREACHABLE = "Redis can't be reached at {}: start it, or set REDIS_URL to one that answers."


def connect(url: str, *, answer_seconds: float = ANSWER_SECONDS, retries: int = 2) -> Redis:
    """A client that answers soon or fails soon; nothing is sent yet.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        answer_seconds: How long Redis may take for one answer.
        retries: How often a command is sent again where the connection breaks.

    Raises:
        BadInputError: It is no such URL.
    """
    try:
        client: Redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=answer_seconds,
            socket_connect_timeout=min(CONNECT_SECONDS, answer_seconds),
            retry=Retry(ExponentialBackoff(cap=0.1, base=0.02), retries=retries),
        )
    except ValueError as error:
        raise BadInputError(f"REDIS_URL can't be used ({error}): write redis://HOST:PORT/0.") from error
    return client


async def check(redis: Redis) -> None:
    """Makes sure at the start that Redis answers.

    Raises:
        RedisUnreachableError: It does not.
    """
    try:
        await redis.ping()
    except UNANSWERED as error:
        raise RedisUnreachableError(UNREACHABLE.format(place(redis))) from error


def place(redis: Redis) -> str:
    """Where a client connects to, without its password."""
    known = redis.connection_pool.connection_kwargs
    return str(known.get("path") or f"{known.get('host', 'localhost')}:{known.get('port', 6379)}")
