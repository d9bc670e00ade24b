"""Who may ask, over signed HTTP: closed by default once configured, refusals that say why, the trail for admins."""

import json

import pytest

from bot.access.rules import Grant, People, Rules
from bot.diagnosis.events import Entered, Left
from bot.diagnosis.model import Verdict
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import ANA, Bench, Script, open_bench

ARN = f"arn:aws:backup:eu-west-1:333344445555:backup-job:{JOB_ID}"


def rules(*grants: Grant, admins: tuple[str, ...] = ()) -> Rules:
    return Rules(ask="#cloud-security", grants=grants, admins=People(users=admins))


async def lines(bench: Bench, count: int = 1) -> list[str]:
    return [f"{line.act} {line.about} {line.outcome}".strip() for line in await bench.trail(count)]


async def test_who_may_ask_about_nothing_is_refused_with_whom_to_ask(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=rules()) as bench:
        told = await bench.command(JOB_ID)
        assert told.body["response_type"] == "ephemeral"
        assert told.body["text"] == "You may not ask about any AWS account here. Ask #cloud-security for access."
        assert bench.script.asked == []
        assert not bench.channel.messages
        assert await lines(bench) == [f"refusal {JOB_ID} no right"]


async def test_an_account_that_is_named_and_not_granted_is_refused_before_anything_is_read(redis_url: str) -> None:
    granted = rules(Grant(accounts=("222233334444",), users=(ANA,)))
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=granted) as bench:
        assert "account 333344445555" in (await bench.command(ARN)).body["text"]
        assert bench.script.asked == []


async def test_a_job_that_turns_out_to_be_in_another_account_is_refused_without_a_word_of_it(redis_url: str) -> None:
    granted = rules(Grant(accounts=("111122223333",), users=(ANA,)))
    script = Script(
        diagnoses.denied(),
        [Entered("locate"), Left("locate", "a secret name"), Left("kms", "key secret", Verdict.BLOCKED)],
        live=True,
    )
    async with open_bench(redis_url, script, rules=granted) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        (message,) = bench.channel.messages.values()
        assert "You may not ask about account ********4444 here." in message["text"]
        sent = json.dumps([dict(call.args) for call in bench.workspace.calls])
        assert "secret" not in sent
        assert "blocked" not in sent
        assert "p-deny0001" not in sent
        assert (await lines(bench, 2))[-1] == f"refusal {JOB_ID} NotAllowedError"


async def test_a_channel_can_have_the_right_for_everybody_in_it(redis_url: str) -> None:
    granted = rules(Grant(accounts=("*",), channels=("C00000001",)))
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=granted) as bench:
        assert bench.channel.id == "C00000001"
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots()[-1] == "rest"


@pytest.mark.parametrize("text", ["audit", "audit export"])
async def test_the_trail_is_for_admins(redis_url: str, text: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        assert "Only admins may read the audit trail" in (await bench.command(text)).body["text"]
        assert await lines(bench) == ["refusal audit no admin"]


async def test_an_admin_sees_the_newest_lines_alone(redis_url: str) -> None:
    admin = rules(Grant(accounts=("*",), users=(ANA,)), admins=(ANA,))
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=admin) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        typed = await bench.command("audit")
        assert typed.body is None, "nobody in the channel sees that it was typed"
        told = await bench.called("response_url")
        assert told.args["response_type"] == "ephemeral"
        for word in ("question", "answer", "export", JOB_ID, "222233334444", ANA):
            assert word in str(told.args["blocks"])


async def test_an_admin_is_sent_the_whole_trail_as_a_file(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=rules(admins=(ANA,))) as bench:
        await bench.command("audit export")
        assert "the 1 line of" in (await bench.called("response_url")).args["text"]
        (file,) = bench.workspace.files.values()
        assert json.loads(file["content"])["act"] == "export"
        assert bench.workspace.direct_message(ANA).messages
