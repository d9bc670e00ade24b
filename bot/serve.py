"""The web process: the app behind HTTP, or connected to Slack by a socket, until it is told to stop."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.rules import Rules
from bot.app import build_app
from bot.errors import BackupWhyError, BadInputError
from bot.oauth import install_routes, oauth_settings
from bot.settings import Settings, given
from bot.site import make_site
from bot.work.client import web_client
from bot.work.connection import check, connect
from bot.work.installations import Installations, oauth_app
from bot.work.installed import InstalledAuthorizers
from bot.work.intake import Intake, make_intake
from bot.work.meter import Meter
from bot.work.queue import open_queue
from bot.work.schemas import settle
from bot.work.token_watch import TokenWatch

logger = logging.getLogger(__name__)

ACKNOWLEDGED_SECONDS = 1.0
"""How long Redis may take to keep a question: Slack wants its request acknowledged within three seconds, and who asked
is told at once that it can't be kept."""

WHAT_TO_SET = "the bot token of your Slack app, xoxb-…"

FINISH_SECONDS = 5.0
"""How long requests that are under way have to end when the process is told to stop."""


async def serve(
    settings: Settings, rules: Rules | None = None, *, host: str | None = None, stopping: asyncio.Event
) -> None:
    """Serves until it is told to stop, and then ends what is under way.

    With an app token the app is reached over Slack's Socket Mode, which needs no public address; without one it takes
    signed requests at `/slack/events`. `/healthz` is there either way.

    Args:
        settings: The process's settings.
        rules: The access file; None where there is none.
        host: The address to listen on; every one by default, as in a container.
        stopping: Set to stop it.

    Raises:
        BadInputError: A setting is missing, or Slack refuses a token.
        OtherKeyError: The installations can't be read with the keys of the settings.
        RedisUnreachableError: Redis does not answer.
        BackupWhyError: Slack can't be reached.
    """
    async with serving(settings, rules, host=host):
        await stopping.wait()


@asynccontextmanager
async def serving(settings: Settings, rules: Rules | None = None, *, host: str | None = None) -> AsyncIterator[str]:
    """Serves while the context is open; see `serve`.

    Yields:
        The URL it listens at, on this machine.
    """
    oauth = oauth_app(settings)
    token = "" if oauth else needed(settings.slack_bot_token, "SLACK_BOT_TOKEN", WHAT_TO_SET)
    redis_url = needed(settings.redis_url, "REDIS_URL", "where Redis is, such as redis://localhost:6379/0")
    app_token, secret = given(settings.slack_app_token), given(settings.slack_signing_secret)
    if not app_token and not secret:
        raise BadInputError(
            "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), as your Slack app has it."
        )
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(connect(redis_url, answer_seconds=ACKNOWLEDGED_SECONDS, retries=0))
        await check(redis)
        await settle(redis)
        client = web_client(token, settings.slack_api_url)
        client.meter = Meter(redis)
        alert_bots, queue = frozenset(settings.alert_bots), open_queue(redis_url)
        if oauth:
            installations = Installations(redis, oauth)
            await installations.check()
            intake = Intake(redis, queue, InstalledAuthorizers(installations, oauth.api_url, rules))
            app = build_app(client, intake, alert_bots, oauth_settings(redis, oauth), installations)
        else:
            client.watch = TokenWatch(redis)
            await greet(client, alert_bots)
            app = build_app(client, make_intake(redis, queue, client, rules), alert_bots)
        site = make_site(None if app_token else app, redis, secret, install_routes(app))
        url = await stack.enter_async_context(_listening(site, host, settings.port))
        if app_token:
            await stack.enter_async_context(_connected(app, app_token))
        logger.info("serving at %s%s", url, ", connected by Socket Mode" if app_token else "")
        yield url


def needed(value: SecretStr | None, name: str, what: str) -> str:
    """The value of a setting that there must be one of.

    Raises:
        BadInputError: It is not set.
    """
    if not given(value):
        raise BadInputError(f"Set {name}: {what}.")
    return given(value)


async def greet(client: AsyncWebClient, alert_bots: frozenset[str] = frozenset()) -> None:
    """Makes sure at the start that Slack knows the bot token, and that the bot is not to answer itself.

    Raises:
        BadInputError: Slack refuses it, or the bot is among those whose alerts it answers.
        BackupWhyError: Slack can't be reached.
    """
    try:
        own = await client.auth_test()
    except SlackApiError as error:
        code = error.response.get("error")
        raise BadInputError(
            f"Slack refuses SLACK_BOT_TOKEN ({code}): take the bot token of an installed app."
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise BackupWhyError(
            f"Slack can't be reached at {client.base_url}: check the network and SLACK_API_URL."
        ) from error
    if own.get("bot_id") in alert_bots:
        raise BadInputError(f"BACKUP_WHY_ALERT_BOTS names this bot itself ({own['bot_id']}): take it out.")


@asynccontextmanager
async def _listening(site: web.Application, host: str | None, port: int) -> AsyncIterator[str]:
    """A site on a port.

    Raises:
        BadInputError: The port is taken.
    """
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=FINISH_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise BadInputError(f"Port {port} can't be listened on ({error.strerror}): set PORT to another.") from error
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _connected(app: AsyncApp, app_token: str) -> AsyncIterator[None]:
    """The app connected to Slack by a socket.

    Raises:
        BadInputError: Slack refuses the app token.
    """
    try:
        opened = await app.client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = error.response.get("error")
        raise BadInputError(f"Slack refuses SLACK_APP_TOKEN ({code}): take one with connections:write.") from error
    handler = _DrainingHandler(app, app_token)
    handler.client.wss_uri = opened["url"]
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # slack-bolt leaves it untyped
        yield
    finally:
        await handler.drain()
        await handler.close_async()  # type: ignore[no-untyped-call]


class _DrainingHandler(AsyncSocketModeHandler):
    """Bolt's handler of a socket, which ends what is under way before the socket is closed.

    What comes while it ends is left unacknowledged: Slack delivers it again, over the socket of another process.
    """

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token)
        self._under_way: set[asyncio.Task[None]] = set()
        self._draining = False

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Handles a request; see Bolt."""
        if self._draining:
            return
        urls = req.payload.get("response_urls")
        if isinstance(urls, list):
            req.payload["response_urls"] = urls[:1]  # of several Bolt wants to log, before it has a logger
        handling = asyncio.ensure_future(super().handle(client, req))
        self._under_way.add(handling)
        handling.add_done_callback(self._under_way.discard)
        await handling

    async def drain(self) -> None:
        """Waits for what is under way."""
        self._draining = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FINISH_SECONDS)
