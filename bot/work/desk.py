"""Where every entry point hands in what people ask: who may ask, the audit trail and the queue, in this order."""

from docket import Docket
from redis.asyncio import Redis
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audit import Act, Audit, Entry
from bot.access.gate import Gate
from bot.access.rules import Rules
from bot.diagnosis.model import Diagnosis
from bot.errors import BackupWhyError, RedisUnreachableError
from bot.replies.home import Latest
from bot.replies.verdict import PARENT
from bot.work.connection import UNANSWERED
from bot.work.feedback import Feedback
from bot.work.question import Place, Question
from bot.work.queue import UNREACHABLE, AskedBefore, Queue
from bot.work.texts import ABOUT
from bot.work.threads import Threads

GONE = "I don't know this thread any more: answers are kept for 30 days. Ask again with /backup-why."


def make_desk(redis: Redis, docket: Docket, client: AsyncWebClient, rules: Rules | None = None) -> "Desk":
    """A desk.

    Args:
        redis: Where threads and the audit trail are.
        docket: The queue, opened.
        client: The Web API.
        rules: The access file; None where there is none.
    """
    threads = Threads(redis)
    return Desk(Queue(docket, threads), threads, Gate(rules, client), Audit(redis), Feedback(redis), client)


class RefusedError(BackupWhyError):
    """Somebody may not ask this here; the sentence says why and whom to ask."""


class Desk:
    """The desk.

    Args:
        queue: The way to the worker.
        threads: What is known of threads.
        gate: Who may ask what.
        audit: The audit trail.
        feedback: What people say of answers.
        client: The Web API.
    """

    def __init__(
        self, queue: Queue, threads: Threads, gate: Gate, audit: Audit, feedback: Feedback, client: AsyncWebClient
    ) -> None:
        self.threads = threads
        self.gate = gate
        self.audit = audit
        self._feedback = feedback
        self._queue = queue
        self._client = client

    async def ask(self, question: Question, delivery: str) -> str:
        """Hands in a question.

        Args:
            question: The question.
            delivery: Slack's id of the request.

        Returns:
            What to tell the asker alone; empty where the thread tells everything.

        Raises:
            RefusedError: They may not ask this here.
            RedisUnreachableError: The question could not be handed in.
        """
        place = question.place
        rights = await self.gate.rights(place.user, place.channel)
        account = question.job.account
        if rights.nothing or (account is not None and not rights.cover(account)):
            await self.note(Act.REFUSAL, place, question.job.id, outcome="no right", account=account or "")
            raise RefusedError(self.gate.refusal("" if rights.nothing else account or ""))
        await self.note(Act.QUESTION, place, question.job.id, account=account or "")
        before = await self._queue.ask(question, delivery)
        return "" if before is None else await self._pointer(before, place)

    async def ask_of_text(self, text: str, place: Place, delivery: str) -> None:
        """Hands in an error text, to be evaluated and answered.

        Args:
            text: The text.
            place: Where it was asked, and by whom.
            delivery: Slack's id of the request.

        Raises:
            RefusedError: They may not ask anything here.
            RedisUnreachableError: The text could not be handed in.
        """
        if (await self.gate.rights(place.user, place.channel)).nothing:
            await self.note(Act.REFUSAL, place, ABOUT, outcome="no right")
            raise RefusedError(self.gate.refusal(""))
        await self.note(Act.QUESTION, place, ABOUT)
        await self._queue.answer_text(text, place, delivery)

    async def press(self, button: str, thread: str, place: Place) -> tuple[Question, Diagnosis]:
        """Lets somebody press a button of a thread.

        Args:
            button: The button's name, for the audit trail.
            thread: The thread's id.
            place: Who pressed, and where.

        Returns:
            The thread's question and diagnosis.

        Raises:
            RefusedError: They may not ask about the account that it is about, or nothing is known of the thread.
            RedisUnreachableError: Redis does not answer.
        """
        try:
            question, diagnosis = await self.threads.question(thread), await self.threads.diagnosis(thread)
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error
        if question is None or diagnosis is None:
            raise RefusedError(GONE)
        account = diagnosis.job.account
        if not (await self.gate.rights(place.user, place.channel)).cover(account):
            await self.note(Act.REFUSAL, place, f"{button} of {question.job.id}", account=account, outcome="no right")
            raise RefusedError(self.gate.refusal(account))
        await self.note(Act.BUTTON, place, f"{button} of {question.job.id}", account=account)
        return question, diagnosis

    async def check_again(self, thread: str, press: str, by: str, place: Place) -> None:
        """Hands in that somebody wants a second look; raises as `press`."""
        await self.press("check again", thread, place)
        await self._queue.check_again(thread, press, by)

    async def first(self, delivery: str) -> bool:
        """Whether a request is heard for the first time; Slack delivers an event again where it heard no answer.

        Raises:
            RedisUnreachableError: Redis does not answer.
        """
        try:
            return await self.threads.first(delivery)
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error

    async def diagnosis_at(self, place: Place) -> Diagnosis | None:
        """The diagnosis that a thread is about, if the person who asks there may see it."""
        thread = await self.threads.at(place.channel, place.thread)
        diagnosis = None if thread is None else await self.threads.diagnosis(thread)
        if diagnosis is None:
            return None
        rights = await self.gate.rights(place.user, place.channel)
        return diagnosis if rights.cover(diagnosis.job.account) else None

    async def list_failures(self, view: str, user: str) -> None:
        """Has an open modal filled with the failed jobs that somebody may ask about.

        Raises:
            RedisUnreachableError: It could not be handed in.
        """
        await self._queue.list_failures(view, user)

    async def latest(self, user: str) -> list[Latest]:
        """The latest answers that somebody was given and may see, newest first.

        Raises:
            RedisUnreachableError: Redis does not answer.
        """
        try:
            return [one for thread in await self.threads.latest(user) if (one := await self._latest(thread, user))]
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error

    async def _latest(self, thread: str, user: str) -> Latest | None:
        question, diagnosis = await self.threads.question(thread), await self.threads.diagnosis(thread)
        head = (await self.threads.slot(thread, PARENT)).ts
        if question is None or diagnosis is None or head is None:
            return None
        channel = question.place.channel
        if not (await self.gate.rights(user, channel)).cover(diagnosis.job.account):
            return None
        try:
            link = await self._client.chat_getPermalink(channel=channel, message_ts=head)
        except SlackApiError:
            return Latest(diagnosis)
        return Latest(diagnosis, link["permalink"])

    async def vote(self, thread: str, place: Place, *, helpful: bool) -> None:
        """Counts a person's vote on an answer; raises as `press`."""
        _, diagnosis = await self.press("helpful" if helpful else "not helpful", thread, place)
        await self._feedback.vote(thread, place.user, diagnosis, helpful=helpful)

    async def comment(self, thread: str, place: Place, reason: str, text: str) -> None:
        """Keeps why an answer did not help; raises as `press`."""
        _, diagnosis = await self.press("say what was wrong", thread, place)
        await self._feedback.comment(thread, place.user, diagnosis, reason, text)

    async def note(self, act: Act, place: Place, about: str, *, account: str = "", outcome: str = "") -> None:
        """Writes a line of the audit trail.

        Raises:
            RedisUnreachableError: It can't be written, and what is not noted is not done.
        """
        try:
            await self.audit.note(Entry(act, place.user, place.channel, about, account, outcome))
        except UNANSWERED as error:
            raise RedisUnreachableError(UNREACHABLE) from error

    async def _pointer(self, before: AskedBefore, place: Place) -> str:
        """Where the answer to the same question is."""
        on_its_way = "This was asked here a moment ago: the answer is on its way."
        if before.head is None:
            return on_its_way
        try:
            link = await self._client.chat_getPermalink(channel=place.channel, message_ts=before.head)
        except SlackApiError:
            return on_its_way
        return f"This was asked here a moment ago. The answer: {link['permalink']}"
