"""The glossary is kept: words that it replaces stand nowhere but where they are still to be renamed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORDS: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/project/words.yaml").read_text(encoding="utf-8"))
GLOSSARY = ROOT / "docs/glossary.md"
OTHERS = ("CODE_OF_CONDUCT.md", "LICENSE", "knowledge/managed_policies/", "sandbox/incidents/")
"""Texts that are not ours: AWS's policies, and incidents, whose texts other programs share."""
ABOUT_WORDS = ("docs/glossary.md", "tests/project/words.yaml", "tests/project/test_words.py")
HIDDEN, MADE = {".github", ".ci"}, {"__pycache__", "artifacts", "build", "dist"}
TEXTS = {".py", ".md", ".yaml", ".yml", ".toml", ".js", ".css", ".html", ".json", ".sample"}
NAMES = {"Makefile", "Dockerfile", "Procfile", "run", "installed"}


def files() -> Iterator[str]:
    """Every text of the project, by its path from the root."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each in HIDDEN or not (each.startswith(".") or each in MADE)]
        for name in names:
            path = (Path(folder) / name).relative_to(ROOT).as_posix()
            if (Path(name).suffix in TEXTS or name in NAMES) and not path.startswith((*OTHERS, *ABOUT_WORDS)):
                yield path


def words(text: str) -> str:
    """The words of a text, lower case; a name in code counts as the words that it is made of."""
    text = text.replace("asyncio.gather", "")  # Python's own name
    return " ".join(word.lower() for word in re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+", text))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {name: words(f"{name} {(ROOT / name).read_text(encoding='utf-8')}") for name in files()}


def places(texts: dict[str, str], find: str) -> set[str]:
    pattern = re.compile(rf"\b{find}\b")
    return {name for name, text in texts.items() if pattern.search(text)}


def within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}/")


@pytest.mark.parametrize("word", WORDS, ids=[word["not"] for word in WORDS])
def test_a_replaced_word_stands_only_where_it_is_still_to_be_renamed(
    word: dict[str, Any], texts: dict[str, str]
) -> None:
    found = places(texts, word["find"])
    known = [*word.get("rename", ()), *word.get("keep", ())]
    new = sorted(name for name in found if not any(within(name, place) for place in known))
    assert new == [], f"docs/glossary.md has another word for {word['not']!r}"
    done = [place for place in known if not any(within(name, place) for name in found)]
    assert done == [], "renamed: take it off the list in tests/project/words.yaml"


@pytest.mark.parametrize("word", WORDS, ids=[word["not"] for word in WORDS])
def test_the_glossary_says_what_stands_for_a_replaced_word(word: dict[str, Any]) -> None:
    rows = [line.split(" | ") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    replaced = {each.strip() for row in rows for each in row[2].removesuffix("|").split(",")}
    assert word["not"] in replaced
    assert re.search(rf"\b{word['find']}\b", words(word["not"]))


def test_names_in_code_are_read_word_by_word() -> None:
    assert words("MENDED, hangs_on WeighedCall IAMPolicy asyncio.gather(x)") == (
        "mended hangs on weighed call iam policy x"
    )


def test_each_word_stands_once_in_the_glossary() -> None:
    rows = [line.split(" | ")[0] for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    terms = [term for row in rows for term in row.removeprefix("| ").split(", ") if term != "word"]
    assert len(terms) == len(set(terms)) > 50


def test_people_find_the_glossary() -> None:
    for page in ("CONTRIBUTING.md", "README.md", "docs/architecture.md"):
        assert "glossary.md)" in (ROOT / page).read_text(encoding="utf-8")
