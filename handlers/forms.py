"""The forms that buttons open, once they are sent."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.place import Place
from bot.replies.buttons import ASK_OWNER, FEEDBACK
from bot.replies.details import asked_about, asked_parts
from bot.replies.document import Page
from bot.work.intake import Intake
from bot.work.responding import Responder
from handlers.payload import member_at, optional_text, text_at
from handlers.places import name_of, of_interaction


def register(app: AsyncApp, intake: Intake) -> None:
    """Registers the forms."""

    @app.view(ASK_OWNER)
    async def ask_owner(
        ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        thread, place = _about(body, view, context)
        owner, text = _value(view, "to"), _value(view, "text")
        answer, _ = await intake.press(f"send to {owner}", thread, place, sends=True)
        direct = await client.conversations_open(users=owner)
        channel = text_at(direct["channel"], "id")
        reader = (await intake.direct_audience(channel, place)).about(answer)
        by = name_of(body)
        page = Page("asked", f"{asked_about(by, answer)}.", tuple(asked_parts(by, text, answer)))
        for message in reader.messages(page):
            await client.chat_postMessage(channel=channel, text=message.text, blocks=message.blocks)
        await ack()
        await Responder(client).respond(place, "Sent.")

    @app.view(FEEDBACK)
    async def not_helpful(
        ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        thread, place = _about(body, view, context)
        await intake.comment(thread, place, _value(view, "reason"), _value(view, "text"))
        await ack()
        await Responder(client).respond(place, "Thanks for the feedback. It helps to improve this answer.")


def _about(body: Any, view: Any, context: AsyncBoltContext) -> tuple[str, Place]:
    """The thread that a form is about, and the button that opened it, with its response URL."""
    thread, _, rest = text_at(view, "private_metadata").partition(":")
    channel, _, url = rest.partition(":")
    return thread, replace(of_interaction(body, context), channel=channel, thread="", response_url=url)


def _value(view: Any, name: str) -> str:
    """What was filled in; empty for nothing."""
    element = member_at(view, "state", "values").get(name) or {}
    return (
        optional_text(element, name, "value")
        or optional_text(element, name, "selected_user")
        or optional_text(element, name, "selected_option", "value")
    )
