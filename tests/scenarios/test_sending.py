"""Who may send a message to an owner through the bot, and what the owner reads: decided again when the form is sent.

A form is data of whoever sends it: that the bot once opened it for somebody gives nobody a right.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.access.rules import Grant, Rules
from bot.diagnosis.model import Diagnosis
from bot.work.refusing import OUTSIDERS
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.replies.kinds import MINE, OTHER
from tests.replies.reading_along import account_ids
from tests.scenarios.bench import ANA, Bench, Script, open_bench

COPY: Diagnosis = diagnoses.denied(
    job=diagnoses.job(destination_vault=f"arn:aws:backup:eu-west-1:{OTHER}:backup-vault:safe"),
    summary=f"A service control policy denies the copy to {OTHER}.",
)
EVE, STRANGER = "U00000003", "U00000004"


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    """A copy's answer; ana may ask about both accounts and one more person, of another organization, may too."""
    everybody = Rules(ask="#cloud-security", grants=(Grant(accounts=("*",), users=(ANA, STRANGER)),))
    async with open_bench(redis_url, Script(COPY), rules=everybody) as opened:
        await opened.command(JOB_ID)
        await opened.finished()
        assert [opened.workspace.add_person(name) for name in ("eve", "stranger")] == [EVE, STRANGER]
        yield opened


async def send(bench: Bench, *, user: str, owner: str, team: str | None = None, text: str = "please") -> None:
    """Sends the form that was opened for ana, as another person or as herself."""
    top = next(message for message in bench.channel.messages.values() if "metadata" in message)
    await bench.slack.press(bench.channel.id, top["ts"], "ask_owner", user=ANA)
    view = (await bench.called("views.update")).response["view"]
    values = {"to": {"to": {"selected_user": owner}}, "text": {"text": {"value": text}}}
    payload = bench.slack.interaction_payload("view_submission", user=user)
    who = {**payload["user"], "team_id": team or payload["user"]["team_id"]}
    sent = {**payload, "user": who, "view": {**view, "state": {"values": values}}, "response_urls": []}
    await bench.slack.interaction(sent)


async def told(bench: Bench, user: str) -> str:
    """What the sender is told, once they are: directly, since a form stands in no channel."""
    await bench.until(lambda: bool(messages_to(bench, user)))
    return str(messages_to(bench, user)[-1]["text"])


def messages_to(bench: Bench, owner: str) -> list[Any]:
    return list(bench.workspace.direct_message(owner).messages.values())


async def test_who_may_not_ask_about_the_account_sends_nothing(bench: Bench) -> None:
    olga = bench.workspace.add_person("olga")
    await send(bench, user=EVE, owner=olga)
    assert "You may not ask about" in await told(bench, EVE)
    assert messages_to(bench, olga) == []
    assert bench.workspace.calls_of("conversations.open") == []
    assert [f"{line.act} {line.user} {line.outcome}" for line in await bench.trail(4)][-1] == f"refusal {EVE} no right"


async def test_nobody_of_another_organization_sends_anything(bench: Bench) -> None:
    olga = bench.workspace.add_person("olga")
    await send(bench, user=STRANGER, owner=olga, team="T0THEIRS")
    assert await told(bench, STRANGER) == OUTSIDERS
    assert messages_to(bench, olga) == []
    assert bench.workspace.calls_of("conversations.open") == []


async def test_the_refusal_of_somebody_of_another_organization_names_no_account(bench: Bench) -> None:
    await send(bench, user=EVE, owner=ANA, team="T0THEIRS")
    refusal = await told(bench, EVE)
    assert "You may not ask about" in refusal
    assert account_ids(refusal) == set()


@pytest.mark.parametrize(("shared", "readable"), [(False, {MINE}), (True, set[str]())])
async def test_an_owner_of_another_organization_reads_no_account(
    bench: Bench, shared: bool, readable: set[str]
) -> None:
    olga = bench.workspace.add_person("olga")
    bench.workspace.direct_message(olga).shared = shared
    await send(bench, user=ANA, owner=olga, text=f"account {MINE}, please")
    await bench.until(lambda: bool(messages_to(bench, olga)))
    (message,) = messages_to(bench, olga)
    assert account_ids([message["text"], message["blocks"]]) == readable
