"""Keeps the head of a thread up to date while a diagnosis runs in another thread of this process.

Three ways, the first that Slack takes at this place: a stream of task updates (only as a reply to somebody), a plan
that is edited, and plain text that is edited. What Slack refuses once is not tried again by this process.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.diagnosis.events import Event
from bot.replies.checklist import Checklist, checklist_page
from bot.replies.document import Page, without_plans
from bot.replies.slack import draw_single
from bot.work.posting import Poster
from bot.work.streaming import Stream

logger = logging.getLogger(__name__)

PASSING = (SlackApiError, aiohttp.ClientError, TimeoutError)
"""What an edit may fail with, and the next one may succeed."""

LAST_EDIT_SECONDS = 10.0


@dataclass(slots=True)
class Abilities:
    """What this workspace's Slack has been found to take."""

    streams: bool = True
    plans: bool = True


class LiveHead:
    """Shows the checklist on entering, then each change of it, never more often than `interval`.

    Args:
        poster: Posts to the thread.
        job: The job as it was asked for.
        show: What may be seen of a page at this place.
        abilities: What Slack has been found to take; kept up to date.
        interval: Seconds between two edits; Slack takes about one message a second and channel.
    """

    def __init__(
        self, poster: Poster, job: str, show: Callable[[Page], Page], abilities: Abilities, interval: float
    ) -> None:
        self._poster = poster
        self._job = job
        self._show = show
        self._abilities = abilities
        self._interval = interval
        self._checklist = Checklist()
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._stream: Stream | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        if self._abilities.streams and await self._poster.can_stream():
            self._stream = await self._start_stream()
        if self._stream is None:
            await self._put()
        self._edits = asyncio.create_task(self._edit())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Waits for an edit that is under way: what is put next must not be overtaken by it."""
        self._ended.set()
        self._changed.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._edits, LAST_EDIT_SECONDS)
        if self._stream is not None:
            await self._stream.stop()

    def observe(self, event: Event) -> None:
        """Takes an event of the machine, from whichever thread it runs in."""
        self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        self._checklist = self._checklist.after(event)
        self._changed.set()

    def _page(self) -> Page:
        return self._show(checklist_page(self._job, self._checklist))

    async def _start_stream(self) -> Stream | None:
        try:
            return await Stream.start(self._poster, self._page())
        except SlackApiError as error:
            logger.info("Slack offers no streams here, edits do: %s", error.response.get("error"))
            self._abilities.streams = False
            return None

    async def _put(self) -> None:
        if self._stream is not None:
            await self._stream.show(self._page())
            return
        if self._abilities.plans:
            try:
                await self._poster.put(draw_single(self._page()))
            except SlackApiError as error:
                if error.response.get("error") != "invalid_blocks":
                    raise
                self._abilities.plans = False
            else:
                return
        await self._poster.put(draw_single(without_plans(self._page())))

    async def _edit(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._ended.is_set():
                return
            try:
                await self._put()
            except PASSING as error:
                logger.info("an edit of the checklist failed, the next one tells all: %s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._interval)
