"""The documentation site: every page is in its navigation, and the commands of tutorial and how-to guides run.

`make site` builds it strictly, which finds links to nowhere; here is what it can't know.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from bot.cli import run
from bot.commands.registry import FUNCTIONS
from sandbox.aws.here import only
from tools.site_links import on_page_markdown

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
RUN = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
IS_BROKEN = 1
"""What `doctor` ends with where nothing is set up, as here."""


def navigated(nav: Any) -> Iterator[str]:
    """The pages of a navigation."""
    match nav:
        case str():
            yield nav
        case dict() | list():
            for each in nav.values() if isinstance(nav, dict) else nav:
                yield from navigated(each)


def commands() -> list[tuple[str, str]]:
    found = []
    for page in RUN:
        for block in re.findall(
            r"^ *```console\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        ):
            found += [(page.stem, line.strip()) for line in block.splitlines()]
    return found


def test_each_page_is_in_the_navigation_once() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert config["strict"] is True
    assert sorted(navigated(config["nav"])) == [page.relative_to(DOCS).as_posix() for page in PAGES]


@pytest.mark.parametrize(("page", "command"), commands())
def test_a_command_of_the_tutorial_and_the_guides_runs(
    page: str, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(command)
    assert program == "backup-why"
    with only({"AWS_EC2_METADATA_DISABLED": "true"}):
        code = run(arguments)
    assert code in ((0, IS_BROKEN) if arguments[0] == "doctor" else (0,)), page
    assert capsys.readouterr().out


def test_tutorial_and_guides_have_commands_to_run() -> None:
    assert {page for page, _ in commands()} >= {"tutorial", "connect-slack", "connect-organization", "rights"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_names_commands_that_there_are(page: Path) -> None:
    named = re.findall(r"(?:^ {4,}|^|`)backup-why ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= FUNCTIONS.keys()


def test_a_diagram_shows_each_identity_that_a_job_needs_something_of() -> None:
    namespace = "{http://www.w3.org/2000/svg}"
    shown = {
        file.stem: "".join(text.text or "" for text in ET.parse(file).iter(f"{namespace}text"))  # noqa: S314 — ours
        for file in (DOCS / "images").glob("*.svg")
    }
    assert shown.keys() == {"backup", "restore", "copy"}
    for kind, text in shown.items():
        assert "Caller" in text
        assert "iam:PassRole" in text
        assert "Job role" in text
        assert ("AWSServiceRoleForBackup" in text) is (kind == "copy")


@pytest.mark.parametrize(
    ("here", "link", "there"),
    [
        ("index.md", "settings.md", "settings.md"),
        ("how-to/a.md", "../settings.md#redis", "../settings.md#redis"),
        ("settings.md", "../.env.sample", "https://example.com/r/blob/main/.env.sample"),
        ("how-to/a.md", "../../deploy/README.md#x", "https://example.com/r/blob/main/deploy/README.md#x"),
        ("commands.md", "schemas/error-1.json", "https://example.com/r/blob/main/docs/schemas/error-1.json"),
        ("index.md", "https://slack.com", "https://slack.com"),
    ],
)
def test_a_link_out_of_the_docs_leads_to_the_repository(here: str, link: str, there: str) -> None:
    page, config = (
        SimpleNamespace(file=SimpleNamespace(src_uri=here)),
        SimpleNamespace(repo_url="https://example.com/r/"),
    )
    assert on_page_markdown(f"[a]({link})", page=page, config=config, files=None) == f"[a]({there})"
