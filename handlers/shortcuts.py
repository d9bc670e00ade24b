"""“Why did this backup fail” in a message's menu, and the global shortcut that lists failed jobs to pick from."""

from collections.abc import Iterator
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.replies.home import OPEN_PICKER
from bot.replies.picking import PICK, TITLE, picked
from bot.replies.views import loading
from bot.work.conversation import hear
from bot.work.desk import Desk
from bot.work.question import Place, Question
from bot.work.saying import say
from handlers.places import of_interaction

OF_MESSAGE = "why_failed"
GLOBAL = "pick_failed"

_WORDS = frozenset({"text", "value", "title", "pretext", "fallback", "url", "title_link"})
"""The members in which blocks and attachments carry what is to be read."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Registers the shortcuts, and what the form of the global one leads to."""

    @app.shortcut(OF_MESSAGE)
    async def why_failed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        place = of_interaction(body)
        page = await hear(" ".join(texts(body["message"])), place, body["trigger_id"], desk)
        if page is not None:
            await say(client, desk.gate, place, page)

    @app.shortcut(GLOBAL)
    async def pick(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await _open_picker(body, client, desk)

    @app.action(OPEN_PICKER)
    async def pick_from_home(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await _open_picker(body, client, desk)

    @app.view(PICK)
    async def picked_job(
        ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        values = view["state"]["values"]
        job = picked(values["job"]["job"]["selected_option"]["value"])
        channel = values["channel"]["channel"]["selected_conversation"]
        urls = [url["response_url"] for url in body.get("response_urls", ())]
        place = Place(channel, body["user"]["id"], body["team"]["id"], "", urls[0] if urls else "")
        told = await desk.ask(Question(job, place), delivery=body["trigger_id"])
        if told and respond.response_url:
            await respond(told, response_type="ephemeral")
        elif told:
            await client.chat_postEphemeral(channel=channel, user=place.user, text=told)


async def _open_picker(body: dict[str, Any], client: AsyncWebClient, desk: Desk) -> None:
    """Opens the form at once, and has the worker fill it: a trigger is good for three seconds."""
    opened = await client.views_open(trigger_id=body["trigger_id"], view=loading(TITLE))
    await desk.list_failures(opened["view"]["id"], body["user"]["id"])


def texts(message: Any) -> Iterator[str]:
    """Every text of a message, wherever it stands: alerts of other bots keep theirs in blocks and attachments."""
    if isinstance(message, dict):
        for name, member in message.items():
            if isinstance(member, str) and name in _WORDS:
                yield member
            else:
                yield from texts(member)
    elif isinstance(message, list):
        for member in message:
            yield from texts(member)
