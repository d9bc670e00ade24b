"""Answers the question of a thread: diagnoses, keeps the answer and publishes it; and examines again on request.

A job and an error text take the same way. What was found is kept before anything else happens to it, so that no fault
of Slack or Redis afterwards costs a diagnosis.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import Audience, audience_at, main_account
from bot.access.audit import Act, Audit, Entry
from bot.access.authorizer import Authorizer
from bot.access.place import Place
from bot.access.slack_errors import SLACK_FAULTS, code_of
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.events import Event, Left, Observer
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.recheck import rechecked
from bot.errors import BackupWhyError
from bot.replies.changes import changes
from bot.replies.prompts import NEXT, next_prompts
from bot.replies.trouble import trouble_page
from bot.work.diagnosing import Diagnose
from bot.work.faults import passes
from bot.work.notices import sentence_at, sentence_for
from bot.work.observing import CHECK_AGAIN, note_cost, note_outcome
from bot.work.patience import patiently
from bot.work.permalinks import permalink
from bot.work.progress import Abilities, Pause, ThreadProgress
from bot.work.publishing import Publisher
from bot.work.question import Question
from bot.work.responding import Responder
from bot.work.session import Session
from bot.work.stopping import StoppedError, stoppable
from bot.work.tasks import AnswerQuestion, CheckAgain
from bot.work.thread_poster import ClosedPlaceError, ThreadPoster
from bot.work.thread_store import ThreadStore

logger = logging.getLogger(__name__)

PARTLY = "Slack doesn't let me post all of the answer here ({}). Details under the first message has all of it."
ASKED_BEFORE = "This was asked here a moment ago. The answer is on its way."


class NotAllowedError(BackupWhyError):
    """The account that the subject turned out to be in is none that may be asked about."""

    def __init__(self, message: str, account: str) -> None:
        super().__init__(message)
        self.account = account


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question under way: where it is answered, and who reads there."""

    thread: str
    question: Question
    audience: Audience
    poster: ThreadPoster
    publisher: Publisher

    @property
    def place(self) -> Place:
        return self.question.place

    @property
    def name(self) -> str:
        return self.question.subject.name


class Answers:
    """Answers questions.

    Args:
        redis: A client that decodes its responses.
        client: The Web API.
        diagnose: The diagnosis.
        authorizer: Who may ask what.
        pause: Waits between two edits of a checklist.
        installation: The installation that it is for; empty where the app has one bot token.
    """

    def __init__(
        self,
        redis: Redis,
        client: AsyncWebClient,
        diagnose: Diagnose,
        authorizer: Authorizer,
        pause: Pause,
        installation: str = "",
    ) -> None:
        self._redis = redis
        self._client = client
        self._responder = Responder(client)
        self._threads = ThreadStore(redis, installation)
        self._audit = Audit(redis)
        self._diagnose = diagnose
        self._authorizer = authorizer
        self._pause = pause
        self._abilities = Abilities()

    async def carry_out(self, task: AnswerQuestion | CheckAgain) -> None:
        """Answers a question, or examines its subject again.

        Raises:
            Exception: Whatever happens on the way; `bot.work.faults.passes` says what is worth trying again.
        """
        if isinstance(task, CheckAgain):
            await self._check_again(task)
        else:
            await self._answer(task.thread)

    async def give_up(self, task: AnswerQuestion | CheckAgain, error: Exception) -> None:
        """Says why there is no answer; the question may be asked again at once.

        A first answer's place says it. A second examination leaves the head as it is, and who pressed is told. Where
        Slack lets nothing be posted, the asker alone is told.

        Args:
            task: The task.
            error: Why it can't be carried out.

        Raises:
            Exception: As `carry_out`.
        """
        question = await self._threads.question(task.thread)
        if question is None:
            return
        if isinstance(task, CheckAgain):
            await self._responder.respond(task.place, sentence_for(error))
            note_outcome(task.thread, CHECK_AGAIN, type(error).__name__)
            return
        await self._threads.release(question, task.thread)
        asked = await self._asked(task.thread, question)
        act, account, outcome = Act.ANSWER, "", type(error).__name__
        if isinstance(error, NotAllowedError):
            act, account = Act.REFUSAL, error.account
        sentence = sentence_at(error, asked.place)
        if isinstance(error, SlackApiError):
            outcome = code_of(error)
            logger.warning("Slack does not let an answer be posted in channel %s: %s", asked.place.channel, outcome)
            await self._responder.respond(asked.place, sentence)
        if not isinstance(error, ClosedPlaceError):
            await self._say_in_thread(asked, sentence, told=isinstance(error, SlackApiError))
        await self._finish(asked, act, outcome, account)

    async def _say_in_thread(self, asked: _Asked, sentence: str, *, told: bool) -> None:
        """Lets the head say why there is no answer; where Slack does not let it, the asker alone is told."""
        try:
            await asked.poster.put(asked.audience.message(trouble_page(asked.name, sentence)))
        except SlackApiError as error:
            if passes(error):
                raise
            logger.warning("Slack does not let a thread say why there is no answer: %s", code_of(error))
            await asked.poster.take_away_head()
            if not told:
                await self._responder.respond(asked.place, sentence)

    async def _answer(self, thread: str) -> None:
        """Answers the question of a thread, or goes on with an answer that was begun."""
        question = await self._threads.question(thread)
        if question is None or await self._threads.finished(thread):
            await self._threads.close(thread)
            return
        holder = await self._threads.claim(question, thread)
        if holder != thread:
            await self._point_to(holder, question.place)
            await self._threads.drop(thread)
            note_outcome(thread, question.subject.kind, "asked-before")
            return
        asked = await self._asked(thread, question)
        answer = await self._threads.answer(thread) or await self._find_out(asked)
        refusal = await asked.publisher.publish(answer, asked.audience.about(answer))
        if refusal:
            await self._responder.respond(asked.place, PARTLY.format(refusal))
        await self._finish(asked, Act.ANSWER, answer.outcome, main_account(answer))
        await self._link(thread, asked.place)
        await self._suggest(asked.place, answer)

    async def _check_again(self, task: CheckAgain) -> None:
        """Examines the subject of a thread again, and reports in the thread's head what has changed."""
        question, before = await self._threads.question(task.thread), await self._threads.answer(task.thread)
        if question is None or before is None:
            return
        asked, look = await self._asked(task.thread, question), await self._threads.look(task.thread)
        answer, note = before, look.note
        if look.id != task.press:
            answer, note = await self._look_again(asked, before, task)
        refusal = await asked.publisher.publish(answer, asked.audience.about(answer), note)
        if refusal:
            await self._responder.respond(task.place, PARTLY.format(refusal))
        await self._audit.write(self._entry(asked, Act.ANSWER, answer.outcome, main_account(answer)))
        note_outcome(task.thread, CHECK_AGAIN, answer.outcome)

    async def _asked(self, thread: str, question: Question) -> _Asked:
        poster = ThreadPoster(self._client, self._threads, thread, question.place)
        audience = await audience_at(self._authorizer, question.place)
        return _Asked(thread, question, audience, poster, Publisher(poster, self._threads, thread))

    async def _find_out(self, asked: _Asked) -> AnyDiagnosis:
        """The answer of a first examination, kept.

        Raises:
            NotAllowedError: It is about an account that may not be asked about here.
        """
        answer = await self._examine(asked, fresh=False)
        await patiently(lambda: self._threads.keep(asked.thread, answer))
        return answer

    async def _examine(self, asked: _Asked, *, fresh: bool) -> AnyDiagnosis:
        """Runs the diagnosis in a thread of this process, the head of the Slack thread following it.

        Raises:
            NotAllowedError: It is about an account that may not be asked about here.
            StoppedError: Somebody has pressed Stop.
        """
        subject, place = asked.question.subject, asked.place
        if place.thread:
            await self._threads.place(asked.thread, place.channel, place.thread)
        session = Session(self._client, place, self._abilities.sessions)
        await session.begin(f"Why did {asked.name} fail?")
        try:
            async with (
                ThreadProgress(asked.poster, asked.name, asked.audience, self._abilities, self._pause) as progress,
                stoppable(self._threads, asked.thread) as stopped,
            ):
                observe = progress.observe if asked.audience.rights.accounts is None else _quiet(progress.observe)
                answer = await _unless(
                    stopped, asyncio.to_thread(self._diagnose, subject, observe=_until(stopped, observe), fresh=fresh)
                )
        finally:
            await session.end()
        note_cost(answer.cost)
        account = main_account(answer)
        if account and not asked.audience.rights.cover(account):
            raise NotAllowedError(self._authorizer.refusal(account), account)
        return answer

    async def _look_again(self, asked: _Asked, before: AnyDiagnosis, task: CheckAgain) -> tuple[AnyDiagnosis, str]:
        """The new answer and what it has changed, kept; the old one and why, where there is no new one."""
        try:
            answer = rechecked(before, await self._examine(asked, fresh=True))
        except Exception as error:
            if passes(error):
                raise
            return before, f"I couldn't recheck this for {task.by}. {sentence_for(error)}"
        note = changes(before, answer, by=task.by, at=datetime.now(UTC))
        await patiently(lambda: self._threads.keep(asked.thread, answer, look=task.press, note=note))
        return answer, note

    async def _finish(self, asked: _Asked, act: Act, outcome: str, account: str) -> None:
        """Notes in one transaction that the thread is finished, and the line of the audit trail that says so."""
        async with self._redis.pipeline(transaction=True) as pipe:
            self._audit.add(pipe, self._entry(asked, act, outcome, account))
            self._threads.finish(pipe, asked.question, asked.thread, latest=act is Act.ANSWER)
            await pipe.execute()
        note_outcome(asked.thread, asked.question.subject.kind, outcome)

    @staticmethod
    def _entry(asked: _Asked, act: Act, outcome: str, account: str) -> Entry:
        return Entry(act, asked.place.user, asked.place.channel, asked.question.subject.about, account, outcome)

    async def _point_to(self, thread: str, place: Place) -> None:
        """Tells the asker alone where the answer to the same question is."""
        link = await self._link(thread, place)
        told = f"This was asked here a moment ago. The answer: {link}" if link else ASKED_BEFORE
        await self._responder.respond(place, told)

    async def _link(self, thread: str, place: Place) -> str:
        """The link to an answer, which is kept; empty where there is none now."""
        try:
            return await permalink(self._client, self._threads, thread, place.channel)
        except SLACK_FAULTS as error:
            logger.info("no link to an answer now: %s", code_of(error))
            return ""

    async def _suggest(self, place: Place, answer: AnyDiagnosis) -> None:
        """Offers the questions that an answer leads to, where Slack has a place for them: in the agent view."""
        if not place.channel.startswith("D") or not isinstance(answer, Diagnosis):
            return
        try:
            await self._client.assistant_threads_setSuggestedPrompts(
                channel_id=place.channel, thread_ts=place.thread, title=NEXT, prompts=next_prompts(answer)
            )
        except SLACK_FAULTS as error:
            logger.info("no questions can be suggested here: %s", code_of(error))


def _quiet(observe: Observer) -> Observer:
    """An observer that is told how far the machine is, and nothing that it has found.

    It is for those who may not ask about every account: whether they may see this job is known only at the end.
    """

    def observe_quietly(event: Event) -> None:
        observe(replace(event, says="", verdict=None) if isinstance(event, Left) else event)

    return observe_quietly


def _until(stopped: asyncio.Event, observe: Observer) -> Observer:
    """An observer by which a diagnosis that is to be stopped ends at its next step."""

    def observe_until_stopped(event: Event) -> None:
        if stopped.is_set():
            raise StoppedError
        observe(event)

    return observe_until_stopped


async def _unless(stopped: asyncio.Event, running: Coroutine[Any, Any, AnyDiagnosis]) -> AnyDiagnosis:
    """What a diagnosis comes to, unless it is stopped before; its thread then ends by itself.

    Raises:
        StoppedError: It was stopped.
    """
    diagnosing, stopping = asyncio.ensure_future(running), asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({diagnosing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not diagnosing.done():
            diagnosing.add_done_callback(lambda done: done.exception())  # nobody waits for it any more
            raise StoppedError
    finally:
        stopping.cancel()
    return diagnosing.result()
