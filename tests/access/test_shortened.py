"""What is shortened shows no more of an account id than what is masked whole."""

import pytest

from bot.access.audience import ANYBODY
from bot.replies.blocks import HEADER_TEXT
from bot.replies.document import Heading, Page
from bot.replies.safe import shorten
from tests.replies.kinds import MINE


@pytest.mark.parametrize("cut", range(1, len(MINE)))
def test_a_title_that_is_cut_within_an_account_id_shows_nothing_of_it(cut: int) -> None:
    before = "x " * (HEADER_TEXT // 2)
    title = f"{before[: HEADER_TEXT - 1 - cut]}{MINE} and more"
    shown = str(ANYBODY.head(Page("parent", "A title.", (Heading(title),))).blocks)
    assert MINE[:4] not in shown
    assert "…" in shown


def test_a_text_is_cut_at_its_limit_between_numbers() -> None:
    assert shorten("abc 123 def", 8) == "abc 123…"
    assert shorten("abc 1234 def", 8) == "abc…"
    assert shorten("abc 1234", 8) == "abc 1234"
