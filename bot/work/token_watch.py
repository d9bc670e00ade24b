"""Whether Slack takes the bot token: noted by whichever process meets it, for those who run the bot.

A token that is revoked, or of an app that was removed, makes every call fail; nothing that the bot does itself helps.
"""

import logging

from redis.asyncio import Redis

from bot.access.slack_errors import TOKEN_REFUSED
from bot.redis_faults import UNANSWERED

logger = logging.getLogger(__name__)

KEY = "backup-why:token-refused"


class TokenWatch:
    """Takes note of what Slack says of the token.

    Args:
        redis: A client that decodes its responses.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._is_taken: bool | None = None

    async def note(self, code: str) -> None:
        """Takes note of a call: of Slack's error, or of an empty one where there was none."""
        is_taken = code not in TOKEN_REFUSED
        if (code and is_taken) or is_taken is self._is_taken:
            return
        try:
            if is_taken:
                await self._redis.delete(KEY)
            else:
                logger.error("Slack does not take the bot token: %s", code)
                await self._redis.set(KEY, code)
        except UNANSWERED as error:
            logger.info("what Slack says of the token can't be noted: %s", error)
        else:
            self._is_taken = is_taken


async def token_refusal(redis: Redis) -> str:
    """Slack's error for the bot token; empty where none is known of."""
    code = await redis.get(KEY)
    return code.decode() if isinstance(code, bytes) else code or ""
