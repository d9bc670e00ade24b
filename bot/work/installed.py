"""What is made once for each installation, with its token: so that nothing that is remembered of one serves another."""

import logging
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from cachetools import LRUCache
from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.authorizer import Authorizer
from bot.access.place import Place
from bot.access.rules import Rules
from bot.errors import BackupWhyError
from bot.work.client import web_client
from bot.work.installations import Installations
from bot.work.tasks import AnswerQuestion, Task
from bot.work.thread_store import ThreadStore

logger = logging.getLogger(__name__)

MOST_KEPT = 500
"""Installations that a process remembers something of; for others it is made anew."""

T = TypeVar("T")


class NotInstalledError(BackupWhyError):
    """The app is not installed where something was asked."""

    def __init__(self) -> None:
        super().__init__("I'm not installed in this workspace any more.")


class _Runs(Protocol):
    async def run(self, task: Task) -> None: ...


class PerInstallation(Generic[T]):
    """One of something for each installation, made anew when its token has changed.

    Args:
        installations: Where the app is installed.
        api_url: The Web API's base.
        make: Makes it, of a client with the token and the name of the installation.
    """

    def __init__(self, installations: Installations, api_url: str, make: Callable[[AsyncWebClient, str], T]) -> None:
        self._installations = installations
        self._api_url = api_url
        self._make = make
        self._made: LRUCache[str, tuple[str, T]] = LRUCache(MOST_KEPT)

    async def of(self, name: str) -> T:
        """That of an installation.

        Raises:
            NotInstalledError: There is no such installation.
            OtherKeyError: It can't be read.
        """
        bot = await self._installations.bot(name)
        if bot is None:
            raise NotInstalledError
        made = self._made.get(name)
        if made is None or made[0] != bot.bot_token:
            made = self._made[name] = bot.bot_token, self._make(web_client(bot.bot_token, self._api_url), name)
        return made[1]


class InstalledAuthorizers:
    """Who may ask, by installation: groups and channels are asked for with its own token.

    Args:
        installations: Where the app is installed.
        api_url: The Web API's base.
        rules: The access file; None where there is none.
    """

    def __init__(self, installations: Installations, api_url: str, rules: Rules | None) -> None:
        self._of = PerInstallation(installations, api_url, lambda client, _name: Authorizer(rules, client))

    async def of(self, place: Place) -> Authorizer:
        """The authorizer of a place; raises as `PerInstallation.of`."""
        return await self._of.of(place.installation)


class InstalledDuties:
    """Carries out each task with the token of the installation that it was asked through.

    Args:
        redis: A client that decodes its responses.
        installations: Where the app is installed.
        api_url: The Web API's base.
        make: Makes what carries tasks out, of a client and the name of an installation.
    """

    def __init__(
        self, redis: Redis, installations: Installations, api_url: str, make: Callable[[AsyncWebClient, str], _Runs]
    ) -> None:
        self._redis = redis
        self._of = PerInstallation(installations, api_url, make)

    async def run(self, task: Task) -> None:
        """Carries out a task; where the app is not installed any more, nobody can be told anything.

        Raises:
            Exception: A fault that passes; the task is to be tried again.
        """
        if isinstance(task, AnswerQuestion):
            name = await ThreadStore(self._redis).asked_in(task.thread)
        else:
            name = task.place.installation
        try:
            duties = await self._of.of(name)
        except NotInstalledError:
            logger.warning("a task of kind %s is left: the app is not installed in %s any more", task.kind, name)
            if isinstance(task, AnswerQuestion):
                await self._forget(ThreadStore(self._redis, name), task.thread)
            return
        await duties.run(task)

    @staticmethod
    async def _forget(threads: ThreadStore, thread: str) -> None:
        """Gives up the claim of a thread, so that the same can be asked again after the app is installed again."""
        if question := await threads.question(thread):
            await threads.release(question, thread)
        await threads.drop(thread)
