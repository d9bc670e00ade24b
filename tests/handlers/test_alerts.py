"""Which messages of other bots may ask, read out of Slack's payloads."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltContext

from handlers.alerts import delivery_of, is_from_bot, may_ask
from handlers.places import of_alert

OWN = AsyncBoltContext({"bot_id": "B0OWN", "bot_user_id": "U0OWN", "team_id": "T0OURS"})
ALERT = {"channel": "C0X", "ts": "5.0", "user": "U0ALERTS", "bot_id": "B0ALERTS", "app_id": "A0ALERTS"}
BY_BOT, BY_APP = frozenset({"B0ALERTS", "B0OTHER"}), frozenset({"A0ALERTS"})


@pytest.mark.parametrize(
    ("event", "is_bots"),
    [
        ({"user": "U0ANA"}, False),
        ({"user": "U0ANA", "subtype": "file_share"}, False),
        ({"bot_id": "B0X"}, True),
        ({"subtype": "bot_message"}, True),
    ],
)
def test_a_bots_message_is_known_by_its_id_or_its_subtype(event: dict[str, Any], is_bots: bool) -> None:
    assert is_from_bot(event) is is_bots


@pytest.mark.parametrize("listed", [BY_BOT, BY_APP], ids=["by bot", "by app"])
@pytest.mark.parametrize(
    "members",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"thread_ts": "5.0"}, id="with replies"),
        pytest.param({"subtype": "bot_message", "user": None}, id="a webhook"),
    ],
)
def test_a_listed_bots_message_that_begins_a_thread_may_ask(listed: frozenset[str], members: dict[str, Any]) -> None:
    assert may_ask({**ALERT, **members}, OWN, listed) is True


def test_the_app_may_stand_in_the_profile_alone() -> None:
    event = {**ALERT, "bot_profile": {"app_id": "A0ALERTS"}}
    del event["app_id"]
    assert may_ask(event, OWN, BY_APP)
    assert may_ask({**event, "app_id": "A0OTHER"}, OWN, BY_APP) is False


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"bot_id": ""}, id="no id"),
        pytest.param({"bot_id": "B0STRANGER", "app_id": "A0STRANGER"}, id="not listed"),
        pytest.param({"bot_id": "B0OWN"}, id="its own id"),
        pytest.param({"user": "U0OWN"}, id="its own user"),
        pytest.param({"thread_ts": "4.0"}, id="a reply"),
        pytest.param({"subtype": "message_changed"}, id="a change"),
        pytest.param({"subtype": "message_deleted"}, id="a removal"),
    ],
)
def test_no_other_message_may(members: dict[str, Any]) -> None:
    assert may_ask({**ALERT, **members}, OWN, BY_BOT | BY_APP | {"B0OWN", ""}) is False


def test_nobody_is_listed_by_default() -> None:
    assert may_ask(ALERT, OWN, frozenset()) is False


def test_two_events_of_one_message_are_one_delivery() -> None:
    assert delivery_of({**ALERT, "type": "app_mention"}) == delivery_of({**ALERT, "type": "message"}) == "C0X:5.0"


def test_an_alert_is_asked_by_its_bot_in_its_channel() -> None:
    place = of_alert(ALERT, OWN)
    assert (place.channel, place.user, place.team, place.thread) == ("C0X", "B0ALERTS", "T0OURS", "5.0")
    assert (place.bot, place.opens, place.outsider) == (True, True, False)
