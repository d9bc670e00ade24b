"""The same app against a stand-in for Slack that others wrote: messages, threads, edits, permalinks and views.

It is no judge of layout (it takes malformed blocks) and sends no commands: those come from our own client. Left out
unless BACKUP_WHY_CONTRACT is set; it needs `npx`, which fetches the stand-in from npm.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import ANYBODY
from bot.app import build_app
from bot.replies.home import Latest, home_parts
from bot.replies.picking import LOADING, TITLE
from bot.site import EVENTS_PATH, make_site
from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.diagnosing import diagnosing
from bot.work.intake import make_intake
from bot.work.queue import open_queue
from bot.work.worker import make_duties, working
from sandbox.slack.client import SlackClient, element_of, pressed
from sandbox.slack.server import LOOPBACK
from sandbox.slack.workspace import Channel, Workspace
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID, POLICY
from tests.scenarios.bench import SECRET, TOKEN, Script, denied_by_nothing, read_alone, serving

STAND_IN = "emulate@0.11.2"
CHANNEL, USER = "C000000001", "U000000001"
"""Those that the stand-in begins with."""

pytestmark = pytest.mark.skipif(
    "BACKUP_WHY_CONTRACT" not in os.environ or shutil.which("npx") is None,
    reason="the contract with another stand-in is not tried: set BACKUP_WHY_CONTRACT, and have npx",
)


@dataclass
class Contract:
    """What a test has in hand."""

    slack: SlackClient
    client: AsyncWebClient
    script: Script
    redis: Any

    async def command(self) -> int:
        """Asks about the job, as somebody of the stand-in's workspace; returns the status of the acknowledgement."""
        payload = self.slack.command_payload("/backup-why", JOB_ID, channel=CHANNEL, user=USER)
        payload["team_id"] = (await self.client.auth_test())["team_id"]
        return (await self.slack.send(urlencode(payload), form=True)).status

    async def answered(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The head of the newest answer and its replies, once all of it is there."""
        for _ in range(200):
            if [name async for name in self.redis.scan_iter("backup-why:latest:*")]:
                break
            await asyncio.sleep(0.05)
        history = await self.client.conversations_history(channel=CHANNEL)
        head = next(message for message in history["messages"] if message.get("text", "").startswith("Denied"))
        replies = await self.client.conversations_replies(channel=CHANNEL, ts=head["ts"])
        return head, replies["messages"][1:]


@pytest.fixture
async def contract(redis_url: str, unused_tcp_port: int) -> AsyncIterator[Contract]:
    """The real app and worker, with the stand-in in Slack's place."""
    async with AsyncExitStack() as stack:
        command = ("npx", "--yes", STAND_IN, "start", "--service", "slack", "--port", str(unused_tcp_port))
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        stack.push_async_callback(process.wait)
        stack.callback(process.terminate)
        api_url = f"http://{LOOPBACK}:{unused_tcp_port}/api/"
        await _up(api_url)
        client = web_client(TOKEN, api_url)
        redis = await stack.enter_async_context(connect(redis_url))
        intake = make_intake(redis, open_queue(redis_url), client)
        url = await stack.enter_async_context(serving(make_site(build_app(client, intake), redis, SECRET)))
        script = Script(diagnoses.denied(diagnoses.scp_cause(document=POLICY)))
        duties = make_duties(redis, client, diagnosing(script, read_alone), denied_by_nothing)
        await stack.enter_async_context(working(redis_url, redis, duties))
        people = Workspace(channels={CHANNEL: Channel(CHANNEL, "general")}, people={USER: "admin"})
        people.url = f"http://{LOOPBACK}:{unused_tcp_port}"  # response URLs are the stand-in's
        slack = await stack.enter_async_context(SlackClient(f"{url}{EVENTS_PATH}", SECRET, people))
        yield Contract(slack, client, script, redis)


async def _up(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            try:
                async with session.post(f"{url}auth.test", headers={"Authorization": f"Bearer {TOKEN}"}):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
    pytest.fail("the stand-in does not come up")


async def test_the_thread_stands_there_as_it_was_written(contract: Contract) -> None:
    assert await contract.command() == 200
    head, replies = await contract.answered()
    assert len(replies) == 3
    assert {reply["thread_ts"] for reply in replies} == {head["ts"]}
    assert head["blocks"][0]["text"]["text"].startswith("Denied: backup of EBS volume")
    link = await contract.client.chat_getPermalink(channel=CHANNEL, message_ts=head["ts"])
    assert head["ts"].replace(".", "") in link["permalink"]


async def test_a_button_edits_the_head_in_place(contract: Contract) -> None:
    await contract.command()
    head, _ = await contract.answered()
    button = element_of(head["blocks"], "check_again")
    payload = contract.slack.interaction_payload("block_actions", channel=CHANNEL, user=USER)
    payload["user"]["team_id"] = (await contract.client.auth_test())["team_id"]  # who presses is of its workspace
    answer = await contract.slack.interaction({**payload, "message": head, "actions": [pressed(button)]})
    assert answer.status == 200
    for _ in range(100):
        if "Rechecked for" in str((await contract.answered())[0]["blocks"]):
            return
        await asyncio.sleep(0.1)
    pytest.fail("the head never told of the second look")


async def test_a_home_tab_is_taken_and_a_modal_needs_a_trigger(contract: Contract) -> None:
    view = ANYBODY.home(home_parts([Latest(diagnoses.denied())]))
    published = await contract.client.views_publish(user_id=USER, view=view)
    assert len(published["view"]["blocks"]) == len(view["blocks"])
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await contract.client.views_open(trigger_id="x", view=ANYBODY.modal(TITLE, LOADING))
