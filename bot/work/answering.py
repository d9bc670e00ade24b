"""Answers one question: runs the diagnosis, keeps it, and posts it as a thread."""

import asyncio
import logging
from typing import Protocol

import aiohttp
from redis.exceptions import RedisError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.errors import BackupWhyError
from bot.replies.slack import draw, draw_single
from bot.replies.thread import thread_pages
from bot.replies.trouble import trouble_page
from bot.replies.verdict import verdict_page
from bot.work.live import LiveHead
from bot.work.posting import ClosedPlaceError, Poster
from bot.work.question import Place, Question
from bot.work.threads import Threads
from bot.work.trouble import sentence_for

logger = logging.getLogger(__name__)

PASSING = (SlackApiError, aiohttp.ClientError, TimeoutError, RedisError)
"""What the task is tried again after; anything else that is unexpected is told and over."""

INVITE = "I can't post here. Invite me to this channel with /invite, then ask again."


class Diagnose(Protocol):
    """The diagnosis of a job, as a function that blocks; it is called in a thread.

    Raises:
        BackupWhyError: There is no diagnosis, and its sentence says what to do.
    """

    def __call__(self, job: JobReference, *, observe: Observer) -> Diagnosis:
        """Diagnoses a job."""


class Answers:
    """Answers questions.

    Args:
        client: The Web API.
        threads: What is known of threads.
        diagnose: The diagnosis.
        edit_seconds: How often the head of a thread is edited at most while its diagnosis runs.
    """

    def __init__(
        self, client: AsyncWebClient, threads: Threads, diagnose: Diagnose, *, edit_seconds: float = 1.0
    ) -> None:
        self._client = client
        self._threads = threads
        self._diagnose = diagnose
        self._edit_seconds = edit_seconds

    async def answer(self, thread: str) -> None:
        """Answers the question of a thread, or goes on with an answer that was begun.

        Args:
            thread: The thread's id.

        Raises:
            SlackApiError, aiohttp.ClientError, TimeoutError, RedisError: Try again later.
        """
        question = await self._threads.question(thread)
        if question is None:
            logger.warning("thread %s is not known any more: its question is dropped", thread)
            return
        if await self._threads.finished(thread):
            return
        poster = Poster(self._client, self._threads, thread, question.place)
        try:
            diagnosis = await self._threads.diagnosis(thread) or await self._find_out(thread, question, poster)
            await self._post(diagnosis, poster)
        except ClosedPlaceError as closed:
            await self._threads.release(question, thread)
            await self._tell_asker(question.place, closed)
        except BackupWhyError as error:
            await self._give_up(thread, question, poster, error)
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 — the one place where a fault becomes a sentence; it is logged there
            await self._give_up(thread, question, poster, error)
        else:
            await self._threads.finish(question, thread)

    async def _find_out(self, thread: str, question: Question, poster: Poster) -> Diagnosis:
        """Runs the diagnosis in a thread, the head of the Slack thread following it."""
        async with LiveHead(poster, question.job.id, self._edit_seconds) as head:
            diagnosis = await asyncio.to_thread(self._diagnose, question.job, observe=head.observe)
        await self._threads.keep(thread, diagnosis)
        return diagnosis

    async def _post(self, diagnosis: Diagnosis, poster: Poster) -> None:
        """The verdict first, since it is what people wait for; then the thread."""
        await poster.put(draw_single(verdict_page(diagnosis)))
        for page in thread_pages(diagnosis):
            for message in draw(page):
                await poster.put(message)

    async def _give_up(self, thread: str, question: Question, poster: Poster, error: Exception) -> None:
        """Says why there is no answer where the answer would have been; the question may be asked again at once."""
        await self._threads.release(question, thread)
        await poster.put(draw_single(trouble_page(question.job.id, sentence_for(error))))
        await self._threads.finish(question, thread)

    async def _tell_asker(self, place: Place, closed: ClosedPlaceError) -> None:
        """Tells the asker alone, where Slack gave a way to."""
        if not place.response_url:
            logger.warning("can't post in channel %s (%s), and can't tell the asker", place.channel, closed.code)
            return
        told = await AsyncWebhookClient(place.response_url).send(text=INVITE, response_type="ephemeral")
        if told.status_code != 200:
            logger.warning("can't post in channel %s (%s), nor tell the asker", place.channel, closed.code)
