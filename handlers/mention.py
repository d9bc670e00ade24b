"""`@backup-why …`: the bot mentioned in a channel or a thread, and written to in a direct message.

Bolt acknowledges an event once its listener is through: what was written is kept by then.
"""

import re
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.work.intake import Intake
from bot.work.responding import Responder
from bot.work.understanding import understand
from handlers.message_texts import texts
from handlers.payload import optional_text, text_at
from handlers.places import of_event

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


def register(app: AsyncApp, intake: Intake) -> None:
    """Registers the events."""

    @app.event("app_mention")
    async def mention(
        event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        if "bot_id" not in event:
            await _take(_MENTION.sub(" ", _said(event)), event, body, client, context, intake)

    @app.event("message")
    async def message(
        event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        if event.get("channel_type") == "im" and "bot_id" not in event and _is_written(event):
            await _take(_said(event), event, body, client, context, intake)


async def _take(
    text: str,
    event: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    context: AsyncBoltContext,
    intake: Intake,
) -> None:
    """Submits what was written; the answer belongs in the thread of the message.

    A notice for the asker alone goes to that thread only where it is one already: else Slack does not show it
    ("chat.postEphemeral").
    """
    place = of_event(event, context)
    notice = await intake.take(await understand(text), place, text_at(body, "event_id"))
    if notice:
        await Responder(client).respond(replace(place, thread=optional_text(event, "thread_ts")), notice)


def _is_written(event: dict[str, Any]) -> bool:
    """Whether an event of a direct message is something that a person wrote or shared, and not a change of it."""
    return event.get("subtype") in (None, "file_share")


def _said(event: dict[str, Any]) -> str:
    """What a person wrote, and what Slack shows of the files beside it: snippets, mails, images' captions."""
    return " ".join([optional_text(event, "text"), *texts(event.get("files") or ())])
