"""The page's small API: what it tells, what it does, and whom it lets in."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.settings import Settings
from sandbox.slack.local_page import showing
from sandbox.stage import Stage, on_stage
from tests.replies import diagnoses

FROM_PAGE = {"X-Backup-Why": "page"}


def diagnose(job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
    del settings, observe
    return diagnoses.denied(job=diagnoses.job(id=job.id))


class Browser:
    """What a browser does, without one."""

    def __init__(self, stage: Stage, url: str, session: aiohttp.ClientSession) -> None:
        self.stage, self.url, self.session = stage, url, session

    async def state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.url}page/state") as response:
            state: dict[str, Any] = await response.json()
            return state

    async def act(self, **what: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.url}page/act", json=what, headers=FROM_PAGE) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def until(self, text: str) -> dict[str, Any]:
        """Follows the stream of changes until the state has a text in it."""
        async with self.session.get(f"{self.url}page/changes") as changes:
            async for _ in changes.content:
                state = await self.state()
                if text in str(state):
                    return state
        raise AssertionError(f"{text} never came")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with on_stage(diagnose) as stage, showing(stage) as url, aiohttp.ClientSession() as session:
        yield Browser(stage, url, session)


async def test_a_command_is_sent_signed_and_its_thread_is_seen_to_grow(browser: Browser) -> None:
    channel = browser.stage.channel.id
    answer = await browser.act(do="write", channel=channel, text=f"/backup-why {browser.stage.job}")
    assert answer["status"] == 200
    state = await browser.until("What else I checked")
    assert "Denied" in str(state)
    assert state["incident"]["job"] == browser.stage.job


async def test_a_command_that_nobody_handles_is_told_as_the_app_answered_it(browser: Browser) -> None:
    answer = await browser.act(do="write", channel=browser.stage.channel.id, text="/backup-unknown")
    assert answer["status"] == 404


async def test_an_explanation_is_said_in_the_channel_and_a_hint_to_the_asker_alone(browser: Browser) -> None:
    channel = browser.stage.channel.id
    await browser.act(do="write", channel=channel, text="/backup-explain scp-denied")
    await browser.act(do="write", channel=channel, text="/backup-why")
    state = await browser.state()
    assert "A service control policy denies" in str(state["channels"][0]["messages"])
    assert "Give me an AWS Backup job ID" in str(state["ephemeral"])


async def test_a_button_a_form_and_the_home_tab_work(browser: Browser) -> None:
    channel = browser.stage.channel.id
    await browser.act(do="write", channel=channel, text=f"/backup-why {browser.stage.job}")
    state = await browser.until("What else I checked")
    head = next(message for message in state["channels"][0]["messages"] if "Denied." in message["text"])
    await browser.act(do="press", channel=channel, ts=head["ts"], action="feedback", option=1)
    (view,) = (await browser.until("What was wrong?"))["views"]
    values = {"reason": {"selected_option": {"value": "missed"}}, "text": {"value": None}}
    assert (await browser.act(do="submit", view=view["id"], values=values))["status"] == 200
    assert (await browser.until("It helps to improve this answer"))["views"] == []
    await browser.act(do="home")
    assert (await browser.until("Your latest answers"))["home"]
    await browser.act(do="press", action="open_picker")
    (picker,) = (await browser.until("Why did it fail?"))["views"]
    await browser.act(do="close", view=picker["id"])
    assert (await browser.state())["views"] == []


async def test_a_mention_and_a_direct_message_reach_the_bot_and_other_talk_does_not(browser: Browser) -> None:
    channel = browser.stage.channel.id
    direct = browser.stage.workspace.direct_message(browser.stage.user).id
    assert await browser.act(do="write", channel=channel, text="good morning") == {}
    assert (await browser.act(do="write", channel=channel, text="@backup-why what is a vault lock?"))["status"] == 200
    await browser.until("Vault Lock")
    assert (await browser.act(do="write", channel=direct, text="what is the job role?"))["status"] == 200


async def test_the_shortcut_is_used_on_the_alert_of_another_app(browser: Browser) -> None:
    (alert,) = browser.stage.channel.messages.values()
    channel = browser.stage.channel.id
    answer = await browser.act(do="shortcut", callback="why_failed", channel=channel, ts=alert["ts"])
    assert answer["status"] == 200
    await browser.until("What else I checked")


async def test_another_incident_is_played_at_the_same_address(browser: Browser) -> None:
    before = browser.stage.sandbox.url
    await browser.act(do="play", incident="29-backup-ebs-boundary-lacks-create-snapshot")
    state = await browser.state()
    assert browser.stage.sandbox.url == before
    assert state["incident"]["file"].startswith("29-")
    assert browser.stage.job in str(state["channels"][0]["messages"])


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"do": "dance"}, "the page can't do 'dance'"),
        ({"do": "submit", "view": "V0", "values": {}}, "not there any more"),
        ({"do": "press", "channel": "C0", "ts": "1", "action": "x"}, "not there any more"),
        ({"do": "play", "incident": "../../secret"}, "not there any more"),
    ],
)
async def test_what_can_not_be_done_is_told(browser: Browser, what: dict[str, Any], error: str) -> None:
    assert error in (await browser.act(**what))["error"]


async def test_another_origin_can_do_nothing(browser: Browser) -> None:
    async with browser.session.post(f"{browser.url}page/act", json={"do": "home"}) as response:
        assert response.status == 403
    for path in ("", "page/state", "page/page.js"):
        async with browser.session.get(f"{browser.url}{path}", headers={"Host": "evil.example"}) as response:
            assert response.status == 403


@pytest.mark.parametrize("path", ["page/..%2Flocal_page.py", "page/none.js", "page/..%2f..%2fapp.py"])
async def test_only_the_pages_own_files_are_served(browser: Browser, path: str) -> None:
    async with browser.session.get(f"{browser.url}{path}") as response:
        assert response.status == 404


async def test_the_page_may_load_nothing_from_elsewhere(browser: Browser) -> None:
    for file in ("", "page/page.js", "page/page.css"):
        async with browser.session.get(f"{browser.url}{file}") as response:
            assert response.status == 200
            assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
            assert "http://" not in (await response.text()).replace("http://127.0.0.1", "")
