"""The table of what was claimed against AWS's pages: every claim is in it, and every test that it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs/decisions/corrections.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if re.match(r"\| [WG]\d+ \|", line)
]
IDS = [*(f"W{number}" for number in range(1, 24)), *(f"G{number}" for number in range(1, 10))]


def test_every_wrong_claim_and_every_guess_stands_once() -> None:
    assert [row[0] for row in ROWS] == IDS


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_claim_has_its_commit_and_a_test_that_is_there(row: list[str]) -> None:
    _id, claimed, says, commits, test = row
    assert claimed
    assert says
    assert re.fullmatch(r"[0-9a-f]{7}(, [0-9a-f]{7})*", commits)
    path, _, name = test.strip("`").partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS[23:], ids=IDS[23:])
def test_a_guess_says_its_basis(row: list[str]) -> None:
    assert re.match(r"`(managed-policy|assumed)`|Kept\. |No cause is made ", row[2])
