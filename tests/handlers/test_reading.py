"""What is read out of Slack's payloads: the place, who it was, and nothing out of what lacks it."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult

from bot.access.place import Place
from handlers.payload import BrokenRequestError, member_at, optional_text, text_at
from handlers.places import name_of, of_command, of_event, of_interaction

OURS, THEIRS = "T0OURS", "T0THEIRS"


def context(team: str | None = OURS, *, installed: str = OURS, enterprise: str | None = None) -> AsyncBoltContext:
    """What Bolt knows of a request: the workspace that it comes from, and the one that installed the bot."""
    result = AuthorizeResult(enterprise_id=enterprise, team_id=installed, bot_token="xoxb-local")
    return AsyncBoltContext({"team_id": team, "authorize_result": result})


@pytest.mark.parametrize(
    ("members", "place"),
    [
        pytest.param({"team": OURS}, Place("C0X", "U0ANA", OURS, "5.0", opens=True), id="a message begins its thread"),
        pytest.param({"thread_ts": "1.0"}, Place("C0X", "U0ANA", OURS, "1.0"), id="a message in a thread"),
        pytest.param(
            {"team": THEIRS}, Place("C0X", "U0ANA", THEIRS, "5.0", outsider=True, opens=True), id="a stranger's"
        ),
        pytest.param(
            {"team": OURS, "user_team": THEIRS},
            Place("C0X", "U0ANA", THEIRS, "5.0", outsider=True, opens=True),
            id="a stranger's in a channel of ours",
        ),
        pytest.param(
            {"team": THEIRS, "user_team": OURS},
            Place("C0X", "U0ANA", OURS, "5.0", opens=True),
            id="ours in a stranger's channel",
        ),
    ],
)
def test_an_event_is_where_its_message_is(members: dict[str, str], place: Place) -> None:
    assert of_event({"channel": "C0X", "user": "U0ANA", "ts": "5.0", **members}, context()) == place


def test_an_event_without_a_team_is_of_the_workspace_that_it_comes_from() -> None:
    event = {"channel": "C0X", "user": "U0ANA", "ts": "5.0"}
    assert of_event(event, context(THEIRS)) == Place("C0X", "U0ANA", THEIRS, "5.0", opens=True)
    assert of_event(event, context(None)) == Place("C0X", "U0ANA", "", "5.0", opens=True)


@pytest.mark.parametrize(
    ("members", "place"),
    [
        pytest.param({}, Place("", "U0ANA", OURS), id="a view"),
        pytest.param(
            {"channel": {"id": "C0X"}, "message": {"ts": "5.0"}},
            Place("C0X", "U0ANA", OURS, "5.0", opens=True),
            id="a message without replies",
        ),
        pytest.param(
            {"channel": {"id": "C0X"}, "message": {"ts": "5.0", "thread_ts": "5.0"}},
            Place("C0X", "U0ANA", OURS, "5.0"),
            id="a head",
        ),
        pytest.param(
            {"message": {"ts": "5.0", "thread_ts": "1.0"}}, Place("", "U0ANA", OURS, "1.0"), id="a reply in a thread"
        ),
        pytest.param(
            {"response_url": "https://hooks.slack.com/x"},
            Place("", "U0ANA", OURS, response_url="https://hooks.slack.com/x"),
            id="a response URL",
        ),
    ],
)
def test_an_interaction_is_where_its_message_is(members: dict[str, Any], place: Place) -> None:
    assert of_interaction({"user": {"id": "U0ANA", "team_id": OURS}, **members}, context()) == place


def test_an_interaction_of_another_organization_is_an_outsiders() -> None:
    body = {"user": {"id": "U0ZOE", "team_id": THEIRS}}
    assert of_interaction(body, context()) == Place("", "U0ZOE", THEIRS, outsider=True)
    assert not of_interaction(body, context(enterprise="E0OURS")).outsider, "a grid has many workspaces"
    assert not of_interaction(body, AsyncBoltContext({"team_id": OURS})).outsider, "nobody knows who installed it"
    assert of_interaction({"user": {"id": "U0ZOE"}}, context(THEIRS)) == Place("", "U0ZOE", THEIRS)
    assert of_interaction({"user": {"id": "U0ZOE"}}, context(None)) == Place("", "U0ZOE", "")


def test_a_command_is_in_its_channel() -> None:
    command = {"channel_id": "C0X", "user_id": "U0ANA", "team_id": OURS}
    assert of_command(command, context()) == Place("C0X", "U0ANA", OURS)
    url = "https://hooks.slack.com/x"
    assert of_command({**command, "response_url": url}, context()) == Place("C0X", "U0ANA", OURS, response_url=url)
    assert of_command({**command, "team_id": THEIRS}, context()).outsider


@pytest.mark.parametrize(
    ("channel", "name", "direct"),
    [
        ("D0X", "directmessage", True),
        ("C0X", "mpdm-ana--ben--eve-1", True),
        ("C0X", "privategroup", False),
        ("C0X", "backups", False),
        ("D0X", "", True),
    ],
)
def test_a_direct_message_is_known_by_its_id_or_by_what_stands_for_its_name(
    channel: str, name: str, direct: bool
) -> None:
    command = {"channel_id": channel, "channel_name": name, "user_id": "U0ANA", "team_id": OURS}
    assert of_command(command, context()).direct is direct
    body = {"user": {"id": "U0ANA"}, "channel": {"id": channel, "name": name}}
    assert of_interaction(body, context()).direct is direct


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"id": "U0ANA", "name": "ana", "username": "ana.b"}, "ana"),
        ({"id": "U0ANA", "username": "ana.b"}, "ana.b"),
        ({"id": "U0ANA"}, "U0ANA"),
    ],
)
def test_somebody_is_called_by_their_name(user: dict[str, str], name: str) -> None:
    assert name_of({"user": user}) == name


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("a", "c"), "a.c is missing"),
        (("a", "b", "c"), "a.b.c is missing"),
        (("a", "number"), "a.number is no text"),
        (("x",), "x is missing"),
    ],
)
def test_what_is_not_there_is_told_by_its_path(path: tuple[str, ...], wrong: str) -> None:
    body = {"a": {"b": "text", "number": 7}}
    with pytest.raises(BrokenRequestError) as met:
        text_at(body, *path)
    assert str(met.value) == wrong
    assert optional_text(body, *path) == ""


def test_what_is_there_is_read() -> None:
    body = {"a": {"b": "text", "number": 7}}
    assert text_at(body, "a", "b") == optional_text(body, "a", "b") == "text"
    assert member_at(body, "a", "number") == 7
