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
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.rules import Rules
from bot.app import build_app, web_application
from bot.errors import BackupWhyError, BadInputError
from bot.settings import Settings
from bot.work.client import web_client
from bot.work.connection import check, connect
from bot.work.desk import make_desk
from bot.work.tasks import open_queue

logger = logging.getLogger(__name__)


async def serve(settings: Settings, rules: Rules | None = None, *, host: str | None = None) -> None:
    """Serves until it is cancelled.

    With an app token the app is reached over Slack's Socket Mode, which needs no public address; without one it takes
    signed requests at `/slack/events`. `/healthz` is there either way.

    Args:
        settings: The process's settings.
        rules: The access file; None where there is none.
        host: The address to listen on; every one by default, as in a container.

    Raises:
        BadInputError: A setting is missing, or Slack refuses a token.
        RedisUnreachableError: Redis does not answer.
        BackupWhyError: Slack can't be reached.
    """
    async with serving(settings, rules, host=host):
        await asyncio.Event().wait()


@asynccontextmanager
async def serving(settings: Settings, rules: Rules | None = None, *, host: str | None = None) -> AsyncIterator[str]:
    """Serves while the context is open; see `serve`.

    Yields:
        The URL it listens at, on this machine.
    """
    token = needed(settings.slack_bot_token, "SLACK_BOT_TOKEN", "the bot token of your Slack app, xoxb-…")
    redis_url = needed(settings.redis_url, "REDIS_URL", "where Redis is, such as redis://localhost:6379/0")
    app_token, secret = given(settings.slack_app_token), given(settings.slack_signing_secret)
    if not app_token and not secret:
        raise BadInputError(
            "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), as your Slack app has it."
        )
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(connect(redis_url))
        await check(redis)
        client = web_client(token, settings.slack_api_url)
        await greet(client)
        desk = make_desk(redis, await stack.enter_async_context(open_queue(redis_url)), client, rules)
        app = build_app(client, desk, secret)
        site = web_application(None if app_token else app, redis)
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


def given(value: SecretStr | None) -> str:
    """The value of a setting; empty where it is not set, or set to nothing as a compose file may do."""
    return "" if value is None else value.get_secret_value().strip()


async def greet(client: AsyncWebClient) -> None:
    """Makes sure at the start that Slack knows the bot token.

    Raises:
        BadInputError: Slack refuses it.
        BackupWhyError: Slack can't be reached.
    """
    try:
        await client.auth_test()
    except SlackApiError as error:
        code = error.response.get("error")
        raise BadInputError(
            f"Slack refuses SLACK_BOT_TOKEN ({code}): take the bot token of an installed app."
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise BackupWhyError(
            f"Slack can't be reached at {client.base_url}: check the network and SLACK_API_URL."
        ) from error


@asynccontextmanager
async def _listening(site: web.Application, host: str | None, port: int) -> AsyncIterator[str]:
    """A site on a port.

    Raises:
        BadInputError: The port is taken.
    """
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=5)
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
    handler = AsyncSocketModeHandler(app, app_token)
    handler.client.wss_uri = opened["url"]
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # slack-bolt leaves it untyped
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
