"""Pasted error texts: what they name is evaluated against AWS, and the answer has the fixes in its thread."""

import asyncio
import json
from typing import Any

import pytest

from bot.access.audit import Act
from bot.access.rules import Grant, Rules
from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.run import Diagnostician
from bot.settings import Settings
from sandbox.slack.workspace import BOT
from sandbox.stage import Stage, on_stage
from tests.replies import diagnoses
from tests.scenarios.bench import ANA, Script, open_bench, until

ROLE = "arn:aws:iam::444455556666:role/service-role/AWSBackupDefaultServiceRole"
DENIED = (
    "User: arn:aws:sts::444455556666:assumed-role/AWSBackupDefaultServiceRole/AWSBackup-AWSBackupDefaultServiceRole is "
    "not authorized to perform: backup:CopyIntoBackupVault on resource: "
    "arn:aws:backup:us-east-1:777788889999:backup-vault:fort-knox with an explicit deny in a service control policy"
)


def diagnose(job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
    return Diagnostician(settings).diagnose(job, observe=observe)


async def answered(stage: Stage) -> list[dict[str, Any]]:
    """The messages of the answer to the text, once all of them are there."""
    await stage.slack.command("/backup-why", DENIED, channel=stage.channel.id, user=stage.user)
    await until(lambda: stage.threads.latest(stage.user))
    return [message for message in stage.channel.messages.values() if message["user"] == BOT]


async def test_a_text_typed_with_the_command_is_evaluated_in_the_policies_of_today() -> None:
    async with on_stage(diagnose) as stage:
        head, *_ = await answered(stage)
        told = head["text"] + json.dumps(head["blocks"])
        assert "Denied: backup:CopyIntoBackupVault on vault fort-knox" in told
        assert "OnlyVaultAccount" in told
        assert "Organization admin: " in told


async def test_a_text_gets_what_a_job_gets_progress_evidence_fixes_and_buttons() -> None:
    async with on_stage(diagnose) as stage:
        head, *replies = await answered(stage)
        assert {reply["thread_ts"] for reply in replies} == {head["ts"]}
        slots = [reply["metadata"]["event_payload"]["slot"] for reply in replies]
        assert slots == ["fix", "denies", "rest"]
        fix = json.dumps(replies[0]["blocks"])
        assert "aws organizations update-policy" in fix
        assert "Verified." in json.dumps(head["blocks"])
        first = stage.workspace.calls_of("chat.postMessage")[0]
        assert "Looking into an error text" in first.args["text"]
        assert {"show_fix", "ask_owner", "show_details", "check_again"} <= {
            element.get("action_id") for block in head["blocks"] for element in block.get("elements", ())
        }


async def test_a_text_is_checked_again() -> None:
    async with on_stage(diagnose) as stage:
        head, *_ = await answered(stage)
        changed = asyncio.Event()
        stage.workspace.watch(lambda call: changed.set() if ": still denied." in str(call.args.get("blocks")) else None)
        await stage.slack.press(stage.channel.id, head["ts"], "check_again", user=stage.user)
        await changed.wait()


async def test_a_text_about_an_account_that_may_not_be_asked_about_is_refused(redis_url: str) -> None:
    rules = Rules(ask="#cloud-security", grants=(Grant(accounts=("111122223333",), users=(ANA,)),))
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=rules) as bench:
        await bench.command(DENIED)
        await bench.finished()
        (message,) = bench.channel.messages.values()
        told = f"{message['text']} {json.dumps(message['blocks'])}"
        assert "You may not ask about account ********6666 here. Ask #cloud-security" in told
        assert "scp-denied" not in told


async def test_who_may_ask_about_nothing_gets_no_text_read(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=Rules()) as bench:
        told = await bench.command(DENIED)
        assert "may not ask about any AWS account" in told.body["text"]
        assert not bench.channel.messages


async def test_a_text_in_a_shared_channel_is_answered_without_account_ids(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        shared = bench.workspace.add_channel("partners", shared=True)
        await bench.command(DENIED, channel=shared)
        await bench.finished()
        (message,) = shared.messages.values()
        assert "444455556666" not in message["text"] + json.dumps(message["blocks"])


async def test_a_delivery_that_is_repeated_is_answered_once_and_audited(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        message = bench.workspace.write(bench.channel.id, bench.user, f"<@U0BACKUPWHY> {DENIED}")
        event = {**message, "type": "app_mention", "channel": bench.channel.id}
        for retry in range(3):
            await bench.slack.event(event, event_id="Ev1", retry=retry)
        await bench.finished()
        lines = await bench.trail(2)
        assert [(line.act, line.about) for line in lines] == [
            (Act.QUESTION, "an error text"),
            (Act.ANSWER, "an error text"),
        ]
        assert len([message for message in bench.channel.messages.values() if message["user"] == BOT]) == 1


async def test_the_same_text_again_is_pointed_to_its_thread(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(DENIED)
        await bench.finished()
        before = len(bench.channel.messages)
        await bench.command(DENIED, user=bench.workspace.add_person("ben"))
        assert "asked here a moment ago" in (await bench.called("response_url")).args["text"]
        assert len(bench.channel.messages) == before


@pytest.mark.parametrize("text", ["The vault is on fire", "Something failed"])
async def test_a_text_of_no_known_form_teaches(redis_url: str, text: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        answer = await bench.command(text)
        assert "isn't a job ID" in answer.body["text"]
