"""The manifest and the registered handlers name the same entry points."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.commands import about
from tests.replies import diagnoses
from tests.scenarios.bench import Bench, Script, open_bench

MANIFEST: dict[str, Any] = json.loads((Path(__file__).parents[2] / "manifest.json").read_text(encoding="utf-8"))
FEATURES: dict[str, Any] = MANIFEST["features"]
EVENTS: dict[str, dict[str, Any]] = {
    "agent_session_stopped": {"type": "agent_session_stopped", "thread_ts": "1.0"},
    "app_mention": {"type": "app_mention", "text": "<@U0BACKUPWHY> help"},
    "message.im": {"type": "message", "channel_type": "im", "text": "help"},
    "app_home_opened": {"type": "app_home_opened", "tab": "home"},
    "app_uninstalled": {"type": "app_uninstalled"},
    "tokens_revoked": {"type": "tokens_revoked", "tokens": {"bot": ["U0BACKUPWHY"]}},
}
"""An event of each subscription."""


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied())) as opened:
        yield opened


async def test_every_command_of_the_manifest_is_handled(bench: Bench) -> None:
    for command in FEATURES["slash_commands"]:
        answer = await bench.slack.command(command["command"], "help", channel=bench.channel.id, user=bench.user)
        assert answer.status == 200, command["command"]
        assert command["usage_hint"]
        assert command["should_escape"] is False


async def test_every_shortcut_of_the_manifest_is_handled(bench: Bench) -> None:
    message = bench.workspace.write(bench.channel.id, bench.user, "help")
    for shortcut in FEATURES["shortcuts"]:
        where = {"channel": bench.channel.id, "ts": message["ts"]} if shortcut["type"] == "message" else {}
        answer = await bench.slack.shortcut(shortcut["callback_id"], user=bench.user, **where)
        assert answer.status == 200, shortcut["callback_id"]
    await bench.called("views.open")
    await bench.called("chat.postMessage")


async def test_every_event_of_the_manifest_is_handled(bench: Bench) -> None:
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    place = {"channel": bench.channel.id, "user": bench.user, "ts": bench.workspace.next_ts()}
    for name, event in EVENTS.items():
        answer = await bench.slack.event({**place, **event}, event_id=f"Ev{name}")
        assert answer.status == 200, name
    await bench.called("views.publish")


async def test_what_the_manifest_does_not_name_is_not_handled(bench: Bench) -> None:
    unknown = [
        await bench.slack.command("/backup-unknown", channel=bench.channel.id, user=bench.user),
        await bench.slack.shortcut("unknown", user=bench.user),
        await bench.slack.event({"type": "reaction_added", "user": bench.user}, event_id="Ev"),
    ]
    assert [answer.status for answer in unknown] == [404, 404, 404]


def test_the_texts_have_the_lengths_that_slack_asks_for() -> None:
    information = MANIFEST["display_information"]
    assert 174 <= len(information["long_description"]) <= 4_000
    assert len(information["description"]) <= 140
    assert [shortcut["name"] for shortcut in FEATURES["shortcuts"] if len(shortcut["name"]) > 24] == []


async def test_with_alerts_slack_sends_what_is_written_in_channels(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    about.manifest(alerts=True)
    app = json.loads(capsys.readouterr().out)
    events, scopes = app["settings"]["event_subscriptions"]["bot_events"], app["oauth_config"]["scopes"]
    assert set(events) - set(EVENTS) == {"message.channels", "message.groups"}
    assert {"channels:history", "groups:history", "im:history"} <= set(scopes["bot"])
    assert "bot_optional" not in scopes
    place = {"channel": bench.channel.id, "user": bench.user, "ts": bench.workspace.next_ts(), "text": "hello"}
    for kind in "channel", "group":
        event = {**place, "type": "message", "channel_type": kind}
        assert (await bench.slack.event(event, event_id=f"Ev{kind}")).status == 200


def test_history_is_read_only_where_an_administrator_grants_it() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    assert [scope for scope in scopes["bot"] if scope.endswith(":history")] == ["im:history"]
