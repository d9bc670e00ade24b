"""The connection to Redis: the queue's, the threads' and the claims'.

What is in it can't run code, but it decides what the bot says: outside one host Redis needs a password and TLS
(`rediss://`).
"""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, NoPermissionError, ReadOnlyError, RedisError

from bot.errors import BadInputError, RedisUnreachableError
from bot.redis_faults import UNANSWERED, refuses_login

MOST_CONNECTIONS = 50
"""More commands than these at one instant wait for one of them; a Redis that is well is done with each in a moment."""

ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 2.0


def connect(url: str, *, answer_seconds: float = ANSWER_SECONDS, retries: int = 2) -> Redis:
    """A client that answers soon or fails soon; nothing is sent yet.

    A server that has become a replica is left: the next connection goes to whichever has taken over.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        answer_seconds: How long Redis may take for one answer.
        retries: How often a command is sent again where the connection breaks.

    Raises:
        BadInputError: It is no such URL.
    """
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=MOST_CONNECTIONS,
            timeout=answer_seconds,
            decode_responses=True,
            socket_timeout=answer_seconds,
            socket_connect_timeout=min(CONNECT_SECONDS, answer_seconds),
            retry=Retry(ExponentialBackoff(cap=0.1, base=0.02), retries=retries),
            retry_on_error=[ReadOnlyError],
        )
    except ValueError as error:  # its text is left out: what does not parse may be the password
        raise BadInputError("REDIS_URL can't be used: write redis://HOST:PORT/0.") from error
    return Redis.from_pool(pool)


async def check(redis: Redis) -> None:
    """Makes sure at the start that Redis answers, and lets this process in.

    Raises:
        RedisUnreachableError: It does not; the sentence says which of the reasons it is.
    """
    try:
        await redis.ping()
    except (*UNANSWERED, NoPermissionError) as error:
        raise RedisUnreachableError(_sentence(error, place(redis))) from error


def _sentence(error: RedisError, at: str) -> str:
    """What is wrong at the start and what to do."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    reason = text.partition(". ")[2] if text.startswith("Error ") and ". " in text else text
    match error:
        case _ if refuses_login(error):
            return f"Redis at {at} refuses the user or the password: correct REDIS_PASSWORD, or those in REDIS_URL."
        case NoPermissionError():
            return f"Redis at {at} does not allow this user to connect ({reason}): change its ACL."
        case BusyLoadingError():
            return f"Redis at {at} is still loading its data: start this again in a moment."
        case _ if "SSL" in reason or "certificate" in reason.lower():
            return f"TLS with Redis at {at} fails ({reason}): check its certificate, and rediss:// in REDIS_URL."
        case _:
            return f"Redis can't be reached at {at} ({reason}): start it, or set REDIS_URL to one that answers."


def place(redis: Redis) -> str:
    """Where a client connects to, without its password."""
    known = redis.connection_pool.connection_kwargs
    return str(known.get("path") or f"{known.get('host', 'localhost')}:{known.get('port', 6379)}")
