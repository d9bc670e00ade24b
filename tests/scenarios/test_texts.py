"""Pasted error texts: what they name is evaluated against AWS, and the answer has the fixes in its thread."""

import asyncio
import json

import pytest

from bot.access.audit import Act, Audit
from bot.access.rules import Grant, Rules
from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.run import Diagnostician
from bot.settings import Settings
from sandbox.stage import on_stage
from tests.replies import diagnoses
from tests.scenarios.bench import ANA, PATIENCE, Bench, Script, open_bench

ROLE = "arn:aws:iam::444455556666:role/service-role/AWSBackupDefaultServiceRole"
DENIED = (
    "User: arn:aws:sts::444455556666:assumed-role/AWSBackupDefaultServiceRole/AWSBackup-AWSBackupDefaultServiceRole is "
    "not authorized to perform: backup:CopyIntoBackupVault on resource: "
    "arn:aws:backup:us-east-1:777788889999:backup-vault:fort-knox with an explicit deny in a service control policy"
)


def diagnose(job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
    return Diagnostician(settings).diagnose(job, observe=observe)


async def test_a_text_typed_with_the_command_is_evaluated_in_the_policies_of_today() -> None:
    async with on_stage(diagnose) as stage:
        posted = asyncio.Event()
        stage.workspace.watch(lambda call: posted.set() if call.method == "chat.postMessage" else None)
        await stage.slack.command("/backup-why", DENIED, channel=stage.channel.id, user=stage.user)
        await asyncio.wait_for(posted.wait(), PATIENCE)
        answer = list(stage.channel.messages.values())[-1]
        told = answer["text"] + json.dumps(answer["blocks"])
        assert "scp-denied" in told
        assert "OnlyVaultAccount" in told
        assert "What the policies in AWS say now" in told


async def test_the_fix_of_the_call_that_a_text_names_stands_in_its_thread() -> None:
    async with on_stage(diagnose) as stage:
        posted = asyncio.Event()
        stage.workspace.watch(lambda call: posted.set() if "thread_ts" in call.args else None)
        await stage.slack.command("/backup-why", DENIED, channel=stage.channel.id, user=stage.user)
        await asyncio.wait_for(posted.wait(), PATIENCE)
        *_, answer, fix = stage.channel.messages.values()
        assert fix["thread_ts"] == answer["ts"]
        told = json.dumps(fix["blocks"])
        assert "aws organizations update-policy" in told
        assert "evaluated again with this change" in told


async def answered(bench: Bench, count: int = 1) -> str:
    message = (await bench.posted(count))[count - 1]
    return f"{message['text']} {json.dumps(message['blocks'])}"


async def acts(bench: Bench) -> list[Act]:
    """What the audit trail has, once an answer is in it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            noted = [line.act for line in await Audit(bench.redis).last(10)]
            if Act.ANSWER in noted:
                return noted
            await asyncio.sleep(0.02)


async def test_a_text_about_an_account_that_may_not_be_asked_about_is_refused(redis_url: str) -> None:
    rules = Rules(ask="#cloud-security", grants=(Grant(accounts=("111122223333",), users=(ANA,)),))
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=rules) as bench:
        await bench.command(DENIED)
        told = await answered(bench)
        assert "You may not ask about account 444455556666 here. Ask #cloud-security" in told
        assert "scp-denied" not in told


async def test_who_may_ask_about_nothing_gets_no_text_read(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=Rules()) as bench:
        await bench.command(DENIED)
        assert "may not ask about any AWS account" in (await bench.called("response_url")).args["text"]
        assert not bench.channel.messages


async def test_a_text_in_a_shared_channel_is_answered_without_account_ids(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        shared = bench.workspace.add_channel("partners", shared=True)
        await bench.command(DENIED, channel=shared)
        await bench.until(lambda: bool(shared.messages))
        (message,) = shared.messages.values()
        assert "444455556666" not in message["text"] + json.dumps(message["blocks"])


async def test_a_delivery_that_is_repeated_is_answered_once_and_audited(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        message = bench.workspace.write(bench.channel.id, bench.user, f"<@U0BACKUPWHY> {DENIED}")
        event = {**message, "type": "app_mention", "channel": bench.channel.id}
        for retry in range(3):
            await bench.slack.event(event, event_id="Ev1", retry=retry)
        await bench.slack.event({**event, "text": "<@U0BACKUPWHY> what is a vault lock?"}, event_id="Ev2")
        await bench.posted(3)
        assert (await acts(bench)).count(Act.ANSWER) == 1
        assert bench.slots() == ["parent"]


@pytest.mark.parametrize("text", ["The vault is on fire", "Something failed"])
async def test_a_text_of_no_known_form_teaches(redis_url: str, text: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        answer = await bench.command(text)
        assert "names no job" in answer.body["text"]
