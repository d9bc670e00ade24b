"""The whole Slack side on one bench: a workspace over HTTP, the real app and worker, a real server for Redis."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from redis.asyncio import Redis

from bot.access.audit import Audit, Entry
from bot.access.rules import Rules
from bot.app import build_app
from bot.diagnosis.events import Event, Observer
from bot.diagnosis.failures import FailedJob
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis, read_error
from bot.diagnosis.what_if import Effects, WhatIf
from bot.language.model import ModelUse
from bot.replies.checklist import Checklist
from bot.serve import ACKNOWLEDGED_SECONDS
from bot.site import EVENTS_PATH, make_site
from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.diagnosing import DiagnoseText, FindEffects, diagnosing
from bot.work.doctoring import Examine, no_examination
from bot.work.intake import make_intake
from bot.work.progress import Pause
from bot.work.queue import open_queue, ready_key
from bot.work.thread_store import ThreadStore
from bot.work.worker import make_duties, working
from sandbox.embedded import embedded_redis
from sandbox.slack.client import SlackClient
from sandbox.slack.server import LOOPBACK, WorkspaceServer
from sandbox.slack.workspace import Call, Channel, Workspace

SECRET = "a signing secret"
TOKEN = "xoxb-local"
ANA = "U00000002"
"""The id that the first person of a bench has."""
POLL = 0.02


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class Script:
    """A diagnosis that does what a test wants: emits events, waits, and returns or raises.

    The bench lets it go on by what the workspace has seen, and when the test is over.
    """

    result: Diagnosis | Exception
    events: Sequence[Event] = ()
    live: bool = False
    """Whether each event that the head shows is shown before the next one happens."""
    seconds: float = 0.0
    """How long it waits after each event, for what must not happen meanwhile."""
    begin: threading.Event = field(default_factory=_set)
    """What it waits for before anything happens."""
    asked: list[JobReference] = field(default_factory=list)
    fresh: list[bool] = field(default_factory=list)
    most_at_once: int = 0
    _running: int = 0
    _streams: bool = False
    _edits: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, job: JobReference, *, observe: Observer, fresh: bool) -> Diagnosis:
        self.asked.append(job)
        self.fresh.append(fresh)
        self._running += 1
        self.most_at_once = max(self.most_at_once, self._running)
        self.begin.wait()
        shown = Checklist()
        for event in self.events:
            before, shown = shown, shown.after(event)
            observe(event)
            if self.live and (shown.steps != before.steps if self._streams else shown != before):
                self._edits.acquire()
            time.sleep(self.seconds)
        self._running -= 1
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    def see(self, call: Call) -> None:
        """Takes note of a call that the workspace had."""
        if call.method == "chat.startStream":
            self._streams = bool(call.response["ok"])
        elif call.method in ("chat.update", "chat.appendStream"):
            self._edits.release()

    def end(self) -> None:
        """Lets it run to its end, whatever it waits for."""
        self.live = False
        self._edits.release()
        self.begin.set()


@dataclass
class Bench:
    """What a test has in hand. It waits for what must come without a limit of its own: pytest ends what never comes."""

    workspace: Workspace
    server: WorkspaceServer
    slack: SlackClient
    redis: Redis
    redis_url: str
    app_url: str
    threads: ThreadStore
    script: Script
    channel: Channel
    user: str
    processes: list[BaseProcess] = field(default_factory=list)
    """What the test has started; whatever of it still runs at the end is killed."""

    def end_processes(self) -> None:
        """Kills what still runs of what the test has started."""
        for process in self.processes:
            process.kill()
            process.join()

    async def command(self, text: str, *, user: str | None = None, channel: Channel | None = None) -> Any:
        """Types `/backup-why` and returns the acknowledgement."""
        place = channel or self.channel
        return await self.slack.command("/backup-why", text, channel=place.id, user=user or self.user)

    async def status(self, path: str) -> int:
        """The HTTP status of a page of the web process."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.app_url}{path}") as response:
            return response.status

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until the calls that were made make something true."""
        changed = asyncio.Event()
        unwatch = self.workspace.watch(lambda _call: changed.set())
        try:
            while not true():
                changed.clear()
                await changed.wait()
        finally:
            unwatch()

    async def called(self, method: str, times: int = 1) -> Call:
        """The last call of a method, once it was called that often."""
        await self.until(lambda: len(self.workspace.calls_of(method)) >= times)
        return self.workspace.calls_of(method)[times - 1]

    async def told(self) -> str:
        """What somebody who pressed something is told: in the modal that it opened, or by the response URL."""
        ways = ("views.update", "response_url")
        await self.until(lambda: any(self.workspace.calls_of(way) for way in ways))
        call = next(call for call in reversed(self.workspace.calls) if call.method in ways)
        return str(call.args.get("view") or call.args["text"])

    async def posted(self, count: int) -> list[dict[str, Any]]:
        """The messages of the channel, once there are that many."""
        await self.until(lambda: len(self.channel.messages) >= count)
        return list(self.channel.messages.values())

    async def finished(self) -> None:
        """Waits until every question that was submitted is answered."""
        while True:
            names = [name async for name in self.redis.scan_iter("backup-why:thread:*")]
            if names and all([await self.redis.hexists(name, "finished") for name in names]):
                return
            await asyncio.sleep(POLL)

    async def answered(self) -> None:
        """Waits until every question about a job or a call is answered; what is asked in words alone has none."""
        while True:
            names = [name async for name in self.redis.scan_iter("backup-why:thread:*")]
            opened = [name for name in names if await self.redis.hexists(name, "question")]
            if opened and all([await self.redis.hexists(name, "finished") for name in opened]):
                return
            await asyncio.sleep(POLL)

    async def idle(self) -> None:
        """Waits until the worker has nothing to do; a task of the same key is not taken on before the first is over."""

        async def has_nothing() -> bool:
            return not await self.redis.xlen(ready_key())

        await until(has_nothing)

    async def trail(self, count: int) -> list[Entry]:
        """The audit trail, once it has so many lines: a line is written after what it tells of was shown."""
        while True:
            lines = [line async for line in Audit(self.redis).export()]
            if len(lines) >= count:
                return lines
            await asyncio.sleep(POLL)

    def slots(self) -> list[str]:
        """The slots of the messages in the channel, in their order."""
        return [
            message["metadata"]["event_payload"]["slot"]
            for message in self.channel.messages.values()
            if "metadata" in message
        ]


async def until(true: Callable[[], Awaitable[object]]) -> None:
    """Waits until something in Redis is true."""
    while not await true():  # noqa: ASYNC110 — Redis tells nobody
        await asyncio.sleep(POLL)


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """A real server for Redis, for all tests of the session."""
    with embedded_redis() as url:
        yield url


@pytest.fixture
async def redis_url(valkey: str) -> str:
    """An empty Redis."""
    async with Redis.from_url(valkey) as redis:
        await redis.flushall()
    return valkey


@asynccontextmanager
async def serving(site: web.Application) -> AsyncIterator[str]:
    """Serves a web application on loopback; yields its URL."""
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0).start()
    try:
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def soon(_seconds: float) -> None:
    """A pause that is over at once, as far as other tasks are concerned."""
    await asyncio.sleep(0.02)


def read_alone(text: str, *, observe: Observer, fresh: bool) -> TextDiagnosis:
    """The diagnosis of a text where there is no AWS."""
    del observe, fresh
    return read_error(text)


def denied_by_nothing(subject: JobReference | str, change: WhatIf) -> Effects:
    """What a change would do where there is no AWS: nothing is denied before and after."""
    del subject, change
    return Effects("", applies=True, before=(), after=())


@asynccontextmanager
async def open_bench(
    redis_url: str,
    script: Script,
    *,
    rules: Rules | None = None,
    failures: Sequence[FailedJob] = (),
    worker: bool = True,
    redelivery: float = 60.0,
    pause: Pause = soon,
    diagnose_text: DiagnoseText = read_alone,
    effects: FindEffects = denied_by_nothing,
    alert_bots: frozenset[str] = frozenset(),
    model: ModelUse | None = None,
    examine: Examine = no_examination,
) -> AsyncIterator[Bench]:
    """Sets everything up; with `worker=False` nothing takes the questions up."""
    async with AsyncExitStack() as stack:
        workspace = Workspace(waiting=lambda: 0.0)
        server = await stack.enter_async_context(WorkspaceServer(workspace))
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        threads = ThreadStore(redis)
        client = web_client(TOKEN, server.api_url)
        impatient = connect(redis_url, answer_seconds=ACKNOWLEDGED_SECONDS, retries=0)
        stack.push_async_callback(impatient.aclose)
        app = build_app(client, make_intake(impatient, open_queue(redis_url), client, rules), alert_bots)
        url = await stack.enter_async_context(serving(make_site(app, impatient, SECRET)))
        if worker:
            diagnose = diagnosing(script, diagnose_text)
            duties = make_duties(
                redis, client, diagnose, effects, rules, lambda: failures, model, examine, pause=pause, limits={}
            )
            await stack.enter_async_context(working(redis_url, redis, duties, redelivery=timedelta(seconds=redelivery)))
        slack = await stack.enter_async_context(SlackClient(f"{url}{EVENTS_PATH}", SECRET, workspace))
        channel, user = workspace.add_channel("backups"), workspace.add_person("ana")
        stack.callback(workspace.watch(script.see))
        stack.callback(script.end)
        bench = Bench(workspace, server, slack, redis, redis_url, url, threads, script, channel, user)
        stack.callback(bench.end_processes)
        yield bench
