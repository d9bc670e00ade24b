"""Clocks: what is off by minutes makes requests invalid, what is off by less is told, what nobody says is unknown."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.doctor.clocks import compare_clock
from bot.doctor.findings import Health

HERE = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "condition", "says"),
    [
        (0, Health.OK, "agrees with Slack's"),
        (29, Health.OK, "agrees with Slack's"),
        (30, Health.WARNING, "30 s behind Slack's."),
        (-299, Health.WARNING, "299 s ahead of Slack's."),
        (300, Health.BROKEN, "300 s behind Slack's, which makes requests invalid."),
        (-86_400, Health.BROKEN, "86400 s ahead of Slack's"),
    ],
)
def test_how_far_it_is_off_decides(seconds: int, condition: Health, says: str) -> None:
    there = HERE + timedelta(seconds=seconds)
    header = f"{there:%a, %d %b %Y %H:%M:%S} GMT"
    for shown in (there, header):
        found = compare_clock("slack.clock", "Slack", shown, HERE)
        assert (found.check, found.condition) == ("slack.clock", condition)
        assert says in found.says
        assert bool(found.do) is (condition is not Health.OK)


@pytest.mark.parametrize("there", [None, "", "yesterday"])
def test_what_nobody_says_is_unknown(there: str | None) -> None:
    assert compare_clock("aws.clock", "AWS", there, HERE).condition is Health.UNKNOWN
