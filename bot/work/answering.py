"""Answers one question: runs the diagnosis, keeps it, and publishes it; and looks again when somebody asks for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.access.audit import Act, Audit, Entry
from bot.access.gate import Gate, Rights
from bot.access.masking import masked
from bot.diagnosis.events import Event, Left, Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.errors import BackupWhyError
from bot.replies.changes import changes
from bot.replies.document import Page
from bot.replies.prompts import next_prompts
from bot.replies.slack import draw_single
from bot.replies.trouble import trouble_page
from bot.work.connection import UNANSWERED
from bot.work.live import Abilities, LiveHead
from bot.work.posting import ClosedPlaceError, Poster
from bot.work.publishing import Publisher
from bot.work.question import Place, Question
from bot.work.threads import Threads
from bot.work.trouble import sentence_for

logger = logging.getLogger(__name__)

PASSING = (SlackApiError, aiohttp.ClientError, TimeoutError, *UNANSWERED)
"""What the task is tried again after; anything else that is unexpected is told and over."""

INVITE = "I can't post here. Invite me to this channel with /invite, then ask again."


class Diagnose(Protocol):
    """The diagnosis of a job, as a function that blocks; it is called in a thread.

    Raises:
        BackupWhyError: There is no diagnosis, and its sentence says what to do.
    """

    def __call__(self, job: JobReference, *, observe: Observer, fresh: bool) -> Diagnosis:
        """Diagnoses a job; `fresh` reads everything anew."""


class NotAllowedError(BackupWhyError):
    """The account that the job turned out to be in is none that may be asked about."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question under way: where it is answered, and what may be seen and asked there."""

    thread: str
    question: Question
    poster: Poster
    publisher: Publisher
    rights: Rights

    @property
    def place(self) -> Place:
        return self.question.place


class Answers:
    """Answers questions.

    Args:
        client: The Web API.
        threads: What is known of threads.
        diagnose: The diagnosis.
        gate: Who may ask what.
        audit: The audit trail.
        edit_seconds: How often the head of a thread is edited at most while its diagnosis runs.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        threads: Threads,
        diagnose: Diagnose,
        gate: Gate,
        audit: Audit,
        *,
        edit_seconds: float = 1.0,
    ) -> None:
        self._client = client
        self._threads = threads
        self._diagnose = diagnose
        self._gate = gate
        self._audit = audit
        self._edit_seconds = edit_seconds
        self._abilities = Abilities()

    async def answer(self, thread: str) -> None:
        """Answers the question of a thread, or goes on with an answer that was begun.

        Args:
            thread: The thread's id.

        Raises:
            SlackApiError, aiohttp.ClientError, TimeoutError, redis.exceptions.ConnectionError: Try again later.
        """
        asked = await self._taken_up(thread)
        if asked is None or await self._threads.finished(thread):
            return

        async def work() -> None:
            diagnosis = await self._threads.diagnosis(thread)
            if diagnosis is None:
                diagnosis = await self._find_out(asked, fresh=False)
                await self._threads.keep(thread, diagnosis)
            await asked.publisher.publish(diagnosis)
            await self._threads.finish(asked.question, thread)
            await self._suggest(asked.place, diagnosis)
            await self._note(asked, Act.ANSWER, diagnosis.outcome, diagnosis.job.account)

        await self._answering(asked, work)

    async def check_again(self, thread: str, press: str, by: str) -> None:
        """Diagnoses the job of a thread anew, and tells in the thread's head what has changed.

        Args:
            thread: The thread's id.
            press: Slack's id of the press, so that one that is delivered again is not taken for a third look.
            by: The name of who pressed.

        Raises:
            SlackApiError, aiohttp.ClientError, TimeoutError, redis.exceptions.ConnectionError: Try again later.
        """
        asked = await self._taken_up(thread)
        before = await self._threads.diagnosis(thread)
        if asked is None or before is None:
            return

        async def work() -> None:
            look, diagnosis = await self._threads.look(thread), before
            note = look.note
            if look.id != press:
                diagnosis, note = await self._look_again(asked, before, by)
                await self._threads.keep(thread, diagnosis, look=press, note=note)
            await asked.publisher.publish(diagnosis, note)
            await self._note(asked, Act.ANSWER, diagnosis.outcome, diagnosis.job.account)

        await self._answering(asked, work)

    async def _taken_up(self, thread: str) -> _Asked | None:
        """The question of a thread with what may be seen of its answer; None if the thread is not known any more."""
        question = await self._threads.question(thread)
        if question is None:
            logger.warning("thread %s is not known any more: its question is dropped", thread)
            return None
        place = question.place
        poster = Poster(self._client, self._threads, thread, place)
        show = masked if await self._gate.is_shared(place.channel) else _whole
        rights = await self._gate.rights(place.user, place.channel)
        return _Asked(thread, question, poster, Publisher(poster, self._threads, thread, show), rights)

    async def _answering(self, asked: _Asked, work: Callable[[], Awaitable[None]]) -> None:
        """Does the work of an answer, and tells where it can't be done."""
        try:
            await work()
        except ClosedPlaceError as closed:
            await self._threads.release(asked.question, asked.thread)
            await self._tell_asker(asked.place, closed)
        except BackupWhyError as error:
            await self._give_up(asked, error)
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 — the one place where a fault becomes a sentence; it is logged there
            await self._give_up(asked, error)

    async def _find_out(self, asked: _Asked, *, fresh: bool) -> Diagnosis:
        """Runs the diagnosis in a thread of this process, the head of the Slack thread following it.

        Raises:
            NotAllowedError: The job is in an account that may not be asked about here.
        """
        job = asked.question.job
        show, abilities = asked.publisher.show, self._abilities
        async with LiveHead(asked.poster, job.id, show, abilities, self._edit_seconds) as head:
            observe = head.observe if asked.rights.accounts is None else _quiet(head.observe)
            diagnosis = await asyncio.to_thread(self._diagnose, job, observe=observe, fresh=fresh)
        if not asked.rights.cover(diagnosis.job.account):
            raise NotAllowedError(self._gate.refusal(diagnosis.job.account))
        return diagnosis

    async def _look_again(self, asked: _Asked, before: Diagnosis, by: str) -> tuple[Diagnosis, str]:
        """The new diagnosis and what it has changed; the old one and why, where there is no new one."""
        try:
            diagnosis = await self._find_out(asked, fresh=True)
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 — as in _answering
            return before, f"Looking again for {by} failed. {sentence_for(error)}"
        return diagnosis, changes(before, diagnosis, by=by, at=datetime.now(UTC))

    async def _suggest(self, place: Place, diagnosis: Diagnosis) -> None:
        """Offers the questions that an answer leads to, where Slack has a place for them: in the agent view."""
        if not place.channel.startswith("D"):
            return
        try:
            await self._client.assistant_threads_setSuggestedPrompts(
                channel_id=place.channel, thread_ts=place.thread, prompts=next_prompts(diagnosis)
            )
        except SlackApiError as error:
            logger.info("no questions can be suggested here: %s", error.response.get("error"))

    async def _give_up(self, asked: _Asked, error: Exception) -> None:
        """Says why there is no answer where the answer would have been; the question may be asked again at once."""
        await self._threads.release(asked.question, asked.thread)
        page = asked.publisher.show(trouble_page(f"job {asked.question.job.id}", sentence_for(error)))
        await asked.poster.put(draw_single(page))
        await self._threads.finish(asked.question, asked.thread)
        act = Act.REFUSAL if isinstance(error, NotAllowedError) else Act.ANSWER
        await self._note(asked, act, type(error).__name__)

    async def _note(self, asked: _Asked, act: Act, outcome: str, account: str = "") -> None:
        place = asked.place
        await self._audit.note(Entry(act, place.user, place.channel, asked.question.job.id, account, outcome))

    async def _tell_asker(self, place: Place, closed: ClosedPlaceError) -> None:
        """Tells the asker alone, where Slack gave a way to."""
        if not place.response_url:
            logger.warning("can't post in channel %s (%s), and can't tell the asker", place.channel, closed.code)
            return
        told = await AsyncWebhookClient(place.response_url).send(text=INVITE, response_type="ephemeral")
        if told.status_code != 200:
            logger.warning("can't post in channel %s (%s), nor tell the asker", place.channel, closed.code)


def _whole(page: Page) -> Page:
    """What may be seen where only the organization's own people read."""
    return page


def _quiet(observe: Observer) -> Observer:
    """An observer that is told how far the machine is, and nothing that it has found.

    It is for those who may not ask about every account: whether they may see this job is known only at the end.
    """

    def observe_quietly(event: Event) -> None:
        observe(replace(event, says="", verdict=None) if isinstance(event, Left) else event)

    return observe_quietly
