"""Agent sessions: a thread shows that it is worked on, and Slack's Stop ends the examination."""

import threading

from bot.diagnosis.events import STATES, Entered
from bot.work.offers import REFUSALS
from bot.work.stopping import STOPPED
from sandbox.slack.workspace import Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench


async def mention(bench: Bench) -> str:
    """Asks; returns the `ts` of the question."""
    await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
    return next(reversed([ts for ts, known in bench.channel.messages.items() if known["user"] == bench.user]))


async def stop(bench: Bench, ts: str) -> None:
    """Presses Stop."""
    event = {
        "type": "agent_session_stopped",
        "channel": bench.channel.id,
        "thread_ts": ts,
        "user": bench.user,
        "streaming_message_ts": [],
    }
    assert (await bench.slack.event(event, event_id="EvStop")).status == 200


async def test_a_thread_is_processing_while_it_is_worked_on_and_active_afterwards(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        ts = await mention(bench)
        await bench.finished()
        statuses = [call.args["status"] for call in bench.workspace.calls_of("agents.sessions.setStatus")]
        assert statuses == ["processing", "active"]
        assert bench.workspace.sessions == {(bench.channel.id, ts): "active"}
        assert bench.workspace.calls_of("agents.sessions.setStatus")[0].args["title"] == f"Why did job {JOB_ID} fail?"


async def test_a_command_has_no_session(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.workspace.sessions == {}


async def test_stop_ends_the_examination_at_once_and_says_so(redis_url: str) -> None:
    begin = threading.Event()
    script = Script(diagnoses.denied(), [Entered(STATES[0])], begin=begin)
    async with open_bench(redis_url, script) as bench:
        ts = await mention(bench)
        await bench.called("chat.startStream")
        await stop(bench, ts)
        await bench.finished()
        texts = [message["text"] for message in bench.channel.messages.values()]
        assert texts[-1].endswith(STOPPED)
        assert bench.workspace.sessions[bench.channel.id, ts] == "active"
        acts = [f"{line.act} {line.about}" for line in await bench.trail(3)]
        assert f"button stop of {JOB_ID}" in acts
        begin.set()
        await mention(bench)
        await bench.until(lambda: "Denied." in str([m["text"] for m in bench.channel.messages.values()]))


async def test_stop_of_a_thread_that_nobody_knows_does_nothing(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await stop(bench, "1.0")
        assert [call.method for call in bench.workspace.calls] == ["auth.test"]
        assert [name async for name in bench.redis.scan_iter("backup-why:stop:*")] == []


async def test_a_workspace_without_sessions_shows_a_status_and_is_asked_no_more_for_a_while(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.sessions_offered = False
        for number in range(REFUSALS + 1):
            channel = bench.workspace.add_channel("more")
            await bench.slack.write(channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
            await bench.called("assistant.threads.setStatus", number + 1)
            await bench.finished()
        assert len(bench.workspace.calls_of("agents.sessions.setStatus")) == REFUSALS


async def test_no_error_of_a_session_costs_the_answer(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("agents.sessions.setStatus", Fault(error="internal_error"))
        bench.workspace.fail("assistant.threads.setStatus", Fault(error="invalid_thread_ts"))
        await mention(bench)
        await bench.finished()
        assert [m["text"] for m in bench.channel.messages.values()][1].startswith("Denied.")
