"""Keeps the head of a thread up to date while a diagnosis runs in another thread of this process."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.diagnosis.events import Event
from bot.replies.checklist import Checklist, checklist_page
from bot.replies.document import Page
from bot.replies.slack import draw_single
from bot.work.posting import Poster

logger = logging.getLogger(__name__)

PASSING = (SlackApiError, aiohttp.ClientError, TimeoutError)
"""What an edit may fail with, and the next one may succeed."""

LAST_EDIT_SECONDS = 10.0


class LiveHead:
    """Posts the checklist on entering, then edits it with each change, never more often than `interval`.

    Args:
        poster: Posts to the thread.
        job: The job as it was asked for.
        show: What may be seen of a page at this place.
        interval: Seconds between two edits; Slack takes about one message a second and channel.
    """

    def __init__(self, poster: Poster, job: str, show: Callable[[Page], Page], interval: float) -> None:
        self._poster = poster
        self._job = job
        self._show = show
        self._interval = interval
        self._checklist = Checklist()
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
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

    def observe(self, event: Event) -> None:
        """Takes an event of the machine, from whichever thread it runs in."""
        self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        self._checklist = self._checklist.after(event)
        self._changed.set()

    async def _put(self) -> None:
        await self._poster.put(draw_single(self._show(checklist_page(self._job, self._checklist))))

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
