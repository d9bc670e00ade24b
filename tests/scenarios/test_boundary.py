"""No question ends in silence: whatever breaks, in whatever task, is one sentence to the asker and one log entry."""

import logging
from typing import Any

import pytest

from bot.errors import AwsUnreachableError
from bot.work.heartbeat import ALIVE_SECONDS, WORKERS, living_workers
from bot.work.queue import QUEUE, open_queue
from bot.work.sweeper import sweep
from bot.work.thread_store import OPEN
from sandbox.slack.workspace import Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench, until
from tests.work.test_durability import start_victim

DENIED_TEXT = (
    "User: arn:aws:sts::222233334444:assumed-role/Dev/ana is not authorized to perform: iam:PassRole on resource: "
    "arn:aws:iam::222233334444:role/backup-job because no identity-based policy allows the iam:PassRole action"
)


def broken(*_: object, **__: object) -> Any:
    raise RuntimeError("the secret is hunter2")


def stacks(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The log entries with a stack."""
    return [record for record in caplog.records if record.exc_info and record.levelno >= logging.ERROR]


async def told(bench: Bench) -> str:
    """All that was sent to Slack, once a reference was."""
    await bench.until(lambda: "the reference" in str([call.args for call in bench.workspace.calls]))
    return str([call.args for call in bench.workspace.calls])


ENTRANCES = (
    "a job",
    "a text",
    "a question in words",
    "the picker",
    "the home tab",
    "a button",
    "a form",
    "check again",
)


@pytest.mark.parametrize("entrance", ENTRANCES)
async def test_an_unexpected_error_ends_in_a_reference_and_one_log_entry(
    redis_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, entrance: str
) -> None:
    script = Script(diagnoses.denied())
    async with open_bench(redis_url, script, failures=BrokenFailures(), diagnose_text=broken) as bench:
        if entrance not in ("a job", "a text"):
            await bench.command(JOB_ID)
            await bench.finished()
        await break_at(entrance, bench, monkeypatch)
        sent = await told(bench)
        assert "hunter2" not in sent
        (entry,) = stacks(caplog)
        assert entry.getMessage().rpartition(" ")[2] in sent, "the log has the reference that the asker has"


class BrokenFailures(list[Any]):
    """Failed jobs that can't be listed."""

    def __iter__(self) -> Any:
        return broken()


async def break_at(entrance: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks where something is broken."""
    top = next(iter(bench.channel.messages.values()), {})
    match entrance:
        case "a job":
            bench.script.result = RuntimeError("the secret is hunter2")
            await bench.command(JOB_ID)
        case "a text":
            await bench.command(DENIED_TEXT)
        case "a question in words":
            monkeypatch.setattr("bot.work.conversation.follow_up", broken)
            await bench.slack.write(bench.channel.id, "<@U0BACKUPWHY> why?", user=bench.user, thread=top["ts"])
        case "the picker":
            await bench.slack.shortcut("pick_failed", user=bench.user)
        case "the home tab":
            monkeypatch.setattr("bot.work.home.home_parts", broken)
            await bench.slack.open_home(user=bench.user)
        case "a button":
            monkeypatch.setattr("handlers.actions.detail_parts", broken)
            await bench.slack.press(bench.channel.id, top["ts"], "show_details", user=bench.user)
        case "a form":
            monkeypatch.setattr("handlers.forms.asked_parts", broken)
            (thread,) = [name async for name in bench.redis.scan_iter("backup-why:thread:*")]
            about = f"{thread.rpartition(':')[2]}:{bench.channel.id}"
            view = {"type": "modal", "callback_id": "ask_owner", "private_metadata": about}
            values = {"to": {"selected_user": bench.user}, "text": {"value": "please"}}
            await bench.slack.submit(view, values, user=bench.user)
        case _:
            monkeypatch.setattr("bot.work.answers.changes", broken)
            await bench.slack.press(bench.channel.id, top["ts"], "check_again", user=bench.user)


async def test_an_error_with_a_sentence_is_logged_once_too(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    script = Script(AwsUnreachableError("AWS credentials are missing: set them."))
    async with open_bench(redis_url, script) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        (message,) = bench.channel.messages.values()
        assert message["text"].endswith("AWS credentials are missing: set them.")
        assert caplog.text.count("AWS credentials are missing") == 1


# A finished diagnosis is never discarded.


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("chat.update", Fault(error="internal_error")),
        ("chat.update", Fault(status=503, error="")),
        ("chat.postMessage", Fault(error="fatal_error")),
    ],
)
async def test_a_fault_of_slack_while_the_thread_is_updated_costs_no_diagnosis(
    redis_url: str, method: str, fault: Fault
) -> None:
    script = Script(diagnoses.denied())
    async with open_bench(redis_url, script) as bench:
        fail_after_the_diagnosis(bench, script, method, fault)
        await bench.command(JOB_ID)
        await bench.finished()
        assert len(script.asked) == 1
        assert bench.slots()[-1] == "rest"


def fail_after_the_diagnosis(bench: Bench, script: Script, method: str, fault: Fault) -> None:
    """Lets calls of a method fail once the diagnosis is made."""
    whole = script.result

    class Failing(list[Any]):
        def __iter__(self) -> Any:
            bench.workspace.fail(method, fault, fault, fault)
            return iter(())

    script.result = whole
    script.events = Failing()


async def test_the_line_of_the_trail_is_there_when_the_thread_is_finished(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        assert [line.act async for line in trail(bench)] == ["question", "answer"]


async def trail(bench: Bench) -> Any:
    from bot.access.audit import Audit

    async for line in Audit(bench.redis).export():
        yield line


# Nobody works.


async def test_with_no_worker_a_command_is_answered_at_once_and_the_question_later(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        told_at_once = await bench.command(JOB_ID)
        assert told_at_once.body["response_type"] == "ephemeral"
        assert "I have your question, but no worker is running: none has been yet." in told_at_once.body["text"]
        start_victim(bench)
        await bench.finished()
        assert bench.slots()[0] == "parent"


async def test_since_when_no_worker_runs_is_said(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        now, _ = await bench.redis.time()
        await bench.redis.zadd(WORKERS, {"w": now - ALIVE_SECONDS - 1})
        workers = await living_workers(bench.redis)
        assert workers.alive == 0
        assert workers.last_seen is not None
        said = (await bench.command(JOB_ID)).body["text"]
        assert f"none has been since {workers.last_seen:%Y-%m-%d %H:%M} UTC" in said
        await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
        assert "no worker is running" in (await bench.called("chat.postEphemeral")).args["text"]


async def test_a_worker_that_is_alive_is_said_to_be(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        assert (await living_workers(bench.redis)).alive == 1
        assert (await bench.command(JOB_ID)).body == {"text": "", "response_type": "in_channel"}


# Questions without a task.


async def test_an_accepted_question_whose_task_is_lost_gets_one_again(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        await bench.command(JOB_ID)
        for name in await bench.redis.keys(f"{QUEUE}*"):
            await bench.redis.delete(name)
        queue = open_queue(redis_url)
        assert await sweep(bench.redis, queue, older_than=60) == 0, "it may still be on its way"
        assert await sweep(bench.redis, queue, older_than=0) == 1
        assert await sweep(bench.redis, queue, older_than=0) == 0, "it has one now"
        start_victim(bench)
        await bench.finished()
        assert await bench.redis.zcard(OPEN) == 0


async def test_a_sweep_leaves_what_is_finished_or_forgotten_alone(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        before = len(bench.channel.messages)
        await bench.redis.zadd(OPEN, {"forgotten": 1})
        assert await sweep(bench.redis, open_queue(redis_url), older_than=0) == 1
        await until(lambda: _empty(bench))
        assert len(bench.channel.messages) == before


async def _empty(bench: Bench) -> bool:
    return await bench.redis.zcard(OPEN) == 0
