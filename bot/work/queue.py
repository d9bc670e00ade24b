"""Hands questions to the worker, each once."""

import uuid
from dataclasses import asdict, dataclass

from docket import Docket

from bot.errors import RedisUnreachableError
from bot.replies.verdict import PARENT
from bot.work.connection import UNANSWERED
from bot.work.question import Place, Question
from bot.work.tasks import answer_question, answer_text, check_again, list_failures
from bot.work.threads import Threads

UNREACHABLE = "My queue (Redis) does not answer, so I can't look into this now: ask again in a minute."

_DELIVERIES = uuid.UUID("6f2b3d0e-52b1-4a68-9d50-0f3d3a8a6c11")
"""The namespace of the ids that threads have from Slack's ids of deliveries."""


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """The same question is being answered at this place, or has just been.

    Args:
        head: The `ts` of the message that heads its thread; None if it does not stand yet.
    """

    head: str | None


class Queue:
    """The way from Slack to the worker.

    Args:
        docket: The queue, opened.
        threads: What is known of threads.
    """

    def __init__(self, docket: Docket, threads: Threads) -> None:
        self._docket = docket
        self._threads = threads

    async def ask(self, question: Question, delivery: str) -> AskedBefore | None:
        """Hands in a question.

        The thread's id comes from Slack's id of the delivery, so that a delivery that is repeated, at any point of
        this function, finds its own claim and completes it instead of making a second thread. A question that was
        asked before is put into the queue again if its task was lost, which the queue ignores if it was not.

        Args:
            question: The question.
            delivery: Slack's id of the request: an event id or a trigger id.

        Returns:
            None if this delivery is answered with a thread of its own.

        Raises:
            RedisUnreachableError: The question could not be handed in.
        """
        mine = uuid.uuid5(_DELIVERIES, delivery).hex
        try:
            thread = await self._threads.claim(question, mine)
            if not await self._threads.finished(thread):
                await self._docket.add(answer_question, key=thread)(thread)
            if thread == mine:
                return None
            return AskedBefore((await self._threads.slot(thread, PARENT)).ts)
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error

    async def check_again(self, thread: str, press: str, by: str) -> None:
        """Hands in that somebody wants a second look; while one is under way, another press adds nothing.

        Args:
            thread: The thread's id.
            press: Slack's id of the press.
            by: The name of who pressed.

        Raises:
            RedisUnreachableError: It could not be handed in.
        """
        try:
            await self._docket.add(check_again, key=f"{thread}:again")(thread, press, by)
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error

    async def answer_text(self, text: str, place: Place, delivery: str) -> None:
        """Hands in an error text; a delivery that is repeated is answered once.

        Args:
            text: The text.
            place: Where it was asked, and by whom.
            delivery: Slack's id of the request.

        Raises:
            RedisUnreachableError: It could not be handed in.
        """
        thread = uuid.uuid5(_DELIVERIES, delivery).hex
        try:
            await self._docket.add(answer_text, key=thread)(thread, text, asdict(place))
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error

    async def list_failures(self, view: str, user: str) -> None:
        """Has an open modal filled with the failed jobs that a user may ask about.

        Raises:
            RedisUnreachableError: It could not be handed in.
        """
        try:
            await self._docket.add(list_failures, key=f"{view}:failures")(view, user)
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error
