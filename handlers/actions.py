"""The buttons of a verdict: look again, show the policy or the fix, ask the owner, say whether it helped."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.replies.buttons import ASK_OWNER, CHECK_AGAIN, FEEDBACK, FORMS, SHOW_FIX, SHOW_POLICY
from bot.replies.details import fix_parts, owner_draft, policy_parts
from bot.replies.document import Note, line
from bot.replies.fields import Field, plain
from bot.replies.safe import shorten, visible
from bot.work.feedback import REASONS
from bot.work.intake import Intake
from bot.work.responding import Responder
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

    @app.action(SHOW_POLICY)
    async def show_policy(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place = of_interaction(body, context)
        answer, reader = await intake.press("show the policy", text_at(action, "value"), place)
        view = reader.modal("The policy", policy_parts(answer))
        await client.views_open(trigger_id=text_at(body, "trigger_id"), view=view)
        await ack()

    @app.action(SHOW_FIX)
    async def show_fix(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place = of_interaction(body, context)
        form, _, thread = text_at(action, "selected_option", "value").partition(":")
        if form not in FORMS:
            raise BrokenRequestError("the option is none of the menu's")
        answer, reader = await intake.press(f"show the fix as {FORMS[form]}", thread, place)
        view = reader.modal(f"The fix, {FORMS[form]}", fix_parts(answer, form))
        await client.views_open(trigger_id=text_at(body, "trigger_id"), view=view)
        await ack()

    @app.action(ASK_OWNER)
    async def ask_owner(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place, thread = of_interaction(body, context), text_at(action, "value")
        answer, reader = await intake.press("ask the owner", thread, place, sends=True)
        draft = shorten(visible(reader.text(owner_draft(answer))), LONGEST)
        fields = (
            Field("to", "Who owns it", {"type": "users_select", "placeholder": plain("A person")}),
            Field("text", "What to ask", {"type": "plain_text_input", "multiline": True, "initial_value": draft}),
        )
        said = (Note(line("I send it as a direct message in your name. Read it over first.")),)
        view = reader.form("Ask the owner", "Send", ASK_OWNER, f"{thread}:{place.channel}", said, fields)
        await client.views_open(trigger_id=text_at(body, "trigger_id"), view=view)
        await ack()

    @app.action(FEEDBACK)
    async def feedback(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        vote, _, thread = text_at(action, "value").partition(":")
        place = of_interaction(body, context)
        reader = await intake.vote(thread, place, helpful=vote == "yes")
        if vote == "no":
            options = [{"text": plain(label), "value": reason} for reason, label in REASONS.items()]
            fields = (
                Field("reason", "What was wrong?", {"type": "radio_buttons", "options": options}),
                Field("text", "What should it have said?", {"type": "plain_text_input", "multiline": True}, True),
            )
            view = reader.form("Not helpful", "Send", FEEDBACK, f"{thread}:{place.channel}", (), fields)
            await client.views_open(trigger_id=text_at(body, "trigger_id"), view=view)
        await ack()
        if vote != "no":
            await Responder(client).respond(place, "Thank you: noted as helpful.")
