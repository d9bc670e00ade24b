"""The web process as it is run: Socket Mode, HTTP, health, and each thing that can be wrong with its settings."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.errors import BackupWhyError, BadInputError, RedisUnreachableError
from bot.serve import serve, serving
from bot.settings import Settings
from sandbox.slack.server import WorkspaceServer
from sandbox.slack.workspace import BOT_ID, Workspace
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import SECRET, TOKEN, Bench, Script, open_bench


def settings(api_url: str, redis_at: str, **changes: object) -> Settings:
    """The settings of a web process on a free port."""
    known = {
        "slack_bot_token": SecretStr(TOKEN),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": api_url,
        "redis_url": SecretStr(redis_at),
    }
    return Settings.model_validate({**known, **changes}).model_copy(update={"port": 0})


async def socket_command(bench: Bench, text: str) -> object:
    payload = bench.slack.command_payload("/backup-why", text, channel=bench.channel.id, user=bench.user)
    return await asyncio.wait_for(bench.server.deliver("slash_commands", payload), 5)


async def test_over_a_socket_a_command_is_acknowledged_and_answered(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        known = settings(bench.server.api_url, redis_url, slack_app_token=SecretStr("xapp-1"))
        async with serving(known, host="127.0.0.1") as url:
            assert await socket_command(bench, JOB_ID) == {"text": "", "response_type": "in_channel"}
            await bench.finished()
            assert bench.slots()[0] == "parent"
            async with aiohttp.ClientSession() as session, session.post(f"{url}/slack/events") as response:
                assert response.status == 404, "there is no second, unwatched door"


async def test_over_a_socket_a_form_with_several_response_urls_is_taken(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        known = settings(bench.server.api_url, redis_url, slack_app_token=SecretStr("xapp-1"))
        async with serving(known, host="127.0.0.1"):
            option = {"selected_option": {"value": f"backup|222233334444|eu-west-1|{JOB_ID}"}}
            values = {"job": {"job": option}, "channel": {"channel": {"selected_conversation": bench.channel.id}}}
            view = {"type": "modal", "callback_id": "pick_failed_job", "state": {"values": values}}
            urls = [{"response_url": bench.workspace.response_url(bench.channel.id, bench.user)} for _ in range(2)]
            payload = bench.slack.interaction_payload("view_submission", user=bench.user)
            sent = {**payload, "view": view, "response_urls": urls}
            await asyncio.wait_for(bench.server.deliver("interactive", sent), 5)
            await bench.finished()
            assert [job.id for job in bench.script.asked] == [JOB_ID]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_says_whether_redis_answers_and_a_worker_is_alive(redis_url: str, path: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        status, said = await get(f"{bench.app_url}{path}")
        assert (status, said["redis"], said["workers"]) == (200, "ok", 1)
        assert said["last_worker_seen"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_fails_where_no_worker_is_alive(redis_url: str, path: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        status, said = await get(f"{bench.app_url}{path}")
        assert (status, said["workers"], said["last_worker_seen"]) == (503, 0, None)
        status, _ = await get(f"{bench.app_url}/livez")
        assert status == 200, "the process itself lives"


async def get(url: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.json()


async def test_a_port_that_is_taken_is_a_sentence(redis_url: str) -> None:
    async with WorkspaceServer(Workspace()) as server:
        taken = int(server.workspace.url.rsplit(":", 1)[1])
        known = settings(server.api_url, redis_url).model_copy(update={"port": taken})
        with pytest.raises(BadInputError, match=f"Port {taken} can't be listened on"):
            await serve(known, host="127.0.0.1", stopping=asyncio.Event())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"slack_bot_token": None}, "Set SLACK_BOT_TOKEN", id="no bot token"),
        pytest.param({"redis_url": None}, "Set REDIS_URL", id="no Redis"),
        pytest.param({"slack_signing_secret": None}, "Set SLACK_APP_TOKEN", id="neither secret nor app token"),
        pytest.param({"alert_bots": ("B0ALERTS", BOT_ID)}, f"names this bot itself .{BOT_ID}", id="the bot itself"),
        pytest.param({"slack_bot_token": SecretStr("nonsense")}, "refuses SLACK_BOT_TOKEN", id="a wrong bot token"),
        pytest.param({"slack_app_token": SecretStr("nonsense")}, "refuses SLACK_APP_TOKEN", id="a wrong app token"),
    ],
)
async def test_a_setting_that_is_missing_or_wrong_is_a_sentence(
    redis_url: str, changes: dict[str, object], sentence: str
) -> None:
    async with WorkspaceServer(Workspace()) as server:
        known = settings(server.api_url, redis_url).model_copy(update=changes)  # what no check of the form finds
        with pytest.raises(BadInputError, match=sentence):
            await serve(known, host="127.0.0.1", stopping=asyncio.Event())


async def test_redis_unreachable_at_the_start_has_its_own_exit_code(tmp_path: Path) -> None:
    async with WorkspaceServer(Workspace()) as server:
        known = settings(server.api_url, f"unix://{tmp_path}/none.sock")
        with pytest.raises(RedisUnreachableError, match=r"Redis can't be reached at .*none\.sock") as raised:
            await serve(known, host="127.0.0.1", stopping=asyncio.Event())
    assert raised.value.exit_code == 5


async def test_slack_unreachable_at_the_start_is_a_sentence(redis_url: str) -> None:
    async with WorkspaceServer(Workspace()) as server:
        gone = server.api_url
    with pytest.raises(BackupWhyError, match="Slack can't be reached at"):
        await serve(settings(gone, redis_url), host="127.0.0.1", stopping=asyncio.Event())


async def test_a_handler_that_fails_is_told_to_the_asker_alone_by_a_reference(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        await bench.redis.set("backup-why:audit", "no stream")
        acknowledged = await bench.command(JOB_ID)
        assert acknowledged.status == 200
        assert "the reference" in acknowledged.body["text"]
        assert "WRONGTYPE" not in acknowledged.body["text"]
        assert acknowledged.body["response_type"] == "ephemeral"
