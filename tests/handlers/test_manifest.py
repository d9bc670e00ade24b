"""The manifest and the registered handlers name the same entry points."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.replies import diagnoses
from tests.scenarios.bench import Bench, Script, open_bench

MANIFEST: dict[str, Any] = json.loads((Path(__file__).parents[2] / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as opened:
        yield opened


async def test_every_command_of_the_manifest_is_handled(bench: Bench) -> None:
    for command in MANIFEST["features"]["slash_commands"]:
        answer = await bench.slack.command(command["command"], "help", channel=bench.channel.id, user=bench.user)
        assert answer.status == 200, command["command"]
        assert command["usage_hint"]
        assert command["should_escape"] is False


def test_the_long_description_has_the_length_that_slack_asks_for() -> None:
    assert 174 <= len(MANIFEST["display_information"]["long_description"]) <= 4_000
    assert len(MANIFEST["display_information"]["description"]) <= 140


def test_history_is_read_only_where_an_administrator_grants_it() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    assert not [scope for scope in scopes["bot"] if scope.endswith(":history")]
