"""The forms that buttons open, once they are sent."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.replies.buttons import ASK_OWNER, FEEDBACK
from bot.replies.details import asked_parts
from bot.replies.document import Page
from bot.replies.slack import draw
from bot.work.desk import Desk
from bot.work.question import Place
from handlers.places import name_of


def register(app: AsyncApp, desk: Desk) -> None:
    """Registers the forms."""

    @app.view(ASK_OWNER)
    async def ask_owner(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        thread, place = _about(body, view)
        owner, text = _value(view, "to"), _value(view, "text")
        _, diagnosis = await desk.press(f"send to {owner}", thread, place)
        by = name_of(body)
        page = Page(
            "asked", f"{by} asks you about a backup job that was denied.", tuple(asked_parts(by, text, diagnosis))
        )
        for message in draw(page):
            await client.chat_postMessage(channel=owner, text=message.text, blocks=message.blocks)
        await client.chat_postEphemeral(channel=place.channel, user=place.user, text="Sent.")

    @app.view(FEEDBACK)
    async def not_helpful(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        thread, place = _about(body, view)
        await desk.comment(thread, place, _value(view, "reason"), _value(view, "text"))
        await client.chat_postEphemeral(
            channel=place.channel,
            user=place.user,
            text="Thank you: it is kept with the entries that the answer drew on.",
        )


def _about(body: dict[str, Any], view: dict[str, Any]) -> tuple[str, Place]:
    """The thread that a form is about, and where it was opened."""
    thread, _, channel = view["private_metadata"].partition(":")
    return thread, Place(channel, body["user"]["id"], body["team"]["id"])


def _value(view: dict[str, Any], name: str) -> str:
    """What was filled in; empty for nothing."""
    state = view["state"]["values"].get(name, {}).get(name, {})
    option = state.get("selected_option") or {}
    return str(state.get("value") or state.get("selected_user") or option.get("value") or "")
