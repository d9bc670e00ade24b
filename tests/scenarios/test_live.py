"""The head while a diagnosis runs: streamed, planned or plain, whatever Slack takes; and a verdict at the end."""

import asyncio
from typing import Any

import pytest

from bot.diagnosis.events import STATES, Entered, Left
from bot.work.offers import REFUSALS, UNASKED_SECONDS, Offer
from sandbox.slack.block_kit import message_problems
from sandbox.slack.workspace import Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench
from tests.work.test_durability import ended, kill_at, start_victim

STEPS = [event for state in STATES for event in (Entered(state), Left(state, f"{state} looked at"))]


def script() -> Script:
    return Script(diagnoses.denied(), STEPS, live=True)


async def mention(bench: Bench) -> dict[str, Any]:
    """Asks in a thread and returns the head of the answer."""
    await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
    await bench.finished()
    return list(bench.channel.messages.values())[1]


async def test_a_reply_to_somebody_is_streamed_and_ends_as_the_verdict(redis_url: str) -> None:
    async with open_bench(redis_url, script()) as bench:
        head = await mention(bench)
        (start,) = bench.workspace.calls_of("chat.startStream")
        assert start.args["task_display_mode"] == "plan"
        assert start.args["recipient_user_id"] == bench.user
        updates = [chunk for call in bench.workspace.calls_of("chat.appendStream") for chunk in call.args["chunks"]]
        assert {chunk["id"] for chunk in updates} == {state for state in STATES if state != "collect"}
        assert {chunk["status"] for chunk in updates} >= {"in_progress", "complete"}
        assert all(call.response["ok"] for call in bench.workspace.calls if "Stream" in call.method)
        assert bench.workspace.calls_of("chat.stopStream")
        assert head["text"].startswith("Denied.")
        assert "streaming_state" not in head
        assert message_problems(head["text"], head["blocks"]) == []


async def ask_elsewhere(bench: Bench) -> None:
    """Asks in a thread of another channel, and waits for the answer."""
    other = bench.workspace.add_channel("other")
    await bench.slack.write(other.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
    await bench.until(lambda: len(other.messages) > 0)
    await bench.finished()


def cards(bench: Bench) -> list[dict[str, Any]]:
    """The tasks that were sent and taken, in chunks of a stream or in plans."""
    found: list[dict[str, Any]] = []
    for call in bench.workspace.calls:
        if call.response["ok"]:
            found += [chunk for chunk in call.args.get("chunks") or () if chunk["type"] == "task_update"]
            plans = [block for block in call.args.get("blocks") or () if block["type"] == "plan"]
            found += [card for plan in plans for card in plan["tasks"]]
    return found


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "planned"])
async def test_what_is_checked_has_the_page_of_aws_that_says_it(redis_url: str, streams: bool) -> None:
    async with open_bench(redis_url, script()) as bench:
        bench.workspace.streams = streams
        await mention(bench)
        shown = [source for card in cards(bench) for source in card.get("sources") or ()]
        page = "https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html"
        assert {"type": "url", "text": "Access control", "url": page} in shown


async def test_a_slack_that_knows_no_sources_is_asked_once(redis_url: str) -> None:
    async with open_bench(redis_url, script()) as bench:
        bench.workspace.sources = False
        await mention(bench)
        await ask_elsewhere(bench)
        refused = [call for call in bench.workspace.calls_of("chat.appendStream") if not call.response["ok"]]
        assert len(refused) == 1
        assert {card["status"] for card in cards(bench)} >= {"in_progress", "complete"}, "the stream goes on without"


async def test_a_workspace_without_streams_has_plans_and_is_asked_twice(redis_url: str) -> None:
    async with open_bench(redis_url, script()) as bench:
        bench.workspace.streams = False
        head = await mention(bench)
        await ask_elsewhere(bench)
        await ask_elsewhere(bench)
        assert len(bench.workspace.calls_of("chat.startStream")) == REFUSALS
        first = bench.workspace.calls_of("chat.postMessage")[0]
        assert [block["type"] for block in first.args["blocks"]] == ["plan"]
        assert head["text"].startswith("Denied.")


@pytest.mark.parametrize("error", ["feature_not_enabled", "missing_scope", "internal_error", "msg_blocks_too_long"])
async def test_one_stream_that_slack_refuses_costs_no_other(redis_url: str, error: str) -> None:
    async with open_bench(redis_url, script()) as bench:
        bench.workspace.fail("chat.startStream", Fault(error=error))
        head = await mention(bench)
        assert head["text"].startswith("Denied.")
        await ask_elsewhere(bench)
        assert [call.response["ok"] for call in bench.workspace.calls_of("chat.startStream")] == [False, True]


def test_what_was_refused_is_asked_for_again_after_a_while() -> None:
    now = [0.0]
    offer = Offer(clock=lambda: now[0])
    worth = [offer.is_worth_asking]
    for _ in range(REFUSALS):
        offer.note("feature_not_enabled")
        worth.append(offer.is_worth_asking)
    now[0] = UNASKED_SECONDS
    worth.append(offer.is_worth_asking)
    offer.note()
    now[0] += 1
    assert [*worth, offer.is_worth_asking] == [True, True, False, True, True]


@pytest.mark.parametrize("error", ["internal_error", "channel_not_found", "ekm_access_denied"])
async def test_a_stream_that_can_not_be_ended_does_not_cost_the_verdict(redis_url: str, error: str) -> None:
    async with open_bench(redis_url, script()) as bench:
        bench.workspace.fail("chat.stopStream", *[Fault(error=error)] * 2)
        await mention(bench)
        texts = [message["text"] for message in bench.channel.messages.values()]
        assert len([text for text in texts if text.startswith("Denied.")]) == 1


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed"])
async def test_a_head_that_can_not_be_edited_gives_way_to_the_verdict(redis_url: str, error: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.update", Fault(error=error))
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots() == ["parent", "fix", "denies", "rest"]
        assert next(iter(bench.channel.messages.values()))["text"].startswith("Denied.")


async def test_a_slack_that_refuses_plans_has_plain_text_and_is_asked_once(redis_url: str) -> None:
    async with open_bench(redis_url, script()) as bench:
        bench.workspace.fail("chat.postMessage", Fault(error="invalid_blocks"))
        await bench.command(JOB_ID)
        await bench.finished()
        sent = bench.workspace.calls_of("chat.postMessage") + bench.workspace.calls_of("chat.update")
        refused = [call for call in sent if not call.response["ok"]]
        planned = [call for call in sent if "plan" in [block["type"] for block in call.args["blocks"]]]
        assert refused == planned
        assert len(planned) == 1
        assert bench.slots()[0] == "parent"
        assert bench.slots().count("parent") == 1


async def test_a_stream_that_slack_ends_itself_does_no_harm(redis_url: str) -> None:
    async with open_bench(redis_url, script()) as bench:
        bench.workspace.fail("chat.appendStream", *[Fault(error="message_not_in_streaming_state")] * 3)
        bench.workspace.fail("chat.stopStream", Fault(error="message_not_in_streaming_state", delivered=True))
        head = await mention(bench)
        assert head["text"].startswith("Denied.")


@pytest.mark.parametrize("moment", ["chat.startStream", "chat.stopStream"])
async def test_a_worker_killed_over_a_stream_leaves_one_head(redis_url: str, moment: str) -> None:
    async with open_bench(redis_url, script(), worker=False) as bench:
        await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
        victim = start_victim(bench)
        unwatch = bench.workspace.watch(kill_at(victim, bench, moment, 1))
        await bench.called(moment)
        assert await asyncio.to_thread(ended, victim) == -9
        unwatch()
        start_victim(bench)
        await bench.finished()
        heads = [message for message in bench.channel.messages.values() if message["text"].startswith("Denied.")]
        assert len(heads) == 1
        assert len(bench.channel.messages) == 1 + len({"head", "fix", "denies", "rest"})
