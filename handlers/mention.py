"""`@backup-why …`: the bot mentioned in a channel or a thread, and written to in a direct message."""

import re
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.work.conversation import hear
from bot.work.desk import Desk
from bot.work.saying import say
from handlers.places import of_event

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


def register(app: AsyncApp, desk: Desk) -> None:
    """Registers the events."""

    @app.event("app_mention")
    async def mention(
        event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        if "bot_id" not in event:
            text = _MENTION.sub(" ", event.get("text", ""))
            await _reply(text, event, body["event_id"], client, context, desk)

    @app.event("message")
    async def message(
        event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        written = event.get("channel_type") == "im" and "bot_id" not in event and "subtype" not in event
        if written:
            await _reply(event.get("text", ""), event, body["event_id"], client, context, desk)


async def _reply(
    text: str, event: dict[str, Any], delivery: str, client: AsyncWebClient, context: AsyncBoltContext, desk: Desk
) -> None:
    """Replies in the thread of the message."""
    place = of_event(event, context.team_id or "")
    page = await hear(text, place, delivery, desk)
    if page is not None:
        await say(client, desk.gate, place, page)
