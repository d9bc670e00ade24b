"""Lays an answer out as a thread: the head with its buttons first, then the replies below it."""

import logging
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from bot.access.audience import Audience
from bot.access.slack_errors import code_of, is_transient
from bot.diagnosis.either import AnyDiagnosis
from bot.replies.answer import head_page, reply_pages
from bot.replies.buttons import with_buttons
from bot.replies.document import Heading, Note, Page, Paragraph, line
from bot.replies.message import Message
from bot.replies.verdict import PARENT
from bot.work.rate_limiter import Urgency, calling
from bot.work.thread_poster import ClosedPlaceError, ThreadPoster
from bot.work.thread_store import ThreadStore

logger = logging.getLogger(__name__)

LEFT_OUT = "Slack doesn't take this part of the answer ({}). Press Details to see all of it."
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

        A reply that Slack refuses for good costs itself and nothing else.

        Args:
            answer: The answer.
            audience: Who reads it.
            note: What a second examination has changed.

        Raises:
            ClosedPlaceError: The bot can't post at this place, or not all of it.
            SlackApiError: Slack refuses the head, or anything for a reason that passes.
        """
        await self.poster.put(audience.head(with_buttons(head_page(answer, note), answer, self.thread)))
        replies = [message for page in reply_pages(answer) for message in audience.messages(page)]
        with calling(Urgency.REPLY):
            for message in replies:
                await self._reply(message, audience)
            await self._retire({PARENT, *(message.slot for message in replies)}, audience)

    async def _reply(self, message: Message, audience: Audience) -> None:
        """Puts a reply; where Slack does not take it, a sentence in its place."""
        try:
            await self.poster.put(message)
        except ClosedPlaceError:
            raise
        except SlackApiError as error:
            if is_transient(error):
                raise
            logger.warning("Slack does not take the reply %s: %s", message.slot, code_of(error))
            says = LEFT_OUT.format(code_of(error))
            await self.poster.put(audience.message(Page(message.slot, says, (Paragraph(line(says)),))))

    async def _retire(self, standing: set[str], audience: Audience) -> None:
        """Replies of an earlier look that this one does not have say so, since a reply can't be taken back unseen."""
        for slot in await self.threads.filled(self.thread):
            if slot not in standing and not slot.startswith("file:"):
                over = Page(slot, OVER, (Heading("Out of date"), Note(line(OVER))))
                await self.poster.put(audience.message(over))
