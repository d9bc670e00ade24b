"""Installs the app in a workspace or an organization: Bolt's OAuth flow, with what it needs kept in Redis.

Source: "Installing with OAuth" in Slack's documentation.
"""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from importlib import resources
from typing import Any

from aiohttp import web
from redis.asyncio import Redis
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.access.place import INSTALLATION
from bot.access.slack_errors import SLACK_FAULTS, code_of
from bot.errors import RedisUnreachableError
from bot.redis_faults import UNANSWERED
from bot.site import INSTALL_PATH, REDIRECT_PATH
from bot.work.client import web_client
from bot.work.installations import Installations, OAuthApp, installation_name
from bot.work.intake import UNREACHABLE

logger = logging.getLogger(__name__)

STATE_SECONDS = 600
"""How long somebody may take to allow the installation on Slack's page, as in Bolt's own stores."""

_NOT_LISTED = "This workspace may not install the app. Ask whoever runs it to list {} in BACKUP_WHY_WORKSPACES."
_UNANSWERED = "The app can't be installed now: Redis or Slack doesn't answer. Please try again in a minute."
_FAILED = "The app was not installed ({}). Please begin again at {}."
_INSTALLED = "The app is installed in {}. Write /backup-why in Slack."


class InstallStates(AsyncOAuthStateStore):
    """The states of installations that are under way: each counts once, and for ten minutes.

    Args:
        redis: A client that decodes its responses.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def async_issue(self, *_args: Any, **_named: Any) -> str:
        """Makes a new state; see `AsyncOAuthStateStore`."""
        state = str(uuid.uuid4())
        await self._redis.set(_state(state), "1", ex=STATE_SECONDS)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether a state was made here and not used before; see `AsyncOAuthStateStore`."""
        return bool(await self._redis.delete(_state(state)))


class _ListedInstallations(Installations):
    """The installations, for the flow: what may not be installed is given back to Slack and not kept."""

    def __init__(self, redis: Redis, app: OAuthApp) -> None:
        super().__init__(redis, app)
        self._app = app

    async def async_save(self, installation: Installation) -> None:
        """Keeps an installation that may be.

        Raises:
            BoltError: It may not; its token is revoked ("auth.revoke").
        """
        ids = {installation.enterprise_id, installation.team_id} - {None}
        if self._app.workspaces and self._app.workspaces.isdisjoint(map(str, ids)):
            try:
                await web_client("", self._app.api_url).auth_revoke(token=installation.bot_token)
            except SLACK_FAULTS as error:
                logger.warning("the token of an installation that may not be can't be revoked: %s", code_of(error))
            name = installation_name(
                installation.enterprise_id, installation.team_id, org_wide=installation.is_enterprise_install
            )
            raise BoltError(_NOT_LISTED.format(name))
        await super().async_save(installation)


class _Authorize(AsyncAuthorize):
    """Finds the token of the workspace that a request comes from.

    Args:
        installations: Where the app is installed.
    """

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_others: Any,
    ) -> AuthorizeResult | None:
        """The bot of the installation; None where the app is not installed.

        Raises:
            OtherKeyError: The installation can't be read.
            RedisUnreachableError: Redis does not answer.
        """
        del user_id
        name = installation_name(enterprise_id, team_id, org_wide=context.is_enterprise_install)
        try:
            bot = await self._installations.bot(name)
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error
        if bot is None:
            return None
        context[INSTALLATION] = name
        return AuthorizeResult(
            enterprise_id=bot.enterprise_id,
            team_id=bot.team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token=bot.bot_token,
            bot_scopes=list(bot.bot_scopes),
        )


def oauth_settings(redis: Redis, app: OAuthApp) -> AsyncOAuthSettings:
    """Bolt's settings of the flow.

    Args:
        redis: A client that decodes its responses.
        app: The app.
    """
    manifest: Any = json.loads(resources.files("bot").joinpath("manifest.json").read_text(encoding="utf-8"))
    scopes = manifest["oauth_config"]["scopes"]
    settings = AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=[*scopes["bot"], *scopes["bot_optional"]],
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        installation_store=_ListedInstallations(redis, app),
        installation_store_bot_only=True,
        state_store=InstallStates(redis),
        callback_options=AsyncCallbackOptions(success=_installed, failure=_failed),
    )
    settings.authorize = _Authorize(Installations(redis, app))
    return settings


def install_routes(app: AsyncApp) -> list[web.RouteDef]:
    """The pages of the flow: one to begin at, and one that Slack sends people back to; none without OAuth."""
    flow = app.oauth_flow
    if flow is None:
        return []
    return [
        web.get(flow.install_path, _page(flow.handle_installation)),
        web.get(flow.redirect_uri_path, _page(flow.handle_callback)),
    ]


def _page(answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> Callable[..., Awaitable[web.Response]]:
    async def page(request: web.Request) -> web.Response:
        read = AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))
        try:
            return await to_aiohttp_response(await answer(read))
        except (*UNANSWERED, *SLACK_FAULTS) as error:
            logger.warning("nothing can be installed now: %s", code_of(error))
            return web.Response(status=503, text=_UNANSWERED)

    return page


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    where = args.installation.team_name or args.installation.enterprise_name or "your workspace"
    return _text_page(200, _INSTALLED.format(where), args.settings)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    if isinstance(args.error, BoltError):
        return _text_page(403, str(args.error), args.settings)
    text = _FAILED.format(args.reason, args.settings.install_path)
    return _text_page(args.suggested_status_code, text, args.settings)


def _text_page(status: int, text: str, settings: AsyncOAuthSettings) -> BoltResponse:
    """Plain text, so that nothing that came in the address is read as HTML; the state's cookie ends here."""
    cookie = settings.state_utils.build_set_cookie_for_deletion()
    headers: dict[str, str | Sequence[str]] = {"Content-Type": "text/plain; charset=utf-8", "Set-Cookie": [cookie]}
    return BoltResponse(status=status, body=text, headers=headers)


def _state(state: str) -> str:
    return f"backup-why:installation-state:{state}"
