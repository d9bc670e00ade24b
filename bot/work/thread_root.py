"""The message that a thread begins with, such as an alert: what somebody asks below it may be about it."""

from typing import Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.place import Place
from bot.access.slack_errors import code_of, is_transient
from bot.errors import BackupWhyError
from bot.work.message_texts import texts
from bot.work.understanding import Written, understand

_INSTEAD: Final = "Or write the job ID behind my name."
_NO_MEMBER: Final = "I can't read the message above, because I'm not in this channel. Invite me with /invite. "
_NO_SCOPE: Final = (
    "I can't read the message above: my Slack app lacks the scope {}. Ask whoever runs this bot to add it. "
)
_GONE: Final = "The message above is gone. "
_OTHERWISE: Final = "Slack doesn't let me read the message above ({}). "


class UnreadRootError(BackupWhyError):
    """Slack does not let the bot read the first message of a thread; the sentence says what to do."""


async def read_root(client: AsyncWebClient, place: Place) -> Written:
    """Reads the first message of a thread.

    It needs the scope `channels:history` or `groups:history`, and to be in the channel ("conversations.replies").

    Args:
        client: The Web API.
        place: The thread.

    Raises:
        UnreadRootError: Slack refuses for good.
        SlackApiError, aiohttp.ClientError, TimeoutError: Slack does not answer now; ask again later.
    """
    try:
        answer = await client.conversations_replies(channel=place.channel, ts=place.thread, limit=1)
    except SlackApiError as error:
        if is_transient(error):
            raise
        raise UnreadRootError(_sentence(error) + _INSTEAD) from error
    messages = [message for message in answer["messages"] if message.get("ts") == place.thread]
    if not messages:
        raise UnreadRootError(_GONE + _INSTEAD)
    return await understand(" ".join(texts(messages[0])))


def _sentence(error: SlackApiError) -> str:
    match code_of(error):
        case "missing_scope":
            return _NO_SCOPE.format(error.response.get("needed") or "channels:history")
        case "not_in_channel" | "channel_not_found":
            return _NO_MEMBER
        case "thread_not_found":
            return _GONE
        case code:
            return _OTHERWISE.format(code)
