"""Slack: the tokens, the scopes that the app was installed with, and whether Slack and the web process are reached.

Sources: "auth.test" and "apps.connections.open" (Slack API methods); "Scopes" (Slack): the header `X-OAuth-Scopes` of
an answer lists what the token has.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import resources
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.access.slack_errors import SLACK_FAULTS, code_of
from bot.doctor.clocks import compare_clock
from bot.doctor.findings import SetupFinding, broken, ok, unknown, warning
from bot.errors import BadInputError
from bot.redis_faults import UNANSWERED
from bot.settings import Settings
from bot.site import INSTALL_PATH
from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.installations import Installations, OAuthApp, OtherKeyError, oauth_app

_SECONDS: Final = 5
_HEALTH: Final = "/healthz"


async def check_slack(settings: Settings, url: str | None) -> AsyncIterator[SetupFinding]:
    """Looks at Slack.

    Args:
        settings: The settings.
        url: Where Slack reaches the web process; None where that is not to be tried.
    """
    try:
        app = oauth_app(settings)
    except BadInputError as error:
        do = "Set all of what OAuth needs, or none of it and SLACK_BOT_TOKEN (docs/how-to/many-workspaces.md)."
        yield broken("slack.oauth", error.message, do)
        return
    if app is not None:
        async for finding in _installations(settings, app):
            yield finding
    elif settings.slack_bot_token is None:
        do = "Set SLACK_BOT_TOKEN to the bot token of the installed app, xoxb-…."
        yield broken("slack.token", "SLACK_BOT_TOKEN is not set: the bot can't speak to Slack.", do)
    else:
        token = settings.slack_bot_token.get_secret_value()
        async for finding in _bot_token(token, settings.slack_api_url, "SLACK_BOT_TOKEN"):
            yield finding
    yield await _way_in(settings)
    if url is not None:
        yield await _reached(url)


async def _installations(settings: Settings, app: OAuthApp) -> AsyncIterator[SetupFinding]:
    """The token of each workspace and organization that has installed the app."""
    if settings.redis_url is None:
        yield unknown("slack.oauth", "REDIS_URL is not set: nothing is known of where the app is installed.")
        return
    count = 0
    try:
        async with connect(settings.redis_url.get_secret_value(), answer_seconds=_SECONDS, retries=0) as redis:
            installations = Installations(redis, app)
            async for name in installations.names():
                count += 1
                if bot := await installations.bot(name):
                    async for finding in _bot_token(bot.bot_token, app.api_url, f"the token of installation {name}"):
                        yield finding
    except OtherKeyError as error:
        yield broken("slack.oauth", error.message, "Add that key to the end of the list.")
        return
    except UNANSWERED as error:
        says = f"Redis doesn't answer ({type(error).__name__}): nothing is known of where the app is installed."
        yield unknown("slack.oauth", says)
        return
    if count:
        yield ok("slack.oauth", f"The app is installed by OAuth in {count} workspaces and organizations.")
    else:
        do = f"Open {INSTALL_PATH} of the web process in a browser."
        yield warning("slack.oauth", "The app is installed by OAuth, and nowhere so far.", do)


async def _bot_token(token: str, api_url: str, what: str) -> AsyncIterator[SetupFinding]:
    try:
        answer = await web_client(token, api_url).auth_test()
    except SlackApiError as error:
        do = "Take the bot token from “OAuth & Permissions” of the app, or install the app anew."
        yield broken("slack.token", f"Slack refuses {what} ({code_of(error)}).", do)
        return
    except (*SLACK_FAULTS, OSError) as error:
        do = "Check the network, proxies and SLACK_API_URL."
        yield broken("slack.reached", f"Slack can't be reached at {api_url} ({code_of(error)}).", do)
        return
    here = datetime.now(UTC)
    headers = {str(name).lower(): value for name, value in answer.headers.items()}
    yield ok(
        "slack.token",
        f"Slack knows the bot token: {answer.get('user') or answer.get('user_id')} in {answer.get('team')}.",
    )
    for finding in _scopes(headers.get("x-oauth-scopes")):
        yield finding
    yield compare_clock("slack.clock", "Slack", headers.get("date"), here)


def _scopes(header: str | None) -> list[SetupFinding]:
    """Whether the token has what the manifest asks for."""
    if header is None:
        return [unknown("slack.scopes", "Slack's answer doesn't say which scopes the token has.")]
    given = {scope.strip() for scope in header.split(",")}
    manifest: Any = json.loads(resources.files("bot").joinpath("manifest.json").read_text(encoding="utf-8"))
    asked = manifest["oauth_config"]["scopes"]
    missing = [scope for scope in asked["bot"] if scope not in given]
    optional = [scope for scope in asked["bot_optional"] if scope not in given]
    found = []
    if missing:
        do = "Give the app the manifest that backup-why manifest prints, and install it anew."
        found.append(broken("slack.scopes", f"The bot token lacks the scopes {', '.join(missing)}.", do))
    else:
        found.append(ok("slack.scopes", "The bot token has every scope that the manifest asks for."))
    if optional:
        says = f"The bot token lacks the optional scopes {', '.join(optional)}."
        do = "Add them, if the bot should find its own messages in channels after Slack broke off a call."
        found.append(warning("slack.scopes.optional", says, do))
    return found


async def _way_in(settings: Settings) -> SetupFinding:
    """Whether Slack's requests can get in: over a socket, or signed over HTTP."""
    if settings.slack_app_token is not None:
        client = web_client(settings.slack_app_token.get_secret_value(), settings.slack_api_url)
        try:
            await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
        except (*SLACK_FAULTS, OSError) as error:
            do = "Take an app-level token with the scope connections:write from “Basic Information” of the app."
            return broken("slack.way-in", f"Slack opens no socket for SLACK_APP_TOKEN ({code_of(error)}).", do)
        return ok("slack.way-in", "Slack's requests come over Socket Mode, and Slack opens a socket.")
    if settings.slack_signing_secret is not None:
        return ok("slack.way-in", "Slack's requests come over HTTP, signed with SLACK_SIGNING_SECRET.")
    do = "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), as the app has it."
    return broken("slack.way-in", "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: nothing gets in.", do)


async def _reached(url: str) -> SetupFinding:
    """Whether the web process answers at the address that Slack has, and is ready."""
    address = url.rstrip("/") + _HEALTH
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session,
            session.get(address) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        do = "Check that backup-why serve runs, and the load balancer, DNS and certificate before it."
        return broken("slack.reachability", f"{address} can't be reached ({type(error).__name__}).", do)
    if status != HTTPStatus.OK:
        do = "Read the body of that answer: it says what the web process lacks."
        return broken("slack.reachability", f"{address} answers with {status}: a question would not be answered.", do)
    return ok("slack.reachability", f"{address} answers: a question would be answered.")
