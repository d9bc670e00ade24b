"""The check of a tag: a release whose tag, versions, changelog and upgrade notes agree passes, any other does not."""

from pathlib import Path

import pytest

from tools.release import main, notes, problems

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.3] - 2026-12-01

### Upgrade notes

Nothing to do.

## [1.2.2] - 2026-11-01

### Fixed

- Something.
"""


def checkout(folder: Path, *, changelog: str = CHANGELOG, sandbox: str = "1.2.3") -> Path:
    (folder / "sandbox").mkdir()
    (folder / "CHANGELOG.md").write_text(changelog)
    for name, version in (("pyproject.toml", "1.2.3"), ("sandbox/pyproject.toml", sandbox)):
        (folder / name).write_text(f'[project]\nversion = "{version}"\n')
    return folder


def test_a_release_that_agrees_has_no_problems_and_its_own_notes(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    assert list(problems("v1.2.3", root, "1.2.3")) == []
    assert notes("1.2.3", root) == "### Upgrade notes\n\nNothing to do."
    assert notes("1.2.2", root) == "### Fixed\n\n- Something."
    assert notes("1.2", root) == ""


@pytest.mark.parametrize(
    ("tag", "version", "says"),
    [
        ("1.2.3", "1.2.3", "1.2.3 is no tag of a release: write v1.2.3."),
        ("v1.2.4", "1.2.3", "The tag is v1.2.4 and the program's version is 1.2.3 (bot/__init__.py)."),
        ("v1.2.2", "1.2.2", "pyproject.toml has version 1.2.3, and the program has 1.2.2."),
        ("v1.2.2", "1.2.2", "The section of 1.2.2 in CHANGELOG.md has no ### Upgrade notes"),
        ("v9.0.0", "9.0.0", "CHANGELOG.md has no section ## [9.0.0] - YYYY-MM-DD."),
    ],
)
def test_what_does_not_agree_is_a_sentence(tmp_path: Path, tag: str, version: str, says: str) -> None:
    assert any(says in sentence for sentence in problems(tag, checkout(tmp_path), version))


def test_both_distributions_have_to_agree(tmp_path: Path) -> None:
    root = checkout(tmp_path, sandbox="1.2.2")
    assert list(problems("v1.2.3", root, "1.2.3")) == [
        "sandbox/pyproject.toml has version 1.2.2, and the program has 1.2.3."
    ]


def test_without_a_tag_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("") == 1
    assert "is no tag of a release" in capsys.readouterr().err
