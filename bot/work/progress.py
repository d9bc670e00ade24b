"""Keeps the head of a thread up to date while a diagnosis runs in another thread of this process.

Three ways, the first that Slack takes at this place: a stream of task updates (only as a reply to somebody), a plan
that is edited, and plain text that is edited.

Progress is a courtesy: whatever happens to an edit, the diagnosis goes on and its result is not lost. Where calls are
scarce (`bot.work.rate_limiter`) it is left out, even the first message: the verdict is then the first.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from slack_sdk.errors import SlackApiError

from bot.access.audience import Audience
from bot.access.slack_errors import CONTENT_REFUSED, SLACK_FAULTS, code_of, is_transient
from bot.diagnosis.events import Event
from bot.replies.checklist import Checklist, checklist_page
from bot.replies.document import Page, without_plans, without_sources
from bot.work.offers import Offer
from bot.work.rate_limiter import BudgetSpentError, Urgency, calling
from bot.work.streaming import OVER, Stream
from bot.work.thread_poster import ThreadPoster

logger = logging.getLogger(__name__)

EDIT_SECONDS = 1.0
"""Between two edits: Slack takes about one message a second and channel."""


Pause = Callable[[float], Awaitable[object]]
"""Waits so many seconds; tests bring their own."""


SOURCES_REFUSED = frozenset({"invalid_chunks", "invalid_arguments", "invalid_blocks"})
"""Errors by which a Slack that does not know the sources of tasks refuses them; without them it is tried again."""


@dataclass(slots=True)
class Abilities:
    """What this workspace's Slack has been found to take."""

    streams: Offer = field(default_factory=Offer)
    sessions: Offer = field(default_factory=Offer)
    plans: bool = True
    sources: bool = True
    """Those of a task: newer than its card, and refused as a whole by a Slack that does not know them."""


class ThreadProgress:
    """Shows the checklist on entering, then each change of it, with a pause after each edit.

    Args:
        poster: Posts to the thread.
        about: What is looked into, such as "job 6f0c…".
        audience: Who reads there.
        abilities: What Slack has been found to take; kept up to date.
        pause: Waits between two edits.
    """

    def __init__(
        self, poster: ThreadPoster, about: str, audience: Audience, abilities: Abilities, pause: Pause
    ) -> None:
        self._poster = poster
        self._about = about
        self._audience = audience
        self._abilities = abilities
        self._pause = pause
        self._checklist = Checklist()
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._stream: Stream | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        with calling(Urgency.PROGRESS):
            if self._abilities.streams.is_worth_asking and await self._poster.can_stream():
                self._stream = await self._start_stream()
            if self._stream is None:
                await self._put_first()
            self._edits = asyncio.create_task(self._edit())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Waits for an edit that is under way: what is put next must not be overtaken by it."""
        self._ended.set()
        self._changed.set()
        await self._edits
        if self._stream is not None:
            await self._stream.stop()

    def observe(self, event: Event) -> None:
        """Takes an event of the machine, from whichever thread it runs in."""
        self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        self._checklist = self._checklist.after(event)
        self._changed.set()

    def _page(self) -> Page:
        page = checklist_page(self._about, self._checklist)
        return page if self._abilities.sources else without_sources(page)

    def _shows_sources(self) -> bool:
        return self._abilities.sources and any(step.sources for step in self._checklist.steps)

    async def _put_first(self) -> None:
        """Shows the checklist for the first time, unless Slack has no room or no time for it.

        Raises:
            SlackApiError: Slack would refuse the verdict too: the bot can't post here.
        """
        try:
            await self._put()
        except BudgetSpentError:
            logger.debug("the checklist is left out, the verdict is the first message")
        except SLACK_FAULTS as error:
            if not is_transient(error) and code_of(error) not in CONTENT_REFUSED:
                raise
            logger.info("the checklist can't be shown, the verdict is the first message: %s", code_of(error))

    async def _start_stream(self) -> Stream | None:
        try:
            stream = await Stream.start(self._poster, self._audience.page(self._page()))
        except BudgetSpentError:
            return None
        except SLACK_FAULTS as error:
            logger.info("a stream can't be started here, the checklist is edited: %s", code_of(error))
            self._abilities.streams.note(code_of(error))
            return None
        self._abilities.streams.note()
        return stream

    async def _put(self) -> None:
        try:
            await self._put_as_offered()
        except SlackApiError as error:
            if code_of(error) not in SOURCES_REFUSED or not self._shows_sources():
                raise
            self._abilities.sources = False
            await self._put_as_offered()

    async def _put_as_offered(self) -> None:
        if self._stream is not None:
            try:
                await self._stream.show(self._audience.page(self._page()))
            except SlackApiError as error:
                if code_of(error) not in OVER:
                    raise
                self._stream = None  # it is a message like any other now
            else:
                return
        if self._abilities.plans:
            try:
                await self._poster.put(self._audience.message(self._page()))
            except SlackApiError as error:
                if code_of(error) != "invalid_blocks" or self._shows_sources():
                    raise
                self._abilities.plans = False
            else:
                return
        await self._poster.put(self._audience.message(without_plans(self._page())))

    async def _edit(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._ended.is_set():
                return
            try:
                await self._put()
            except BudgetSpentError as error:
                logger.debug("an edit of the checklist is left out: %s", error)
            except Exception as error:  # noqa: BLE001 — no edit may cost the diagnosis that it tells of
                logger.info("an edit of the checklist failed, the next one shows all: %s", code_of(error))
            pause = asyncio.ensure_future(self._pause(EDIT_SECONDS))
            ended = asyncio.ensure_future(self._ended.wait())
            await asyncio.wait({pause, ended}, return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()
            ended.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(pause, ended)
