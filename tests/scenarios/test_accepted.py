"""Accepted means kept: the web process ends in the middle, by SIGKILL and by SIGTERM, and no question ends in silence.

Real processes: `backup-why serve` and a worker, with a real server for Redis that is stalled on purpose.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from redis.asyncio import Redis

from bot.site import EVENTS_PATH, LIVE_PATH
from sandbox.slack.client import Acknowledgement, SlackClient
from sandbox.slack.server import LOOPBACK, WorkspaceServer
from sandbox.slack.workspace import Channel, Workspace
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import SECRET, TOKEN, until
from tests.scenarios.stalling import StallingProxy, stalling
from tests.work import victim

QUESTIONS = 40
STALL_SECONDS = 1.0


@dataclass
class Deployment:
    """A web process and what it needs; workers are started by the test."""

    workspace: Workspace
    api_url: str
    slack: SlackClient
    redis: Redis
    redis_url: str
    proxy: StallingProxy
    web: asyncio.subprocess.Process

    async def ask(self, channel: Channel, user: str) -> Acknowledgement | None:
        """The answer to a command; None where there was none, as Slack itself tells who typed it."""
        try:
            return await self.slack.command("/backup-why", JOB_ID, channel=channel.id, user=user)
        except aiohttp.ClientError:
            return None

    async def mention(self, channel: Channel, user: str) -> Acknowledgement | None:
        """The answer to a mention; None where there was none, so that Slack delivers it again."""
        try:
            return await self.slack.write(channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=user)
        except aiohttp.ClientError:
            return None

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """A worker in a process of its own."""
        process = victim.start(self.redis_url, self.api_url)
        try:
            yield
        finally:
            process.kill()
            await asyncio.to_thread(process.join)


@pytest.fixture
async def deployment(redis_url: str, unused_tcp_port: int) -> AsyncIterator[Deployment]:
    async with AsyncExitStack() as stack:
        workspace = Workspace()
        server = await stack.enter_async_context(WorkspaceServer(workspace))
        known = {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_APP_TOKEN": "",
            "SLACK_API_URL": server.api_url,
            "PORT": str(unused_tcp_port),
        }
        proxy = await stack.enter_async_context(stalling(redis_url))
        command = (sys.executable, "-m", "bot.cli", "serve")
        web = await asyncio.create_subprocess_exec(*command, env={**os.environ, **known, "REDIS_URL": proxy.url})
        stack.push_async_callback(web.wait)
        stack.callback(_end, web)
        url = f"http://{LOOPBACK}:{unused_tcp_port}"
        await _up(f"{url}{LIVE_PATH}")
        slack = await stack.enter_async_context(SlackClient(f"{url}{EVENTS_PATH}", SECRET, workspace))
        redis = await stack.enter_async_context(Redis.from_url(redis_url, decode_responses=True))
        yield Deployment(workspace, server.api_url, slack, redis, redis_url, proxy, web)


def _end(web: asyncio.subprocess.Process) -> None:
    if web.returncode is None:
        web.kill()


async def _up(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


def answered(channel: Channel) -> bool:
    return any(message["text"].startswith("Denied.") for message in channel.messages.values())


async def all_answered(deployment: Deployment, kept: list[Channel]) -> None:
    """Waits until every accepted question has its answer."""
    async with deployment.worker():
        changed = asyncio.Event()
        deployment.workspace.watch(lambda _call: changed.set())
        while not all(map(answered, kept)):
            await changed.wait()
            changed.clear()


async def test_a_web_process_that_is_killed_loses_no_question_that_it_acknowledged(deployment: Deployment) -> None:
    channels = [deployment.workspace.add_channel(f"c{number}") for number in range(QUESTIONS)]
    user = deployment.workspace.add_person("ana")
    asked = [asyncio.create_task(deployment.ask(channel, user)) for channel in channels]
    await asyncio.wait(random.sample(asked, 3), return_when=asyncio.FIRST_COMPLETED)
    deployment.web.send_signal(signal.SIGKILL)
    told = await asyncio.gather(*asked)
    kept = [channel for channel, answer in zip(channels, told, strict=True) if answer and answer.status == 200]
    assert kept
    await all_answered(deployment, kept)


async def test_a_web_process_that_is_stopped_while_redis_stalls_keeps_or_refuses_every_question(
    deployment: Deployment,
) -> None:
    channels = [deployment.workspace.add_channel(f"c{number}") for number in range(QUESTIONS)]
    user = deployment.workspace.add_person("ana")
    deployment.proxy.stall()
    asked = [asyncio.create_task(deployment.ask(channel, user)) for channel in channels]
    await deployment.proxy.holds(QUESTIONS)
    deployment.web.send_signal(signal.SIGTERM)
    await asyncio.sleep(STALL_SECONDS)
    deployment.proxy.flow()
    told = await asyncio.gather(*asked)
    reached = [(channel, answer) for channel, answer in zip(channels, told, strict=True) if answer is not None]
    assert len(reached) == QUESTIONS, "a connection that was open when the signal came is served to its end"
    refused = [answer for _, answer in reached if "ask again in a minute" in answer.body["text"]]
    kept = [channel for channel, answer in reached if answer not in refused]
    assert all(answer.status == 200 for _, answer in reached)
    assert len(refused) + len(kept) == QUESTIONS
    await all_answered(deployment, kept)


async def test_a_mention_is_acknowledged_only_once_it_is_kept(deployment: Deployment) -> None:
    channels = [deployment.workspace.add_channel(f"c{number}") for number in range(QUESTIONS)]
    user = deployment.workspace.add_person("ana")
    asked = [asyncio.create_task(deployment.mention(channel, user)) for channel in channels]
    await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    deployment.web.send_signal(signal.SIGKILL)
    told = await asyncio.gather(*asked)
    kept = [channel for channel, answer in zip(channels, told, strict=True) if answer and answer.status == 200]
    assert kept
    await all_answered(deployment, kept)


async def test_an_accepted_question_is_in_the_trail_and_in_the_queue_before_its_acknowledgement(
    deployment: Deployment,
) -> None:
    channel, user = deployment.workspace.add_channel("c"), deployment.workspace.add_person("ana")
    answer = await deployment.ask(channel, user)
    assert answer is not None
    assert "no worker is running" in answer.body["text"]
    lines: Any = await deployment.redis.xrange("backup-why:audit")
    ((_, line),) = lines
    assert (line["act"], line["about"]) == ("question", JOB_ID)
    assert await deployment.redis.zcard("backup-why:open") == 1
    assert await deployment.redis.xlen("backup-why-queue:stream") == 1
    async with deployment.worker():
        await until(lambda: _finished(deployment.redis))
    lines = await deployment.redis.xrange("backup-why:audit")
    assert [line["act"] for _, line in lines] == ["question", "answer"]


async def _finished(redis: Redis) -> bool:
    return await redis.zcard("backup-why:open") == 0
