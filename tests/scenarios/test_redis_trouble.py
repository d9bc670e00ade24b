"""A Redis that hangs, is full, is a replica or holds what is not ours: whoever asks is told, and nothing is lost."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.commands.processes import LEFT_STATUS, STOP_SECONDS
from bot.work.connection import MOST_CONNECTIONS, connect
from bot.work.heartbeat import WORKERS
from bot.work.intake import FULL, TAKEN_OVER, UNREACHABLE, UNSAVED
from bot.work.queue import open_queue
from sandbox.slack.client import Acknowledgement
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench
from tests.scenarios.stalling import stalling

NOBODY = "127.0.0.1 9"
"""A primary that there is none at."""
TROUBLE = {
    "full": ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", FULL),
    "a replica": (f"REPLICAOF {NOBODY}", "REPLICAOF NO ONE", TAKEN_OVER),
    "without replicas": ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", UNSAVED),
}


async def administer(bench: Bench, command: str) -> None:
    await bench.redis.execute_command(command)  # type: ignore[no-untyped-call]  # redis-py's


def told(acknowledgement: Acknowledgement) -> str:
    return str(acknowledgement.body)


@pytest_asyncio.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied()), redelivery=1.0) as bench:
        yield bench
        for _, over, _ in TROUBLE.values():
            await administer(bench, over)


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_whoever_asks_a_redis_that_takes_nothing_is_told_why(bench: Bench, trouble: str) -> None:
    begins, over, sentence = TROUBLE[trouble]
    await administer(bench, begins)
    assert sentence in told(await bench.command(JOB_ID))
    await administer(bench, over)
    await bench.command(JOB_ID)
    await bench.finished()
    assert bench.slots().count("parent") == 1


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_an_answer_in_the_middle_waits_for_a_redis_that_takes_nothing(
    bench: Bench, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    begins, over, _ = TROUBLE[trouble]
    bench.script.begin.clear()
    await bench.command(JOB_ID)
    await bench.called("chat.postMessage")
    await administer(bench, begins)
    bench.script.begin.set()
    while "trying again" not in caplog.text and "retr" not in caplog.text.lower():  # noqa: ASYNC110 — the log tells nobody
        await asyncio.sleep(0.02)
    await administer(bench, over)
    await bench.finished()
    assert "Unexpected error" not in str(list(bench.channel.messages.values()))
    assert bench.slots().count("parent") == 1


async def test_four_hundred_commands_at_one_instant_wait_for_a_connection(redis_url: str) -> None:
    async with connect(redis_url, answer_seconds=30.0, retries=0) as redis:
        done = await asyncio.gather(*(redis.incr("backup-why:test") for _ in range(400)))
        clients = int((await redis.info("clients"))["connected_clients"])
    assert sorted(done) == list(range(1, 401))
    assert clients <= MOST_CONNECTIONS + 5


async def test_connections_over_which_nothing_flows_are_left(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.work.queue.ANSWER_SECONDS", 1)
    script = Script(diagnoses.denied())
    async with stalling(redis_url) as proxy, open_bench(proxy.url, script, redelivery=1.0) as bench:
        proxy.hang()
        while UNREACHABLE in told(await bench.command(JOB_ID)):
            pass
        await bench.finished()
        assert bench.slots().count("parent") == 1
        assert await bench.status("/livez") == 200


async def test_while_nothing_flows_at_all_whoever_asks_is_told_so(redis_url: str) -> None:
    async with stalling(redis_url) as proxy, open_bench(proxy.url, Script(diagnoses.denied()), worker=False) as bench:
        proxy.stall()
        assert UNREACHABLE in told(await bench.command(JOB_ID))
        assert await bench.status("/healthz") == 503
        proxy.flow()


async def test_a_place_of_the_workers_that_is_none_costs_the_notice_and_not_the_question(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.redis.set(WORKERS, "no list of workers")
    with caplog.at_level(logging.WARNING):
        assert "Unexpected" not in told(await bench.command(JOB_ID))
        await bench.finished()
    assert bench.slots().count("parent") == 1


def test_every_connection_of_the_queue_has_a_limit_to_its_waiting() -> None:
    for url in ("redis://h:1/0", "unix:///a/b?db=2", "rediss://:p%40@h:1/0?ssl_cert_reqs=none"):
        limited = open_queue(url).url
        assert limited.startswith(url)
        assert "socket_timeout=5" in limited
        assert limited.count("?") == 1


STUBBORN = """
import asyncio, sys, threading
from bot.commands import processes
processes.STOP_SECONDS = 0.1
async def process(*, stopping):
    asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
    print("ready", flush=True)
    await asyncio.Event().wait()
processes.run_until_stopped(process)
"""


def test_a_process_that_can_not_end_what_it_has_begun_leaves_it() -> None:
    assert STOP_SECONDS < 10
    with subprocess.Popen(  # noqa: S603 — our own text
        [sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait() == LEFT_STATUS
