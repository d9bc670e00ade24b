"""Several workspaces: the app installed by OAuth over HTTP, asked in each, and answered there with its own token."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from redis.asyncio import Redis

from bot.access.place import Place
from bot.access.rules import Grant, Rules
from bot.diagnosis.job_id import JobReference
from bot.errors import BackupWhyError, BadInputError
from bot.serve import serve, serving
from bot.settings import Settings
from bot.site import EVENTS_PATH
from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.diagnosing import diagnosing
from bot.work.installations import OTHER_KEY, Installations, oauth_app
from bot.work.question import AskedJob, Question
from bot.work.thread_store import ThreadStore
from bot.work.worker import work
from sandbox.slack.client import Acknowledgement, SlackClient
from sandbox.slack.installs import Installs
from sandbox.slack.server import WorkspaceServer
from sandbox.slack.workspace import Workspace
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import POLL, SECRET, Script, denied_by_nothing, read_alone

KEY, OLDER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
APP = {"slack_client_id": "1.2", "slack_client_secret": SecretStr("hush"), "installation_keys": KEY}
CHANNEL, ANA = "C00000001", "U00000002"
"""The same ids in each workspace: they are unique in one only."""


def settings(api_url: str, redis_at: str, **changes: object) -> Settings:
    known = {
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": api_url,
        "redis_url": SecretStr(redis_at),
        "workspaces": "T0A,T0B,E0ORG",
        **APP,
    }
    return Settings.model_validate({**known, **changes}).model_copy(update={"port": 0})


@dataclass
class Company:
    """The processes, and workspaces that the app can be installed in."""

    installs: Installs
    settings: Settings
    redis: Redis
    url: str
    clients: dict[str, SlackClient]

    async def install(self, at: Workspace, *, state: str | None = None, code: str | None = None) -> tuple[int, str]:
        """Somebody installs the app; returns the status and the text of the last page."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            async with session.get(f"{self.url}/slack/install") as begun:
                page, cookie = await begun.text(), begun.headers["Set-Cookie"].partition(";")[0]
            link = re.search(r'href="(https://slack\.com/oauth/v2/authorize\?[^"]*)"', page)
            assert link
            assert "client_id=1.2" in link[1]
            assert "chat:write" in link[1]
            given = state or cookie.partition("=")[2]
            sent = {"code": code or self.installs.allow(at), "state": given}
            headers = {"Cookie": cookie}
            async with session.get(f"{self.url}/slack/oauth_redirect", params=sent, headers=headers) as ended:
                return ended.status, await ended.text()

    async def ask(self, at: Workspace, text: str = JOB_ID) -> Acknowledgement:
        return await self.clients[at.team].command("/backup-why", text, channel=CHANNEL, user=ANA)

    async def answered(self, at: Workspace, times: int = 1) -> set[str]:
        """The tokens that a workspace was posted to with, once its first thread is written."""
        await until(lambda: len(of_threads(at)) >= times)
        await self.idle()
        return {call.token for call in at.calls if call.method not in ("response_url", "auth.test")}

    async def idle(self) -> None:
        """Waits until no thread is open."""
        while await self.redis.zcard("backup-why:open"):  # noqa: ASYNC110 — Redis tells nobody
            await asyncio.sleep(POLL)

    async def event(self, at: Workspace, event: dict[str, Any]) -> Acknowledgement:
        return await self.clients[at.team].event(event, event_id=at.next_id("Ev"))


def of_threads(at: Workspace) -> list[dict[str, Any]]:
    return [message for message in at.channels[CHANNEL].messages.values() if "thread_ts" not in message]


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 — the worker tells nobody
        await asyncio.sleep(POLL)


def workspace(team: str, **members: Any) -> Workspace:
    made = Workspace(team=team, waiting=lambda: 0.0, **members)
    assert (made.add_channel("backups").id, made.add_person("ana")) == (CHANNEL, ANA)
    return made


A, B, ORG, STRANGER = range(4)


@asynccontextmanager
async def open_company(
    redis_url: str, rules: Rules | None = None, **changes: object
) -> AsyncIterator[tuple[Company, list[Workspace]]]:
    spaces = [
        workspace("T0A"),
        workspace("T0B"),
        workspace("T0C", enterprise="E0ORG", org_wide=True),
        workspace("T0D"),
    ]
    installs = Installs("1.2", "hush", tuple(spaces))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(WorkspaceServer(Workspace(), installs=installs))
        known = settings(server.api_url, redis_url, **changes)
        url = await stack.enter_async_context(serving(known, rules, host="127.0.0.1"))
        clients = {
            each.team: await stack.enter_async_context(SlackClient(f"{url}{EVENTS_PATH}", SECRET, each))
            for each in spaces
        }
        stopping, script = asyncio.Event(), Script(diagnoses.denied())
        process = partial(work, redis_url, web_client("", server.api_url), diagnosing(script, read_alone))
        worker = asyncio.create_task(process(denied_by_nothing, rules, oauth=oauth_app(known), stopping=stopping))
        redis = await stack.enter_async_context(connect(redis_url))
        try:
            yield Company(installs, known, redis, url, clients), spaces
        finally:
            stopping.set()
            await worker


async def test_each_workspace_is_answered_with_its_own_token(redis_url: str) -> None:
    async with open_company(redis_url) as (company, spaces):
        for number, where in ((A, "team T0A"), (B, "team T0B"), (ORG, "org")):
            status, page = await company.install(spaces[number])
            assert (status, page) == (200, f"The app is installed in {where}. Write /backup-why in Slack.")
            await company.ask(spaces[number])
            tokens = await company.answered(spaces[number])
            assert len(tokens) == 1
            assert company.installs.workspaces[tokens.pop()] is spaces[number]
        for key in [key async for key in company.redis.scan_iter()]:
            kind = await company.redis.type(key)
            kept = await company.redis.dump(key) if kind != "none" else b""
            assert b"xoxb" not in (kept or b""), f"a token in {key}"


async def test_what_one_workspace_asked_is_not_known_in_another(redis_url: str) -> None:
    async with open_company(redis_url) as (company, spaces):
        for number in (A, B):
            await company.install(spaces[number])
        await company.ask(spaces[A])
        await company.answered(spaces[A])
        head = of_threads(spaces[A])[0]
        spaces[B].channels[CHANNEL].messages[head["ts"]] = head
        button = next(
            element["action_id"]
            for message in spaces[A].thread(CHANNEL, head["ts"])
            for block in message["blocks"]
            for element in block.get("elements", ())
            if element.get("type") == "button" and element.get("value")
        )
        holder = next(
            message for message in spaces[A].thread(CHANNEL, head["ts"]) if f"'{button}'" in str(message["blocks"])
        )
        spaces[B].channels[CHANNEL].messages[holder["ts"]] = holder
        await company.clients["T0B"].press(CHANNEL, holder["ts"], button, user=ANA)
        await until(lambda: bool(spaces[B].calls_of("response_url") or spaces[B].views))
        seen = str([call.args for call in spaces[B].calls])
        assert "I no longer have this answer" in seen
        await company.clients["T0B"].open_home(user=ANA)
        await until(lambda: ANA in spaces[B].homes)
        assert JOB_ID not in str(spaces[B].homes[ANA])
        await company.clients["T0A"].open_home(user=ANA)
        await until(lambda: ANA in spaces[A].homes)
        assert JOB_ID in str(spaces[A].homes[ANA])
        before = len(of_threads(spaces[B]))
        await company.ask(spaces[B])
        await until(lambda: len(of_threads(spaces[B])) > before)
        await company.idle()


async def test_a_group_of_one_workspace_gives_no_right_in_another(redis_url: str) -> None:
    rules = Rules(grants=(Grant(accounts=("*",), groups=("S0ONCALL",)),))
    async with open_company(redis_url, rules) as (company, spaces):
        spaces[A].groups["S0ONCALL"], spaces[B].groups["S0ONCALL"] = (ANA,), ("U0OTHER",)
        for number in (A, B):
            await company.install(spaces[number])
        await company.ask(spaces[A])
        await company.answered(spaces[A])
        refused = await company.ask(spaces[B])
        assert "You may not ask about any AWS account here." in str(refused.body)
        assert of_threads(spaces[B]) == []


async def test_the_same_ids_in_two_installations_are_two_things(redis_url: str) -> None:
    place = Place("C1", ANA, "T1", "1.0", installation="T0A")
    asked = Question(subject=AskedJob(job=JobReference(id=JOB_ID)), place=place, rights="*")
    other = asked.model_copy(update={"place": replace(place, installation="T0B")})
    assert asked.fingerprint != other.fingerprint, "two workspaces that share a channel ask two questions"
    async with connect(redis_url) as redis:
        mine, others = ThreadStore(redis, "T0A"), ThreadStore(redis, "T0B")
        await mine.place("t1", "C1", "1.5")
        async with redis.pipeline() as pipe:
            mine.finish(pipe, asked, "t1", latest=True)
            await pipe.execute()
        assert (await mine.at("C1", "1.5"), await others.at("C1", "1.5")) == ("t1", None)
        assert (await mine.latest(ANA), await others.latest(ANA)) == (["t1"], [])


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"bot": ["U0BACKUPWHY"], "oauth": []}},
    ],
    ids=lambda event: event["type"],
)
@pytest.mark.parametrize("number", [A, ORG], ids=["workspace", "organization"])
async def test_what_is_uninstalled_is_forgotten(redis_url: str, event: dict[str, Any], number: int) -> None:
    async with open_company(redis_url) as (company, spaces):
        at = spaces[number]
        await company.install(at)
        assert (await company.event(at, {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}})).status == 200
        assert [key async for key in company.redis.scan_iter("backup-why:installation:*")]
        (token,) = company.installs.workspaces
        company.installs.refuse(token, "token_revoked")
        assert (await company.event(at, event)).status == 200
        assert [key async for key in company.redis.scan_iter("backup-why:installation:*")] == []
        assert (await company.ask(at)).status == 200
        assert "I'm not installed in this workspace any more" in str(at.calls_of("response_url")[-1].args)
        await company.install(at)
        await company.ask(at)
        await company.answered(at)


async def test_an_org_wide_installation_outlives_an_event_of_one_workspace(redis_url: str) -> None:
    async with open_company(redis_url) as (company, spaces):
        await company.install(spaces[ORG])
        spaces[ORG].org_wide = False
        await company.event(spaces[ORG], {"type": "app_uninstalled"})
        assert [key async for key in company.redis.scan_iter("backup-why:installation:*")]
        (token,) = company.installs.workspaces
        company.installs.refuse(token, "token_revoked")
        await company.event(spaces[ORG], {"type": "app_uninstalled"})
        assert [key async for key in company.redis.scan_iter("backup-why:installation:*")] == []


async def test_a_question_of_a_workspace_that_is_gone_ends(redis_url: str) -> None:
    async with open_company(redis_url) as (company, spaces):
        await company.install(spaces[A])
        script_waits = company.redis.delete("backup-why:installation:T0A")
        answered = await asyncio.gather(company.ask(spaces[A]), script_waits)
        assert answered[0].status == 200
        await company.idle()


async def test_a_token_that_rotates_is_renewed_once(redis_url: str) -> None:
    async with open_company(redis_url) as (company, spaces):
        company.installs.expires_in = 60
        await company.install(spaces[A])
        (first,) = company.installs.workspaces
        company.installs.expires_in = 43_200
        app = oauth_app(company.settings)
        assert app
        bots = await asyncio.gather(*(Installations(company.redis, app).bot("T0A") for _ in range(4)))
        assert {bot and bot.bot_token for bot in bots} == set(company.installs.workspaces) - {first}, "once, for all"
        await company.ask(spaces[A])
        tokens = await company.answered(spaces[A])
        (second,) = set(company.installs.workspaces) - {first}
        assert tokens == {second}
        company.installs.refuse(first, "token_expired")
        await company.ask(spaces[A], "help me")


async def test_a_token_that_can_not_be_renewed_is_used_as_long_as_it_lives(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_company(redis_url) as (company, spaces):
        company.installs.expires_in = 60
        await company.install(spaces[A])
        company.installs._refreshes.clear()
        await company.ask(spaces[A])
        assert await company.answered(spaces[A]) == set(company.installs.workspaces)
    assert "the token of installation T0A can't be renewed: invalid_refresh_token" in caplog.text


async def test_who_is_not_listed_can_not_install(redis_url: str) -> None:
    async with open_company(redis_url) as (company, spaces):
        status, page = await company.install(spaces[STRANGER])
        assert status == 403
        assert page == (
            "This workspace may not install the app. Ask whoever runs it to list T0D in BACKUP_WHY_WORKSPACES."
        )
        assert company.installs.workspaces == {}, "the token was given back"
        assert [key async for key in company.redis.scan_iter("backup-why:installation:*")] == []


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [({"state": "another"}, 400, "invalid_browser"), ({"code": "stolen"}, 401, "invalid_code")],
    ids=["another browser", "another code"],
)
async def test_an_installation_that_fails_says_so(
    redis_url: str, sent: dict[str, str], status: int, reason: str
) -> None:
    async with open_company(redis_url) as (company, spaces):
        answer = await company.install(spaces[A], **sent)
        assert answer == (status, f"The app was not installed ({reason}). Please begin again at /slack/install.")


async def test_the_first_key_encrypts_and_each_decrypts(redis_url: str) -> None:
    async with open_company(redis_url, installation_keys=OLDER_KEY) as (company, spaces):
        await company.install(spaces[A])
        both = oauth_app(company.settings.model_copy(update={"installation_keys": keys(KEY, OLDER_KEY)}))
        other = oauth_app(company.settings.model_copy(update={"installation_keys": keys(KEY)}))
        assert both
        assert other
        known = Installations(company.redis, both)
        assert await known.check() == 1
        bot = await known.async_find_bot(enterprise_id=None, team_id="T0A")
        assert bot
        with pytest.raises(BackupWhyError, match=re.escape(OTHER_KEY)):
            await Installations(company.redis, other).check()
        await known.async_save_bot(bot)
        assert await Installations(company.redis, other).check() == 1
        moved = await company.redis.get("backup-why:installation:T0A")
        await company.redis.set("backup-why:installation:T0B", str(moved))
        with pytest.raises(BackupWhyError, match=re.escape(OTHER_KEY)):
            await known.bot("T0B")
        await company.redis.delete("backup-why:installation:T0B")
        with pytest.raises(BackupWhyError, match=re.escape(OTHER_KEY)):
            await serve(
                settings("http://127.0.0.1:9/api/", redis_url, installation_keys=OLDER_KEY),
                host="127.0.0.1",
                stopping=asyncio.Event(),
            )


def keys(*texts: str) -> tuple[SecretStr, ...]:
    return tuple(map(SecretStr, texts))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slack_client_secret": None}, "To install the app by OAuth set SLACK_CLIENT_SECRET too"),
        (
            {"installation_keys": "", "slack_client_id": None},
            "set SLACK_CLIENT_ID and BACKUP_WHY_INSTALLATION_KEYS too",
        ),
        ({"slack_bot_token": SecretStr("xoxb-1")}, "Set either SLACK_BOT_TOKEN (one workspace) or SLACK_CLIENT_ID"),
        ({"workspaces": ""}, "Set BACKUP_WHY_WORKSPACES or BACKUP_WHY_ACCESS_FILE"),
        (
            {"slack_client_id": None, "slack_client_secret": None, "installation_keys": ""},
            "BACKUP_WHY_WORKSPACES is for installing by OAuth",
        ),
    ],
)
def test_a_mixture_of_settings_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInputError, match=re.escape(sentence)):
        oauth_app(settings("http://127.0.0.1:9/api/", "redis://localhost/0", **changes))


def test_without_the_settings_there_is_no_oauth() -> None:
    none = dict.fromkeys(APP) | {"installation_keys": "", "workspaces": ""}
    assert oauth_app(settings("http://127.0.0.1:9/api/", "redis://localhost/0", **none)) is None
