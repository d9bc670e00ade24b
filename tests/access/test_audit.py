"""The audit trail, on a real server for Redis."""

import json
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.access.audit import PAGE, Act, Audit, Entry
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
