"""Slack Connect: through no entry point does another organization see more than the masked thread, or send anything."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.access.rules import Grant, Rules
from bot.diagnosis.failures import FailedJob
from bot.work.refusing import OUTSIDERS
from sandbox.slack.workspace import TEAM, Channel
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.replies.kinds import MINE
from tests.replies.reading_along import account_ids
from tests.scenarios.bench import ANA, Bench, Script, open_bench
from tests.scenarios.test_golden_forms import FAILED

THEIRS = "T0THEIRS"
STRANGER = "U00000003"
LONG = diagnoses.denied(
    job=diagnoses.job(status_message=f"no to {MINE}\n" * 1_000), summary=f"A policy of {MINE} denies it."
)


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    """Somebody of another organization is named in the access file, so that they may ask."""
    named = Rules(ask="#cloud-security", grants=(Grant(accounts=("*",), users=(ANA, STRANGER)),))
    failures: list[FailedJob] = [FAILED]
    async with open_bench(redis_url, Script(LONG), rules=named, failures=failures) as opened:
        assert opened.workspace.add_person("stranger") == STRANGER
        yield opened


async def shared_answer(bench: Bench) -> tuple[Channel, str]:
    """An answer in a channel that is shared, to the stranger; and the `ts` of its head."""
    shared = bench.workspace.add_channel("partners", shared=True)
    message = bench.workspace.write(shared.id, STRANGER, f"<@U0BACKUPWHY> {JOB_ID}")
    event = {**message, "type": "app_mention", "channel": shared.id, "user_team": THEIRS, "team": TEAM}
    await bench.slack.event(event, event_id="Ev1")
    await bench.finished()
    return shared, next(ts for ts, known in shared.messages.items() if known["text"].startswith("Denied."))


def sent(bench: Bench) -> list[Any]:
    """All that was sent to Slack, and what is in the files."""
    return [*(call.args for call in bench.workspace.calls), *bench.workspace.files.values()]


async def test_neither_the_thread_nor_a_file_names_an_account(bench: Bench) -> None:
    await shared_answer(bench)
    assert account_ids(sent(bench)) == set()


@pytest.mark.parametrize("action", ["show_details", "show_fix", "show_fix_as", "feedback", "check_again"])
async def test_no_button_shows_more_than_the_thread(bench: Bench, action: str) -> None:
    shared, ts = await shared_answer(bench)
    await bench.slack.press(shared.id, ts, action, user=STRANGER, team=THEIRS, option=1 if action == "feedback" else 0)
    if action == "check_again":
        await bench.until(lambda: "Rechecked" in str(shared.messages[ts]["blocks"]))
    else:
        await bench.called("views.update")
    assert account_ids(sent(bench)) == set()


async def test_the_home_tab_shows_nothing_of_a_shared_channel_to_who_asked_from_outside(bench: Bench) -> None:
    await shared_answer(bench)
    await bench.slack.open_home(user=STRANGER)
    await bench.called("views.publish")
    assert account_ids(sent(bench)) == set()
    assert JOB_ID not in str(bench.workspace.homes[STRANGER])


async def test_the_list_of_failed_jobs_names_no_account_to_somebody_from_outside(bench: Bench) -> None:
    payload = bench.slack.interaction_payload("shortcut", user=STRANGER)
    body = {**payload, "user": {**payload["user"], "team_id": THEIRS}, "callback_id": "pick_failed"}
    await bench.slack.interaction(body)
    await bench.called("views.update")
    view = bench.workspace.calls_of("views.update")[0].args["view"]
    assert OUTSIDERS in str(view)
    assert account_ids(view) == set()


async def test_nobody_from_outside_has_the_bot_post_where_they_choose(bench: Bench) -> None:
    payload = bench.slack.interaction_payload("view_submission", user=STRANGER)
    values = {
        "job": {"job": {"selected_option": {"value": f"backup|{MINE}|eu-west-1|{JOB_ID}"}}},
        "channel": {"channel": {"selected_conversation": bench.channel.id}},
    }
    view = {"type": "modal", "callback_id": "pick_failed_job", "state": {"values": values}}
    who = {**payload["user"], "team_id": THEIRS}
    await bench.slack.interaction({**payload, "user": who, "view": view, "response_urls": []})
    told = (await bench.called("chat.postMessage")).args
    assert (told["channel"], told["text"]) == (STRANGER, OUTSIDERS)
    assert not bench.channel.messages
    assert bench.script.asked == []


async def test_a_command_from_outside_goes_by_the_rights_of_an_outsider(redis_url: str) -> None:
    async with open_bench(redis_url, Script(LONG)) as bench:
        payload = bench.slack.command_payload("/backup-why", JOB_ID, channel=bench.channel.id, user=bench.user)
        answer = await bench.slack.send(urlencode({**payload, "team_id": THEIRS}), form=True)
        assert "You may not ask" in answer.body["text"]
