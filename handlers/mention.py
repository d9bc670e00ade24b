"""`@backup-why …`: the bot mentioned in a channel or a thread, and written to in a direct message; and alerts.

Bolt acknowledges an event once its listener is through: what was written is kept by then.
"""

import logging
import re
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.work.intake import Intake
from bot.work.message_texts import cut_files, texts
from bot.work.responding import Responder
from bot.work.understanding import subject_of, understand
from handlers.alerts import CHANNELS, delivery_of, is_from_bot, may_ask
from handlers.payload import optional_text, text_at
from handlers.places import of_alert, of_event

logger = logging.getLogger(__name__)

_CUT = "I see only the beginning of {}. If the job is further down, paste its ID."
_PICTURE = "I can't read pictures. Paste the text of the error, or the job ID."
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


def register(app: AsyncApp, intake: Intake, alert_bots: frozenset[str] = frozenset()) -> None:
    """Registers the events.

    Args:
        app: The app.
        intake: Takes what people ask.
        alert_bots: The ids of other bots and apps that may ask.
    """

    @app.event("app_mention")
    async def mention(
        event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        if not is_from_bot(event):
            await _take(_MENTION.sub(" ", _said(event)), event, body, client, context, intake)
        elif may_ask(event, context, alert_bots):
            await _take_alert(event, client, context, intake)

    @app.event("message")
    async def message(
        event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        kind = event.get("channel_type")
        if kind == "im" and not is_from_bot(event) and _is_written(event):
            await _take(_said(event), event, body, client, context, intake)
        elif kind in CHANNELS and is_from_bot(event) and may_ask(event, context, alert_bots):
            await _take_alert(event, client, context, intake)


async def _take(
    text: str,
    event: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    context: AsyncBoltContext,
    intake: Intake,
) -> None:
    """Submits what was written; the answer belongs in the thread of the message."""
    place, written, notices = of_event(event, context), await understand(text), list[str]()
    names_nothing, is_picture = subject_of(written) is None, _has_picture(event)
    if not names_nothing or not is_picture or _MENTION.sub("", optional_text(event, "text")).strip():
        notices.append(await intake.take(written, place, text_at(body, "event_id")))
    if names_nothing:
        notices += [_CUT.format(name) for name in cut_files(event.get("files"))]
        notices += [_PICTURE] if is_picture else []
    for notice in filter(None, notices):
        await Responder(client).respond(place, notice)


async def _take_alert(event: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext, intake: Intake) -> None:
    """Submits what an alert names; one that names no job and no call, or several, is no question."""
    place, subject = of_alert(event, context), subject_of(await understand(" ".join(texts(event))))
    if subject is None:
        logger.info("an alert of bot %s in channel %s names no single job", place.user, place.channel)
        return
    notice = await intake.submit(subject, place, delivery_of(event))
    if notice:
        await Responder(client).respond(place, notice)


def _is_written(event: dict[str, Any]) -> bool:
    """Whether an event of a direct message is something that a person wrote or shared, and not a change of it."""
    return event.get("subtype") in (None, "file_share", "thread_broadcast", "me_message")


def _has_picture(event: dict[str, Any]) -> bool:
    """Whether a picture is beside what somebody wrote, such as a screenshot."""
    return any(optional_text(file, "mimetype").startswith("image/") for file in event.get("files") or ())


def _said(event: dict[str, Any]) -> str:
    """What a person wrote, and what Slack shows beside it: messages that were forwarded, and files.

    Of files these are the beginnings of snippets and texts, mails, and the captions of images.
    """
    return " ".join([optional_text(event, "text"), *texts(event.get("attachments") or ()), *texts(event.get("files"))])
