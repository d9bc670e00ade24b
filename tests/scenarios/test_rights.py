"""Who sees what, through every entry point: a right to one account is none to another, and nobody shuts anybody out."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.access.audience import SHARED, UNSURE_NOTE
from bot.access.rules import Grant, Rules
from bot.diagnosis.events import Entered, Left
from bot.diagnosis.failures import FailedJob
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import JobType, Verdict
from bot.work.refusing import OUTSIDERS
from sandbox.slack.workspace import TEAM, Channel, Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID, POLICY
from tests.scenarios.bench import ANA, Bench, Script, open_bench, until

MINE, OTHER = "222233334444", "777788889999"
COPY = diagnoses.denied(
    diagnoses.scp_cause(document=POLICY, near_miss="statement Some would allow it"),
    job=diagnoses.job(destination_vault=f"arn:aws:backup:eu-west-1:{OTHER}:backup-vault:safe"),
)
FAILED = FailedJob(
    JobReference(id=JOB_ID, account=MINE, region="eu-west-1", type=JobType.BACKUP),
    "FAILED",
    datetime(2026, 11, 20, 5, tzinfo=UTC),
    "EBS",
    diagnoses.VOLUME,
)


def rules(*grants: Grant) -> Rules:
    return Rules(ask="#cloud-security", grants=grants)


def sent(bench: Bench) -> str:
    """All that the bot has sent to Slack."""
    return json.dumps([dict(call.args) for call in bench.workspace.calls])


async def head(bench: Bench, channel: Channel | None = None) -> dict[str, Any]:
    await bench.finished()
    return next(message for message in (channel or bench.channel).messages.values() if "metadata" in message)


# A channel's right is for those who ask in it.


async def test_the_right_of_a_channel_is_not_had_by_choosing_it_in_the_picker(redis_url: str) -> None:
    granted = rules(Grant(accounts=(MINE,), channels=("C00000001",)))
    async with open_bench(redis_url, Script(COPY), rules=granted, failures=[FAILED]) as bench:
        view = {"type": "modal", "callback_id": "pick_failed_job"}
        option = {"value": f"backup|{MINE}|eu-west-1|{JOB_ID}"}
        values = {"job": {"selected_option": option}, "channel": {"selected_conversation": bench.channel.id}}
        await bench.slack.submit(view, values, user=bench.user)
        refusal = await bench.called("chat.postMessage")
        assert refusal.args["channel"] == bench.user
        assert "You may not ask about" in refusal.args["text"]
        assert bench.script.asked == []
        assert not bench.channel.messages


async def test_what_was_asked_by_a_channels_right_is_not_in_the_askers_own_home(redis_url: str) -> None:
    granted = rules(Grant(accounts=("*",), channels=("C00000001",)))
    async with open_bench(redis_url, Script(COPY), rules=granted) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        await bench.slack.open_home(user=bench.user)
        await bench.called("views.publish")
        assert JOB_ID not in str(bench.workspace.homes[bench.user])
        assert "None yet." in str(bench.workspace.homes[bench.user])


# Two accounts in one answer.


@pytest.fixture
async def half(redis_url: str) -> AsyncIterator[Bench]:
    """A copy's answer, asked for by somebody who may ask about one of its two accounts."""
    granted = rules(Grant(accounts=(MINE,), users=(ANA,)))
    async with open_bench(redis_url, Script(COPY), rules=granted) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        yield bench


async def test_the_other_account_of_a_copy_is_shown_nowhere_in_the_thread(half: Bench) -> None:
    assert OTHER not in sent(half)
    assert MINE in sent(half)
    assert "********9999" in sent(half)
    assert '\\"Effect\\"' not in sent(half)
    assert "statement Some would allow it" not in sent(half)


@pytest.mark.parametrize("action", ["show_details", "show_fix", "show_fix_as", "ask_owner"])
async def test_nor_by_a_button(half: Bench, action: str) -> None:
    top = await head(half)
    await half.slack.press(half.channel.id, top["ts"], action, user=half.user)
    await half.called("views.update")
    assert OTHER not in sent(half)
    assert '\\"Effect\\"' not in sent(half)


async def test_nor_by_a_question_or_the_home_tab(half: Bench) -> None:
    top = await head(half)
    before = len(half.channel.messages)
    await half.slack.write(half.channel.id, "<@U0BACKUPWHY> which policy?", user=half.user, thread=top["ts"])
    await half.posted(before + 2)
    await half.slack.open_home(user=half.user)
    await half.called("views.publish")
    assert OTHER not in sent(half)
    assert '\\"Effect\\"' not in sent(half)


async def test_who_may_ask_about_both_accounts_sees_both(redis_url: str) -> None:
    accounts = ("111122223333", MINE, OTHER)
    granted = rules(Grant(accounts=accounts, users=(ANA,)))
    async with open_bench(redis_url, Script(COPY), rules=granted) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        assert OTHER in sent(bench)
        assert "statement Some would allow it" in sent(bench)
        await bench.slack.press(bench.channel.id, (await head(bench))["ts"], "show_details", user=bench.user)
        await bench.called("views.update")
        assert '\\"Effect\\"' in sent(bench)


# Nobody shuts anybody out.


async def test_an_asker_without_the_right_who_comes_first_does_not_shut_out_one_who_has_it(redis_url: str) -> None:
    granted = rules(Grant(accounts=("111122223333",), users=(ANA,)), Grant(accounts=("*",), users=("U00000003",)))
    script = Script(COPY, [Entered("locate"), Left("locate", "found"), Left("kms", "clear", Verdict.CLEAR)], live=True)
    async with open_bench(redis_url, script, rules=granted) as bench:
        ben = bench.workspace.add_person("ben")
        assert ben == "U00000003"
        await bench.command(JOB_ID)
        await bench.command(JOB_ID, user=ben)
        await bench.until(lambda: any(m["text"].startswith("Denied.") for m in bench.channel.messages.values()))
        await bench.until(lambda: any("may not ask" in m["text"] for m in bench.channel.messages.values()))


# Shared channels.


async def test_a_refusal_in_a_shared_channel_names_no_account(redis_url: str) -> None:
    granted = rules(Grant(accounts=("111122223333",), users=(ANA,)))
    arn = f"arn:aws:backup:eu-west-1:{MINE}:backup-job:{JOB_ID}"
    async with open_bench(redis_url, Script(COPY), rules=granted) as bench:
        shared = bench.workspace.add_channel("partners", shared=True)
        told = await bench.command(arn, channel=shared)
        assert "You may not ask about account ********4444 here." in told.body["text"]
        await bench.slack.write(shared.id, f"<@U0BACKUPWHY> {arn}", user=bench.user)
        assert MINE not in (await bench.called("chat.postEphemeral")).args["text"]


async def test_an_owner_who_is_asked_from_a_shared_channel_is_shown_no_account(redis_url: str) -> None:
    async with open_bench(redis_url, Script(COPY)) as bench:
        shared = bench.workspace.add_channel("partners", shared=True)
        await bench.command(JOB_ID, channel=shared)
        top = await head(bench, shared)
        await bench.slack.press(shared.id, top["ts"], "ask_owner", user=bench.user)
        view = (await bench.called("views.update")).args["view"]
        assert MINE not in str(view)


@pytest.mark.parametrize("action", ["show_details", "show_fix", "show_fix_as", "ask_owner", "check_again"])
async def test_people_of_another_organization_have_no_rights_and_send_nothing(redis_url: str, action: str) -> None:
    async with open_bench(redis_url, Script(COPY)) as bench:
        shared = bench.workspace.add_channel("partners", shared=True)
        await bench.command(JOB_ID, channel=shared)
        top = await head(bench, shared)
        stranger = bench.workspace.add_person("stranger")
        before = len(bench.workspace.calls)
        await bench.slack.press(shared.id, top["ts"], action, user=stranger, team="T0THEIRS")
        told = await bench.told()
        assert "You may not ask about" in told
        assert MINE not in str([call.args for call in bench.workspace.calls[before:]])
        assert len(bench.script.asked) == 1


async def test_a_person_of_another_organization_who_is_named_may_look_but_not_send(redis_url: str) -> None:
    granted = rules(Grant(accounts=("*",), users=(ANA, "U00000004")))
    async with open_bench(redis_url, Script(COPY), rules=granted) as bench:
        shared = bench.workspace.add_channel("partners", shared=True)
        stranger = bench.workspace.add_person("stranger")
        assert stranger == "U00000004"
        await bench.command(JOB_ID, channel=shared)
        top = await head(bench, shared)
        await bench.slack.press(shared.id, top["ts"], "show_details", user=stranger, team="T0THEIRS")
        assert SHARED in str((await bench.called("views.update")).args["view"])
        await bench.slack.press(shared.id, top["ts"], "ask_owner", user=stranger, team="T0THEIRS")
        await bench.called("views.update", 2)
        assert OUTSIDERS in await bench.told()
        assert "input" not in str(bench.workspace.calls_of("views.update")[-1].args["view"])


async def test_a_mention_by_somebody_of_another_organization_is_refused(redis_url: str) -> None:
    async with open_bench(redis_url, Script(COPY)) as bench:
        shared = bench.workspace.add_channel("partners", shared=True)
        stranger = bench.workspace.add_person("stranger")
        message = bench.workspace.write(shared.id, stranger, f"<@U0BACKUPWHY> {JOB_ID}")
        event = {**message, "type": "app_mention", "channel": shared.id, "user_team": "T0THEIRS", "team": TEAM}
        await bench.slack.event(event, event_id="Ev1")
        assert "You may not ask" in (await bench.called("chat.postEphemeral")).args["text"]
        assert bench.script.asked == []


# A channel that Slack does not tell of.


async def test_a_channel_that_slack_can_not_tell_of_now_delays_the_answer_and_masks_nothing(redis_url: str) -> None:
    async with open_bench(redis_url, Script(COPY)) as bench:
        bench.workspace.fail("conversations.info", Fault(error="internal_error"))
        await bench.command(JOB_ID)
        top = await head(bench)
        assert MINE in sent(bench)
        assert UNSURE_NOTE not in str(top["blocks"])


async def test_a_channel_that_slack_refuses_to_tell_of_is_masked_until_somebody_looks_again(redis_url: str) -> None:
    async with open_bench(redis_url, Script(COPY)) as bench:
        bench.workspace.fail("conversations.info", Fault(status=404, error=""))
        await bench.command(JOB_ID)
        top = await head(bench)
        assert UNSURE_NOTE in str(top["blocks"])
        assert MINE not in sent(bench)
        await bench.slack.press(bench.channel.id, top["ts"], "check_again", user=bench.user)
        await bench.until(lambda: MINE in str(top["blocks"]))
        assert UNSURE_NOTE not in str(top["blocks"])


async def test_a_group_that_slack_can_not_list_now_is_a_sentence_and_no_refusal(redis_url: str) -> None:
    granted = rules(Grant(accounts=("*",), groups=("S0STORAGE",)))
    async with open_bench(redis_url, Script(COPY), rules=granted) as bench:
        bench.workspace.groups["S0STORAGE"] = (ANA,)
        bench.workspace.fail("usergroups.users.list", Fault(error="fatal_error"))
        assert "ask again in a minute" in (await bench.command(JOB_ID)).body["text"]
        await bench.command(JOB_ID)
        await bench.finished()
        acts = [line.act async for line in _trail(bench)]
        assert acts == ["question", "answer"], "it is in the trail as no refusal"


async def _trail(bench: Bench) -> AsyncIterator[Any]:
    await until(lambda: bench.redis.xlen("backup-why:audit"))
    for line in await bench.trail(2):
        yield line
