"""Builds the Bolt app: every handler registered, and every error translated at one boundary."""

import json
import logging
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.place import Place
from bot.replies.safe import notification
from bot.work.installations import Installations
from bot.work.intake import Intake
from bot.work.notices import sentence_for
from bot.work.responding import Responder
from handlers import actions, backup_explain, backup_why, forms, home, mention, shortcuts, stop, uninstall
from handlers.payload import BrokenRequestError, optional_text
from handlers.places import installation_of, of_interaction

logger = logging.getLogger(__name__)

NOT_INSTALLED = "I'm not installed in this workspace any more. Ask whoever runs this bot how to install me again."


def build_app(
    client: AsyncWebClient,
    intake: Intake,
    alert_bots: frozenset[str] = frozenset(),
    oauth: AsyncOAuthSettings | None = None,
    installations: Installations | None = None,
) -> AsyncApp:
    """The Bolt app.

    A request is answered after its listener is through (`process_before_response`), so that what is acknowledged is
    done, and whoever waits for open requests waits for open listeners. Requests over HTTP are verified before they
    reach the app (`bot.site`); what comes over a socket needs no signature.

    Args:
        client: The Web API.
        intake: Takes what people ask.
        alert_bots: The ids of other bots and apps that may ask by themselves.
        oauth: How the app is installed; None where the client has the one bot token.
        installations: Where it is installed by OAuth.
    """
    app = AsyncApp(
        client=client,
        oauth_settings=oauth,
        user_facing_authorize_error_message=NOT_INSTALLED,
        name="backup-why",
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    backup_why.register(app, intake)
    backup_explain.register(app)
    actions.register(app, intake)
    forms.register(app, intake)
    mention.register(app, intake, alert_bots)
    shortcuts.register(app, intake)
    home.register(app, intake)
    stop.register(app, intake)
    uninstall.register(app, installations)

    @app.error
    async def report(error: Exception, body: dict[str, Any], context: AsyncBoltContext) -> BoltResponse:
        return await report_error(error, body, context, intake)

    return app


async def report_error(
    error: Exception, body: dict[str, Any], context: AsyncBoltContext, intake: Intake
) -> BoltResponse:
    """Says what went wrong to the person who met it, and to nobody else.

    Args:
        error: What a handler raised.
        body: The request, verified.
        context: Bolt's.
        intake: Knows who reads at a place.

    Returns:
        The answer to Slack: 400 for a request that is none of Slack's, else 200 so that it is not delivered again.
    """
    if isinstance(error, BrokenRequestError):
        logger.warning("a signed request is none of Slack's: %s", error)
        return BoltResponse(status=400, body="unreadable")
    place = _place_of(body, context)
    sentence = await intake.notice(sentence_for(error), place)
    if "command" in body:
        answer = json.dumps({"response_type": "ephemeral", "text": notification(sentence)})
        return BoltResponse(status=200, body=answer, headers={"content-type": "application/json"})
    await Responder(context.client).respond(place, sentence)
    return BoltResponse(status=200, body="")


def _place_of(body: dict[str, Any], context: AsyncBoltContext) -> Place:
    """Where a request comes from, as far as it says so: an error may come before anybody has read it."""
    event = body.get("event")
    if isinstance(event, dict):
        thread = optional_text(event, "thread_ts")
        channel, user, team = context.channel_id or "", context.user_id or "", context.team_id or ""
        return Place(channel, user, team, thread, bot="bot_id" in event, installation=installation_of(context))
    try:
        place = of_interaction(body, context)
    except BrokenRequestError:
        channel, user, team = context.channel_id or "", context.user_id or "", context.team_id or ""
        place = Place(channel, user, team, installation=installation_of(context))
    return place
