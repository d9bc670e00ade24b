"""The queue: what is in Redis can't run code nor stop a worker, and a transaction writes all of it or nothing."""

import asyncio
import json
import os
import pickle
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # docket brings it; it ships no types
import pytest
from redis.asyncio import Redis

from bot.access.place import Place
from bot.work.connection import connect
from bot.work.queue import DEAD_LETTERS, QUEUE, consuming, enqueue, open_queue
from bot.work.tasks import AnswerQuestion, CheckAgain, Converse, ListFailures, OpenHome, RunDoctor, ShowAudit, Task
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Script, open_bench, until

PLACE = Place("C1", "U1", "T1", "1.0", "https://hooks.slack.com/x", chosen=True, outsider=True)
TASKS: list[Task] = [
    AnswerQuestion(thread="t1"),
    CheckAgain(thread="t1", press="p", by="ana", place=PLACE),
    Converse(thread="t1", text="why <&> ☂?", place=PLACE),
    ListFailures(view="V1", place=PLACE),
    OpenHome(tab="home", place=PLACE),
    RunDoctor(place=PLACE),
    ShowAudit(what="export", place=PLACE),
]


class Bomb:
    """Runs code where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self._path}",)


async def consume(redis_url: str, count: int) -> list[Task]:
    """The next tasks that a worker is handed."""
    done: list[Task] = []

    async def run(task: Task) -> None:
        done.append(task)

    async with open_queue(redis_url) as queue, consuming(queue, run) as worker:
        running = asyncio.create_task(worker.run_forever())
        try:
            while len(done) < count and not running.done():  # noqa: ASYNC110 — the worker tells nobody
                await asyncio.sleep(0.02)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    return done


async def put(redis: Redis, task: Task, key: str) -> Any:
    async with redis.pipeline(transaction=True) as pipe:
        enqueue(pipe, open_queue(""), task, key)
        (answer,) = await pipe.execute()
        return answer


@pytest.mark.parametrize("task", TASKS, ids=[task.kind for task in TASKS])
async def test_a_task_arrives_as_it_was_written(redis_url: str, task: Task) -> None:
    async with connect(redis_url) as redis:
        await put(redis, task, "k")
        assert await consume(redis_url, 1) == [task]


async def test_what_lies_in_redis_is_json(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        await put(redis, TASKS[2], "k")
        entries: Any = await redis.xrange(f"{QUEUE}:stream")
        ((_, entry),) = entries
        (written,) = json.loads(entry["args"])
        assert json.loads(written)["text"] == "why <&> ☂?"
        assert json.loads(entry["kwargs"]) == {}


async def test_a_key_has_one_task_at_a_time(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        assert [await put(redis, AnswerQuestion(thread="t"), "t") for _ in range(3)] == ["OK", "EXISTS", "EXISTS"]
        assert len(await consume(redis_url, 1)) == 1
        assert await put(redis, AnswerQuestion(thread="t"), "t") == "OK", "once it is done, it can be asked for again"


async def test_a_transaction_that_fails_leaves_no_task(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        await redis.set("text", "no number")
        async with redis.pipeline(transaction=True) as pipe:
            enqueue(pipe, open_queue(""), AnswerQuestion(thread="t"), "t")
        assert await redis.exists(f"{QUEUE}:stream") == 0, "nothing is sent before the transaction is"


def unreadable(path: Path) -> dict[str, dict[str, bytes]]:
    """Entries that no version of this program writes."""
    well = {"key": b"k", "when": b"2026-11-29T00:00:00+00:00", "function": b"_run", "attempt": b"1", "generation": b"0"}
    bomb = pickle.dumps((Bomb(path),))
    return {
        "code in the arguments": {**well, "args": bomb, "kwargs": pickle.dumps({})},
        "code written as docket would": {**well, "args": cloudpickle.dumps((Bomb(path),)), "kwargs": b"{}"},
        "another function": {**well, "function": b"os.system", "args": b"[]", "kwargs": b"{}"},
        "no members": {"odd": b"\xff\xfe"},
        "no task": {**well, "args": b'["{}"]', "kwargs": b"{}"},
        "an unknown kind": {
            **well,
            "args": json.dumps([json.dumps({"kind": "run", "code": "x"})]).encode(),
            "kwargs": b"{}",
        },
        "a member too many": {
            **well,
            "args": json.dumps([json.dumps({"kind": "answer", "thread": "t", "more": 1})]).encode(),
            "kwargs": b"{}",
        },
        "arguments that are no list": {**well, "args": b"7", "kwargs": b"{}"},
        "a time that is none": {**well, "when": b"soon", "args": b"[]", "kwargs": b"{}"},
    }


@pytest.mark.parametrize("kind", unreadable(Path()))
async def test_an_entry_that_can_not_be_read_is_put_aside_and_stops_nothing(
    redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    ran = tmp_path / "ran"
    async with connect(redis_url) as redis:
        entry: dict[Any, Any] = {**unreadable(ran)[kind]}
        await redis.xadd(f"{QUEUE}:stream", entry)
        await put(redis, AnswerQuestion(thread="after it"), "k2")
        assert await consume(redis_url, 1) == [AnswerQuestion(thread="after it")]
        await until(lambda: redis.xlen(DEAD_LETTERS))
        assert await redis.xlen(DEAD_LETTERS) == 1
        assert await redis.xlen(f"{QUEUE}:stream") == 0
        assert "can't be read" in caplog.text
    assert not ran.exists()


async def test_an_entry_of_the_list_of_strikes_can_neither_run_code_nor_stop_a_worker(
    redis_url: str, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    strike: dict[Any, Any] = {"direction": "strike", "operator": "==", "value": pickle.dumps(Bomb(ran))}
    async with connect(redis_url) as redis:
        await redis.xadd(f"{QUEUE}:strikes", strike)
        await put(redis, AnswerQuestion(thread="t"), "t")
        assert len(await consume(redis_url, 1)) == 1
    assert not ran.exists()


async def test_a_worker_with_an_unreadable_entry_stays_well_and_answers(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.redis.xadd(f"{QUEUE}:stream", {"odd": "entry"})
        await until(lambda: bench.redis.xlen(DEAD_LETTERS))
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots()[0] == "parent"


async def test_no_module_of_docket_that_reads_payloads_has_cloudpickle() -> None:
    import docket.execution
    import docket.strikelist
    import docket.worker

    for module in (docket.execution, docket.strikelist, docket.worker):
        assert vars(module)["cloudpickle"].__name__ == "_JsonPayloads"
