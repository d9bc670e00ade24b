"""Every kind of page, modal and Home tab as it is shown, kept as files: a change of words or form is seen in a diff.

The texts in them are hostile and name accounts. What was changed on purpose is written anew with
`pytest tests/replies/test_golden.py --snapshot-update`.
"""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from bot.access.audience import Audience
from bot.access.authorizer import Rights
from bot.replies.terminal import render_page
from sandbox.slack.block_kit import message_problems, view_problems
from tests.replies.golden_files import GoldenJson, GoldenText
from tests.replies.kinds import DENIED, HEADS, MINE, OTHER, REPLIES, SINGLES, VIEWS, pages, sent
from tests.replies.reading_along import account_ids, outline

EVERYTHING = Audience(Rights(None), shared=False).about(DENIED)
SHARED = replace(EVERYTHING, shared=True)
UNSURE = replace(EVERYTHING, shared=None)
HALF = replace(EVERYTHING, rights=Rights(frozenset({MINE})))
MASKED = {
    "Other organizations read along": (SHARED, set()),
    "Nobody knows who reads": (UNSURE, set()),
    "A right to one of the two accounts": (HALF, {MINE}),
}
"""Who must not see everything, and which account ids they may see."""

KINDS = (*HEADS, *SINGLES, *REPLIES, *VIEWS)


@pytest.mark.parametrize("kind", KINDS)
def test_slack(kind: str, snapshot: SnapshotAssertion) -> None:
    shown = sent(kind, EVERYTHING)
    for one in shown:
        problems = view_problems(one) if kind in VIEWS else message_problems(one["text"], one["blocks"])
        assert problems == []
    assert json.dumps(shown, indent=1, ensure_ascii=False) + "\n" == snapshot(extension_class=GoldenJson)


@pytest.mark.parametrize("kind", KINDS)
def test_masked(kind: str, snapshot: SnapshotAssertion) -> None:
    said = []
    for who, (reader, readable) in MASKED.items():
        shown = sent(kind, reader)
        assert account_ids(shown) <= readable
        said.append("\n\n".join([f"=== {who}", *map(outline, shown)]))
    assert "\n\n".join(said) + "\n" == snapshot(extension_class=GoldenText)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in VIEWS])
def test_terminal(kind: str, snapshot: SnapshotAssertion) -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system=None)
    for page in pages(kind):
        render_page(page, console)
    printed = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    assert "\x1b" not in printed
    assert f"{printed.strip()}\n" == snapshot(extension_class=GoldenText)


def test_the_texts_of_the_files_name_both_accounts() -> None:
    assert account_ids([sent(kind, EVERYTHING) for kind in KINDS]) >= {MINE, OTHER}
