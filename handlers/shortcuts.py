"""“Why did this backup fail” in a message's menu, and the global shortcut that lists failed jobs to pick from."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import ANYBODY
from bot.errors import BadInputError
from bot.replies.home import OPEN_PICKER
from bot.replies.picking import LOADING, PICK, TITLE, picked
from bot.work.intake import Intake
from bot.work.message_texts import texts
from bot.work.question import AskedJob
from bot.work.responding import Responder
from bot.work.understanding import understand
from handlers.payload import BrokenRequestError, member_at, optional_text, text_at
from handlers.places import of_interaction

OF_MESSAGE = "why_failed"
GLOBAL = "pick_failed"


def register(app: AsyncApp, intake: Intake) -> None:
    """Registers the shortcuts, and what the form of the global one leads to."""

    @app.shortcut(OF_MESSAGE)
    async def why_failed(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        place = of_interaction(body, context)
        written = await understand(" ".join(texts(member_at(body, "message"))))
        notice = await intake.take(written, place, text_at(body, "trigger_id"))
        await ack()
        if notice:
            await Responder(client).respond(place, notice)

    @app.shortcut(GLOBAL)
    async def pick(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext) -> None:
        await _open_picker(body, client, context, intake)
        await ack()

    @app.action(OPEN_PICKER)
    async def pick_from_home(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        await _open_picker(body, client, context, intake)
        await ack()

    @app.view(PICK)
    async def picked_job(
        ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        values = member_at(view, "state", "values")
        urls = [optional_text(url, "response_url") for url in body.get("response_urls") or ()]
        place = replace(
            of_interaction(body, context),
            channel=text_at(values, "channel", "channel", "selected_conversation"),
            response_url=next(filter(None, urls), ""),
            chosen=True,
        )
        try:
            job = picked(text_at(values, "job", "job", "selected_option", "value"))
        except (BadInputError, ValueError) as error:
            raise BrokenRequestError("job is no option of the form") from error
        notice = await intake.submit(AskedJob(job=job), place, text_at(body, "trigger_id"))
        await ack()
        if notice:
            await Responder(client).respond(place, notice)


async def _open_picker(body: Any, client: AsyncWebClient, context: AsyncBoltContext, intake: Intake) -> None:
    """Opens the form at once, and has the worker fill it: a trigger is good for three seconds."""
    opened = await client.views_open(trigger_id=text_at(body, "trigger_id"), view=ANYBODY.modal(TITLE, LOADING))
    await intake.list_failures(text_at(opened["view"], "id"), of_interaction(body, context))
