"""Shows in a thread that the bot is at work on it, with Slack's own button to stop it.

Source: "Agent sessions": the session of a thread is `processing` while work goes on, which shows the button, and the
app takes it out of that again. Where a workspace has no sessions, the status of an assistant's thread says it, which
Slack removes by itself once a message is posted ("assistant.threads.setStatus").
"""

import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.access.place import Place
from bot.access.slack_errors import SLACK_FAULTS, code_of
from bot.replies.safe import one_line, shorten
from bot.work.offers import Offer
from bot.work.rate_limiter import BudgetSpentError, Urgency, calling

logger = logging.getLogger(__name__)

TITLE = 200
"""Characters that Slack takes."""

STATUS = "is looking into it…"


class Session:
    """The session of the thread that an answer belongs in; there is none where the answer makes its own.

    Args:
        client: The Web API.
        place: Where the answer belongs.
        offer: Whether the workspace has sessions; kept up to date.
    """

    def __init__(self, client: AsyncWebClient, place: Place, offer: Offer) -> None:
        self._client = client
        self._place = place
        self._offer = offer
        self._is_processing = False

    async def begin(self, title: str) -> None:
        """Shows that work goes on; a courtesy, which is left out where calls are scarce.

        Args:
            title: What a new session is called.
        """
        if not self._place.thread:
            return
        with calling(Urgency.PROGRESS):
            try:
                if not (self._offer.is_worth_asking and await self._process(title)):
                    await self._client.assistant_threads_setStatus(
                        channel_id=self._place.channel, thread_ts=self._place.thread, status=STATUS
                    )
            except BudgetSpentError:
                return
            except SLACK_FAULTS as error:
                logger.info("the thread can't show that it is worked on: %s", code_of(error))

    async def end(self) -> None:
        """Takes the button away again."""
        if not self._is_processing:
            return
        try:
            await self._client.agents_sessions_setStatus(
                channel_id=self._place.channel, thread_ts=self._place.thread, status="active"
            )
        except SLACK_FAULTS as error:
            logger.info("the session of a thread can't be ended: %s", code_of(error))

    async def _process(self, title: str) -> bool:
        try:
            await self._client.agents_sessions_setStatus(
                channel_id=self._place.channel,
                thread_ts=self._place.thread,
                status="processing",
                title=shorten(one_line(title), TITLE),
                initiator_user_id=self._place.user,
            )
        except SLACK_FAULTS as error:
            logger.info("there is no session here: %s", code_of(error))
            self._offer.note(code_of(error))
            return False
        self._offer.note()
        self._is_processing = True
        return True
