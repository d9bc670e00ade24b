"""A worker that is told to stop does so, also in the middle of its start."""

import asyncio

import pytest

from bot.work.client import web_client
from bot.work.diagnosing import diagnosing
from bot.work.worker import work
from tests.replies import diagnoses
from tests.scenarios.bench import TOKEN, Script, denied_by_nothing, read_alone


@pytest.mark.parametrize("steps", [*range(0, 40, 4), *range(40, 400, 40)])
async def test_a_worker_stops_at_whatever_moment_of_its_start_it_is_told_to(redis_url: str, steps: int) -> None:
    diagnose = diagnosing(Script(diagnoses.denied()), read_alone)
    client, stopping = web_client(TOKEN, "http://127.0.0.1:9/api/"), asyncio.Event()
    working = asyncio.ensure_future(work(redis_url, client, diagnose, denied_by_nothing, stopping=stopping))
    for _ in range(steps):
        await asyncio.sleep(0)
    stopping.set()
    await working
