"""Decides what a person may ask at a place, and whether people of other organizations read along there."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.place import Place
from bot.access.rules import EVERY, Grant, People, Rules
from bot.access.slack_errors import SLACK_FAULTS, code_of, is_transient
from bot.errors import BackupWhyError

logger = logging.getLogger(__name__)

T = TypeVar("T")

REMEMBERED_SECONDS = 300.0
"""How long a group's members and a channel's kind are taken for known."""


RIGHTS_UNKNOWN = (
    "Slack doesn't say which groups you are in, so I can't tell whether you may ask. Please ask again in a minute."
)


class RightsUnknownError(BackupWhyError):
    """Slack does not answer who somebody is, so that nobody can say whether they may ask."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may ask.

    Args:
        accounts: The account ids; None for every one.
        admin: Whether they may read the audit trail.
    """

    accounts: frozenset[str] | None
    admin: bool = False

    @property
    def nothing(self) -> bool:
        """Whether there is no account at all that they may ask about."""
        return self.accounts is not None and not self.accounts

    @property
    def key(self) -> str:
        """The same for two people who may ask about the same accounts."""
        return EVERY if self.accounts is None else ",".join(sorted(self.accounts))

    def cover(self, account: str) -> bool:
        """Whether they may ask about an account."""
        return self.accounts is None or account in self.accounts


class Authorizer:
    """Evaluates the access file for a person at a place.

    Args:
        rules: The access file; None where there is none, and everybody of the organization may ask about everything.
        client: The Web API, for the members of groups and the kinds of channels.
        clock: Seconds, for what is remembered.
    """

    def __init__(
        self, rules: Rules | None, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rules = rules
        self._client = client
        self._members: _Remembered[frozenset[str]] = _Remembered(clock)
        self._shared: _Remembered[bool] = _Remembered(clock)

    async def rights(self, place: Place) -> Rights:
        """What a person may ask at a place.

        A grant by channel counts for those who ask in that channel. People of other organizations have the grants
        that name their own user id and no others; another bot that asks has those of its channel.

        Raises:
            RightsUnknownError: Slack does not list a group's members now, and they decide.
        """
        if self._rules is None:
            return Rights(frozenset() if place.outsider else None)
        allowed: set[str] = set()
        for grant in self._rules.grants:
            if self._in_channel(place, grant) or await self._among(place, grant):
                allowed.update(grant.accounts)
        accounts = None if EVERY in allowed else frozenset(allowed)
        return Rights(accounts, admin=await self._among(place, self._rules.admins))

    async def own_rights(self, place: Place) -> Rights:
        """What a person may see wherever they are, such as in their Home tab: no channel grants anything to it."""
        return await self.rights(Place("", place.user, place.team, outsider=place.outsider))

    def refusal(self, account: str = "") -> str:
        """Why somebody may not ask, and whom to ask for the right.

        Args:
            account: The account that it is about; empty where they may ask about none.
        """
        whom = self._rules.ask if self._rules else "whoever runs this bot"
        about = f"account {account}" if account else "any AWS account"
        return f"You may not ask about {about} here. Ask {whom} for access."

    async def is_shared(self, channel: str) -> bool | None:
        """Whether people of other organizations read a channel.

        Returns:
            None where Slack refuses to say: the bot is not in the channel, or lacks a scope. That is not remembered.

        Raises:
            SlackApiError, aiohttp.ClientError, TimeoutError: Slack does not answer now; ask again later.
        """
        try:
            return await self._shared.get(channel, partial(self._ask_whether_shared, channel))
        except SlackApiError as error:
            if is_transient(error):
                raise
            logger.warning("Slack does not say whether channel %s is shared: %s", channel, code_of(error))
            return None

    async def _ask_whether_shared(self, channel: str) -> bool:
        answer = await self._client.conversations_info(channel=channel)
        known = answer.get("channel") or {}
        return bool(known.get("is_ext_shared") or known.get("is_pending_ext_shared"))

    @staticmethod
    def _in_channel(place: Place, grant: Grant) -> bool:
        return place.channel in grant.channels and not place.chosen and not place.outsider

    async def _among(self, place: Place, people: People) -> bool:
        if place.user in people.users:
            return True
        if place.outsider or place.bot:
            return False
        for group in people.groups:
            if place.user in await self._members_of(group):
                return True
        return False

    async def _members_of(self, group: str) -> frozenset[str]:
        """The members of a user group; nobody for a group that Slack does not let the bot see.

        Raises:
            RightsUnknownError: Slack does not answer now.
        """
        try:
            return await self._members.get(group, partial(self._ask_for_members, group))
        except SLACK_FAULTS as error:
            if is_transient(error):
                raise RightsUnknownError(RIGHTS_UNKNOWN) from error
            logger.warning("Slack does not list the members of group %s, who get no right: %s", group, code_of(error))
            return frozenset()

    async def _ask_for_members(self, group: str) -> frozenset[str]:
        answer = await self._client.usergroups_users_list(usergroup=group)
        return frozenset(answer["users"])


class Authorizers(Protocol):
    """Knows who decides for the installation that something is asked through."""

    async def of(self, place: Place) -> Authorizer:
        """The authorizer of a place."""


class OneAuthorizer:
    """The same authorizer everywhere, where the app has one bot token.

    Args:
        authorizer: That authorizer.
    """

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    async def of(self, place: Place) -> Authorizer:
        """The authorizer."""
        del place
        return self._authorizer


class _Remembered(Generic[T]):
    """Answers of Slack's, asked for again when they have become old; a failure is not remembered.

    Args:
        clock: Seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, T]] = {}

    async def get(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer about a group or channel; raises what asking raises."""
        known = self._known.get(name)
        if known is not None and self._clock() - known[0] < REMEMBERED_SECONDS:
            return known[1]
        answer = await ask()
        self._known[name] = (self._clock(), answer)
        return answer
