"""Translates what went wrong into the one sentence that a person is told: here and nowhere else."""

import logging
import secrets

from slack_sdk.errors import SlackApiError

from bot.access.place import Place
from bot.access.slack_errors import TRIGGERS, code_of, is_transient
from bot.errors import AwsUnreachableError, BackupWhyError, RedisUnreachableError
from bot.work.thread_poster import ARCHIVED, NOT_IN, ClosedPlaceError

logger = logging.getLogger(__name__)

INVITE = "I can't post here. Invite me to this channel with /invite, then ask again."
NOT_BETWEEN_OTHERS = "I can't post in a direct message between others. Ask me in a channel, or in a message to me."
IN_ARCHIVE = "This channel is archived, so I can't post here. Ask me in another channel, or in a message to me."
NOT_HERE = "Slack doesn't let me post here ({}). Ask me in another channel, or in a message to me."
PRESS_AGAIN = "Slack gave up before I could open this. Please press it again."
BUSY = "Slack is busy ({}). Please try again in a minute."
REFUSED = "Slack doesn't let me do this ({}). Tell whoever runs this bot."


def sentence_for(error: BaseException) -> str:
    """What to tell of an error.

    A typed error brings its sentence, and one of Slack's the code that Slack's documentation explains. Anything else is
    a fault of this program: it is logged whole under a reference, and only the reference is told, since a traceback may
    hold what not everybody in the channel may see.

    Args:
        error: What was raised.
    """
    if isinstance(error, BackupWhyError):
        if isinstance(error, AwsUnreachableError | RedisUnreachableError):  # for whoever runs this, too
            logger.warning("%s: %s", type(error).__name__, error.message)
        return error.message
    if isinstance(error, SlackApiError):
        code = code_of(error)
        logger.warning("Slack refuses a call: %s", code)
        if code in TRIGGERS:
            return PRESS_AGAIN
        return (BUSY if is_transient(error) else REFUSED).format(code)
    reference = secrets.token_hex(4)
    logger.error("unexpected error, reference %s", reference, exc_info=error)
    return f"Unexpected error. Give whoever runs this bot the reference {reference}."


def sentence_at(error: BaseException, place: Place) -> str:
    """What to tell of an error of somebody who asked at a place, where the bot may not be able to post."""
    if not isinstance(error, ClosedPlaceError):
        return sentence_for(error)
    code = code_of(error)
    if code in NOT_IN:
        return NOT_BETWEEN_OTHERS if place.direct else INVITE
    return IN_ARCHIVE if code == ARCHIVED else NOT_HERE.format(code)
