"""`/backup-why` from the signed request to the thread, against the recorded Web API."""

import asyncio
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from bot.diagnosis.events import STATES, Entered, Left, Progress
from bot.diagnosis.model import Verdict
from bot.errors import JobNotFoundError
from bot.work.progress import EDIT_SECONDS
from sandbox.slack.block_kit import message_problems
from sandbox.slack.workspace import Call
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied())) as opened:
        yield opened


async def test_a_job_id_becomes_a_verdict_and_a_thread_with_each_layer_and_the_fix(bench: Bench) -> None:
    acknowledged = await bench.command(JOB_ID)
    assert (acknowledged.status, acknowledged.body) == (200, {"text": "", "response_type": "in_channel"})
    await bench.finished()
    parent, *replies = bench.channel.messages.values()
    assert bench.slots() == ["parent", "fix", "denies", "rest"]
    assert parent["text"].startswith("Denied. A service control policy")
    assert {reply["thread_ts"] for reply in replies} == {parent["ts"]}
    assert [job.id for job in bench.script.asked] == [JOB_ID]


async def test_every_message_that_is_sent_is_one_that_slack_takes(bench: Bench) -> None:
    bench.script.events = [Entered("locate"), Left("locate", "found"), Left("kms", "clear", Verdict.CLEAR)]
    bench.script.live = True
    await bench.command(JOB_ID)
    await bench.finished()
    sent = [call for call in bench.workspace.calls if call.method in ("chat.postMessage", "chat.update")]
    assert len(sent) > 4
    for call in sent:
        assert call.response["ok"]
        assert message_problems(call.args["text"], call.args["blocks"]) == []


async def test_the_head_is_a_live_checklist_until_it_is_the_verdict(bench: Bench) -> None:
    bench.script.events = [
        event
        for state in STATES
        for event in (Entered(state), Progress(state, 1, 2), Left(state, f"{state} looked at"))
    ]
    bench.script.live = True
    await bench.command(JOB_ID)
    await bench.finished()
    edits = [call.args["text"] for call in bench.workspace.calls_of("chat.update")]
    assert any("Vault is being checked" in text for text in edits)
    assert edits[-1].startswith("Denied.")


async def test_the_head_is_not_edited_again_before_a_pause_is_over(redis_url: str) -> None:
    pauses = []

    async def endless(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.Event().wait()

    class Hurried(Script):
        """It waits until its first event is shown, and then no longer than an edit too many would take."""

        def see(self, call: Call) -> None:
            super().see(call)
            self.live = False
            self.seconds = 0.01

    script = Hurried(diagnoses.denied(), [Entered(state) for state in STATES] * 3, live=True)
    async with open_bench(redis_url, script, pause=endless) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        *checklists, verdict = bench.workspace.calls_of("chat.update")
        assert len(checklists) == 1
        assert verdict.args["text"].startswith("Denied.")
        assert pauses == [EDIT_SECONDS]


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP"])
async def test_without_a_job_it_teaches_the_asker_alone(bench: Bench, text: str) -> None:
    acknowledged = await bench.command(text)
    assert acknowledged.body["response_type"] == "ephemeral"
    assert "Give me an AWS Backup job ID" in acknowledged.body["text"]
    assert message_problems(acknowledged.body["text"], acknowledged.body["blocks"]) == []
    assert bench.script.asked == []


async def test_with_no_worker_the_asker_alone_is_told_so(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        acknowledged = await bench.command(JOB_ID)
        assert "no worker is running" in acknowledged.body["text"]
        assert acknowledged.body["response_type"] == "ephemeral"


async def test_what_is_no_job_id_is_told_in_a_sentence_and_teaches(bench: Bench) -> None:
    acknowledged = await bench.command("the <!channel> backup of yesterday")
    assert acknowledged.body["response_type"] == "ephemeral"
    assert "isn't a job ID" in acknowledged.body["text"]
    assert "<!channel>" not in acknowledged.body["text"]
    assert message_problems(acknowledged.body["text"], acknowledged.body["blocks"]) == []
    assert not bench.channel.messages


async def test_an_error_with_a_sentence_stays_in_the_thread_as_that_sentence(bench: Bench) -> None:
    bench.script.result = JobNotFoundError("No account and Region in scope knows this job: check the id.")
    await bench.command(JOB_ID)
    await bench.called("chat.update")
    (message,) = bench.channel.messages.values()
    assert message["text"].endswith("No account and Region in scope knows this job: check the id.")


async def test_an_unexpected_error_is_told_by_its_reference_alone(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.script.result = RuntimeError("the secret is hunter2")
    await bench.command(JOB_ID)
    await bench.called("chat.update")
    (message,) = bench.channel.messages.values()
    reference = message["text"].split()[-1].rstrip(".")
    assert "hunter2" not in str(message)
    assert reference in caplog.text
    assert "hunter2" in caplog.text


async def test_after_an_error_the_same_question_is_answered_afresh(bench: Bench) -> None:
    bench.script.result = JobNotFoundError("Not found.")
    await bench.command(JOB_ID)
    await bench.called("chat.update")
    bench.script.result = diagnoses.denied()
    await bench.command(JOB_ID)
    await bench.until(lambda: bench.slots().count("fix") == 1)
    assert bench.slots().count("parent") == 2


async def test_the_same_question_again_is_pointed_to_its_thread(bench: Bench) -> None:
    await bench.command(JOB_ID)
    await bench.finished()
    before = len(bench.channel.messages)
    other = bench.workspace.add_person("ben")
    await bench.command(JOB_ID.upper(), user=other)
    await bench.until(lambda: len(bench.workspace.ephemeral) == 1)
    (pointer,) = bench.workspace.ephemeral
    head = next(iter(bench.channel.messages.values()))
    assert pointer["user"] == other
    assert head["ts"].replace(".", "") in pointer["text"]
    await bench.command(JOB_ID, user=bench.workspace.add_person("eve"))
    await bench.until(lambda: len(bench.workspace.ephemeral) == 2)
    assert bench.workspace.ephemeral[1]["text"] == pointer["text"], "who asks second takes nothing over"
    assert len(bench.channel.messages) == before


async def test_the_same_question_in_another_channel_has_an_answer_there(bench: Bench) -> None:
    elsewhere = bench.workspace.add_channel("elsewhere")
    await bench.command(JOB_ID)
    await bench.command(JOB_ID, channel=elsewhere)
    await bench.finished()
    assert len(bench.channel.messages) == len(elsewhere.messages) == 4


async def test_a_request_that_is_delivered_again_does_nothing_twice(bench: Bench) -> None:
    payload = urlencode(bench.slack.command_payload("/backup-why", JOB_ID, channel=bench.channel.id, user=bench.user))
    for _ in range(3):
        assert (await bench.slack.send(payload, form=True)).status == 200
    await bench.finished()
    assert (await bench.slack.send(payload, form=True)).status == 200
    elsewhere = bench.workspace.add_channel("elsewhere")
    await bench.command(JOB_ID, channel=elsewhere)
    await bench.until(lambda: len(elsewhere.messages) > 0)
    await bench.finished()
    assert len(bench.script.asked) == 2, "once here, and once for the question that came last"
    assert bench.slots().count("parent") == 1
    assert bench.workspace.ephemeral == []


async def test_where_the_bot_may_not_post_the_asker_is_told_to_invite_it(bench: Bench) -> None:
    private = bench.workspace.add_channel("secret", private=True, has_bot=False)
    await bench.command(JOB_ID, channel=private)
    assert "/invite" in (await bench.called("response_url")).args["text"]


async def test_a_wrong_or_stale_or_missing_signature_is_refused(bench: Bench) -> None:
    body = "command=%2Fbackup-why&text=x"
    wrong = await bench.slack.send(body, form=True, signature="v0=" + "0" * 64)
    stale = await bench.slack.send(body, form=True, at=time.time() - 301)
    early = await bench.slack.send(body, form=True, at=time.time() + 301)
    odd = await bench.slack.send(body, form=True, headers={"X-Slack-Request-Timestamp": "soon"})
    assert [answer.status for answer in (wrong, stale, early, odd)] == [401, 401, 401, 401]
    assert bench.workspace.calls == []


async def test_a_command_that_nobody_handles_is_not_found(bench: Bench) -> None:
    unknown = await bench.slack.command("/backup-unknown", "", channel=bench.channel.id, user=bench.user)
    assert unknown.status == 404
