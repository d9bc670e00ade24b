"""What a question refers to: the message above it, a forwarded message, a file; and alerts that ask by themselves."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.access.audit import STREAM, Act
from bot.access.rules import Grant, Rules
from bot.errors import JobNotFoundError
from sandbox.slack.block_kit import message_problems
from sandbox.slack.workspace import BOT, BOT_ID, TEAM, Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import ANA, Bench, Script, open_bench

OTHER = "7a1c2d3e-3b4a-4c5d-8e9f-0a1b2c3d4e5f"
DENIED = diagnoses.denied(diagnoses.scp_cause())
ALERTS = "B0ALERTS"
PASS_ROLE = (
    "User: arn:aws:sts::222233334444:assumed-role/Dev/ana is not authorized to perform: iam:PassRole on resource: "
    "arn:aws:iam::222233334444:role/backup-job because no identity-based policy allows the iam:PassRole action"
)


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(DENIED), alert_bots=frozenset({ALERTS})) as opened:
        yield opened


def alert(bench: Bench, text: str, **members: Any) -> dict[str, Any]:
    """A message of a source of alerts, which keeps its text in an attachment."""
    attachment = {"title": "Backup job failed", "fields": [{"title": "Job", "value": text}]}
    return bench.workspace.write(
        bench.channel.id, "U0ALERTS", "", bot_id=ALERTS, app_id="A0ALERTS", attachments=[attachment], **members
    )


async def ask(bench: Bench, text: str, root: Mapping[str, Any], *, user: str | None = None) -> None:
    """Mentions the bot in a thread."""
    mention = f"<@{BOT}> {text}"
    answered = await bench.slack.write(bench.channel.id, mention, user=user or bench.user, thread=root["ts"])
    assert answered.status == 200


async def replied(bench: Bench, count: int = 1) -> list[dict[str, Any]]:
    """What the bot has written in the channel, once it is that many messages; each one that Slack would take."""

    def own() -> list[dict[str, Any]]:
        return [message for message in bench.channel.messages.values() if message.get("bot_id") == BOT_ID]

    await bench.until(lambda: len(own()) >= count)
    for message in own():
        assert message_problems(message["text"], message["blocks"]) == []
    return own()


async def asked(bench: Bench) -> list[str]:
    """The jobs that were diagnosed, once every question that was opened is answered."""
    await bench.answered()
    return [job.id for job in bench.script.asked]


@pytest.mark.parametrize("text", ["", "why?", "please look at this", "who must change what?", "can you check"])
async def test_a_mention_under_an_alert_is_about_the_job_of_the_alert(bench: Bench, text: str) -> None:
    root = alert(bench, f"{JOB_ID} FAILED")
    await ask(bench, text, root)
    assert await asked(bench) == [JOB_ID]
    replies = await replied(bench)
    assert {reply["thread_ts"] for reply in replies} == {root["ts"]}
    trail = [(line.act, line.user, line.about) for line in await bench.trail(3)]
    about_job = [(Act.QUESTION, bench.user, JOB_ID), (Act.ANSWER, bench.user, JOB_ID)]
    assert trail == [(Act.QUESTION, bench.user, "a question in words"), *about_job]


async def test_what_is_asked_on_in_the_thread_of_an_alert_is_about_its_answer(bench: Bench) -> None:
    root = alert(bench, JOB_ID)
    await ask(bench, "", root)
    await bench.answered()
    before = len(await replied(bench))
    await ask(bench, "who must change what?", root)
    assert "organization admin" in str((await replied(bench, before + 1))[-1]["blocks"])
    assert len(bench.workspace.calls_of("conversations.replies")) == 1
    assert len(bench.script.asked) == 1


async def test_a_question_that_is_not_about_the_alert_is_answered_by_itself(bench: Bench) -> None:
    root = alert(bench, JOB_ID)
    for count, (text, expected) in enumerate([("what is a vault lock?", "Vault Lock"), ("help", "job ID")], start=1):
        await ask(bench, text, root)
        assert expected in str((await replied(bench, count))[-1])
    await ask(bench, f"why did {OTHER} fail?", root)
    assert await asked(bench) == [OTHER]
    assert bench.workspace.calls_of("conversations.replies") == []


async def test_an_error_text_above_is_read(bench: Bench) -> None:
    root = bench.workspace.write(bench.channel.id, bench.user, PASS_ROLE)
    await ask(bench, "why?", root)
    await bench.answered()
    assert "Denied: iam:PassRole on role backup-job" in str((await replied(bench))[0]["blocks"])


async def test_of_several_jobs_above_it_is_asked_which(bench: Bench) -> None:
    root = alert(bench, f"{JOB_ID} {OTHER}")
    await ask(bench, "why?", root)
    assert "names 2 jobs" in (await replied(bench))[0]["text"]
    assert bench.script.asked == []


async def test_an_error_text_above_that_names_no_call_is_explained(bench: Bench) -> None:
    root = bench.workspace.write(bench.channel.id, bench.user, "Access Denied trying to call AWS Backup service")
    await ask(bench, "why?", root)
    assert "The text alone doesn't show what was denied." in str((await replied(bench))[0]["blocks"])


async def test_where_the_message_above_names_nothing_that_is_said(bench: Bench) -> None:
    root = bench.workspace.write(bench.channel.id, bench.user, "backups are down again")
    await ask(bench, "why?", root)
    assert "I find no AWS Backup job in the message above." in str((await replied(bench))[0]["blocks"])


REFUSALS = [
    ("missing_scope", "lacks the scope channels:history. Ask whoever runs this bot to add it."),
    ("not_in_channel", "Invite me with /invite."),
    ("channel_not_found", "Invite me with /invite."),
    ("thread_not_found", "The message above is gone."),
    ("enterprise_is_restricted", "Slack doesn't let me read the message above (enterprise_is_restricted)."),
]


@pytest.mark.parametrize(("error", "expected"), REFUSALS, ids=[error for error, _ in REFUSALS])
async def test_where_the_message_above_cannot_be_read_it_is_said_what_to_do(
    bench: Bench, error: str, expected: str
) -> None:
    root = alert(bench, JOB_ID)
    bench.workspace.fail("conversations.replies", Fault(error=error))
    await ask(bench, "why?", root)
    (reply,) = await replied(bench)
    assert expected in reply["text"]
    assert "write the job ID behind my name" in reply["text"]
    assert bench.script.asked == []


async def test_a_message_above_that_is_gone_is_not_taken_for_another(bench: Bench) -> None:
    root = alert(bench, JOB_ID)
    reply = bench.workspace.write(bench.channel.id, bench.user, OTHER, thread=root["ts"])
    bench.channel.messages[root["ts"]] = {**reply, "subtype": "tombstone"}
    await ask(bench, "why?", root)
    assert "The message above is gone." in (await replied(bench))[0]["text"]


async def test_a_fault_of_slack_that_passes_costs_no_answer(bench: Bench) -> None:
    root = alert(bench, JOB_ID)
    bench.workspace.fail("conversations.replies", Fault(error="internal_error"))
    await ask(bench, "why?", root)
    assert await asked(bench) == [JOB_ID]
    assert len(bench.workspace.calls_of("conversations.replies")) == 2


async def test_without_a_right_to_any_account_the_message_above_is_not_asked_about(redis_url: str) -> None:
    rules = Rules(grants=(Grant(accounts=("222233334444",), users=(ANA,)),), ask="#cloud-security")
    async with open_bench(redis_url, Script(DENIED), rules=rules) as bench:
        root, eve = alert(bench, JOB_ID), bench.workspace.add_person("eve")
        await ask(bench, "why?", root, user=eve)
        assert "Ask #cloud-security for access." in (await replied(bench))[0]["text"]
        assert bench.script.asked == []
        lines = await bench.trail(3)
        assert [(line.act, line.user) for line in lines if line.act is Act.REFUSAL] == [(Act.REFUSAL, eve)]


async def test_without_the_right_to_its_account_the_job_above_is_refused_once_it_is_known(redis_url: str) -> None:
    rules = Rules(grants=(Grant(accounts=("999900001111",), users=(ANA,)),))
    async with open_bench(redis_url, Script(DENIED), rules=rules) as bench:
        await ask(bench, "why?", alert(bench, JOB_ID))
        assert await asked(bench) == [JOB_ID]
        sent = str([message["blocks"] for message in await replied(bench)])
        assert "You may not ask about account" in sent
        assert "p-deny0001" not in sent


async def test_a_forwarded_message_is_read_with_what_is_written_beside_it(bench: Bench) -> None:
    direct = bench.workspace.direct_message(bench.user).id
    message = bench.workspace.write(direct, bench.user, "why?")
    forwarded = {"is_share": True, "text": "", "fields": [{"title": "Job", "value": JOB_ID}]}
    event = {**message, "attachments": [forwarded], "type": "message", "channel_type": "im", "channel": direct}
    assert (await bench.slack.event(event, event_id="Ev9")).status == 200
    assert await asked(bench) == [JOB_ID]


async def send(bench: Bench, message: Mapping[str, Any], kind: str = "app_mention", **members: Any) -> int:
    """Delivers a message to the bot, as its mention or as a message of a channel."""
    place = {"channel": bench.channel.id, "team": TEAM, "channel_type": "channel"}
    event = {**message, **place, "type": kind, **members}
    return (await bench.slack.event(event, event_id=bench.workspace.next_id("Ev"))).status


@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_an_alert_of_a_listed_bot_asks_by_itself(bench: Bench, kind: str) -> None:
    root = alert(bench, f"{JOB_ID} FAILED")
    assert await send(bench, root, kind) == 200
    assert await asked(bench) == [JOB_ID]
    assert {reply["thread_ts"] for reply in await replied(bench)} == {root["ts"]}
    assert bench.workspace.calls_of("chat.startStream") == [], "a stream has a person as its recipient"
    assert [line.user for line in await bench.trail(2)] == [ALERTS, ALERTS]


async def test_an_alert_that_is_delivered_twice_is_answered_once(bench: Bench) -> None:
    root = alert(bench, JOB_ID)
    assert [await send(bench, root, "message"), await send(bench, root)] == [200, 200]
    assert await asked(bench) == [JOB_ID]
    assert await bench.redis.xlen(STREAM) == 2


async def test_an_app_is_listed_by_its_id_too(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED), alert_bots=frozenset({"A0ALERTS"})) as bench:
        root = alert(bench, JOB_ID)
        profile = {"app_id": root.pop("app_id"), "name": "alerts"}
        await send(bench, root, bot_profile=profile)
        assert await asked(bench) == [JOB_ID]


async def test_a_webhook_without_a_user_may_ask(bench: Bench) -> None:
    root = alert(bench, JOB_ID, subtype="bot_message")
    del root["user"]
    await send(bench, root)
    assert await asked(bench) == [JOB_ID]


UNASKED = [
    pytest.param({"bot_id": "B0OTHER"}, id="a bot that is not listed"),
    pytest.param({"bot_id": ""}, id="nobody's id"),
    pytest.param({"thread_ts": "1.000000"}, id="a reply in a thread: it may be an answer to this bot"),
    pytest.param({"subtype": "message_changed"}, id="a change of an alert"),
    pytest.param({"attachments": [], "text": "all backups are well"}, id="an alert that names no job"),
    pytest.param({"text": OTHER}, id="an alert that names several jobs"),
]


@pytest.mark.parametrize("kind", ["app_mention", "message"])
@pytest.mark.parametrize("members", UNASKED)
async def test_what_a_bot_writes_is_else_no_question(bench: Bench, kind: str, members: dict[str, Any]) -> None:
    assert await send(bench, alert(bench, JOB_ID), kind, **members) == 200
    assert await bench.redis.xlen(STREAM) == 0, "what is taken is in the trail before Slack is answered"


@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_the_bot_does_not_answer_itself_though_it_is_listed(redis_url: str, kind: str) -> None:
    async with open_bench(redis_url, Script(DENIED), alert_bots=frozenset({BOT_ID, "A0BACKUPWHY"})) as bench:
        for own in {"bot_id": BOT_ID}, {"user": BOT, "app_id": "A0BACKUPWHY"}:
            assert await send(bench, alert(bench, JOB_ID), kind, **own) == 200
        assert await bench.redis.xlen(STREAM) == 0


async def test_an_alert_has_the_rights_of_its_channel_and_no_others(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = Grant(accounts=("222233334444",), channels=("C0ELSEWHERE",), groups=("S0EVERY",), users=("U0ALERTS",))
    for channels, expected in [((), []), (("C00000001",), [JOB_ID])]:
        rules = Rules(grants=(elsewhere, Grant(accounts=("222233334444",), channels=channels)))
        async with open_bench(redis_url, Script(DENIED), rules=rules, alert_bots=frozenset({ALERTS})) as bench:
            assert bench.channel.id == "C00000001"
            with caplog.at_level(logging.WARNING):
                assert await send(bench, alert(bench, JOB_ID)) == 200
            lines = await bench.trail(1)
            assert (lines[0].act is Act.REFUSAL) == (not expected)
            if expected:
                assert await asked(bench) == expected
            else:
                assert "You may not ask" in caplog.text
            assert bench.workspace.calls_of("chat.postEphemeral") == [], "a bot reads nothing"
            assert bench.workspace.calls_of("usergroups.users.list") == []
            await bench.redis.flushall()


async def test_with_no_worker_an_alert_is_kept_and_nobody_is_told(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED), worker=False, alert_bots=frozenset({ALERTS})) as bench:
        assert await send(bench, alert(bench, JOB_ID)) == 200
        assert await bench.redis.xlen(STREAM) == 1
        assert bench.workspace.calls_of("chat.postEphemeral") == []


@pytest.mark.parametrize("threaded", [True, False], ids=["in a thread", "in no thread"])
async def test_who_asked_where_the_bot_cannot_post_is_told_where_slack_shows_it(bench: Bench, threaded: bool) -> None:
    bench.workspace.streams = False
    bench.workspace.fail("chat.postMessage", *[Fault(error="restricted_action_read_only_channel")] * 2)
    thread = bench.workspace.write(bench.channel.id, bench.user, "it failed")["ts"] if threaded else None
    await bench.slack.write(bench.channel.id, f"<@{BOT}> {JOB_ID}", user=bench.user, thread=thread)
    told = (await bench.called("chat.postEphemeral")).args
    assert "Slack doesn't let me post here" in told["text"]
    assert told.get("thread_ts") == thread, "Slack shows nothing in a thread in which nobody has replied"


@pytest.mark.parametrize(
    ("preview", "more", "told"),
    [
        (f"job {JOB_ID}", {"lines_more": 40}, False),
        ("all is well", {"lines_more": 40}, True),
        ("all is well", {"preview_is_truncated": True}, True),
        ("all is well", {"lines_more": 0, "preview_is_truncated": False}, False),
    ],
)
async def test_where_slack_shows_only_the_beginning_of_a_file_that_is_said(
    bench: Bench, preview: str, more: dict[str, Any], told: bool
) -> None:
    direct = bench.workspace.direct_message(bench.user).id
    message = bench.workspace.write(direct, bench.user, "why?")
    files = [{"id": "F1", "name": "nightly.log", "mode": "snippet", "preview": preview, **more}]
    event = {**message, "subtype": "file_share", "files": files, "type": "message", "channel_type": "im"}
    assert (await bench.slack.event({**event, "channel": direct}, event_id="Ev9")).status == 200
    said = [call.args["text"] for call in bench.workspace.calls_of("chat.postEphemeral")]
    sentence = "I see only the beginning of nightly.log. If the job is further down, paste its ID."
    assert said == ([sentence] if told else [])


async def test_where_the_job_above_cannot_be_diagnosed_the_head_says_why(redis_url: str) -> None:
    gone = JobNotFoundError(f"There is no job {JOB_ID} in scope.")
    async with open_bench(redis_url, Script(gone)) as bench:
        await ask(bench, "why?", alert(bench, JOB_ID))
        await bench.answered()
        (reply,) = await replied(bench)
        assert "There is no job" in reply["text"]
        assert bench.slots() in ([], ["parent"]), "a stream has no metadata"


async def test_what_is_tried_again_goes_on_with_the_question_that_was_opened(bench: Bench) -> None:
    bench.workspace.streams = False
    bench.workspace.fail("chat.postMessage", *[Fault(error="internal_error")] * 2)
    await ask(bench, "why?", alert(bench, JOB_ID))
    await bench.answered()
    assert bench.slots().count("parent") == 1
    read = [call for call in bench.workspace.calls_of("conversations.replies") if call.args["limit"] == "1"]
    assert len(read) == 1, "the message above is read once; the others look for what was posted"
    questions = [line for line in await bench.trail(3) if line.act is Act.QUESTION]
    assert [line.about for line in questions] == ["a question in words", JOB_ID]
