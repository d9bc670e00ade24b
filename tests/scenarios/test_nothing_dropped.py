"""What people send in other shapes than plain text: nothing is dropped without a word."""

from typing import Any

import pytest

from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench

SCREENSHOT = {"id": "F1", "name": "Screenshot.png", "title": "Screenshot.png", "mimetype": "image/png"}


async def say(bench: Bench, kind: str, **members: Any) -> None:
    """Has somebody write to the bot."""
    channel = bench.workspace.direct_message(bench.user) if kind == "message" else bench.channel
    message = bench.workspace.write(channel.id, bench.user, members.pop("text", ""))
    event = {**message, "type": kind, "channel": channel.id, **members}
    if kind == "message":
        event["channel_type"] = "im"
    await bench.slack.event(event, event_id=bench.workspace.next_id("Ev"))


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
async def test_each_kind_of_message_that_a_person_writes_is_answered(redis_url: str, subtype: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await say(bench, "message", text=f"why did {JOB_ID} fail?", subtype=subtype)
        await bench.finished()
        assert [job.id for job in bench.script.asked] == [JOB_ID]


@pytest.mark.parametrize("kind", ["message", "app_mention"])
async def test_a_screenshot_alone_is_answered_with_what_to_do(redis_url: str, kind: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await say(bench, kind, text="<@U0BACKUPWHY>", subtype="file_share", files=[SCREENSHOT])
        assert "I can't read pictures" in (await bench.called("chat.postEphemeral")).args["text"]
        assert bench.workspace.calls_of("chat.postMessage") == []


async def test_a_screenshot_beside_words_is_told_too(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await say(bench, "message", text="what is the service-linked role?", subtype="file_share", files=[SCREENSHOT])
        assert "I can't read pictures" in (await bench.called("chat.postEphemeral")).args["text"]
        await bench.called("chat.postMessage")


async def test_a_screenshot_beside_a_job_is_left_aside(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await say(bench, "message", text=f"{JOB_ID}", subtype="file_share", files=[SCREENSHOT])
        await bench.finished()
        assert bench.workspace.calls_of("chat.postEphemeral") == []
