"""The worker process: takes tasks from the queue and carries them out until it is told to stop.

`run` is the one path for every kind of task, and the one error boundary: a fault that passes has the task tried again,
anything else ends in one sentence where the asker sees it, with a reference to one entry of the log.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from redis.asyncio import Redis
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.authorizer import Authorizer
from bot.access.rules import Rules
from bot.access.slack_errors import code_of
from bot.language.model import LanguageModel, ModelUse
from bot.redis_faults import UNANSWERED
from bot.work.answers import Answers
from bot.work.assistance import Assistance
from bot.work.audit_report import AuditReport
from bot.work.client import LimitedWebClient
from bot.work.connection import check, connect, place
from bot.work.conversation import Conversation
from bot.work.diagnosing import Diagnose, FindEffects
from bot.work.doctoring import Doctoring, Examine, no_examination
from bot.work.faults import passes
from bot.work.heartbeat import beating
from bot.work.home import Home
from bot.work.installations import Installations, OAuthApp
from bot.work.installed import InstalledDuties
from bot.work.meter import RETRIES, Meter
from bot.work.observing import CHECK_AGAIN, Observation, observing, report
from bot.work.picker import ListFailedJobs, Picker
from bot.work.progress import Pause
from bot.work.queue import REDELIVERY, consuming, open_queue
from bot.work.rate_limiter import RateLimiter
from bot.work.rate_limits import RateLimit
from bot.work.schemas import settle
from bot.work.sweeper import sweeping
from bot.work.tasks import AnswerQuestion, CheckAgain, Converse, ListFailures, OpenHome, RunDoctor, ShowAudit, Task
from bot.work.thread_store import ThreadStore
from bot.work.token_watch import TokenWatch

logger = logging.getLogger(__name__)

DIAGNOSES = 20
"""Diagnoses at a time in a worker; what waits for Slack holds up none of them."""

T_contra = TypeVar("T_contra", contravariant=True)


class Duty(Protocol[T_contra]):
    """What carries out one kind of task."""

    async def carry_out(self, task: T_contra) -> None:
        """Carries it out; run again after a fault, it goes on where it was.

        Raises:
            Exception: Whatever happens on the way.
        """

    async def give_up(self, task: T_contra, error: Exception) -> None:
        """Says where the asker sees it why it can't be carried out; raises as `carry_out`."""


class Duties:
    """The one path of every task.

    Args:
        duties: What carries out each kind of task.
        threads: Know when a question was accepted.
        meter: Counts what becomes of tasks.
    """

    def __init__(self, duties: Mapping[type[Task], Duty[Any]], threads: ThreadStore, meter: Meter) -> None:
        self._duties = duties
        self._threads = threads
        self._meter = meter

    async def run(self, task: Task) -> None:
        """Carries out a task, and reports a question that is then over.

        Raises:
            Exception: A fault that passes; the task is to be tried again.
        """
        begun = time.time()
        with observing() as observation:
            try:
                await self._carry_out(task)
            except Exception:
                await self._meter.count([(RETRIES, (task.kind,), 1)])
                raise
        if observation.outcome:
            await self._report(observation, begun)

    async def _carry_out(self, task: Task) -> None:
        duty = self._duties[type(task)]
        try:
            await duty.carry_out(task)
        except Exception as error:
            if passes(error):
                raise
            await self._give_up(duty, task, error)

    async def _report(self, observation: Observation, begun: float) -> None:
        """Reports a question; who checks again has asked when the press was taken up."""
        asked_at = None
        if observation.kind != CHECK_AGAIN:
            with suppress(*UNANSWERED):
                asked_at = await self._threads.asked_at(observation.id)
        await report(observation, asked_at or begun, self._meter)

    @staticmethod
    async def _give_up(duty: Duty[Any], task: Task, error: Exception) -> None:
        try:
            await duty.give_up(task, error)
        except Exception as again:
            if passes(again):
                raise
            stack = None if isinstance(again, SlackApiError) else again  # Slack's error says it all
            logger.error(
                "nobody can be told that a task of kind %s failed (%s)", task.kind, code_of(again), exc_info=stack
            )


def make_duties(
    redis: Redis,
    client: AsyncWebClient,
    diagnose: Diagnose,
    effects: FindEffects,
    rules: Rules | None = None,
    failures: ListFailedJobs = tuple,
    model: ModelUse | None = None,
    examine: Examine = no_examination,
    *,
    pause: Pause = asyncio.sleep,
    limits: Mapping[str, RateLimit] | None = None,
    installation: str = "",
) -> Duties:
    """What a worker does.

    Args:
        redis: Where threads and the audit trail are.
        client: The Web API.
        diagnose: The diagnosis, which blocks.
        effects: What a change would do, which blocks.
        rules: The access file; None where there is none.
        failures: Lists the jobs that failed lately, which blocks; none where it is not given.
        model: The language model; None where there is none.
        examine: Examines the set-up.
        pause: Waits between two edits of a checklist.
        limits: Slack's rate limits by method; those of `slack_limits.yaml` by default.
        installation: The installation that the client's token is of; empty where the app has one bot token.
    """
    meter = Meter(redis)
    limiter = RateLimiter(redis, installation or _workspace_of(client), limits)
    client = LimitedWebClient(client, limiter, None if installation else TokenWatch(redis), meter)
    authorizer = Authorizer(rules, client)
    answers = Answers(redis, client, diagnose, authorizer, pause, installation)
    assistance = Assistance(LanguageModel(redis, model)) if model else None
    return Duties(
        {
            AnswerQuestion: answers,
            CheckAgain: answers,
            Converse: Conversation(redis, client, authorizer, effects, answers, failures, assistance, installation),
            ListFailures: Picker(client, failures, authorizer),
            OpenHome: Home(redis, client, authorizer, installation),
            RunDoctor: Doctoring(client, examine),
            ShowAudit: AuditReport(redis, client),
        },
        ThreadStore(redis, installation),
        meter,
    )


def _workspace_of(client: AsyncWebClient) -> str:
    """What names the workspace of a token, without naming the token."""
    return hashlib.sha256((client.token or "").encode()).hexdigest()[:12]


async def _installed(redis: Redis, oauth: OAuthApp, make: Callable[[AsyncWebClient, str], Duties]) -> InstalledDuties:
    installations = Installations(redis, oauth)
    await installations.check()
    return InstalledDuties(redis, installations, oauth.api_url, make)


@asynccontextmanager
async def working(
    redis_url: str, redis: Redis, duties: Duties | InstalledDuties, *, redelivery: timedelta = REDELIVERY
) -> AsyncIterator[asyncio.Task[None]]:
    """A worker that works while the context is open, and on leaving finishes what it has begun.

    Args:
        redis_url: Where the queue is.
        redis: A client of the same Redis that decodes its responses.
        duties: What it does.
        redelivery: How long after a worker's death its tasks are given to another.

    Yields:
        The running worker, once it takes tasks up; it ends by itself only with an error.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(DIAGNOSES, thread_name_prefix="diagnosis"))
    async with open_queue(redis_url) as queue:
        async with consuming(queue, duties.run, redelivery=redelivery) as worker:
            running = asyncio.create_task(worker.run_forever())

            async def is_well() -> bool:
                return not running.done() and any(known.name == worker.name for known in await queue.workers())

            async with beating(redis, worker.name, is_well) as begun, sweeping(redis, queue):
                await _either(running, begun)
                yield running
        # The worker has taken nothing more up since its context was left, and has finished what it had begun. To cancel
        # it instead would be swallowed where it comes while the worker starts.
        await asyncio.gather(running, return_exceptions=True)


async def _either(running: asyncio.Task[None], event: asyncio.Event) -> None:
    """Waits until something happens, or a worker has ended."""
    happening = asyncio.ensure_future(event.wait())
    await asyncio.wait({running, happening}, return_when=asyncio.FIRST_COMPLETED)
    happening.cancel()


async def work(
    redis_url: str,
    client: AsyncWebClient,
    diagnose: Diagnose,
    effects: FindEffects,
    rules: Rules | None = None,
    failures: ListFailedJobs = tuple,
    model: ModelUse | None = None,
    examine: Examine = no_examination,
    oauth: OAuthApp | None = None,
    *,
    stopping: asyncio.Event,
) -> None:
    """The worker process: works until it is told to stop, and then finishes what it has begun.

    It is told and not cancelled: Redis's client swallows a cancellation that comes in the wrong moment.

    Args:
        redis_url: Where the queue is.
        client: The Web API; without a token where the app is installed by OAuth.
        diagnose: The diagnosis, which blocks.
        effects: What a change would do, which blocks.
        rules: The access file; None where there is none.
        failures: Lists the jobs that failed lately, which blocks; none where it is not given.
        model: The language model; None where there is none.
        examine: Examines the set-up.
        oauth: The app, where it is installed by OAuth.
        stopping: Set to stop it.

    Raises:
        RedisUnreachableError: Redis does not answer at the start; later it waits for it.
        OtherKeyError: The installations can't be read with the keys of the settings.
    """
    async with connect(redis_url) as redis:
        await check(redis)
        await settle(redis)
        logger.info("taking questions from Redis at %s", place(redis))

        def made(client: AsyncWebClient, installation: str = "") -> Duties:
            return make_duties(
                redis, client, diagnose, effects, rules, failures, model, examine, installation=installation
            )

        duties = await _installed(redis, oauth, made) if oauth else made(client)
        async with working(redis_url, redis, duties) as running:
            await _either(running, stopping)
            if running.done():
                await running
