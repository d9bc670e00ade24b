"""The forms that handlers make and what comes of them, as Slack is handed them, kept as files like the golden replies.

What was changed on purpose is written anew with `pytest tests/scenarios/test_golden_forms.py --snapshot-update`.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.access.authorizer import RIGHTS_UNKNOWN
from bot.access.rules import Grant, Rules
from bot.diagnosis.failures import FailedJob
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import JobType
from bot.work.answers import ASKED_BEFORE, PARTLY
from bot.work.heartbeat import Workers
from bot.work.intake import GONE, NO_ADMIN, UNREACHABLE
from bot.work.notices import BUSY, IN_ARCHIVE, INVITE, NOT_BETWEEN_OTHERS, NOT_HERE, PRESS_AGAIN, REFUSED
from bot.work.publishing import LEFT_OUT, OVER
from bot.work.refusing import OUTSIDERS
from sandbox.slack.block_kit import message_problems, view_problems
from sandbox.slack.workspace import Channel
from tests.replies.diagnoses import JOB_ID
from tests.replies.golden_files import GoldenJson
from tests.replies.kinds import CONTROLS, DENIED, MINE, OTHER
from tests.replies.reading_along import account_ids
from tests.scenarios.bench import ANA, Bench, Script, open_bench

READERS: dict[str, tuple[Rules | None, bool, set[str]]] = {
    "everything": (None, False, {MINE, OTHER}),
    "other-organizations-read-along": (None, True, set()),
    "a-right-to-one-of-two-accounts": (Rules(grants=(Grant(accounts=(MINE,), users=(ANA,)),)), False, {MINE}),
}
"""Which rights who asks has, whether the channel is shared, and the account ids that may be shown."""

FAILED = FailedJob(
    JobReference(id=JOB_ID, account=MINE, region="eu-west-1", type=JobType.COPY),
    "FAILED",
    datetime(2026, 11, 20, 5, 30, tzinfo=UTC),
    "EBS",
    CONTROLS,
)
SENTENCES = {
    "asked before": ASKED_BEFORE,
    "can't post": INVITE,
    "no admin": NO_ADMIN,
    "no longer so": OVER,
    "no worker yet": Workers(0, None).notice,
    "no worker since": Workers(0, datetime(2026, 11, 20, 5, 30, tzinfo=UTC)).notice,
    "Redis does not answer": UNREACHABLE,
    "rights unknown": RIGHTS_UNKNOWN,
    "Slack refuses": REFUSED.format("restricted_action"),
    "Slack refuses a part": LEFT_OUT,
    "Slack refuses replies": PARTLY.format("restricted_action_thread_locked"),
    "Slack refuses here": NOT_HERE.format("restricted_action"),
    "Slack is busy": BUSY.format("ratelimited"),
    "archived": IN_ARCHIVE,
    "between others": NOT_BETWEEN_OTHERS,
    "too late": PRESS_AGAIN,
    "thread unknown": GONE,
    "other organizations": OUTSIDERS,
}


async def asked(bench: Bench, channel: Channel) -> str:
    """Asks about the job in a channel; returns the `ts` of the answer's head."""
    await bench.command(JOB_ID, channel=channel)
    await bench.finished()
    return str(next(message["ts"] for message in channel.messages.values() if "metadata" in message))


async def pressed(bench: Bench, channel: Channel, ts: str, action: str, *, option: int = 0) -> dict[str, Any]:
    """The view that a button opens, as it was handed to Slack, and as Slack has it."""
    filled = len(bench.workspace.calls_of("views.update"))
    await bench.slack.press(channel.id, ts, action, user=bench.user, option=option)
    call = await bench.called("views.update", filled + 1)
    assert view_problems(call.args["view"]) == []
    return {"handed": call.args["view"], "open": call.response["view"]}


def as_json(value: object, thread: str = "no thread") -> str:
    """What a file holds: nothing in it is another one in the next run."""
    text = json.dumps(value, indent=1, ensure_ascii=False).replace(thread, "THREAD")
    return re.sub(r"http://127[^\"]*/respond/[^\"]*", "RESPONSE-URL", text) + "\n"


@pytest.mark.parametrize("reader", READERS)
async def test_owner_and_feedback(reader: str, redis_url: str, snapshot: SnapshotAssertion) -> None:
    rules, shared, readable = READERS[reader]
    async with open_bench(redis_url, Script(DENIED), rules=rules) as bench:
        channel = bench.workspace.add_channel("partners", shared=shared)
        owner = bench.workspace.add_person("olga")
        ts = await asked(bench, channel)
        form = await pressed(bench, channel, ts, "ask_owner")
        text = form["handed"]["blocks"][-1]["element"]["initial_value"]
        values = {"to": {"selected_user": owner}, "text": {"value": text}}
        await bench.slack.submit(form["open"], values, user=bench.user)
        await bench.until(lambda: bool(bench.workspace.direct_message(owner).messages))
        messages = [
            {"text": message["text"], "blocks": message["blocks"]}
            for message in bench.workspace.direct_message(owner).messages.values()
        ]
        assert [message_problems(message["text"], message["blocks"]) for message in messages] == [[]]
        vote = await pressed(bench, channel, ts, "feedback", option=1)
        handed = {"form to the owner": form["handed"], "message": messages, "feedback": vote["handed"]}
        thread = form["handed"]["private_metadata"].partition(":")[0]
        assert account_ids([form["handed"], vote["handed"]]) == readable
        # The owner is of the organization and reads alone: what the sender may ask about is whole.
        assert account_ids(messages) <= (readable if rules else {MINE, OTHER})
        assert as_json(handed, thread) == snapshot(extension_class=GoldenJson)


@pytest.mark.parametrize("jobs", ["some", "none"])
async def test_picker(jobs: str, redis_url: str, snapshot: SnapshotAssertion) -> None:
    rules, _, readable = READERS["a-right-to-one-of-two-accounts"]
    failures = [FAILED, replace(FAILED, resource=f"logs-{OTHER}")] if jobs == "some" else []
    async with open_bench(redis_url, Script(DENIED), rules=rules, failures=failures) as bench:
        await bench.slack.shortcut("pick_failed", user=bench.user)
        opened, filled = await bench.called("views.open"), await bench.called("views.update")
        handed = {"at once": opened.args["view"], "then": filled.args["view"]}
        assert [view_problems(view) for view in handed.values()] == [[], []]
        assert account_ids(handed) <= readable
        assert as_json(handed) == snapshot(extension_class=GoldenJson)


@pytest.mark.parametrize("place", ["own", "shared"])
async def test_refusals(place: str, redis_url: str, snapshot: SnapshotAssertion) -> None:
    rules = Rules(ask="#cloud-security", grants=(Grant(accounts=(OTHER,), users=(ANA,)),))
    async with open_bench(redis_url, Script(DENIED), rules=rules) as bench:
        channel = bench.workspace.add_channel("partners", shared=place == "shared")
        eve = bench.workspace.add_person("eve")
        arn = f"arn:aws:backup:eu-west-1:{MINE}:backup-job:{JOB_ID}"
        told = {
            "no account": (await bench.command(JOB_ID, channel=channel, user=eve)).body,
            "another account": (await bench.command(arn, channel=channel)).body,
            "no admin": (await bench.command("audit", channel=channel)).body,
            "not a job": (await bench.command("6f0c <!channel>", channel=channel)).body,
        }
        ts = await asked(bench, channel)
        told["found in another account"] = channel.messages[ts]["text"]
        assert account_ids(told) == ({MINE} if place == "own" else set())
        assert as_json(told) == snapshot(extension_class=GoldenJson)


def test_sentences(snapshot: SnapshotAssertion) -> None:
    assert as_json(SENTENCES) == snapshot(extension_class=GoldenJson)
