"""What an earlier version left in Redis is read or discarded, and never misread.

`left_behind/*.json` holds what each schema version left, key by key. `python -m tests.work.test_left_behind` writes one
anew from what this code keeps; what earlier versions wrote is never changed.
"""

import asyncio
import json
import logging
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from bot.access.audit import Act, Audit, Entry
from bot.access.place import Place
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.reading import read_error
from bot.replies.verdict import PARENT
from bot.work.connection import connect
from bot.work.feedback import Feedback
from bot.work.heartbeat import living_workers
from bot.work.question import AskedJob, AskedText, Question
from bot.work.queue import consuming, enqueue, open_queue
from bot.work.schemas import KINDS, SCHEMAS, settle, versions
from bot.work.tasks import AnswerQuestion, RunDoctor, Task
from bot.work.thread_store import ThreadStore
from sandbox.embedded import embedded_redis
from tests.replies import diagnoses
from tests.scenarios.bench import POLL

DOCTOR = "backup-why:doctor"
"""Keys that the doctor removes at once."""
LEFT = sorted(Path(__file__).with_name("left_behind").glob("*.json"))
PLACE = Place("C1", "U1", "T1", "1.0", "https://hooks.slack.com/x")
JOB = Question(subject=AskedJob(job=JobReference(id=diagnoses.JOB_ID)), place=PLACE, rights="*")
TEXT = Question(subject=AskedText(text="is not authorized to perform: backup:StartBackupJob"), place=PLACE, rights="*")
ENTRY = Entry(Act.QUESTION, "U1", "C1", diagnoses.JOB_ID, "222233334444", "denied")
TASKS: list[Task] = [AnswerQuestion(thread="t1"), RunDoctor(place=PLACE)]


async def leave(redis: Redis, url: str) -> None:
    """Keeps one of everything, as this version does."""
    threads = ThreadStore(redis)
    answers: dict[str, AnyDiagnosis] = {"t1": diagnoses.denied(), "t2": read_error("AccessDenied")}
    async with redis.pipeline(transaction=True) as pipe:
        for thread, question in (("t1", JOB), ("t2", TEXT)):
            threads.open(pipe, question, thread)
        for number, task in enumerate(TASKS):
            enqueue(pipe, open_queue(url), task, f"task-{number}")
        await pipe.execute()
    for thread, answer in answers.items():
        await threads.keep(thread, answer, look="press", note="a note")
        await threads.begin(thread, PARENT)
        await threads.fill(thread, PARENT, "1.5")
        await threads.place(thread, "C1", "1.5")
    async with redis.pipeline(transaction=True) as pipe:
        Audit.add(pipe, ENTRY)
        threads.finish(pipe, JOB, "t1", latest=True)
        await pipe.execute()
    await Feedback(redis).vote("t1", "U1", diagnoses.denied(), helpful=True)
    await Feedback(redis).comment("t1", "U1", diagnoses.denied(), "other", "thanks")
    await redis.zadd("backup-why:workers", {"worker": 1.0})
    await redis.xadd("backup-why:dead-letters", {"why": "it is none"})
    await threads.stop("t1")
    await redis.hset("backup-why:metrics", '["aws_calls"]', "41")
    for key in (
        "lookup:scope:digest",
        "limit:{T1}:chat.postMessage",
        "token-refused",
        "language-model:rephrased:a",
        "installation:T1",
    ):
        await redis.set(f"backup-why:{key}", "something")


async def dump(redis: Redis) -> dict[str, Any]:
    """Everything in a Redis, by key: its type and what it holds."""
    kept, of_any_type = dict[str, Any](), cast("Any", redis)
    async for key in redis.scan_iter():
        match kind := str(await redis.type(key)):
            case "string":
                kept[key] = [kind, await redis.get(key)]
            case "hash":
                kept[key] = [kind, await redis.hgetall(key)]
            case "zset":
                kept[key] = [kind, dict(await of_any_type.zrange(key, 0, -1, withscores=True))]
            case "stream":
                kept[key] = [kind, [[number, members] for number, members in await of_any_type.xrange(key)]]
            case _:
                raise AssertionError(f"{key} is a {kind}")
    return dict(sorted(kept.items()))


async def restore(redis: Redis, kept: dict[str, Any]) -> None:
    for key, (kind, value) in kept.items():
        match kind:
            case "string":
                await redis.set(key, value)
            case "hash":
                await redis.hset(key, mapping=value)
            case "zset":
                await redis.zadd(key, value)
            case "stream":
                for number, members in value:
                    await redis.xadd(key, members, id=number)


def read(file: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def test_each_version_has_left_something_of_every_kind() -> None:
    assert [int(file.stem) for file in LEFT] == list(range(1, max(kind.version for kind in KINDS) + 1))
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        beginning = kind.keys.removesuffix("*")
        assert any(key.startswith(beginning) for key in read(LEFT[-1])), kind.name


def test_every_key_that_the_code_names_is_of_a_kind_that_is_known() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in (Path(__file__).parents[2] / "bot").rglob("*.py"))
    named = set(re.findall(r"\bbackup-why:[a-z-]+", text)) - {SCHEMAS, DOCTOR}
    beginnings = tuple(kind.keys.removesuffix("*").rstrip(":") for kind in KINDS)
    assert len(named) > 10
    assert [key for key in named if not key.startswith(beginnings)] == []


@pytest.mark.parametrize("file", LEFT, ids=lambda file: file.stem)
async def test_what_a_version_left_is_read(redis_url: str, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with connect(redis_url) as redis:
        await restore(redis, read(file))
        assert await settle(redis) == []
        threads = ThreadStore(redis)
        assert [await threads.question(thread) for thread in ("t1", "t2")] == [JOB, TEXT]
        for thread in ("t1", "t2"):
            answer, kept = await threads.answer(thread), read(file)[f"backup-why:thread:{thread}"][1]["diagnosis"]
            assert answer is not None
            assert keeps(json.loads(answer.to_json()), json.loads(kept))
        assert (await threads.slot("t1", PARENT)).ts == "1.5"
        assert await threads.at("C1", "1.5") == "t2"
        assert await threads.finished("t1")
        assert await threads.latest("U1") == ["t1"]
        assert await threads.left_open(0) == ["t2"]
        assert await threads.claim(JOB, "t9") == "t1"
        assert [replace(entry, at="") async for entry in Audit(redis).export()] == [ENTRY]
        assert await Feedback(redis).votes("scp-denied") == (1, 0)
        assert (await living_workers(redis)).alive == 0
        assert await tasks_of(redis_url) == TASKS
    assert [record for record in caplog.records if "another version" in record.getMessage()] == []


def keeps(now: Any, before: Any) -> bool:
    """Whether a document has all that an earlier one had; members may have been added."""
    if isinstance(before, dict):
        return isinstance(now, dict) and all(name in now and keeps(now[name], old) for name, old in before.items())
    if isinstance(before, list):
        return len(now) == len(before) and all(map(keeps, now, before))
    return bool(now == before)


async def tasks_of(url: str) -> list[Task]:
    """The tasks that wait in the queue."""
    done: list[Task] = []

    async def run(task: Task) -> None:
        done.append(task)

    async with open_queue(url) as queue, consuming(queue, run) as worker:
        running = asyncio.create_task(worker.run_forever())
        while len(done) < len(TASKS) and not running.done():  # noqa: ASYNC110 — the worker tells nobody
            await asyncio.sleep(POLL)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return sorted(done, key=lambda task: task.kind)


async def test_what_is_too_old_is_discarded_and_the_audit_trail_never(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    later = tuple(replace(kind, version=3, oldest=2) for kind in KINDS)
    async with connect(redis_url) as redis:
        await restore(redis, read(LEFT[0]))
        with caplog.at_level(logging.WARNING):
            discarded = await settle(redis, later)
        assert discarded == [kind.name for kind in KINDS if kind.name != "audit"]
        assert {key async for key in redis.scan_iter()} == {"backup-why:audit", SCHEMAS}
        assert set((await versions(redis, later)).values()) == {3}
        assert await settle(redis, later) == [], "once"
    assert "discarded of an older release: questions and answers (schema 1)" in caplog.text


async def test_what_a_newer_release_left_stays_and_is_told(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    newer = tuple(replace(kind, version=2) for kind in KINDS)
    async with connect(redis_url) as redis:
        await leave(redis, redis_url)
        await settle(redis, newer)
        before = await dump(redis)
        with caplog.at_level(logging.WARNING):
            assert await settle(redis) == []
        assert await dump(redis) == before
    assert caplog.text.count("a newer release wrote") == len(KINDS)


async def test_of_an_empty_redis_nothing_is_said(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with connect(redis_url) as redis:
        assert set((await versions(redis)).values()) == {0}
        assert await settle(redis) == []
        assert set((await versions(redis)).values()) == {1}
    assert caplog.text == ""


async def left() -> dict[str, Any]:
    """What this version leaves."""
    with embedded_redis() as url:
        async with connect(url) as redis:
            await leave(redis, url)
            return await dump(redis)


if __name__ == "__main__":
    newest = max(kind.version for kind in KINDS)
    text = json.dumps(asyncio.run(left()), indent=1, ensure_ascii=False)
    Path(__file__).with_name("left_behind").joinpath(f"{newest}.json").write_text(f"{text}\n", encoding="utf-8")
