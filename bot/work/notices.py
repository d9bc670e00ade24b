"""Translates what went wrong into the one sentence that a person is told: here and nowhere else."""

import logging
import secrets

from bot.errors import AwsUnreachableError, BackupWhyError, RedisUnreachableError

logger = logging.getLogger(__name__)


def sentence_for(error: BaseException) -> str:
    """What to tell of an error.

    A typed error brings its sentence. Anything else is a fault of this program: it is logged whole under a reference,
    and only the reference is told, since a traceback may hold what not everybody in the channel may see.

    Args:
        error: What was raised.
    """
    if isinstance(error, BackupWhyError):
        if isinstance(error, AwsUnreachableError | RedisUnreachableError):  # for whoever runs this, too
            logger.warning("%s: %s", type(error).__name__, error.message)
        return error.message
    reference = secrets.token_hex(4)
    logger.error("unexpected error, reference %s", reference, exc_info=error)
    return f"Unexpected error. Give whoever runs this bot the reference {reference}."
