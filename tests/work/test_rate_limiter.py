"""Slack's rate limits: one budget for all processes, verdicts first, progress only where there is plenty."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.access.place import Place
from bot.replies.message import Message
from bot.work.client import LimitedWebClient, web_client
from bot.work.connection import connect
from bot.work.rate_limiter import BudgetSpentError, RateLimiter, Urgency, calling
from bot.work.rate_limits import RateLimit, slack_limits
from bot.work.thread_poster import ThreadPoster
from bot.work.thread_store import ThreadStore
from sandbox.slack.server import WorkspaceServer
from sandbox.slack.tiers import BURST, PER_MINUTE, POSTING, WINDOW, Tiers
from sandbox.slack.workspace import Call, Workspace
from tests.scenarios.bench import TOKEN

ONE = {"chat.update": RateLimit(burst=2, per_second=1.0, reserved=1)}


@dataclass
class Clock:
    """A time that passes only while everybody who is known to it waits for it."""

    now: float = 1_700_000_000.0
    busy: int = 0
    _sleepers: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    _count: int = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Waits by this time."""
        self._count += 1
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, self._count, over))
        self.busy -= 1
        self._pass()
        await over

    async def run(self, *tasks: Awaitable[Any]) -> None:
        """Runs tasks by this time, to their end."""
        self.busy = len(tasks)
        await asyncio.gather(*map(self._ending, tasks))

    async def _ending(self, task: Awaitable[Any]) -> None:
        await task
        self.busy -= 1
        self._pass()

    def _pass(self) -> None:
        if self.busy == 0 and self._sleepers:
            self.now, _, over = heapq.heappop(self._sleepers)
            self.busy += 1
            over.set_result(None)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


def limiter(
    redis: Redis, clock: Clock, limits: Mapping[str, RateLimit] | None = ONE, workspace: str = "T1"
) -> RateLimiter:
    return RateLimiter(redis, workspace, limits, clock=clock, pause=clock.sleep)


async def test_a_burst_goes_at_once_and_what_follows_at_the_rate(redis: Redis) -> None:
    clock, gone = Clock(), list[float]()

    async def call() -> None:
        await limiter(redis, clock).wait("chat.update", "C1", Urgency.VERDICT)
        gone.append(clock.now - 1_700_000_000.0)

    await clock.run(*(call() for _ in range(5)))
    assert gone == pytest.approx([0, 0, 1, 2, 3], abs=0.01)


async def test_verdicts_go_before_replies_that_came_first(redis: Redis) -> None:
    clock, gone = Clock(), list[str]()

    async def call(name: str, urgency: Urgency, after: float) -> None:
        await clock.sleep(after)
        await limiter(redis, clock).wait("chat.update", "C1", urgency)
        gone.append(name)

    await clock.run(
        *(call(f"reply {number}", Urgency.REPLY, number / 100) for number in range(5)),
        *(call(f"verdict {number}", Urgency.VERDICT, 0.5 + number / 100) for number in range(3)),
    )
    assert gone == [
        *("reply 0", "reply 1"),
        *("verdict 0", "verdict 1", "verdict 2"),
        *("reply 2", "reply 3", "reply 4"),
    ]


async def test_progress_leaves_what_is_reserved_and_does_not_wait(redis: Redis) -> None:
    clock = Clock()
    limits = limiter(redis, clock)
    await limits.wait("chat.update", "C1", Urgency.PROGRESS)
    with pytest.raises(BudgetSpentError, match=r"no chat.update left for 1\.0 s"):
        await limits.wait("chat.update", "C1", Urgency.PROGRESS)
    await limits.wait("chat.update", "C1", Urgency.VERDICT)
    assert clock.now == 1_700_000_000.0


async def test_progress_does_not_overtake_who_waits(redis: Redis) -> None:
    clock, refused = Clock(), list[bool]()
    limits = limiter(redis, clock, {"chat.update": RateLimit(burst=1, per_second=1.0)})

    async def progress() -> None:
        await clock.sleep(1.5)
        try:
            await limits.wait("chat.update", "C1", Urgency.PROGRESS)
        except BudgetSpentError:
            refused.append(True)

    await clock.run(*(limits.wait("chat.update", "C1", Urgency.REPLY) for _ in range(4)), progress())
    assert refused == [True]


async def test_what_slack_closes_is_closed_for_every_process(redis: Redis) -> None:
    clock = Clock()
    await limiter(redis, clock).close("chat.update", "C1", 30)
    await clock.run(limiter(redis, clock).wait("chat.update", "C1", Urgency.VERDICT))
    assert clock.now == pytest.approx(1_700_000_030.0, abs=0.01)
    with pytest.raises(BudgetSpentError):
        await limiter(redis, clock).wait("chat.update", "C1", Urgency.PROGRESS)


async def test_a_method_without_a_published_limit_is_closed_too(redis: Redis) -> None:
    clock = Clock()
    await limiter(redis, clock).close("chat.getPermalink", "C1", 5)
    await clock.run(limiter(redis, clock).wait("chat.getPermalink", "C1", Urgency.VERDICT))
    assert clock.now == pytest.approx(1_700_000_005.0, abs=0.01)


async def test_workspaces_methods_and_channels_have_budgets_of_their_own(redis: Redis) -> None:
    clock = Clock()
    limits = {
        name: RateLimit(1, 1.0, by_channel=name == "chat.postMessage") for name in ("chat.postMessage", "chat.update")
    }
    for workspace, method, channel in (
        ("T1", "chat.postMessage", "C1"),
        ("T1", "chat.postMessage", "C2"),
        ("T2", "chat.postMessage", "C1"),
        ("T1", "chat.update", "C1"),
    ):
        await limiter(redis, clock, limits, workspace).wait(method, channel, Urgency.PROGRESS)
    with pytest.raises(BudgetSpentError):
        await limiter(redis, clock, limits).wait("chat.update", "C2", Urgency.PROGRESS)


async def test_keys_of_a_workspace_lie_together_in_a_cluster_and_do_not_stay(redis: Redis) -> None:
    clock = Clock()
    await limiter(redis, clock).wait("chat.update", "C1", Urgency.VERDICT)
    names = [name async for name in redis.scan_iter("backup-why:limit:*")]
    assert names
    assert all("{T1}" in str(name) for name in names)
    assert all([await redis.ttl(name) > 0 for name in names])


async def test_who_died_in_line_holds_nobody_up_for_long(redis: Redis) -> None:
    clock, limits = Clock(), {"chat.update": RateLimit(burst=1, per_second=1.0)}
    await limiter(redis, clock, limits).wait("chat.update", "", Urgency.VERDICT)

    async def dying(_seconds: float) -> None:
        raise RuntimeError("killed")

    dead = RateLimiter(redis, "T1", limits, clock=clock, pause=dying)
    with pytest.raises(RuntimeError):
        await dead.wait("chat.update", "", Urgency.VERDICT)
    await clock.run(limiter(redis, clock, limits).wait("chat.update", "", Urgency.REPLY))
    assert 1_700_000_001.0 < clock.now <= 1_700_000_013.0


async def test_without_redis_calls_are_made_all_the_same() -> None:
    async with connect("redis://127.0.0.1:9/0", retries=0) as redis:
        await RateLimiter(redis, "T1").wait("chat.update", "C1", Urgency.VERDICT)
        await RateLimiter(redis, "T1").close("chat.update", "C1", 1)


def test_the_limits_never_exceed_those_of_slack() -> None:
    limits = slack_limits()
    assert set(PER_MINUTE) <= set(limits)
    for method, per_minute in PER_MINUTE.items():
        assert limits[method].burst + WINDOW * limits[method].per_second == pytest.approx(per_minute), method
    posting = limits[POSTING]
    assert (posting.burst, posting.per_second, posting.by_channel) == (BURST - 1, 1.0, True)
    assert all(limit.reserved < limit.burst for limit in limits.values())


@dataclass
class Storm:
    """What twenty threads in one channel come to, by a clock of their own."""

    clock: Clock
    verdicts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    async def thread(self, poster: Callable[[str], ThreadPoster], name: str) -> None:
        """A thread: a checklist and its edits during four seconds, then the verdict and three replies."""
        begun, post = self.clock.now, poster(name)
        for step in range(4):
            with calling(Urgency.PROGRESS), suppress(BudgetSpentError):
                await post.put(message("parent", f"looking, step {step}"))
            await self.clock.sleep(1.0)
        await post.put(message("parent", "Denied."))
        self.verdicts.append(self.clock.now - begun)
        with calling(Urgency.REPLY):
            for slot in ("fix", "denies", "rest"):
                await post.put(message(slot, slot))
        self.ends.append(self.clock.now - begun)


def message(slot: str, text: str) -> Message:
    return Message(slot, text, ({"type": "divider"},))


async def test_twenty_commands_at_once_have_their_verdicts_soon_and_slack_refuses_nearly_nothing(redis: Redis) -> None:
    clock = Clock()
    workspace = Workspace(tiers=Tiers(clock))
    channel = workspace.add_channel("backups").id
    threads = ThreadStore(redis)
    async with WorkspaceServer(workspace) as server:
        # Two workers, which share nothing but Redis.
        clients = [
            LimitedWebClient(web_client(TOKEN, server.api_url), limiter(redis, clock, None)) for _worker in range(2)
        ]

        def poster(name: str) -> ThreadPoster:
            client = clients[int(name) % len(clients)]
            return ThreadPoster(client, threads, name, Place(channel, "U1", "T1"))

        storm = Storm(clock)
        await clock.run(*(storm.thread(poster, str(number)) for number in range(20)))
    refused = [call for call in workspace.calls if call.response.get("error") == "ratelimited"]
    assert median(storm.verdicts) <= 10
    assert max(storm.verdicts) <= 30
    assert max(storm.ends) <= 75
    assert len(refused) < 0.05 * len(workspace.calls)
    shown = [(call.args.get("ts"), call.args["text"]) for call in workspace.calls_of("chat.update")]
    assert len(shown) == len(set(shown)), "nothing is sent twice"


async def test_what_stands_there_already_is_not_sent_again(redis: Redis) -> None:
    workspace = Workspace()
    place = Place(workspace.add_channel("backups").id, "U1", "T1")
    async with WorkspaceServer(workspace) as server:
        for _try in range(2):
            poster = ThreadPoster(web_client(TOKEN, server.api_url), ThreadStore(redis), "t", place)
            ts = await poster.put(message("parent", "Denied."))
            assert await poster.put(message("parent", "Denied.")) == ts
        assert [call.method for call in workspace.calls] == ["chat.postMessage"]
        await poster.put(message("parent", "Denied. Rechecked."))
        assert [call.method for call in workspace.calls] == ["chat.postMessage", "chat.update"]


async def test_a_head_that_is_left_out_leaves_no_trace(redis: Redis) -> None:
    workspace, clock, threads = Workspace(), Clock(), ThreadStore(redis)
    place = Place(workspace.add_channel("backups").id, "U1", "T1")
    limits = limiter(redis, clock, {"chat.postMessage": RateLimit(1, 1.0, reserved=1)})
    async with WorkspaceServer(workspace) as server:
        client = LimitedWebClient(web_client(TOKEN, server.api_url), limits)
        poster = ThreadPoster(client, threads, "t", place)
        with calling(Urgency.PROGRESS), pytest.raises(BudgetSpentError):
            await poster.put(message("parent", "looking"))
        await poster.put(message("parent", "Denied."))
    assert [call.method for call in workspace.calls] == ["chat.postMessage"], "nothing is looked for"
