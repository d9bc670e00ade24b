"""Lays an answer out as a thread: the head with its buttons first, then the replies below it."""

from dataclasses import dataclass

from bot.access.audience import Audience
from bot.diagnosis.either import AnyDiagnosis
from bot.replies.answer import head_page, reply_pages
from bot.replies.buttons import with_buttons
from bot.replies.document import Heading, Note, Page, line
from bot.replies.verdict import PARENT
from bot.work.thread_poster import ThreadPoster
from bot.work.thread_store import ThreadStore

OVER = "This no longer applies. See the first message of this thread."


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes to one thread.

    Args:
        poster: Posts to it.
        threads: What is known of threads.
        thread: Its id.
    """

    poster: ThreadPoster
    threads: ThreadStore
    thread: str

    async def publish(self, answer: AnyDiagnosis, audience: Audience, note: str = "") -> None:
        """Lets the whole answer stand in the thread; what stood there before is edited.

        Args:
            answer: The answer.
            audience: Who reads it.
            note: What a second examination has changed.
        """
        await self.poster.put(audience.head(with_buttons(head_page(answer, note), answer, self.thread)))
        replies = [message for page in reply_pages(answer) for message in audience.messages(page)]
        for message in replies:
            await self.poster.put(message)
        await self._retire({PARENT, *(message.slot for message in replies)}, audience)

    async def _retire(self, standing: set[str], audience: Audience) -> None:
        """Replies of an earlier look that this one does not have say so, since a reply can't be taken back unseen."""
        for slot in await self.threads.filled(self.thread):
            if slot not in standing and not slot.startswith("file:"):
                over = Page(slot, OVER, (Heading("Out of date"), Note(line(OVER))))
                await self.poster.put(audience.message(over))
