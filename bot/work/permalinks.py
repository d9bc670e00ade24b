"""The permalink of a thread's head: asked for once, when the head is posted, and kept."""

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.slack_errors import code_of, is_transient
from bot.replies.verdict import PARENT
from bot.work.thread_store import ThreadStore

logger = logging.getLogger(__name__)


async def permalink(client: AsyncWebClient, threads: ThreadStore, thread: str, channel: str) -> str:
    """The permalink of a thread's head.

    Args:
        client: The Web API.
        threads: What is known of threads.
        thread: The thread.
        channel: The channel that it is in.

    Returns:
        The link; empty where nothing is posted, or Slack gives no link.

    Raises:
        SlackApiError, aiohttp.ClientError, TimeoutError: Slack does not answer now.
    """
    ts = (await threads.slot(thread, PARENT)).ts
    if ts is None:
        return ""
    kept = await threads.link(thread, ts)
    if kept is not None:
        return kept
    try:
        link = str((await client.chat_getPermalink(channel=channel, message_ts=ts))["permalink"])
    except SlackApiError as error:
        if is_transient(error):
            raise
        logger.info("no link to an answer: %s", code_of(error))
        link = ""
    await threads.keep_link(thread, ts, link)
    return link
