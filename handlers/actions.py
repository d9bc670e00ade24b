"""The buttons of a verdict: look again, show the policy or the fix, ask the owner, say whether it helped."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.masking import HIDDEN
from bot.replies.buttons import ASK_OWNER, CHECK_AGAIN, FEEDBACK, FORMS, SHOW_FIX, SHOW_POLICY
from bot.replies.details import fix_parts, owner_draft, policy_parts
from bot.replies.document import Note, Paragraph, Part, line
from bot.replies.safe import shorten
from bot.replies.views import Field, form, modal, plain
from bot.work.desk import Desk
from bot.work.feedback import REASONS
from bot.work.question import Place
from handlers.places import name_of, of_interaction

LONGEST = 3_000
"""Characters of a draft: what Slack lets a field begin with."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Registers the buttons."""

    @app.action(CHECK_AGAIN)
    async def check_again(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        await desk.check_again(action["value"], body["trigger_id"], name_of(body), of_interaction(body))

    @app.action(SHOW_POLICY)
    async def show_policy(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        place = of_interaction(body)
        _, diagnosis = await desk.press("show the policy", action["value"], place)
        await _open(client, body, "The policy", policy_parts(diagnosis), desk, place)

    @app.action(SHOW_FIX)
    async def show_fix(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        place = of_interaction(body)
        kind, _, thread = action["selected_option"]["value"].partition(":")
        _, diagnosis = await desk.press(f"show the fix as {FORMS[kind]}", thread, place)
        await _open(client, body, f"The fix, {FORMS[kind]}", fix_parts(diagnosis, kind), desk, place)

    @app.action(ASK_OWNER)
    async def ask_owner(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        _, diagnosis = await desk.press("ask the owner", action["value"], of_interaction(body))
        draft = shorten(owner_draft(diagnosis), LONGEST)
        fields = (
            Field("to", "Who owns it", {"type": "users_select", "placeholder": plain("A person")}),
            Field("text", "What to ask", {"type": "plain_text_input", "multiline": True, "initial_value": draft}),
        )
        said = (Note(line("I send it as a direct message in your name. Read it over first.")),)
        view = form("Ask the owner", "Send", ASK_OWNER, _about(action["value"], body), said, fields)
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.action(FEEDBACK)
    async def feedback(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        vote, _, thread = action["value"].partition(":")
        place = of_interaction(body)
        await desk.vote(thread, place, helpful=vote == "yes")
        if vote == "no":
            options = [{"text": plain(label), "value": reason} for reason, label in REASONS.items()]
            fields = (
                Field("reason", "What was wrong?", {"type": "radio_buttons", "options": options}),
                Field("text", "What should it have said?", {"type": "plain_text_input", "multiline": True}, True),
            )
            view = form("Not helpful", "Send", FEEDBACK, _about(thread, body), (), fields)
            await client.views_open(trigger_id=body["trigger_id"], view=view)
        else:
            await client.chat_postEphemeral(
                channel=place.channel, user=place.user, thread_ts=place.thread, text="Thank you: noted as helpful."
            )


async def _open(
    client: AsyncWebClient, body: dict[str, Any], title: str, parts: list[Part], desk: Desk, place: Place
) -> None:
    """Opens a modal for the one who pressed; where others read along, who presses may be one of them."""
    if await desk.gate.is_shared(place.channel):
        parts = [Paragraph(line(f"Policies and fixes are {HIDDEN}. Ask again in a channel of your own."))]
    await client.views_open(trigger_id=body["trigger_id"], view=modal(title, parts))


def _about(thread: str, body: dict[str, Any]) -> str:
    """What a form is told back: the thread, and the channel it was opened in."""
    return f"{thread}:{body['channel']['id']}"
