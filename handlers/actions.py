"""The buttons of a verdict: show the fix or the details, ask the owner, check again, say whether it helped."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.place import Place
from bot.replies.buttons import ASK_OWNER, CHECK_AGAIN, FEEDBACK, SHOW_DETAILS, SHOW_FIX, SHOW_FIX_AS
from bot.replies.details import detail_parts, owner_draft
from bot.replies.document import Note, line
from bot.replies.fields import Field, plain
from bot.replies.fixes import FORMS, fix_parts
from bot.replies.message import View
from bot.replies.safe import shorten, visible
from bot.work.feedback import REASONS
from bot.work.intake import Intake
from bot.work.responding import Responder
from handlers.modals import show
from handlers.payload import BrokenRequestError, text_at
from handlers.places import name_of, of_interaction

LONGEST = 3_000
"""Characters of a draft: what Slack lets a field begin with."""


def register(app: AsyncApp, intake: Intake) -> None:
    """Registers the buttons."""

    @app.action(CHECK_AGAIN)
    async def check_again(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place = of_interaction(body, context)
        press = text_at(body, "trigger_id")
        notice = await intake.check_again(text_at(action, "value"), press, name_of(body), place)
        await ack()
        if notice:
            await Responder(client).respond(place, notice)

    @app.action(SHOW_DETAILS)
    async def show_details(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place, thread = of_interaction(body, context), text_at(action, "value")

        async def render() -> View:
            answer, reader = await intake.press("show the details", thread, place)
            return reader.modal("Details", detail_parts(answer))

        await show("Details", render, body, place, client, intake)
        await ack()

    @app.action(SHOW_FIX)
    async def show_fix(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place, thread = of_interaction(body, context), text_at(action, "value")

        async def render() -> View:
            answer, reader = await intake.press("show the fix", thread, place)
            return reader.modal("The fix", fix_parts(answer, "cli"))

        await show("The fix", render, body, place, client, intake)
        await ack()

    @app.action(SHOW_FIX_AS)
    async def show_fix_as(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place = of_interaction(body, context)
        form, _, thread = text_at(action, "selected_option", "value").partition(":")
        if form not in FORMS:
            raise BrokenRequestError("the option is none of the menu's")
        title = f"The fix, {FORMS[form]}"

        async def render() -> View:
            answer, reader = await intake.press(f"show the fix as {FORMS[form]}", thread, place)
            return reader.modal(title, fix_parts(answer, form))

        await show(title, render, body, place, client, intake)
        await ack()

    @app.action(ASK_OWNER)
    async def ask_owner(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place, thread = of_interaction(body, context), text_at(action, "value")

        async def render() -> View:
            answer, reader = await intake.press("ask the owner", thread, place, sends=True)
            draft = shorten(visible(reader.text(owner_draft(answer))), LONGEST)
            fields = (
                Field("to", "Send to", {"type": "users_select", "placeholder": plain("A person")}),
                Field("text", "Message", {"type": "plain_text_input", "multiline": True, "initial_value": draft}),
            )
            said = (Note(line("This will be sent as a direct message on your behalf. Review it first.")),)
            return reader.form("Ask the owner", "Send", ASK_OWNER, _about(thread, place), said, fields)

        await show("Ask the owner", render, body, place, client, intake)
        await ack()

    @app.action(FEEDBACK)
    async def feedback(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        vote, _, thread = text_at(action, "value").partition(":")
        place = of_interaction(body, context)

        async def render() -> View:
            reader = await intake.vote(thread, place, helpful=False)
            options = [{"text": plain(label), "value": reason} for reason, label in REASONS.items()]
            fields = (
                Field("reason", "What was wrong?", {"type": "radio_buttons", "options": options}),
                Field("text", "What should it have said?", {"type": "plain_text_input", "multiline": True}, True),
            )
            return reader.form("Not helpful", "Send", FEEDBACK, _about(thread, place), (), fields)

        if vote == "no":
            await show("Not helpful", render, body, place, client, intake)
            await ack()
            return
        await intake.vote(thread, place, helpful=vote == "yes")
        await ack()
        await Responder(client).respond(place, "Thanks for the feedback.")


def _about(thread: str, place: Place) -> str:
    """What a form brings back: its thread, and where to answer whoever sends it, who is not at a message then."""
    return f"{thread}:{place.channel}:{place.response_url}"
