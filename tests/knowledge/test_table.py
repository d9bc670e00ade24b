"""The page that says how well the needs are known: it is the one in docs/, and it counts what is there."""

from pathlib import Path

from knowledge.need import of_type
from knowledge.table import page

PAGE = Path(__file__).parents[2] / "docs/needs.md"


def test_the_page_in_docs_is_the_one_of_the_data() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_a_line_counts_required_rows_and_in_brackets_optional_ones() -> None:
    ebs = of_type("EBS")
    assert ebs
    required = [need for need in ebs.backup if need.basis == "documented" and need.optional is None]
    optional = [need for need in ebs.backup if need.basis == "documented" and need.optional]
    assert f"| EBS | backup | {len(required)} ({len(optional)}) | " in page()
