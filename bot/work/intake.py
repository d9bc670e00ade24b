"""Where every entry point submits what people ask: rights, audit trail, claim and task, before Slack is answered.

What is accepted is kept: the audit line, the claim and the task are written in one transaction of Redis, and only then
is Slack's request acknowledged. The web process knows tasks by their names alone; the workers carry them out.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from docket import Docket
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import OutOfMemoryError, RedisError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import Audience, main_account
from bot.access.audit import Act, Audit, Entry
from bot.access.authorizer import RIGHTS_UNKNOWN, Authorizer, Authorizers, OneAuthorizer, Rights, RightsUnknownError
from bot.access.place import Place
from bot.access.rules import Rules
from bot.access.slack_errors import SLACK_FAULTS
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.secrets_in_text import without_secrets
from bot.errors import BackupWhyError, RedisUnreachableError
from bot.redis_faults import SWITCHING, UNANSWERED, is_unsaved, passes_in_redis
from bot.work.feedback import Feedback
from bot.work.heartbeat import read_workers, workers_of
from bot.work.question import Question, Subject
from bot.work.queue import enqueue
from bot.work.refusing import OUTSIDERS, RefusedError, refuse_unless_allowed
from bot.work.tasks import AnswerQuestion, CheckAgain, Converse, ListFailures, OpenHome, RunDoctor, ShowAudit, Task
from bot.work.thread_store import ThreadStore
from bot.work.understanding import Written, subject_of

UNREACHABLE = "My queue (Redis) doesn't answer, so I can't look into this now. Please ask again in a minute."
FULL = "My queue (Redis) is full, so I can't look into this now. Tell whoever runs this bot."
TAKEN_OVER = "My queue (Redis) is just moving to another server. Please ask again in a minute."
UNSAVED = "My queue (Redis) can't save what it is given, so I can't look into this now. Tell whoever runs this bot."
GONE = "I no longer have this answer: I keep answers for 30 days. Ask again with /backup-why."
NO_ADMIN_OF_DOCTOR = (
    "Only admins may examine my set-up, and the access file (BACKUP_WHY_ACCESS_FILE) doesn't list you as one."
)
NO_ADMIN = "Only admins may read the audit trail, and the access file (BACKUP_WHY_ACCESS_FILE) doesn't list you as one."

SLACK_SECONDS = 0.7
"""How long Slack may take to say what somebody may ask: a request has to be acknowledged within three seconds."""

T = TypeVar("T")

_DELIVERIES = uuid.UUID("6f2b3d0e-52b1-4a68-9d50-0f3d3a8a6c11")
"""The namespace of the ids that threads have from Slack's ids of deliveries."""


def make_intake(redis: Redis, queue: Docket, client: AsyncWebClient, rules: Rules | None = None) -> "Intake":
    """An intake.

    Args:
        redis: Where threads, the audit trail and the queue are.
        queue: The queue; it need not be open.
        client: The Web API.
        rules: The access file; None where there is none.
    """
    return Intake(redis, queue, OneAuthorizer(Authorizer(rules, client)))


class Intake:
    """The intake.

    Args:
        redis: A client that decodes its responses, and fails soon where Redis does not answer.
        queue: The queue; it need not be open.
        authorizers: Who may ask what, by installation.
    """

    def __init__(self, redis: Redis, queue: Docket, authorizers: Authorizers) -> None:
        self._redis = redis
        self._queue = queue
        self._authorizers = authorizers
        self._threads = ThreadStore(redis)
        self._audit = Audit(redis)
        self._feedback = Feedback(redis)

    async def take(self, written: Written, place: Place, delivery: str) -> str:
        """Takes what somebody wrote: a question about the job or the call that it names, or words; as `submit`."""
        if subject := subject_of(written):
            return await self.submit(subject, place, delivery)
        return await self.converse(written.text, place, delivery)

    async def submit(self, subject: Subject, place: Place, delivery: str) -> str:
        """Takes a question.

        The thread's id comes from Slack's id of the delivery, so that a repeated delivery finds its own thread.

        Args:
            subject: What is asked about.
            place: Where, and by whom.
            delivery: Slack's id of the request: an event id or a trigger id.

        Returns:
            What the asker should be told at once; empty where the answer says everything.

        Raises:
            RefusedError: They may not ask this here.
            RightsUnknownError: Slack does not say what they may ask.
            RedisUnreachableError: The question could not be taken.
        """
        if place.chosen and place.outsider:
            entry = Entry(Act.REFUSAL, place.user, place.channel, subject.about, outcome="another organization")
            await self._write(entry)
            raise RefusedError(OUTSIDERS)
        rights = await self._allowed(place, subject.about, subject.account)
        question, thread = Question(subject=subject, place=place, rights=rights.key), thread_of(delivery)
        if await self._answered(self._threads.is_known(thread)):
            return ""
        entry = Entry(Act.QUESTION, place.user, place.channel, subject.about, subject.account)
        opening = partial(self._threads.open, question=question, thread=thread)
        return await self._hand_over(AnswerQuestion(thread=thread), thread, entry, opening)

    async def converse(self, text: str, place: Place, delivery: str) -> str:
        """Takes something that was written in words, to be replied to in its thread; as `submit`.

        Anybody may ask for an explanation; what is said of a diagnosis depends on the rights of who asks.
        """
        about, thread = "a question in words", thread_of(delivery)
        if await self._answered(self._threads.is_known(thread)):
            return ""
        entry = Entry(Act.QUESTION, place.user, place.channel, about)
        opening = partial(self._threads.hear, thread=thread)
        return await self._hand_over(Converse(thread=thread, text=text, place=place), thread, entry, opening)

    async def check_again(self, thread: str, press: str, by: str, place: Place) -> str:
        """Takes that somebody wants a thread's subject examined again; raises as `press`.

        While one examination is under way, another press adds nothing.
        """
        _, entry = await self._pressed("check again", thread, place, await self._rights(place))
        task = CheckAgain(thread=thread, press=press, by=by, place=place)
        return await self._hand_over(task, f"{thread}:again", entry)

    async def stop(self, place: Place) -> None:
        """Has the examination of a thread stopped; raises as `list_failures`."""
        threads = self._threads_at(place)
        thread = await self._answered(threads.at(place.channel, place.thread))
        question = await self._answered(threads.question(thread)) if thread else None
        if thread is None or question is None:
            return
        await self._write(Entry(Act.BUTTON, place.user, place.channel, f"stop of {question.subject.about}"))
        await self._answered(self._threads.stop(thread))

    async def list_failures(self, view: str, place: Place) -> str:
        """Has an open modal filled with the failed jobs that somebody may ask about.

        Raises:
            RedisUnreachableError: It could not be handed over.
        """
        return await self._hand_over(ListFailures(view=view, place=place), f"{view}:failures")

    async def open_home(self, task: OpenHome) -> str:
        """Has a Home tab published; raises as `list_failures`."""
        return await self._hand_over(task, f"{task.place.installation}{task.place.user}:{task.tab}")

    async def show_audit(self, task: ShowAudit, delivery: str) -> str:
        """Has the audit trail shown to an admin.

        Raises:
            RefusedError: They are none.
            RightsUnknownError, RedisUnreachableError: As `submit`.
        """
        await self._only_admins(task.place, "audit", NO_ADMIN)
        entry = Entry(Act.EXPORT, task.place.user, task.place.channel, f"audit {task.what}")
        return await self._hand_over(task, thread_of(delivery), entry)

    async def run_doctor(self, task: RunDoctor, delivery: str) -> str:
        """Has the set-up examined for an admin; raises as `show_audit`."""
        await self._only_admins(task.place, "doctor", NO_ADMIN_OF_DOCTOR)
        entry = Entry(Act.QUESTION, task.place.user, task.place.channel, "doctor")
        return await self._hand_over(task, thread_of(delivery), entry)

    async def _only_admins(self, place: Place, about: str, refusal: str) -> None:
        """Makes sure that somebody is an admin; raises as `show_audit`."""
        if not (await self._rights(place)).admin:
            await self._write(Entry(Act.REFUSAL, place.user, place.channel, about, outcome="no admin"))
            raise RefusedError(refusal)

    async def press(
        self, button: str, thread: str, place: Place, *, sends: bool = False
    ) -> tuple[AnyDiagnosis, Audience]:
        """Lets somebody press a button of a thread.

        Args:
            button: The button's name, for the audit trail.
            thread: The thread's id.
            place: Who pressed, and where.
            sends: Whether it sends something to somebody: nobody of another organization sends through the bot.

        Returns:
            The thread's answer, and who reads what comes of it.

        Raises:
            RefusedError: They may not ask about the account that it is about, or nothing is known of the thread.
            RightsUnknownError, RedisUnreachableError: As `submit`.
        """
        rights = await self._rights(place)
        answer, entry = await self._pressed(button, thread, place, rights)
        if sends and place.outsider:
            await self._write(replace(entry, act=Act.REFUSAL, outcome="another organization"))
            raise RefusedError(OUTSIDERS)
        await self._write(entry)
        return answer, Audience(rights, await self._is_shared(place)).about(answer)

    async def vote(self, thread: str, place: Place, *, helpful: bool) -> Audience:
        """Counts a person's vote on an answer; returns who reads there, and raises as `press`."""
        answer, reader = await self.press("helpful" if helpful else "not helpful", thread, place)
        await self._answered(self._feedback.vote(thread, place.user, answer, helpful=helpful))
        return reader

    async def comment(self, thread: str, place: Place, reason: str, text: str) -> None:
        """Keeps why an answer did not help; raises as `press`."""
        answer, _ = await self.press("say what was wrong", thread, place)
        await self._answered(self._feedback.comment(thread, place.user, answer, reason, without_secrets(text)))

    async def direct_audience(self, channel: str, place: Place) -> Audience:
        """Who reads a direct message that the bot sends for somebody: who gets it may be of another organization."""
        to = replace(place, channel=channel, thread="")
        return Audience(await self._rights(place), await self._is_shared(to))

    async def notice(self, sentence: str, place: Place) -> str:
        """A sentence as it may be shown at a place, whoever reads there; bare text."""
        return Audience(Rights(None), await self._is_shared(place)).text(sentence)

    async def _allowed(self, place: Place, about: str, account: str) -> Rights:
        """The rights of who may ask; raises `RefusedError` where they may not."""
        rights = await self._rights(place)
        authorizer = await self._answered(self._authorizers.of(place))
        await self._answered(refuse_unless_allowed(authorizer, self._audit, rights, place, about, account))
        return rights

    async def _pressed(self, button: str, thread: str, place: Place, rights: Rights) -> tuple[AnyDiagnosis, Entry]:
        """The answer of a thread, for somebody who pressed a button of it, and the press for the audit trail."""
        threads = self._threads_at(place)
        question = await self._answered(threads.question(thread))
        answer = await self._answered(threads.answer(thread))
        if question is None or answer is None:
            raise RefusedError(GONE)
        about, account = f"{button} of {question.subject.about}", main_account(answer)
        if rights.nothing or (account and not rights.cover(account)):
            await self._write(Entry(Act.REFUSAL, place.user, place.channel, about, account, "no right"))
            authorizer = await self._answered(self._authorizers.of(place))
            raise RefusedError(authorizer.refusal(account))
        return answer, Entry(Act.BUTTON, place.user, place.channel, about, account)

    def _threads_at(self, place: Place) -> ThreadStore:
        """The threads that are known at a place: those of its installation."""
        return ThreadStore(self._redis, place.installation)

    async def _rights(self, place: Place) -> Rights:
        authorizer = await self._answered(self._authorizers.of(place))
        try:
            async with asyncio.timeout(SLACK_SECONDS):
                return await authorizer.rights(place)
        except TimeoutError as error:
            raise RightsUnknownError(RIGHTS_UNKNOWN) from error

    async def _is_shared(self, place: Place) -> bool | None:
        """Whether others read at a place; what Slack does not say in time counts as not known.

        Outside of channels the person reads alone, who may be of another organization.
        """
        if not place.channel:
            return place.outsider
        try:
            async with asyncio.timeout(SLACK_SECONDS):
                return await (await self._authorizers.of(place)).is_shared(place.channel)
        except (*SLACK_FAULTS, *UNANSWERED, BackupWhyError):
            return None

    async def _hand_over(
        self, task: Task, key: str, entry: Entry | None = None, opening: Callable[[Pipeline], None] | None = None
    ) -> str:
        """Writes a task with its line of the audit trail and what else belongs to it, all or nothing.

        Returns:
            What to say of it at once.
        """
        async with self._redis.pipeline(transaction=True) as pipe:
            if entry is not None:
                self._audit.add(pipe, entry)
            if opening is not None:
                opening(pipe)
            enqueue(pipe, self._queue, task, key)
            read_workers(pipe)
            *written, workers = await self._answered(pipe.execute(raise_on_error=False))
        for refusal in (each for each in written if isinstance(each, RedisError)):
            raise refusal
        return "" if isinstance(workers, RedisError) else workers_of(workers).notice

    async def _write(self, entry: Entry) -> None:
        await self._answered(self._audit.write(entry))

    @staticmethod
    async def _answered(asked: Awaitable[T]) -> T:
        """What Redis answers.

        Raises:
            RedisUnreachableError: It does not, or not in time.
        """
        try:
            return await asked
        except RedisError as error:
            if not passes_in_redis(error):
                raise
            raise RedisUnreachableError(_sentence(error)) from error


def _sentence(error: RedisError) -> str:
    """Why nothing is taken now, and what to do."""
    match error:
        case OutOfMemoryError():
            return FULL
        case _ if isinstance(error, SWITCHING):
            return TAKEN_OVER
        case _ if is_unsaved(error):
            return UNSAVED
        case _:
            return UNREACHABLE


def thread_of(delivery: str) -> str:
    """The id of the thread that a delivery of Slack's opens."""
    return uuid.uuid5(_DELIVERIES, delivery).hex
