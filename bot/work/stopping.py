"""Stops an examination when somebody presses Slack's Stop: noted in Redis, looked for by the worker that runs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import BackupWhyError
from bot.work.periodically import periodically
from bot.work.thread_store import ThreadStore

LOOK_SECONDS = 0.5
"""Between two looks whether somebody has pressed it."""

STOPPED = "Stopped, as somebody asked. Ask again whenever you like."


class StoppedError(BackupWhyError):
    """Somebody has stopped it."""

    def __init__(self) -> None:
        super().__init__(STOPPED)


@asynccontextmanager
async def stoppable(threads: ThreadStore, thread: str) -> AsyncIterator[asyncio.Event]:
    """Looks now and then whether a thread is to be stopped, while the context is open.

    Args:
        threads: What is known of threads.
        thread: The thread.

    Yields:
        What is set once it is to be stopped.
    """
    stopped = asyncio.Event()

    async def look() -> float:
        if await threads.is_stopped(thread):
            stopped.set()
        return LOOK_SECONDS

    async with periodically(look, "looking whether a thread is to be stopped", LOOK_SECONDS):
        yield stopped
