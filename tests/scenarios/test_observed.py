"""What is told of questions: one line of the log for each, and `/metrics` as Prometheus reads it."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from bot.diagnosis.model import Cost
from bot.errors import AwsUnreachableError
from bot.site import METRICS_PATH
from bot.work.meter import Meter, duration
from bot.work.queue import DEAD_LETTERS
from bot.work.thread_store import OPEN
from bot.work.token_watch import KEY as TOKEN_REFUSED
from sandbox.slack.workspace import Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench, until

ANSWER = diagnoses.denied(cost=Cost(aws_calls=38, cache_hits=4, round_trips=9, ms=700))
SECRETS = (JOB_ID, "222233334444", "xoxb", "arn:")
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest_asyncio.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(ANSWER)) as bench:
        yield bench


async def scraped(bench: Bench) -> Samples:
    """The samples of the page, by name and labels."""
    async with aiohttp.ClientSession() as session, session.get(f"{bench.app_url}{METRICS_PATH}") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        page = await response.text()
    families = text_string_to_metric_families(page)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for each in families for one in each.samples}


async def counted(bench: Bench, name: str, **labels: str) -> Samples:
    """The samples, once one of them is there."""
    sample = (name, tuple(sorted(labels.items())))

    async def is_there() -> bool:
        return sample in await scraped(bench)

    await until(is_there)
    return await scraped(bench)


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in caplog.records if record.name == "bot.questions"]


async def test_each_question_is_one_line_and_is_counted_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot.questions"):
        await bench.command(JOB_ID)
        found = await counted(bench, "backup_why_questions_total", kind="job", outcome="denied")
    [line] = lines(caplog)
    assert (line["event"], line["kind"], line["outcome"]) == ("question", "job", "denied")
    assert (line["aws_calls"], line["cached_lookups"]) == (38, 4)
    assert await bench.threads.question(line["id"]) is not None
    assert await bench.threads.asked_at(line["id"]) is not None
    assert not [secret for secret in SECRETS if secret in json.dumps(line)]
    assert found["backup_why_questions_total", (("kind", "job"), ("outcome", "denied"))] == 1
    assert found["backup_why_aws_calls_total", ()] == 38
    assert found["backup_why_cached_lookups_total", ()] == 4
    assert found["backup_why_question_seconds_count", (("kind", "job"),)] == 1
    assert found["backup_why_question_seconds_sum", (("kind", "job"),)] == pytest.approx(line["seconds"])
    assert found["backup_why_workers", ()] == 1
    assert found["backup_why_oldest_question_seconds", ()] == 0


async def test_a_question_that_ends_in_an_error_is_told_by_the_errors_name(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.script.result = AwsUnreachableError("AWS account 222233334444 can't be reached.")
    with caplog.at_level(logging.INFO, "bot.questions"):
        await bench.command(JOB_ID)
        await counted(bench, "backup_why_questions_total", kind="job", outcome="AwsUnreachableError")
    [line] = lines(caplog)
    assert line["outcome"] == "AwsUnreachableError"
    assert "222233334444" not in json.dumps(line)


async def test_words_and_texts_are_questions_of_their_own_kind(bench: Bench) -> None:
    await bench.slack.write(bench.channel.id, "<@U0BACKUPWHY> why do copies fail?", user=bench.user)
    await counted(bench, "backup_why_questions_total", kind="words", outcome="replied")
    text = "is not authorized to perform: backup:StartBackupJob on resource: arn:aws:backup:eu-west-1:222233334444:x"
    await bench.command(f"User: arn:aws:iam::222233334444:user/u {text}")
    found = await counted(bench, "backup_why_question_seconds_count", kind="text")
    assert not [secret for secret in SECRETS if secret in repr(found)]


async def test_what_slack_refuses_is_counted_by_method_and_class(bench: Bench) -> None:
    bench.workspace.fail("chat.getPermalink", Fault(error="message_not_found"))
    await bench.command(JOB_ID)
    sample = {"method": "chat.getPermalink", "error_class": "other"}
    await counted(bench, "backup_why_slack_refusals_total", **sample)


async def test_how_things_stand_is_read_when_it_is_asked_for(redis_url: str) -> None:
    async with open_bench(redis_url, Script(ANSWER), worker=False) as bench:
        await bench.command(JOB_ID)
        await bench.redis.zadd(OPEN, {"old": 1_000_000_000})
        await bench.redis.xadd(DEAD_LETTERS, {"why": "none"})
        await bench.redis.set(TOKEN_REFUSED, "token_revoked")
        found = await scraped(bench)
    assert found["backup_why_redis_up", ()] == 1
    assert found["backup_why_workers", ()] == 0
    assert found["backup_why_queue_ready", ()] == 1
    assert found["backup_why_queue_delayed", ()] == 0
    assert found["backup_why_dead_letters", ()] == 1
    assert found["backup_why_slack_token_accepted", ()] == 0
    assert found["backup_why_oldest_question_seconds", ()] > 100_000_000


async def test_a_histogram_rises_and_what_is_not_known_is_left_out(redis_url: str) -> None:
    async with open_bench(redis_url, Script(ANSWER), worker=False) as bench:
        meter = Meter(bench.redis)
        for seconds in (0.1, 3.0, 3.5, 10_000.0):
            await meter.count(duration("job", seconds))
        await bench.redis.hset("backup-why:metrics", '["of another release", "a", "b", "c"]', "7")
        found = await scraped(bench)
    held = [
        found["backup_why_question_seconds_bucket", (("kind", "job"), ("le", le))]
        for le in ("0.5", "2.0", "5.0", "3600.0", "+Inf")
    ]
    assert held == [1, 1, 3, 3, 4]
    assert not [name for name, _ in found if "another" in name]
