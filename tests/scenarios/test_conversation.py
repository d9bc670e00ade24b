"""Mentions, direct messages, shortcuts and the Home tab, over signed HTTP."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.access.audit import STREAM, Act
from bot.access.rules import Grant, Rules
from bot.diagnosis.failures import FailedJob
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import JobType
from bot.diagnosis.what_if import Effects, WhatIf
from bot.work.message_texts import texts
from sandbox.slack.block_kit import message_problems, view_problems
from sandbox.slack.workspace import TEAM, Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import ANA, Bench, Script, open_bench

OTHER = "7a1c2d3e-3b4a-4c5d-8e9f-0a1b2c3d4e5f"
DENIED = diagnoses.denied(
    diagnoses.scp_cause(), diagnoses.scp_cause(code="permission-missing", policy=None, actions=("ec2:CreateSnapshot",))
)
FAILED = FailedJob(
    JobReference(id=JOB_ID, account="222233334444", region="eu-west-1", type=JobType.BACKUP),
    "FAILED",
    datetime(2026, 11, 20, 5, tzinfo=UTC),
    "EBS",
    diagnoses.VOLUME,
)


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(DENIED), failures=[FAILED]) as opened:
        yield opened


async def said(bench: Bench, channel: str, count: int) -> list[dict[str, Any]]:
    """What the bot has said in a channel, once it is that many messages; each one that Slack would take."""
    messages = bench.workspace.channels[channel].messages

    def own() -> list[dict[str, Any]]:
        return [message for message in messages.values() if "bot_id" in message]

    await bench.until(lambda: len(own()) >= count)
    for message in own():
        assert message_problems(message["text"], message["blocks"]) == [] or message.get("files")
    return own()


async def test_a_mention_with_a_job_id_is_answered_in_its_thread(bench: Bench) -> None:
    await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID} please", user=bench.user)
    await bench.finished()
    asked, *answers = bench.channel.messages.values()
    assert len(answers) == 4
    assert {answer["thread_ts"] for answer in answers} == {asked["ts"]}


async def test_a_mention_that_slack_delivers_three_times_is_answered_once(bench: Bench) -> None:
    message = bench.workspace.write(bench.channel.id, bench.user, f"<@U0BACKUPWHY> {JOB_ID}")
    event = {**message, "type": "app_mention", "channel": bench.channel.id}
    for retry in range(3):
        assert (await bench.slack.event(event, event_id="Ev1", retry=retry)).status == 200
    await bench.finished()
    question = {**message, "type": "app_mention", "channel": bench.channel.id, "text": "what is a vault lock?"}
    before = len(bench.channel.messages)
    for retry in range(3):
        await bench.slack.event(question, event_id="Ev2", retry=retry)
    await said(bench, bench.channel.id, before)
    assert len(bench.script.asked) == 1
    assert bench.slots().count("parent") == 1
    assert len(bench.channel.messages) == before + 1


async def test_a_mention_with_an_error_text_is_read(bench: Bench) -> None:
    text = (
        "<@U0BACKUPWHY> User: arn:aws:sts::222233334444:assumed-role/Dev/ana is not authorized to perform: "
        "iam:PassRole on resource: arn:aws:iam::222233334444:role/backup-job because no identity-based policy "
        "allows the iam:PassRole action"
    )
    await bench.slack.write(bench.channel.id, text, user=bench.user)
    await bench.finished()
    (answer,) = await said(bench, bench.channel.id, 1)
    assert "Denied: iam:PassRole on role backup-job" in str(answer["blocks"])
    assert "iam:PassRole" in str(answer["blocks"])


async def test_a_mention_with_several_jobs_is_asked_which(bench: Bench) -> None:
    await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID} or {OTHER}?", user=bench.user)
    (answer,) = await said(bench, bench.channel.id, 1)
    assert "names 2 jobs" in answer["text"]
    assert bench.script.asked == []


FOLLOW_UPS = [
    ("what is the service-linked role?", "AWSServiceRoleForBackup"),
    ("what is a permissions boundary?", "boundary"),
    ("show me the trust policy", "job-role-policies"),
    ("who can fix this?", "organization admin"),
    ("how do I fix it", "Exempt the job role"),
    ("which policy is it?", "p-deny0001"),
    ("and the kms key?", "KMS key: clear"),
    ("what about the SCP", "Organization: blocked"),
    ("what does the vault say", "Vault: clear"),
    ("what could you not read?", "I read everything."),
    ("what was the message", "You are not authorized"),
    ("why?", "What to do"),
    ("<!channel> *bold*", "I don't have anything on"),
    ("help", "Ask me about this answer"),
]


@pytest.mark.parametrize(("question", "expected"), FOLLOW_UPS, ids=[question for question, _ in FOLLOW_UPS])
async def test_a_question_in_a_thread_is_answered_from_its_diagnosis_and_the_knowledge_base(
    bench: Bench, question: str, expected: str
) -> None:
    await bench.command(JOB_ID)
    await bench.finished()
    head = next(iter(bench.channel.messages.values()))
    before = len(bench.channel.messages)
    await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {question}", user=bench.user, thread=head["ts"])
    answer = (await said(bench, bench.channel.id, before + 1))[-1]
    assert expected in answer["text"] + str(answer["blocks"])
    assert answer["thread_ts"] == head["ts"]


async def test_what_a_change_would_do_is_examined_for_the_subject_of_the_thread(redis_url: str) -> None:
    examined: list[tuple[JobReference | str, WhatIf]] = []

    def effects(subject: JobReference | str, change: WhatIf) -> Effects:
        examined.append((subject, change))
        return Effects("", applies=True, before=DENIED.causes, after=())

    async with open_bench(redis_url, Script(DENIED), effects=effects) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        head = next(iter(bench.channel.messages.values()))
        before = len(bench.channel.messages)
        question = "what if I attach AWSBackupServiceRolePolicyForS3Backup?"
        await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {question}", user=bench.user, thread=head["ts"])
        answer = (await said(bench, bench.channel.id, before + 1))[-1]
    assert "would fix this" in answer["text"]
    assert examined == [(JobReference(id=JOB_ID), WhatIf("attach", "AWSBackupServiceRolePolicyForS3Backup"))]


async def test_without_a_right_to_the_account_a_thread_answers_no_question_about_it(redis_url: str) -> None:
    rules = Rules(grants=(Grant(accounts=("222233334444",), users=(ANA,)),))
    async with open_bench(redis_url, Script(DENIED), rules=rules) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        head = next(iter(bench.channel.messages.values()))
        before = len(bench.channel.messages)
        eve = bench.workspace.add_person("eve")
        await bench.slack.write(bench.channel.id, "<@U0BACKUPWHY> which policy is it?", user=eve, thread=head["ts"])
        answer = (await said(bench, bench.channel.id, before + 1))[-1]
        assert "p-deny0001" not in str(answer)


@pytest.mark.parametrize("threaded", [True, False], ids=["in a thread", "in no thread"])
@pytest.mark.parametrize("way", ["mention", "direct message"])
async def test_with_no_worker_whoever_writes_is_told_so_alone_where_slack_shows_it(
    redis_url: str, way: str, threaded: bool
) -> None:
    async with open_bench(redis_url, Script(DENIED), worker=False) as bench:
        channel = bench.channel if way == "mention" else bench.workspace.direct_message(bench.user)
        thread = bench.workspace.write(channel.id, bench.user, "it failed")["ts"] if threaded else None
        await bench.slack.write(channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user, thread=thread)
        told = (await bench.called("chat.postEphemeral")).args
        assert (told["channel"], told["user"], told.get("thread_ts")) == (channel.id, bench.user, thread)
        assert "no worker is running" in told["text"]


async def test_a_direct_message_is_answered_and_leads_to_the_next_questions(bench: Bench) -> None:
    direct = bench.workspace.direct_message(bench.user).id
    await bench.slack.write(direct, f"why did {JOB_ID} fail?", user=bench.user)
    await bench.finished()
    await bench.called("assistant.threads.setSuggestedPrompts")
    titles = [prompt["title"] for prompt in bench.workspace.prompts[direct]]
    assert titles == ["How do I fix it?", "Who can fix it?", "Show me the trust policy"]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"type": "message", "channel_type": "im", "bot_id": "B1"}, id="a bot's direct message"),
        pytest.param({"type": "message", "channel_type": "im", "subtype": "message_changed"}, id="an edit"),
        pytest.param({"type": "message", "channel_type": "channel"}, id="a message that mentions nobody"),
        pytest.param({"type": "app_mention", "bot_id": "B1"}, id="a bot's mention"),
    ],
)
async def test_what_is_not_said_to_the_bot_by_somebody_is_not_taken(bench: Bench, members: dict[str, str]) -> None:
    event = {"channel": bench.channel.id, "user": "U1", "ts": "1.0", "text": JOB_ID, "team": TEAM}
    assert (await bench.slack.event({**event, **members}, event_id="Ev1")).status == 200
    assert await bench.redis.xlen(STREAM) == 0, "what is taken is in the trail before Slack is answered"
    said_by_somebody = {**event, "type": "app_mention"}
    await bench.slack.event(said_by_somebody, event_id="Ev2")
    assert await bench.redis.xlen(STREAM) == 1


def test_every_text_of_an_alert_is_read_and_nothing_else() -> None:
    alert = {
        "text": "one",
        "ts": "5.0",
        "user": JOB_ID,
        "attachments": [{"title": "two", "id": 7, "fields": [{"title": "three", "value": "four"}], "fallback": "five"}],
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "six"}, "block_id": "none"}],
    }
    assert list(texts(alert)) == ["one", "two", "three", "four", "five", "six"]


async def test_with_no_worker_whoever_uses_a_shortcut_is_told_so(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED), worker=False) as bench:
        alert = bench.workspace.write(bench.channel.id, bench.user, JOB_ID)
        await bench.slack.shortcut("why_failed", user=bench.user, channel=bench.channel.id, ts=alert["ts"])
        assert "no worker is running" in (await bench.called("response_url")).args["text"]
        view = {"type": "modal", "callback_id": "pick_failed_job"}
        option = {"value": f"backup|222233334444|eu-west-1|{OTHER}"}
        values = {"job": {"selected_option": option}, "channel": {"selected_conversation": bench.channel.id}}
        await bench.slack.submit(view, values, user=bench.user)
        assert "no worker is running" in (await bench.called("chat.postEphemeral")).args["text"]


async def test_who_picked_a_job_is_told_at_the_response_url_of_the_channel(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED), worker=False) as bench:
        option = {"value": f"backup|222233334444|eu-west-1|{JOB_ID}"}
        state = {
            "job": {"job": {"selected_option": option}},
            "channel": {"channel": {"selected_conversation": bench.channel.id}},
        }
        view = {"type": "modal", "callback_id": "pick_failed_job", "state": {"values": state}}
        urls = [{"response_url": bench.workspace.response_url(bench.channel.id, bench.user)} for _ in range(2)]
        payload = bench.slack.interaction_payload("view_submission", user=bench.user)
        await bench.slack.interaction({**payload, "view": view, "response_urls": urls})
        assert "no worker is running" in (await bench.called("response_url")).args["text"]


async def test_each_use_of_a_shortcut_is_a_question_of_its_own(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED), worker=False) as bench:
        for job in JOB_ID, OTHER:
            alert = bench.workspace.write(bench.channel.id, bench.user, job)
            await bench.slack.shortcut("why_failed", user=bench.user, channel=bench.channel.id, ts=alert["ts"])
        for job in JOB_ID, OTHER:
            view = {"type": "modal", "callback_id": "pick_failed_job"}
            option = {"value": f"backup|222233334444|eu-west-1|{job}"}
            values = {"job": {"selected_option": option}, "channel": {"selected_conversation": bench.channel.id}}
            await bench.slack.submit(view, values, user=bench.user)
        assert await bench.redis.xlen(STREAM) == 4, "what is taken is in the trail before Slack is answered"
        lines = [(line.act, line.about) for line in await bench.trail(4)]
        assert lines == [(Act.QUESTION, job) for job in (JOB_ID, OTHER, JOB_ID, OTHER)]


@pytest.mark.parametrize(
    "value",
    [
        "nothing",
        "|||",
        f"dance|222233334444|eu-west-1|{JOB_ID}",
        "backup|222233334444|eu-west-1|x",
        f"backup|222233334444|eu-west-1|job {JOB_ID}",
        f"backup|me|eu-west-1|{JOB_ID}",
        f"backup|222233334444|mars|{JOB_ID}",
    ],
)
async def test_a_job_that_the_form_does_not_offer_is_none_of_slacks_requests(bench: Bench, value: str) -> None:
    view = {"type": "modal", "callback_id": "pick_failed_job"}
    values = {"job": {"selected_option": {"value": value}}, "channel": {"selected_conversation": bench.channel.id}}
    assert (await bench.slack.submit(view, values, user=bench.user)).status == 400
    assert await bench.redis.xlen(STREAM) == 0


async def test_what_slack_shows_of_a_file_is_read_in_a_direct_message(bench: Bench) -> None:
    direct = bench.workspace.direct_message(bench.user).id
    message = bench.workspace.write(direct, bench.user, "why?")
    shared = {"subtype": "file_share", "files": [{"id": "F1", "mode": "snippet", "preview": f"job {JOB_ID} FAILED"}]}
    event = {**message, **shared, "type": "message", "channel_type": "im", "channel": direct}
    assert (await bench.slack.event(event, event_id="Ev9")).status == 200
    await bench.finished()
    assert [job.id for job in bench.script.asked] == [JOB_ID]


async def test_in_a_direct_message_a_question_refers_to_the_latest_answer(bench: Bench) -> None:
    direct = bench.workspace.direct_message(bench.user).id
    await bench.slack.write(direct, f"why did {JOB_ID} fail?", user=bench.user)
    await bench.finished()
    before = len(bench.workspace.channels[direct].messages)
    await bench.slack.write(direct, "who must change what?", user=bench.user)
    answer = (await said(bench, direct, before))[-1]
    assert "organization admin" in answer["text"]
    assert f"About job {JOB_ID}" in str(answer["blocks"])


async def test_is_it_fixed_looks_again_and_says_what_was_found(bench: Bench) -> None:
    await bench.command(JOB_ID)
    await bench.finished()
    head = next(iter(bench.channel.messages.values()))
    before = len(bench.channel.messages)
    await bench.slack.write(bench.channel.id, "<@U0BACKUPWHY> is it fixed?", user=bench.user, thread=head["ts"])
    answer = (await said(bench, bench.channel.id, before + 1))[-1]
    assert len(bench.script.asked) == 2
    assert "Checked again" in str(answer["blocks"])


async def test_failed_jobs_are_listed_when_asked_for(bench: Bench) -> None:
    await bench.slack.write(bench.channel.id, "<@U0BACKUPWHY> which jobs failed?", user=bench.user)
    (answer,) = await said(bench, bench.channel.id, 1)
    assert f"/backup-why {JOB_ID}" in str(answer["blocks"])


def test_what_a_button_is_worth_is_no_text_of_a_message() -> None:
    button = {"type": "button", "action_id": "open", "value": JOB_ID, "text": {"type": "plain_text", "text": "Open"}}
    assert list(texts({"blocks": [{"type": "actions", "elements": [button]}]})) == ["Open"]


async def test_the_message_shortcut_finds_the_job_in_an_alert_of_another_bot(bench: Bench) -> None:
    alert = bench.workspace.write(
        bench.channel.id,
        "B0ALERTS",
        "",
        bot_id="B0ALERTS",
        attachments=[{"fields": [{"title": "Job", "value": JOB_ID}, {"title": "State", "value": "FAILED"}]}],
    )
    await bench.slack.shortcut("why_failed", user=bench.user, channel=bench.channel.id, ts=alert["ts"])
    await bench.finished()
    answers = list(bench.channel.messages.values())[1:]
    assert {answer["thread_ts"] for answer in answers} == {alert["ts"]}


async def test_the_message_shortcut_reads_an_event_in_json(bench: Bench) -> None:
    event = {
        "source": "aws.backup",
        "account": "222233334444",
        "region": "eu-west-1",
        "detail": {"backupJobId": JOB_ID},
    }
    alert = bench.workspace.write(bench.channel.id, "B0ALERTS", f"```{json.dumps(event)}```")
    await bench.slack.shortcut("why_failed", user=bench.user, channel=bench.channel.id, ts=alert["ts"])
    await bench.finished()
    assert bench.script.asked[0].account == "222233334444"


async def test_the_global_shortcut_lists_failed_jobs_and_answers_the_one_that_is_picked(bench: Bench) -> None:
    await bench.slack.shortcut("pick_failed", user=bench.user)
    await bench.called("views.update")
    (view,) = bench.workspace.views.values()
    assert view_problems({key: value for key, value in view.items() if key not in ("id", "app_id")}) == []
    (option,) = view["blocks"][1]["element"]["options"]
    assert option["text"]["text"] == "20 Nov 05:00 EBS backup job vol-0a1b2c3d4e5f60718 in 222233334444"
    values = {"job": {"selected_option": option}, "channel": {"selected_conversation": bench.channel.id}}
    await bench.slack.submit(view, values, user=bench.user)
    await bench.finished()
    assert bench.script.asked == [FAILED.job]
    assert bench.slots()[0] == "parent"


async def test_only_jobs_that_may_be_asked_about_are_listed(redis_url: str) -> None:
    rules = Rules(grants=(Grant(accounts=("111122223333",), users=(ANA,)),))
    async with open_bench(redis_url, Script(DENIED), rules=rules, failures=[FAILED]) as bench:
        await bench.slack.shortcut("pick_failed", user=bench.user)
        await bench.called("views.update")
        assert "no job that failed" in str(bench.workspace.views)
        assert JOB_ID not in str(bench.workspace.views)


async def test_the_home_tab_tells_of_the_latest_answers_and_opens_the_picker(bench: Bench) -> None:
    await bench.slack.open_home(user=bench.user)
    await bench.called("views.publish")
    assert "None yet." in str(bench.workspace.homes[bench.user])
    await bench.command(JOB_ID)
    await bench.finished()
    await bench.slack.open_home(user=bench.user)
    await bench.called("views.publish", 2)
    view = bench.workspace.homes[bench.user]
    assert view_problems({key: value for key, value in view.items() if key not in ("id", "app_id")}) == []
    assert JOB_ID in str(view)
    assert "https://local.slack.com/archives/" in str(view)
    payload = bench.slack.interaction_payload("block_actions", user=bench.user)
    pressed = {"type": "button", "action_id": "open_picker", "block_id": "b", "value": "home", "action_ts": "1.0"}
    await bench.slack.interaction({**payload, "view": view, "actions": [pressed]})
    await bench.called("views.update")


async def test_the_messages_tab_suggests_what_to_ask(bench: Bench) -> None:
    await bench.slack.open_home(user=bench.user, tab="messages")
    await bench.called("assistant.threads.setSuggestedPrompts")
    prompts = bench.workspace.prompts[bench.workspace.direct_message(bench.user).id]
    assert {"title": "What can you do?", "message": "help"} in prompts


async def test_an_error_in_an_event_is_told_to_the_asker_alone_in_the_thread(bench: Bench) -> None:
    bench.workspace.fail("conversations.info", Fault(error="fatal_error"))
    await bench.redis.set("backup-why:audit", "no stream")
    await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {JOB_ID}", user=bench.user)
    told = await bench.called("chat.postEphemeral")
    assert "the reference" in told.args["text"]


async def test_in_a_shared_channel_accounts_and_documents_are_masked_everywhere(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED)) as bench:
        bench.channel.shared = True
        await bench.command(JOB_ID)
        await bench.finished()
        head = next(iter(bench.channel.messages.values()))
        await bench.slack.press(bench.channel.id, head["ts"], "show_details", user=bench.user)
        await bench.called("views.update")
        before = len(bench.channel.messages)
        await bench.slack.write(bench.channel.id, "<@U0BACKUPWHY> how do I fix it?", user=bench.user, thread=head["ts"])
        await said(bench, bench.channel.id, before + 1)
        sent = json.dumps([dict(call.args) for call in bench.workspace.calls])
        assert "222233334444" not in sent
        assert "********4444" in sent
        assert "aws organizations update-policy" not in sent
