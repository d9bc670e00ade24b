"""Builds the Bolt app: every handler registered, every error translated, and the web application around it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from redis.asyncio import Redis
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.replies.safe import notification
from bot.work.connection import UNANSWERED
from bot.work.desk import Desk
from bot.work.trouble import sentence_for
from handlers import actions, backup_explain, backup_why, forms, home, mention, shortcuts

logger = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"

ACK_SEEN_SECONDS = 0.05
"""Bolt looks for an acknowledgement every 10 ms and drops one when its listener fails before it has looked: Slack would
be told that nobody acknowledged. A failure is told a little later, so that it has."""


def build_app(client: AsyncWebClient, desk: Desk, signing_secret: str = "") -> AsyncApp:
    """The Bolt app.

    Args:
        client: The Web API.
        desk: Takes what people ask.
        signing_secret: What requests over HTTP are signed with; not used in Socket Mode.
    """
    app = AsyncApp(token=client.token, signing_secret=signing_secret, name="backup-why")
    app.client.base_url, app.client.retry_handlers = client.base_url, client.retry_handlers
    backup_why.register(app, desk)
    backup_explain.register(app)
    actions.register(app, desk)
    forms.register(app, desk)
    mention.register(app, desk)
    shortcuts.register(app, desk)
    home.register(app, desk)
    app.error(tell_trouble)
    return app


async def tell_trouble(
    error: Exception, body: Mapping[str, Any], context: AsyncBoltContext, response: BoltResponse | None
) -> BoltResponse | None:
    """Says what went wrong to the person who met it, and to nobody else.

    Args:
        error: What a handler raised.
        body: The request.
        context: Bolt's, with the Web API and, where there is one, the response URL.
        response: What was going to be answered; None if the request was acknowledged already.
    """
    if response is None:
        await asyncio.sleep(ACK_SEEN_SECONDS)
    sentence = notification(sentence_for(error))
    if context.response_url is not None and context.respond is not None:
        told = await context.respond(text=sentence, response_type="ephemeral", replace_original=False)
        if told.status_code != 200:
            logger.warning("the asker can't be told of an error: the response URL answered %s", told.status_code)
    elif context.channel_id is not None and context.user_id is not None:
        try:
            await context.client.chat_postEphemeral(
                channel=context.channel_id, user=context.user_id, text=sentence, thread_ts=_thread_of(body)
            )
        except SlackApiError as refused:
            logger.warning("the asker can't be told of an error: %s", refused.response.get("error"))
    elif context.user_id is not None:
        await context.client.chat_postMessage(channel=context.user_id, text=sentence)  # a form has no channel
    return response and BoltResponse(status=200, body="")


def _thread_of(body: Mapping[str, Any]) -> str | None:
    """The thread that an event happened in."""
    thread = body.get("event", {}).get("thread_ts")
    return None if thread is None else str(thread)


def web_application(app: AsyncApp | None, redis: Redis) -> web.Application:
    """What is served over HTTP: `/slack/events` for Slack, `/healthz` for whoever runs it.

    Args:
        app: The Bolt app; None where it is reached over a socket instead.
        redis: What the app can't do without.
    """

    async def health(_request: web.Request) -> web.Response:
        try:
            await redis.ping()
        except UNANSWERED:
            return web.json_response({"redis": "unreachable"}, status=503)
        return web.json_response({"redis": "ok"})

    site = web.Application()
    site.add_routes([web.get(HEALTH_PATH, health)])
    if app is not None:
        site.add_routes([web.post(EVENTS_PATH, _events(app))])
    return site


def _events(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Slack's requests, handed to Bolt."""

    async def events(request: web.Request) -> web.Response:
        if not request.headers.get("X-Slack-Request-Timestamp", "").isdecimal():
            return web.Response(status=401, text="unsigned")  # Bolt's verifier takes it for granted that it is a number
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return events
