"""Rights by user, group and channel, asked of a workspace over HTTP; what can't be found out gives none."""

from collections.abc import AsyncIterator

import pytest

from bot.access.gate import REMEMBERED_SECONDS, Gate
from bot.access.rules import Grant, People, Rules
from bot.work.client import web_client
from sandbox.slack.server import WorkspaceServer
from sandbox.slack.workspace import Fault, Workspace

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
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    opened = Workspace(groups={"S0STORAGE": ("U0BEN",), "S0ADMINS": ("U0EVE",)})
    async with WorkspaceServer(opened):
        yield opened


def gate(workspace: Workspace, rules: Rules | None = RULES, clock: Clock | None = None) -> Gate:
    return Gate(rules, web_client("xoxb-local", f"{workspace.url}/api/"), clock or Clock())


ROWS = [
    pytest.param("U0ANA", "C0X", {"222233334444"}, False, id="by user"),
    pytest.param("U0BEN", "C0X", {"333344445555"}, False, id="by group"),
    pytest.param("U0EVE", "C0X", set(), True, id="an admin may read the trail, and ask nothing"),
    pytest.param("U0ZOE", "C0X", set(), False, id="closed by default"),
    pytest.param("U0ZOE", "C0INCIDENTS", None, False, id="by channel, every account"),
]


@pytest.mark.parametrize(("user", "channel", "accounts", "admin"), ROWS)
async def test_rights_go_by_id(
    workspace: Workspace, user: str, channel: str, accounts: set[str] | None, admin: bool
) -> None:
    rights = await gate(workspace).rights(user, channel)
    assert rights.accounts == accounts
    assert rights.admin is admin
    assert rights.nothing is (accounts == set())
    assert rights.cover("333344445555") is (accounts is None or "333344445555" in accounts)


async def test_without_a_file_everybody_may_ask_and_nobody_is_admin(workspace: Workspace) -> None:
    rights = await gate(workspace, rules=None).rights("U0ZOE", "C0X")
    assert rights.accounts is None
    assert not rights.admin


async def test_a_group_that_slack_does_not_tell_of_gives_no_right(workspace: Workspace) -> None:
    workspace.fail("usergroups.users.list", Fault(error="missing_scope"), Fault(error="missing_scope"))
    asked = gate(workspace)
    assert (await asked.rights("U0BEN", "C0X")).nothing
    assert not (await asked.rights("U0BEN", "C0X")).nothing, "a failure is not remembered"


async def test_members_are_remembered_for_five_minutes(workspace: Workspace) -> None:
    clock = Clock()
    asked = gate(workspace, clock=clock)
    for _ in range(3):
        await asked.rights("U0BEN", "C0X")
    assert len(workspace.calls_of("usergroups.users.list")) == 2
    workspace.groups["S0STORAGE"] = ()
    clock.now += REMEMBERED_SECONDS
    assert (await asked.rights("U0BEN", "C0X")).nothing


async def test_a_refusal_says_why_and_whom_to_ask(workspace: Workspace) -> None:
    said = gate(workspace).refusal("222233334444")
    assert said == "You may not ask about account 222233334444 here. Ask #cloud-security for the right."


async def test_a_channel_is_shared_if_slack_says_so_or_says_nothing(workspace: Workspace) -> None:
    own, shared = workspace.add_channel("own"), workspace.add_channel("shared", shared=True)
    asked = gate(workspace)
    assert not await asked.is_shared(own.id)
    assert await asked.is_shared(shared.id)
    assert await asked.is_shared("C0NOWHERE")
    for nothing_of_the_kind in (Fault(error="unknown_method"), Fault(status=404, error="")):
        workspace.fail("conversations.info", nothing_of_the_kind)
        assert not await asked.is_shared(workspace.add_channel("other").id), "a server without shared channels has none"
