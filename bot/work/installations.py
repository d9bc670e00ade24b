"""Where the app is installed by OAuth: the bot token of each workspace or organization, encrypted in Redis.

An installation is named by the id of its workspace (`T…`), or of its organization (`E…`) where it is org-wide. The web
process and the workers look a token up when they need it; no token travels with a question. A token that rotates is
renewed by whoever meets it first within two hours of its end, one at a time: a refresh token counts once.
Sources: "Installing with OAuth", "Using token rotation", "Organization-ready apps" in Slack's documentation.
"""

import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from redis.asyncio import Redis
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bot.access.slack_errors import SLACK_FAULTS, code_of
from bot.errors import BackupWhyError, BadInputError
from bot.settings import Settings, given
from bot.work.client import web_client

logger = logging.getLogger(__name__)

_KEPT = "backup-why:installation:"
_LOCK = "backup-why:installation-lock:"
_LOCK_SECONDS = 30.0
_WAIT_SECONDS = 1.0
"""How long to wait for another process that renews a token: what is left of the old one lasts for longer."""

RENEWED_MINUTES = 120
"""How long before its end a token is renewed, as Bolt does."""

OTHER_KEY = (
    "The installations in Redis can't be read with BACKUP_WHY_INSTALLATION_KEYS: "
    "add the key that they were encrypted with."
)
_NAMES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "BACKUP_WHY_INSTALLATION_KEYS")


class OtherKeyError(BackupWhyError):
    """An installation was encrypted with none of the keys, or is not what its name says."""

    def __init__(self) -> None:
        super().__init__(OTHER_KEY)


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """A Slack app that is installed by OAuth.

    Args:
        client_id: The app's.
        client_secret: The app's.
        keys: What installations are encrypted with: the first one encrypts, each of them decrypts.
        workspaces: The workspaces and organizations that may install it; none for all.
        api_url: The Web API's base.
    """

    client_id: str
    client_secret: str
    keys: MultiFernet
    workspaces: frozenset[str]
    api_url: str


def oauth_app(settings: Settings) -> OAuthApp | None:
    """The app as the settings have it; None where it has one bot token instead.

    Raises:
        BadInputError: The settings are a mixture of both, or incomplete.
    """
    values = (given(settings.slack_client_id), given(settings.slack_client_secret), settings.installation_keys)
    if not any(values):
        if settings.workspaces:
            raise BadInputError(
                f"BACKUP_WHY_WORKSPACES is for installing by OAuth: set {_listed(_NAMES)} too, or take it out."
            )
        return None
    if missing := [name for name, value in zip(_NAMES, values, strict=True) if not value]:
        raise BadInputError(f"To install the app by OAuth set {_listed(missing)} too, or none of {_listed(_NAMES)}.")
    if settings.slack_bot_token is not None:
        raise BadInputError("Set either SLACK_BOT_TOKEN (one workspace) or SLACK_CLIENT_ID (OAuth), not both.")
    if not settings.workspaces and settings.access_file is None:
        raise BadInputError(
            "Set BACKUP_WHY_WORKSPACES or BACKUP_WHY_ACCESS_FILE: without them everybody who installs the app by OAuth "
            "may ask about every account in scope."
        )
    client_id, client_secret, keys = values
    fernets = [Fernet(key.get_secret_value()) for key in keys]
    return OAuthApp(
        client_id, client_secret, MultiFernet(fernets), frozenset(settings.workspaces), settings.slack_api_url
    )


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]


def installation_name(enterprise: str | None, team: str | None, *, org_wide: bool | None) -> str:
    """What names an installation: the organization of an org-wide one, else the workspace."""
    return (enterprise if org_wide or not team else team) or ""


class Installations(AsyncInstallationStore):
    """The installations, of which the bot's part alone is kept: nobody's user token is asked for.

    Args:
        redis: A client that decodes its responses.
        app: The app.
    """

    def __init__(self, redis: Redis, app: OAuthApp) -> None:
        self._redis = redis
        self._keys = app.keys
        client = web_client("", app.api_url)
        self._rotator = AsyncTokenRotator(client_id=app.client_id, client_secret=app.client_secret, client=client)

    async def check(self) -> int:
        """Makes sure at the start that the keys are the right ones.

        Returns:
            How many installations there are.

        Raises:
            OtherKeyError: One of them can't be read.
        """
        count = 0
        async for name in self.names():
            await self._read(name)
            count += 1
        return count

    async def names(self) -> AsyncIterator[str]:
        """The names of all installations, in no order."""
        async for key in self._redis.scan_iter(match=f"{_KEPT}*", count=500):
            yield str(key).removeprefix(_KEPT)

    async def bot(self, name: str) -> Bot | None:
        """An installation with a token that Slack takes; None where there is none of the name.

        Raises:
            OtherKeyError: It can't be read.
        """
        bot = await self._read(name)
        return await self._renewed(name, bot) if bot is not None and _is_due(bot) else bot

    async def delete(self, name: str) -> None:
        """Forgets an installation."""
        await self._redis.delete(_KEPT + name)

    async def async_save(self, installation: Installation) -> None:
        """Keeps what Bolt's flow has installed; see `AsyncInstallationStore`."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keeps an installation; see `AsyncInstallationStore`."""
        await self._redis.set(_KEPT + _name_of(bot), self._sealed(bot))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Finds an installation; see `AsyncInstallationStore`."""
        return await self.bot(installation_name(enterprise_id, team_id, org_wide=is_enterprise_install))

    async def _read(self, name: str) -> Bot | None:
        sealed: Any = await self._redis.get(_KEPT + name)
        if sealed is None:
            return None
        try:
            bot = Bot(**json.loads(self._keys.decrypt(sealed)))
        except (InvalidToken, ValueError, TypeError) as error:
            raise OtherKeyError from error
        if _name_of(bot) != name:  # whoever writes to Redis can't give a workspace another one's token
            raise OtherKeyError
        return bot

    def _sealed(self, bot: Bot) -> str:
        members = {**bot.to_dict_for_copying(), "bot_token_expires_at": bot.bot_token_expires_at}
        return self._keys.encrypt(json.dumps({**members, "installed_at": bot.installed_at}).encode()).decode()

    async def _renewed(self, name: str, bot: Bot) -> Bot:
        """The installation with a new token; the old one where that can't be had now, since it may still be taken."""
        lock = self._redis.lock(_LOCK + name, timeout=_LOCK_SECONDS, blocking_timeout=_WAIT_SECONDS)
        if not await lock.acquire():
            return bot
        try:
            bot = await self._read(name) or bot
            renewed = await self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=RENEWED_MINUTES)
            if renewed is not None:
                await self._redis.set(_KEPT + name, self._sealed(renewed), xx=True)  # not where it was uninstalled
        except (SlackTokenRotationError, *SLACK_FAULTS) as error:
            cause = error.api_error if isinstance(error, SlackTokenRotationError) else error
            logger.warning("the token of installation %s can't be renewed: %s", name, code_of(cause))
            return bot
        finally:
            await lock.release()
        return renewed or bot


def _name_of(bot: Bot) -> str:
    return installation_name(bot.enterprise_id, bot.team_id, org_wide=bot.is_enterprise_install)


def _is_due(bot: Bot) -> bool:
    return bot.bot_token_expires_at is not None and bot.bot_token_expires_at < time.time() + RENEWED_MINUTES * 60
