"""Decides what a person may ask at a place, and whether others than this organization's people read along there."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.rules import EVERY, People, Rules

logger = logging.getLogger(__name__)

T = TypeVar("T")

REMEMBERED_SECONDS = 300.0
"""How long a group's members and a channel's kind are taken for known."""


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

    def cover(self, account: str) -> bool:
        """Whether they may ask about an account."""
        return self.accounts is None or account in self.accounts


class Gate:
    """Holds the rules against Slack's groups and channels.

    Args:
        rules: The access file; None where there is none, and everybody may ask about everything.
        client: The Web API, for the members of groups and the kinds of channels.
        clock: Seconds, for what is remembered.
    """

    def __init__(
        self, rules: Rules | None, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rules = rules
        self._client = client
        self._members: _Remembered[frozenset[str]] = _Remembered(frozenset(), clock)
        self._shared: _Remembered[bool] = _Remembered(True, clock)

    async def rights(self, user: str, channel: str) -> Rights:
        """What a user may ask in a channel. Whatever can't be found out gives no right."""
        if self._rules is None:
            return Rights(None)
        allowed: set[str] = set()
        for grant in self._rules.grants:
            if channel in grant.channels or await self._among(user, grant):
                allowed.update(grant.accounts)
        accounts = None if EVERY in allowed else frozenset(allowed)
        return Rights(accounts, admin=await self._among(user, self._rules.admins))

    def refusal(self, account: str = "") -> str:
        """Why somebody may not ask, and whom to ask for the right.

        Args:
            account: The account that it is about; empty where they may ask about none.
        """
        whom = self._rules.ask if self._rules else "whoever runs this bot"
        about = f"account {account}" if account else "any AWS account"
        return f"You may not ask about {about} here. Ask {whom} for the right."

    async def is_shared(self, channel: str) -> bool:
        """Whether people of other organizations read a channel; a channel that can't be looked at counts as such."""
        return await self._shared.get(channel, partial(self._ask_whether_shared, channel))

    async def _ask_whether_shared(self, channel: str) -> bool:
        try:
            answer = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            if error.response.status_code == 404 or error.response.get("error") == "unknown_method":
                return False  # no Slack, but a stand-in without channels that are shared
            raise
        known = answer.get("channel") or {}
        return bool(known.get("is_ext_shared") or known.get("is_pending_ext_shared"))

    async def _among(self, user: str, people: People) -> bool:
        if user in people.users:
            return True
        for group in people.groups:
            if user in await self._members.get(group, partial(self._members_of, group)):
                return True
        return False

    async def _members_of(self, group: str) -> frozenset[str]:
        answer = await self._client.usergroups_users_list(usergroup=group)
        return frozenset(answer["users"])


class _Remembered(Generic[T]):
    """Answers of Slack's, asked for again when they have become old; a failure is not remembered.

    Args:
        otherwise: What is taken for the answer where Slack gives none.
        clock: Seconds.
    """

    def __init__(self, otherwise: T, clock: Callable[[], float]) -> None:
        self._otherwise = otherwise
        self._clock = clock
        self._known: dict[str, tuple[float, T]] = {}

    async def get(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer about a group or channel."""
        at, answer = self._known.get(name, (-REMEMBERED_SECONDS, self._otherwise))
        if self._clock() - at < REMEMBERED_SECONDS:
            return answer
        try:
            answer = await ask()
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            logger.warning("Slack does not tell about %s, so the strictest is taken for true: %s", name, error)
            return self._otherwise
        self._known[name] = (self._clock(), answer)
        return answer
