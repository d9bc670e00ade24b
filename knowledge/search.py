"""Finds the entries that a person means: SQLite's full-text search, the words people use, and a guess at typing errors.

The index is built in memory from the library on first use, in milliseconds, and kept for the process. A whole phrase
that an entry calls itself by (slug, title, alias) counts for more than scattered words.
"""

import difflib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from threading import Lock

from pydantic import BaseModel, ConfigDict, Field

from knowledge.files import KNOWLEDGE, read_yaml, validated
from knowledge.library import KnowledgeEntry, all_entries

_LONGEST_QUESTION = 40
"""Words of a question that are looked at: a pasted log is no question."""

_PHRASE_WORTH = 8.0
"""What a word of a phrase match is worth beside bm25, whose ranks lie between 0 and about 20."""

_SLUG_WORTH = 1000.0
"""What a question is worth that is nothing but an entry's slug: links name entries so."""

_COLUMN_WORTH = "6.0, 4.0, 2.0, 1.0"
"""bm25 weights of title, aliases, verdict and the rest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and how well it fits: more is better."""

    slug: str
    title: str
    score: float


class _Synonyms(BaseModel):
    """`synonyms.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ignored: frozenset[str]
    """Words of a question that tell nothing."""
    groups: tuple[tuple[str, ...], ...] = Field(min_length=1)
    """Phrases that mean the same."""


def search(text: str, limit: int = 5) -> list[Hit]:
    """The entries that fit a question, best first.

    Args:
        text: A question, a topic, or some words of an entry, as a person types them.
        limit: How many to return at most.

    Returns:
        The hits, none where no word fits.
    """
    return _index().search(text)[:limit]


def nearest(text: str, limit: int = 3) -> list[Hit]:
    """What a person may have meant by a topic that names no entry: near spellings first, then near subjects.

    Args:
        text: The topic as typed.
        limit: How many to return at most.
    """
    index = _index()
    found = {hit.slug: hit for hit in [*index.spelled_like(text), *index.search(text)]}
    return list(found.values())[:limit]


def _words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, split as the index splits, without a plural's s."""
    return [
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in re.findall(r"[^\W_]+", text.lower())
    ]


class _Index:
    """The index of a library."""

    def __init__(self, entries: tuple[KnowledgeEntry, ...], synonyms: _Synonyms) -> None:
        self._lock = Lock()
        self._ignored = frozenset(folded for word in synonyms.ignored for folded in _words(word))
        self._groups = [[" ".join(_words(phrase)) for phrase in group] for group in synonyms.groups]
        self._titles = {entry.slug: entry.title for entry in entries}
        self._slugs = {self._fold(entry.slug): entry.slug for entry in entries}
        self._phrases: dict[str, list[str]] = {}
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE entry USING fts5"
            "(title, aliases, verdict, body, slug UNINDEXED, tokenize = 'porter unicode61')"
        )
        for entry in entries:
            names = (entry.slug, entry.title, *entry.aliases)
            for name in names:
                self._phrases.setdefault(self._fold(name), []).append(entry.slug)
            body = f"{entry.what} {entry.recognise} {entry.fix}"
            row = (f"{entry.title} {entry.slug}", " · ".join(entry.aliases), entry.verdict, body, entry.slug)
            self._database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row)

    def search(self, text: str) -> list[Hit]:
        """Every entry that shares a telling word with a text, best first."""
        words = self._telling(text)[:_LONGEST_QUESTION]
        if not words:
            return []
        # Each term is a quoted string of word characters: nothing of the text is read as FTS5 syntax.
        query = " OR ".join(f'"{term}"' for term in [*words, *self._meant_too(words)])
        statement = f"SELECT slug, -bm25(entry, {_COLUMN_WORTH}) FROM entry WHERE entry MATCH ?"  # noqa: S608 — the weights are a constant
        with self._lock:
            scores: dict[str, float] = dict(self._database.execute(statement, (query,)))
        for slug, count in self._named(words):
            scores[slug] = scores.get(slug, 0.0) + _PHRASE_WORTH * count
        if own := self._slugs.get(" ".join(words)):
            scores[own] += _SLUG_WORTH
        hits = [Hit(slug, self._titles[slug], score) for slug, score in scores.items()]
        return sorted(hits, key=lambda hit: (-hit.score, hit.slug))

    def spelled_like(self, text: str) -> list[Hit]:
        """The entries that have a name spelled like a short text, nearest first."""
        names = difflib.get_close_matches(self._fold(text[:80]), self._phrases, n=5, cutoff=0.7)
        return [Hit(slug, self._titles[slug], 0.0) for name in names for slug in self._phrases[name]]

    def _fold(self, text: str) -> str:
        """A name or question reduced to its telling words, to be compared as a whole."""
        return " ".join(self._telling(text))

    def _telling(self, text: str) -> list[str]:
        """The words of a text that tell something."""
        return [word for word in _words(text) if word not in self._ignored]

    def _meant_too(self, words: list[str]) -> Iterator[str]:
        """The other phrases of each group of synonyms that a question has a phrase of."""
        question = f" {' '.join(words)} "
        for group in self._groups:
            said = [phrase for phrase in group if f" {phrase} " in question]
            if said:
                yield from (phrase for phrase in group if phrase not in said)

    def _named(self, words: list[str]) -> Iterator[tuple[str, int]]:
        """The entries that a question names by a phrase of theirs, with the words of the longest such phrase."""
        question = f" {' '.join(words)} "
        longest: dict[str, int] = {}
        for phrase, slugs in self._phrases.items():
            if f" {phrase} " in question:
                for slug in slugs:
                    longest[slug] = max(longest.get(slug, 0), len(phrase.split()))
        yield from longest.items()


@cache
def _index() -> _Index:
    """The index of the library, built once a process."""
    path = KNOWLEDGE / "synonyms.yaml"
    value = read_yaml(path.read_text(encoding="utf-8"), path.name)
    return _Index(all_entries(), validated(_Synonyms, value, path.name))
