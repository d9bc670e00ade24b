"""What is shortened before it is masked shows no more of an account id than what is masked whole."""

import pytest

from bot.access.audience import ANYBODY
from bot.replies.home import SUMMARY, Latest, home_parts
from bot.replies.safe import shorten
from tests.replies import diagnoses
from tests.replies.kinds import MINE


@pytest.mark.parametrize("cut", range(1, len(MINE)))
def test_a_summary_that_is_cut_within_an_account_id_shows_nothing_of_it(cut: int) -> None:
    summary = "x " * (SUMMARY // 2)
    diagnosis = diagnoses.denied(summary=f"{summary[: SUMMARY - 1 - cut]}{MINE} and more")
    view = str(ANYBODY.home(home_parts([Latest(diagnosis)])))
    assert MINE[:4] not in view
    assert "…" in view


def test_a_text_is_cut_at_its_limit_between_numbers() -> None:
    assert shorten("abc 123 def", 8) == "abc 123…"
    assert shorten("abc 1234 def", 8) == "abc…"
    assert shorten("abc 1234", 8) == "abc 1234"
