"""Lays a diagnosis out as a thread: the verdict with its buttons first, then a reply a layer and a fix."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.diagnosis.model import Diagnosis
from bot.replies.buttons import with_buttons
from bot.replies.document import Heading, Note, Page, line
from bot.replies.slack import draw, draw_single
from bot.replies.thread import thread_pages
from bot.replies.verdict import PARENT, verdict_page
from bot.work.posting import Poster
from bot.work.threads import Threads

OVER = "This no longer applies: see the verdict at the head of the thread."


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes to one thread.

    Args:
        poster: Posts to it.
        threads: What is known of threads.
        thread: Its id.
        show: What may be seen of a page at its place.
    """

    poster: Poster
    threads: Threads
    thread: str
    show: Callable[[Page], Page]

    async def publish(self, diagnosis: Diagnosis, note: str = "") -> None:
        """Lets the whole answer stand in the thread; what stood there before is edited.

        Args:
            diagnosis: The diagnosis.
            note: What a second look has changed.
        """
        head = with_buttons(verdict_page(diagnosis, note), diagnosis, self.thread)
        await self.poster.put(draw_single(self.show(head)))
        replies = [message for page in thread_pages(diagnosis) for message in draw(self.show(page))]
        for message in replies:
            await self.poster.put(message)
        await self._retire({PARENT, *(message.slot for message in replies)})

    async def _retire(self, standing: set[str]) -> None:
        """Replies of an earlier look that this one does not have say so, since a reply can't be taken back unseen."""
        for slot in await self.threads.filled(self.thread):
            if slot not in standing and not slot.startswith("file:"):
                over = Page(slot, OVER, (Heading("No longer so"), Note(line(OVER))))
                await self.poster.put(draw_single(over))
