"""The audit trail, on a real server for Redis."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.access.audit import PAGE, STREAM, Act, Audit, Entry
from bot.work.connection import connect

ENTRY = Entry(Act.QUESTION, "U0ANA", "C0BACKUPS", "6f0c <!channel>", "222233334444", "new")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as opened:
        yield opened


async def test_a_line_comes_back_with_its_time(redis: Redis) -> None:
    audit = Audit(redis)
    await audit.write(ENTRY)
    (line,) = await audit.last(10)
    assert line.at.endswith("+00:00")
    assert json.loads(line.to_json()) | {"at": ""} == json.loads(ENTRY.to_json())


async def test_the_export_has_every_line_in_order_across_pages(redis: Redis) -> None:
    audit = Audit(redis)
    for number in range(PAGE + 3):
        await audit.write(Entry(Act.BUTTON, "U0ANA", "C0BACKUPS", str(number)))
    assert [line.about async for line in audit.export()] == [str(number) for number in range(PAGE + 3)]
    assert [line.about for line in await audit.last(2)] == [str(PAGE + 2), str(PAGE + 1)]


async def test_the_export_is_read_in_pages(redis: Redis) -> None:
    audit = Audit(redis)
    async with redis.pipeline(transaction=True) as pipe:
        for number in range(2 * PAGE + 3):
            audit.add(pipe, Entry(Act.BUTTON, "U0ANA", "C0BACKUPS", str(number)))
        await pipe.execute()
    await redis.config_resetstat()
    assert len([line async for line in audit.export()]) == 2 * PAGE + 3
    assert (await redis.info("commandstats"))["cmdstat_xrange"]["calls"] == 3


async def test_a_line_has_the_time_that_redis_noted_and_any_text_as_it_was_written(redis: Redis) -> None:
    audit = Audit(redis)
    await audit.write(Entry(Act.ANSWER, "U0ANA", "C0BACKUPS", "Überblick", "222233334444", "denied"))
    written: Any = await redis.xrange(STREAM)
    ((_, members),) = written
    await redis.delete(STREAM)
    await redis.xadd(STREAM, members, id="1763616600123-7")
    (line,) = await audit.last(1)
    assert line.to_json() == (
        '{"act": "answer", "user": "U0ANA", "channel": "C0BACKUPS", "about": "Überblick", '
        '"account": "222233334444", "outcome": "denied", "at": "2025-11-20T05:30:00.123+00:00"}'
    )
