"""Lays an answer out as a thread: the head with its buttons first, then the replies below it."""

import logging
from dataclasses import dataclass, replace

from slack_sdk.errors import SlackApiError

from bot.access.audience import Audience
from bot.access.slack_errors import CONTENT_REFUSED, code_of, is_transient
from bot.diagnosis.either import AnyDiagnosis
from bot.replies.answer import head_page, reply_pages
from bot.replies.buttons import with_buttons
from bot.replies.document import Heading, Note, Page, Paragraph, line
from bot.replies.message import Message
from bot.replies.verdict import PARENT
from bot.work.rate_limiter import Urgency, calling
from bot.work.thread_poster import ThreadPoster
from bot.work.thread_store import ThreadStore

logger = logging.getLogger(__name__)

LEFT_OUT = "Slack doesn't take this part of the answer. Press Details to see all of it."
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

    async def publish(self, answer: AnyDiagnosis, audience: Audience, note: str = "") -> str:
        """Lets the whole answer stand in the thread; what stood there before is edited.

        What Slack refuses for good below the verdict costs itself and nothing else.

        Args:
            answer: The answer.
            audience: Who reads it.
            note: What a second examination has changed.

        Returns:
            Why not all of it stands there: Slack's error; empty where all of it does.

        Raises:
            ClosedPlaceError: The bot can't post at this place.
            SlackApiError: Slack refuses the head, or anything for a reason that passes.
        """
        refusal = await self._head(answer, audience, note)
        replies = [message for page in reply_pages(answer) for message in audience.messages(page)]
        with calling(Urgency.REPLY):
            try:
                for message in replies:
                    refusal = await self._put(message, audience) or refusal
                await self._retire({PARENT, *(message.slot for message in replies)}, audience)
            except SlackApiError as error:
                if is_transient(error):
                    raise
                refusal = code_of(error)
                logger.warning("Slack does not take the replies of thread %s: %s", self.thread, refusal)
        return refusal

    async def _head(self, answer: AnyDiagnosis, audience: Audience, note: str) -> str:
        """Puts the verdict; where Slack does not take it, its sentence alone."""
        page = head_page(answer, note)
        message = audience.head(with_buttons(page, answer, self.thread))
        short = replace(page, parts=(Heading(page.says), Paragraph(line(LEFT_OUT))))
        return await self._put(message, audience, with_buttons(short, answer, self.thread))

    async def _put(self, message: Message, audience: Audience, instead: Page | None = None) -> str:
        """Puts a message, and where Slack does not take its content, a page in its place; returns why."""
        try:
            await self.poster.put(message)
        except SlackApiError as error:
            if code_of(error) not in CONTENT_REFUSED:
                raise
            logger.warning("Slack does not take the message %s: %s", message.slot, code_of(error))
            short = instead or Page(message.slot, LEFT_OUT, (Paragraph(line(LEFT_OUT)),))
            await self.poster.put(audience.message(short))
            return code_of(error)
        return ""

    async def _retire(self, standing: set[str], audience: Audience) -> None:
        """Replies of an earlier look that this one does not have say so, since a reply can't be taken back unseen."""
        for slot in await self.threads.filled(self.thread):
            if slot not in standing and not slot.startswith("file:"):
                over = Page(slot, OVER, (Heading("Out of date"), Note(line(OVER))))
                await self.poster.put(audience.message(over))
