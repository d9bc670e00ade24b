"""Rights by user, group and channel, asked of a workspace over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.access.authorizer import REMEMBERED_SECONDS, Authorizer, Rights, RightsUnknownError
from bot.access.place import Place
from bot.access.rules import Grant, People, Rules
from bot.work.client import web_client
from sandbox.slack.server import WorkspaceServer
from sandbox.slack.workspace import Fault, Workspace
from tests.scenarios.bench import serving

RULES = Rules(
    ask="#cloud-security",
    admins=People(groups=("S0ADMINS",)),
    grants=(
        Grant(accounts=("222233334444",), users=("U0ANA",)),
        Grant(accounts=("333344445555",), groups=("S0STORAGE",)),
        Grant(accounts=("*",), channels=("C0INCIDENTS",)),
    ),
)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    opened = Workspace(groups={"S0STORAGE": ("U0BEN",), "S0ADMINS": ("U0EVE",)})
    async with WorkspaceServer(opened):
        yield opened


def authorizer(workspace: Workspace, rules: Rules | None = RULES, clock: Clock | None = None) -> Authorizer:
    return Authorizer(rules, web_client("xoxb-local", f"{workspace.url}/api/"), clock or Clock())


ROWS = [
    pytest.param("U0ANA", "C0X", {"222233334444"}, False, id="by user"),
    pytest.param("U0BEN", "C0X", {"333344445555"}, False, id="by group"),
    pytest.param("U0EVE", "C0X", set(), True, id="an admin may read the trail, and ask nothing"),
    pytest.param("U0ZOE", "C0X", set(), False, id="closed by default"),
    pytest.param("U0ZOE", "C0INCIDENTS", None, False, id="by channel, every account"),
]


def place(user: str, channel: str = "C0X", **members: Any) -> Place:
    return Place(channel, user, "T0OURS", **members)


@pytest.mark.parametrize(("user", "channel", "accounts", "admin"), ROWS)
async def test_rights_go_by_id(
    workspace: Workspace, user: str, channel: str, accounts: set[str] | None, admin: bool
) -> None:
    rights = await authorizer(workspace).rights(place(user, channel))
    assert rights.accounts == (None if accounts is None else frozenset(accounts))
    assert rights.admin is admin
    assert rights.nothing is (accounts == set())
    assert rights.cover("333344445555") is (accounts is None or "333344445555" in accounts)


async def test_a_channel_that_is_chosen_from_outside_grants_nothing(workspace: Workspace) -> None:
    assert (await authorizer(workspace).rights(place("U0ZOE", "C0INCIDENTS", chosen=True))).nothing
    assert (await authorizer(workspace).rights(place("U0ANA", "C0INCIDENTS", chosen=True))).accounts == frozenset(
        {"222233334444"}
    )


async def test_a_persons_own_rights_hold_whatever_the_channel(workspace: Workspace) -> None:
    assert (await authorizer(workspace).own_rights(place("U0ZOE", "C0INCIDENTS"))).nothing
    assert (await authorizer(workspace).own_rights(place("U0BEN", "C0INCIDENTS"))).accounts == frozenset(
        {"333344445555"}
    )
    assert (await authorizer(workspace).own_rights(place("U0BEN", "C0INCIDENTS", outsider=True))).nothing


@pytest.mark.parametrize(
    ("user", "accounts"),
    [
        pytest.param("U0ANA", {"222233334444"}, id="by their own id"),
        pytest.param("U0BEN", set(), id="not by a group"),
        pytest.param("U0ZOE", set(), id="not by the channel"),
    ],
)
async def test_people_of_other_organizations_have_what_names_them(
    workspace: Workspace, user: str, accounts: set[str]
) -> None:
    rights = await authorizer(workspace).rights(place(user, "C0INCIDENTS", outsider=True))
    assert rights.accounts == (None if accounts is None else frozenset(accounts))


async def test_without_a_file_everybody_of_the_organization_may_ask_and_nobody_is_admin(workspace: Workspace) -> None:
    rights = await authorizer(workspace, rules=None).rights(place("U0ZOE"))
    assert rights.accounts is None
    assert not rights.admin
    assert (await authorizer(workspace, rules=None).rights(place("U0ZOE", outsider=True))).nothing


async def test_a_group_that_slack_does_not_let_the_bot_see_gives_no_right(workspace: Workspace) -> None:
    workspace.fail("usergroups.users.list", Fault(error="missing_scope"), Fault(error="missing_scope"))
    asked = authorizer(workspace)
    assert (await asked.rights(place("U0BEN"))).nothing
    assert not (await asked.rights(place("U0BEN"))).nothing, "a failure is not remembered"


async def test_where_slack_is_out_of_order_nobody_is_taken_for_somebody_without_rights(workspace: Workspace) -> None:
    workspace.fail("usergroups.users.list", Fault(error="internal_error"))
    with pytest.raises(RightsUnknownError, match="ask again in a minute"):
        await authorizer(workspace).rights(place("U0BEN"))


async def test_members_are_remembered_for_five_minutes(workspace: Workspace) -> None:
    clock = Clock()
    asked = authorizer(workspace, clock=clock)
    for _ in range(3):
        await asked.rights(place("U0BEN"))
    assert len(workspace.calls_of("usergroups.users.list")) == 2
    workspace.groups["S0STORAGE"] = ()
    clock.now += REMEMBERED_SECONDS
    assert (await asked.rights(place("U0BEN"))).nothing


async def test_a_refusal_says_why_and_whom_to_ask(workspace: Workspace) -> None:
    said = authorizer(workspace).refusal("222233334444")
    assert said == "You may not ask about account 222233334444 here. Ask #cloud-security for access."
    said = authorizer(workspace).refusal()
    assert said == "You may not ask about any AWS account here. Ask #cloud-security for access."
    said = authorizer(workspace, rules=None).refusal()
    assert said == "You may not ask about any AWS account here. Ask whoever runs this bot for access."


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(error="unknown_method"), id="unknown method"),
        pytest.param(Fault(status=404, error=""), id="a 404"),
        pytest.param(Fault(error="missing_scope"), id="missing scope"),
        pytest.param(Fault(error="channel_not_found"), id="not a member"),
    ],
)
async def test_a_channel_that_slack_says_nothing_of_is_not_known_and_is_asked_about_again(
    workspace: Workspace, fault: Fault
) -> None:
    own = workspace.add_channel("own")
    workspace.fail("conversations.info", fault)
    asked = authorizer(workspace)
    assert await asked.is_shared(own.id) is None
    assert await asked.is_shared(own.id) is False


async def test_a_channel_is_shared_if_slack_says_so(workspace: Workspace) -> None:
    own, shared = workspace.add_channel("own"), workspace.add_channel("shared", shared=True)
    asked = authorizer(workspace)
    assert await asked.is_shared(own.id) is False
    assert await asked.is_shared(shared.id) is True


@pytest.mark.parametrize("member", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a_channel_that_others_are_invited_to_counts_as_shared(member: str) -> None:
    async def info(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "channel": {"id": "C0X", member: True}})

    site = web.Application()
    site.router.add_post("/conversations.info", info)
    async with serving(site) as url:
        assert await Authorizer(None, web_client("xoxb-local", url)).is_shared("C0X") is True


def test_people_with_the_same_rights_have_the_same_key_and_others_have_another() -> None:
    keys = [
        Rights(None).key,
        Rights(frozenset()).key,
        Rights(frozenset({"222233334444"})).key,
        Rights(frozenset({"222233334444", "333344445555"})).key,
        Rights(frozenset({"333344445555"})).key,
    ]
    assert len(set(keys)) == len(keys)
    assert Rights(frozenset({"333344445555", "222233334444"}), admin=True).key == keys[3] == "222233334444,333344445555"


async def test_a_channel_that_slack_can_not_tell_of_now_is_asked_about_later(workspace: Workspace) -> None:
    own = workspace.add_channel("own")
    workspace.fail("conversations.info", Fault(error="fatal_error"))
    with pytest.raises(SlackApiError, match="fatal_error"):
        await authorizer(workspace).is_shared(own.id)
