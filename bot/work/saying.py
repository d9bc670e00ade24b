"""Says a page in a thread, once and for all: nothing here is edited later."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.access.gate import Gate
from bot.access.masking import masked
from bot.replies.document import Page
from bot.replies.slack import draw
from bot.work.question import Place


async def say(client: AsyncWebClient, gate: Gate, place: Place, page: Page) -> None:
    """Posts a page in the thread of a place, with what may be seen there.

    Raises:
        SlackApiError: Slack refuses it.
    """
    shown = masked(page) if await gate.is_shared(place.channel) else page
    for message in draw(shown):
        await client.chat_postMessage(
            channel=place.channel,
            thread_ts=place.thread or None,
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
        )
        for snippet in message.snippets:
            await client.files_upload_v2(
                filename=snippet.name,
                title=snippet.name,
                content=snippet.text,
                channel=place.channel,
                thread_ts=place.thread or None,
            )
