"""The shapes of Slack's payloads and of other apps' alerts, as public samples have them: each is answered, none fails.

Sources: "Slash commands", "block_actions payload", "view_submission payload", "Shortcut payloads", "app_mention",
"message", "app_home_opened" and "Using the Events API" in Slack's documentation.
"""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from sandbox.slack.client import Acknowledgement
from sandbox.slack.workspace import APP, BOT, TEAM
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench

ALERTS: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("alert_messages.yaml").read_text(encoding="utf-8")
)
OTHER = "0f3a7c52-90ab-4d1e-8f00-6a5b4c3d2e1f"
ENTERPRISE = {"id": "E0ORG", "name": "Example Corp"}
ORG_WIDE = {"team": None, "enterprise": ENTERPRISE, "is_enterprise_install": True}
IN_GRID = {"enterprise": ENTERPRISE, "is_enterprise_install": False}
ALONE: dict[str, Any] = {"enterprise": None, "is_enterprise_install": False}
ABROAD = "T0ELSEWHERE"

Send = Callable[[Bench], Awaitable[Acknowledgement]]


@pytest.fixture
async def bench(redis_url: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied())) as opened:
        yield opened
    failed = [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in failed] == []


def filled(shape: Any) -> Any:
    return json.loads(json.dumps(shape).replace("{job}", JOB_ID).replace("{other}", OTHER))


@pytest.mark.parametrize("about", [ALONE, IN_GRID, ORG_WIDE], ids=["workspace", "grid", "org-wide"])
@pytest.mark.parametrize("name", ALERTS)
async def test_a_shortcut_on_an_alert_finds_its_job(bench: Bench, name: str, about: dict[str, Any]) -> None:
    message = {"type": "message", "team": TEAM, **filled(ALERTS[name])}
    written = bench.workspace.write(bench.channel.id, message.pop("user", "U0ALERTS"), message.pop("text"), **message)
    payload = bench.slack.interaction_payload("message_action", channel=bench.channel.id, user=bench.user)
    sent = {"token": "x", **payload, **about, "callback_id": "why_failed", "action_ts": "1.0"}
    answer = await bench.slack.interaction({**sent, "message": written, "message_ts": written["ts"]})
    assert (answer.status, answer.body) == (200, None)
    await bench.finished()
    assert [job.id for job in bench.script.asked] == [JOB_ID]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({}, id="workspace"),
        pytest.param({"enterprise_id": "E0ORG", "enterprise_name": "Example Corp"}, id="grid"),
        pytest.param({"enterprise_id": "E0ORG", "is_enterprise_install": "true"}, id="org-wide"),
        pytest.param({"channel_name": "privategroup"}, id="private channel"),
        pytest.param({"channel_name": "directmessage"}, id="direct message"),
        pytest.param({"gateway_server_id": "x", "text": f"  {JOB_ID}\u00a0"}, id="pasted with blanks"),
        pytest.param({"text": f"<https://x|{JOB_ID}>"}, id="escaped"),
    ],
)
async def test_a_command_is_answered(bench: Bench, members: dict[str, str]) -> None:
    known = {
        "token": "x",
        "team_domain": "example",
        "user_name": "ana",
        **bench.slack.command_payload("/backup-why", JOB_ID, channel=bench.channel.id, user=bench.user),
    }
    answer = await bench.slack.send(urlencode({**known, **members}), form=True)
    assert answer.status == 200
    await bench.finished()
    assert [job.id for job in bench.script.asked] == [JOB_ID]


@pytest.mark.parametrize("about", [ALONE, IN_GRID, ORG_WIDE], ids=["workspace", "grid", "org-wide"])
async def test_each_button_of_an_answer_is_answered(bench: Bench, about: dict[str, Any]) -> None:
    await bench.command(JOB_ID)
    await bench.finished()
    pressed = 0
    for message in list(bench.channel.messages.values()):
        for block in message["blocks"]:
            for element in block.get("elements", ()):
                if element.get("type") != "button" or "url" in element:
                    continue
                payload = bench.slack.interaction_payload("block_actions", channel=bench.channel.id, user=bench.user)
                at = {"message_ts": message["ts"], "channel_id": bench.channel.id, "is_ephemeral": False}
                action = {**element, "block_id": "b", "action_ts": "1.0"}
                body = {**payload, **about, "token": "x", "message": message, "state": {"values": {}}}
                container = {"type": "message", **at}
                answer = await bench.slack.interaction({**body, "container": container, "actions": [action]})
                assert answer.status == 200, element["action_id"]
                pressed += 1
    assert pressed > 2
    await bench.finished()


@pytest.mark.parametrize("about", [ALONE, IN_GRID, ORG_WIDE], ids=["workspace", "grid", "org-wide"])
@pytest.mark.parametrize(
    "view",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"app_installed_team_id": TEAM, "team_id": TEAM}, id="of an installation"),
    ],
)
async def test_a_submitted_form_is_answered(bench: Bench, about: dict[str, Any], view: dict[str, str]) -> None:
    option = {"text": {"type": "plain_text", "text": "x"}, "value": f"backup|222233334444|eu-west-1|{JOB_ID}"}
    values = {
        "job": {"job": {"type": "static_select", "selected_option": option}},
        "channel": {"channel": {"type": "conversations_select", "selected_conversation": bench.channel.id}},
    }
    form = {
        "id": "V1",
        "type": "modal",
        "callback_id": "pick_failed_job",
        "state": {"values": values},
        "hash": "1.x",
        "previous_view_id": None,
        "root_view_id": "V1",
        "app_id": APP,
        "external_id": "",
        "bot_id": "B1",
    }
    urls = [
        {
            "block_id": "channel",
            "action_id": "channel",
            "channel_id": bench.channel.id,
            "response_url": bench.workspace.response_url(bench.channel.id, bench.user),
        }
    ]
    payload = bench.slack.interaction_payload("view_submission", user=bench.user)
    sent = {**payload, **about, "token": "x", "view": {**form, **view}, "response_urls": urls}
    assert (await bench.slack.interaction(sent)).status == 200
    await bench.finished()
    assert [job.id for job in bench.script.asked] == [JOB_ID]


@pytest.mark.parametrize("about", [ALONE, ORG_WIDE], ids=["workspace", "org-wide"])
async def test_the_global_shortcut_opens_the_form(bench: Bench, about: dict[str, Any]) -> None:
    payload = bench.slack.interaction_payload("shortcut", user=bench.user)
    sent = {**payload, **about, "token": "x", "callback_id": "pick_failed", "action_ts": "1.0"}
    assert (await bench.slack.interaction(sent)).status == 200
    await bench.called("views.update")


async def event(bench: Bench, members: dict[str, Any], **envelope: Any) -> Acknowledgement:
    """Sends an event in the envelope of "Using the Events API"."""
    body = {
        "token": "x",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": {"event_ts": "1.0", **members},
        "type": "event_callback",
        "event_id": bench.workspace.next_id("Ev"),
        "event_time": 1,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-x",
    }
    return await bench.slack.send(json.dumps({**body, **envelope}), form=False)


def said(text: str) -> dict[str, Any]:
    """A message that somebody has written, with what a client adds."""
    elements = [{"type": "user", "user_id": BOT}, {"type": "text", "text": f" {text}"}]
    section = {"type": "rich_text_section", "elements": elements}
    return {
        "text": f"<@{BOT}> {text}",
        "client_msg_id": OTHER,
        "blocks": [{"type": "rich_text", "block_id": "x", "elements": [section]}],
    }


CONNECT = {"is_ext_shared_channel": True, "context_team_id": ABROAD}
ORG_EVENT = {
    "enterprise_id": "E0ORG",
    "authorizations": [
        {"enterprise_id": "E0ORG", "team_id": None, "user_id": BOT, "is_bot": True, "is_enterprise_install": True}
    ],
}


@pytest.mark.parametrize(
    ("members", "envelope"),
    [
        pytest.param({"team": TEAM}, {}, id="workspace"),
        pytest.param({"team": TEAM, "parent_user_id": "U1", "thread_ts": "above"}, {}, id="in a thread"),
        pytest.param({"team": TEAM}, {"authed_users": [BOT], "authorizations": []}, id="without authorizations"),
        pytest.param({}, ORG_EVENT, id="org-wide"),
        pytest.param({"team": TEAM, "edited": {"user": "U1", "ts": "1.0"}}, {}, id="edited"),
    ],
)
async def test_a_mention_is_answered(bench: Bench, members: dict[str, Any], envelope: dict[str, Any]) -> None:
    above = bench.workspace.write(bench.channel.id, "U1", "look at this")["ts"]
    written = bench.workspace.write(bench.channel.id, bench.user, "x")["ts"]
    about = {name: above if value == "above" else value for name, value in members.items()}
    sent = {"type": "app_mention", "user": bench.user, "channel": bench.channel.id, "ts": written, **said(JOB_ID)}
    assert (await event(bench, {**sent, **about}, **envelope)).status == 200
    await bench.finished()
    assert [job.id for job in bench.script.asked] == [JOB_ID]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"team": ABROAD, "user_team": ABROAD, "source_team": ABROAD}, id="another workspace"),
        pytest.param(
            {"team": ABROAD, "user_team": "E0ELSEWHERE", "source_team": "E0ELSEWHERE"}, id="another organization"
        ),
    ],
)
async def test_a_mention_of_another_organization_is_refused(bench: Bench, members: dict[str, Any]) -> None:
    bench.channel.shared = True
    written = bench.workspace.write(bench.channel.id, bench.user, "x")["ts"]
    sent = {"type": "app_mention", "user": bench.user, "channel": bench.channel.id, "ts": written, **said(JOB_ID)}
    profile = {"user_profile": {"name": "guest", "team": ABROAD, "is_restricted": False}}
    assert (await event(bench, {**sent, **members, **profile}, **CONNECT)).status == 200
    await bench.called("chat.postEphemeral")
    assert bench.script.asked == []


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"tab": "home"}, id="first time"),
        pytest.param(
            {"tab": "home", "view": {"id": "V1", "team_id": TEAM, "type": "home", "state": {"values": {}}}}, id="again"
        ),
        pytest.param({}, id="without a tab"),
    ],
)
@pytest.mark.parametrize("envelope", [{}, ORG_EVENT], ids=["workspace", "org-wide"])
async def test_the_home_tab_is_published(bench: Bench, members: dict[str, Any], envelope: dict[str, Any]) -> None:
    channel = bench.workspace.direct_message(bench.user).id
    sent = {"type": "app_home_opened", "user": bench.user, "channel": channel, **members}
    assert (await event(bench, sent, **envelope)).status == 200
    await bench.called("views.publish")


async def test_a_direct_message_is_answered(bench: Bench) -> None:
    channel = bench.workspace.direct_message(bench.user)
    written = bench.workspace.write(channel.id, bench.user, JOB_ID)["ts"]
    sent = {"type": "message", "channel_type": "im", "user": bench.user, "channel": channel.id, "ts": written}
    assert (await event(bench, {**sent, "team": TEAM, "text": JOB_ID, "client_msg_id": OTHER})).status == 200
    await bench.finished()
    assert [job.id for job in bench.script.asked] == [JOB_ID]


@pytest.mark.parametrize(
    "members",
    [
        {
            "subtype": "message_changed",
            "hidden": True,
            "message": {"type": "message", "text": "x"},
            "previous_message": {},
        },
        {"subtype": "message_deleted", "hidden": True, "deleted_ts": "1.0", "previous_message": {"text": JOB_ID}},
        {"subtype": "bot_message", "bot_id": "B0X", "text": JOB_ID},
        {"subtype": "channel_join", "user": "U1", "text": "<@U1> has joined"},
        {"subtype": "assistant_app_thread", "text": "New Assistant Thread", "user": BOT, "bot_id": "B0BACKUPWHY"},
    ],
    ids=lambda members: members["subtype"],
)
async def test_what_nobody_has_written_is_left(bench: Bench, members: dict[str, Any]) -> None:
    channel = bench.workspace.direct_message(bench.user).id
    sent = {"type": "message", "channel_type": "im", "channel": channel, "ts": "1.0", **members}
    assert (await event(bench, sent)).status == 200
    assert [call.method for call in bench.workspace.calls if call.method.startswith("chat.")] == []
