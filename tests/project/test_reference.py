"""The docs say what the code has: settings, commands, needs. `make docs` writes what these tests compare."""

import re
from pathlib import Path

import pytest

from bot.commands.registry import FUNCTIONS
from bot.settings import Settings
from tools.reference import ROOT, described, pages, settings_table

VARIABLES = [str(field.alias) for field in Settings.model_fields.values()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_generated_page_is_the_one_of_the_code(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == pages()[page], "run `make docs`"


def test_each_setting_stands_once_in_the_docs() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| \S", text, re.MULTILINE)
    assert sorted(rows) == sorted(VARIABLES), "name it in a `generated: settings` line of docs/settings.md"


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_setting_says_what_it_means(variable: str) -> None:
    assert described()[variable].endswith(".")


def test_a_default_is_shown_unless_the_text_says_what_holds_without() -> None:
    table = settings_table(["PORT", "BACKUP_WHY_REGIONS", "REDIS_PASSWORD"])
    cells = [row.split(" | ")[-1] for row in table.splitlines()]
    assert cells[2:] == ["`3000` |", "the session's Region |", "none |"]


def test_each_command_stands_in_the_readme_and_on_its_page() -> None:
    names = set(FUNCTIONS)
    assert "diagnose" in names
    assert set(re.findall(r"^\| `backup-why (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)) == names
    assert set(re.findall(r"^## (\w+)", (ROOT / "docs/commands.md").read_text("utf-8"), re.MULTILINE)) == names


def test_the_sample_sets_only_what_there_is() -> None:
    sample = (ROOT / ".env.sample").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", sample, re.MULTILINE))
    assert {name for name in named if not name.startswith("AWS_")} <= set(VARIABLES)
