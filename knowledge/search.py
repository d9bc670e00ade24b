"""Finds the entries that a person means, and says how sure it is: one search behind every place where people ask.

SQLite's full-text search ranks by the words that an entry has (bm25). Two shares say whether the best entry is an
answer: how much of the question the entry's names (slug, title, alias) cover, and how much of it the entry has at all.
Words count for as much as they tell: one that every entry has tells nothing, one that no entry has speaks against all.
"""

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain
from threading import Lock
from typing import Final

from knowledge.asked import phrases
from knowledge.callers import operations
from knowledge.library import EntryKind, KnowledgeEntry, all_entries
from knowledge.vocabulary import Term, Vocabulary, language, split

ANSWER: Final = 0.56
"""The score from which an entry is the answer. Measured: `tests/knowledge/test_questions.py`."""

SURE: Final = 0.8
"""The score from which an entry is meant by a name of its own."""

NEAR: Final = 0.42
"""The score from which an entry is named as one of the closest."""

STRANGE: Final = 0.55
"""The share of a question in words that no entry has, from which it is about something else."""

_SHORT: Final = 8
"""Telling words of a question that names its subject alone; a story of more may come less near and still be meant."""

_BY_NAME, _BY_NAMES, _BY_TEXT, _BY_RANK = 0.35, 0.15, 0.25, 0.25
"""What the four parts of a score count for; together 1. Measured by leaving out one alias of each entry in turn."""

_NAMED, _FOREIGN = 0.95, 0.4
"""What a score is worth without a word of our subject, and from which score the entry is named outright."""

_MISSPELLED = 0.9
"""What a word counts that had to be corrected."""

_TIE: Final = 0.05
"""By how much the best entry must lead for a single word to mean it: “denied” is a word of many names."""

_EVEN: Final = 0.01
"""By how much it must lead in any other question."""

_RANKS: Final = (1.0, 0.99, 0.98)
"""What a name counts: an entry's slug for more than another's title, and that for more than an alias."""

_UNKNOWN = 1.15
"""What a word that no entry has counts, as a share of the rarest known one."""

_EVERYDAY = 0.6
"""What an unknown word that everybody uses counts of that: “hours” says less against an entry than “pizza”."""

_TELLING = 6
"""Unknown words of a question that count in full: a long story has many, and they say less each."""

_COLUMN_WORTH = "6.0, 4.0, 2.0, 1.0"
"""bm25 weights of title, aliases, verdict and the rest."""


_LONGEST: Final = 600
"""Characters of a question that are looked at: a pasted log is no question."""


class Closeness(StrEnum):
    """What the best hit of a search is."""

    ANSWER = "answer"
    NEAR = "near"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and how well it fits: 1 is a name of the entry and nothing else."""

    slug: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Args:
        closeness: Whether the first hit is the answer, or the hits are the closest entries, or there is none.
        hits: The hits, best first; none below `NEAR`.
    """

    closeness: Closeness
    hits: tuple[Hit, ...] = ()

    @property
    def answer(self) -> str | None:
        """The slug of the entry that is the answer."""
        return self.hits[0].slug if self.closeness is Closeness.ANSWER else None


def find(text: str, limit: int = 3) -> Found:
    """The entries that a question means.

    Args:
        text: A question, a topic, or some words of an entry, as a person types them.
        limit: How many hits to return at most.
    """
    near = NEAR * min(1.0, _SHORT / max(1, len(vocabulary().terms(text))))
    hits = tuple(hit for hit in search(text, limit) if hit.score >= near)
    if not hits:
        return Found(Closeness.NOTHING)
    is_answer = hits[0].score >= ANSWER and not _is_shared(text, hits)
    return Found(Closeness.ANSWER if is_answer else Closeness.NEAR, hits)


def _is_shared(text: str, hits: tuple[Hit, ...]) -> bool:
    """Whether several entries fit a text as well: it names none, and none leads."""
    terms = {term.text for term in vocabulary().terms(text)}
    if len(hits) < 2 or hits[0].score >= _NAMED or names_an_entry(text):
        return False
    is_one_thing = len(terms) < 2 and not _index().is_a_name(terms)
    return hits[0].score - hits[1].score < (_TIE if is_one_thing else _EVEN)


def search(text: str, limit: int = 5) -> list[Hit]:
    """The entries that share a telling word with a text, best first, however poor; raises nothing.

    Args:
        text: As `find`.
        limit: How many to return at most.
    """
    return _index().search(text)[:limit]


def names_an_entry(text: str) -> bool:
    """Whether a text is a name of an entry (slug, title or alias), word by word."""
    return tuple(split(text)) in _index().whole_names


def is_about_something_else(text: str) -> bool:
    """Whether a text tells of things that are not our subject: none of several is, or most of it is in no entry."""
    terms = vocabulary().terms(text[:_LONGEST])
    if len(terms) > 1 and not _index().is_ours(term.text for term in terms):
        return True
    return _index().strangeness(terms) > STRANGE


def is_subject(terms: Iterable[str]) -> bool:
    """Whether one of some terms is a word of our subject."""
    return _index().is_ours(terms)


def is_of_another_service(text: str) -> bool:
    """Whether a text names what AWS Backup has nothing to do with, and nothing that only AWS Backup has."""
    return _index().is_of_another_service(text[:_LONGEST])


def vocabulary() -> Vocabulary:
    """The words of the entries, built once a process."""
    return _index().vocabulary


class _Index:
    """The index of a library."""

    def __init__(self, entries: tuple[KnowledgeEntry, ...]) -> None:
        self._lock = Lock()
        self._titles = {entry.slug: entry.title for entry in entries}
        asked = {entry.slug: phrases().get(entry.slug, ()) for entry in entries}
        self.vocabulary = Vocabulary(_words_of(entries, asked.values()))
        self._names = {
            entry.slug: [
                self._set(name)
                for name in (*_names_of(entry), *asked[entry.slug])
                if name == entry.slug or self.vocabulary.tells(name)
            ]
            for entry in entries
        }
        self.whole_names: dict[tuple[str, ...], set[str]] = {}
        for entry in entries:
            for name in _names_of(entry):
                self.whole_names.setdefault(tuple(split(name)), set()).add(entry.slug)
        spoken = language()
        self._subject, self._core, self._services, self._products = (
            [self._set(phrase) for phrase in phrases]
            for phrases in (spoken.subject, spoken.core, spoken.other_services, spoken.other_products)
        )
        self._named = {slug: set[str]().union(*names) for slug, names in self._names.items()}
        self._texts: dict[str, set[str]] = {}
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute("CREATE VIRTUAL TABLE entry USING fts5(title, aliases, verdict, body, slug UNINDEXED)")
        for entry in entries:
            body = f"{entry.what} {entry.recognise} {entry.fix}"
            names = " · ".join((*_names_of(entry)[2:], *asked[entry.slug]))
            columns = [f"{entry.title} {entry.slug}", names, entry.verdict, body]
            told = [self._spoken(column) for column in columns]
            self._texts[entry.slug] = {term for terms in told for term in terms}
            row = (*(" ".join(map(_token, terms)) for terms in told), entry.slug)
            self._database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row)
        counts = Counter(term for terms in self._texts.values() for term in terms)
        self._idf = {term: math.log(1 + len(entries) / count) for term, count in counts.items()}
        self._most = math.log(1 + len(entries))

    def search(self, text: str) -> list[Hit]:
        terms = self.vocabulary.terms(text[:_LONGEST])
        if not terms:
            return []
        weights = self._weights(terms)
        ranks = self._ranks(weights)
        best = max(ranks.values(), default=0.0) or 1.0
        # Another subject's question may have the words of an entry; then only its very name counts.
        worth = 1.0 if self.is_ours(weights) else _FOREIGN
        hits = [
            Hit(slug, self._titles[slug], self._score(slug, weights, rank / best, worth))
            for slug, rank in ranks.items()
        ]
        spelled = tuple(right for word in split(text) for right, _ in self.vocabulary.spelled(word))
        own = self.whole_names.get(spelled, set())  # the very words of a name count before their stems
        return sorted(hits, key=lambda hit: (hit.slug not in own, -hit.score, hit.slug))

    def is_ours(self, terms: Iterable[str]) -> bool:
        """Whether some terms name our subject; AWS Backup's own names do."""
        told = set(terms)
        return any("backup" in term for term in told) or _has_one(told, self._subject)

    def is_a_name(self, terms: set[str]) -> bool:
        """Whether some terms are all that a name of an entry says."""
        return any(terms in names for names in self._names.values())

    def strangeness(self, terms: list[Term]) -> float:
        """How much of what a question says is in words that no entry has, between 0 and 1."""
        weights = self._weights(terms)
        whole = sum(weights.values())
        return sum(weight for term, weight in weights.items() if term not in self._idf) / whole if whole else 0.0

    def is_of_another_service(self, text: str) -> bool:
        terms = self._set(text)
        if _has_one(terms, self._products):
            return True
        return _has_one(terms, self._services) and not _has_one(terms, self._core)

    def _score(self, slug: str, weights: dict[str, float], rank: float, worth: float) -> float:
        whole = sum(weights.values())
        in_names = sum(weight for term, weight in weights.items() if term in self._named[slug]) / whole
        in_text = sum(weight for term, weight in weights.items() if term in self._texts[slug]) / whole
        by_name = max(
            self._covered(name, weights, whole) * _RANKS[min(at, len(_RANKS) - 1)]
            for at, name in enumerate(self._names[slug])
        )
        score = _BY_NAME * by_name + _BY_NAMES * in_names + _BY_TEXT * in_text + _BY_RANK * rank
        return score if score >= _NAMED else score * worth

    def _covered(self, name: set[str], weights: dict[str, float], whole: float) -> float:
        """How far a question and a name are the same: 1 where they are, less for each word that one of them lacks."""
        shared = sum(weight for term, weight in weights.items() if term in name)
        own = sum(self._idf.get(term, self._most) for term in name)
        return shared / math.sqrt(whole * max(own, shared)) if shared else 0.0

    def _weights(self, terms: list[Term]) -> dict[str, float]:
        unknown = [term for term in terms if term.text not in self._idf]
        share = _UNKNOWN * min(1.0, _TELLING / len(terms)) if unknown else 0.0
        return {
            term.text: self._idf.get(term.text, self._most * share * (_EVERYDAY if term.everyday else 1.0))
            * (_MISSPELLED if term.corrected else 1.0)
            for term in terms
        }

    def _ranks(self, weights: dict[str, float]) -> dict[str, float]:
        # Each term is a quoted string of word characters: nothing of the text is read as FTS5 syntax.
        query = " OR ".join(f'"{_token(term)}"' for term in weights)
        statement = f"SELECT slug, -bm25(entry, {_COLUMN_WORTH}) FROM entry WHERE entry MATCH ?"  # noqa: S608 — the weights are a constant
        with self._lock:
            return dict(self._database.execute(statement, (query,)))

    def _set(self, text: str) -> set[str]:
        return {term.text for term in self.vocabulary.terms(text)}

    def _spoken(self, text: str) -> list[str]:
        """A text as it is indexed: its stems and the names of its synonyms."""
        return [term.text for term in self.vocabulary.terms(text)]


def _has_one(terms: set[str], phrases: Iterable[set[str]]) -> bool:
    """Whether a question has all terms of one of some phrases."""
    return any(phrase and phrase <= terms for phrase in phrases)


def _token(term: str) -> str:
    """A term as one token of FTS5."""
    return term.replace("-", "")


def _names_of(entry: KnowledgeEntry) -> tuple[str, ...]:
    # A managed policy is also called by the end of its name: OperatorAccess.
    short = (entry.slug.removeprefix("AWSBackup"),) if entry.kind is EntryKind.MANAGED_POLICY else ()
    return (entry.slug, entry.title, *entry.aliases, *short)


def _words_of(entries: tuple[KnowledgeEntry, ...], asked: Iterable[tuple[str, ...]]) -> set[str]:
    """Every word that counts as spelled right: those of the entries and the names of operations."""
    texts = [text for entry in entries for text in (*_names_of(entry), entry.text)]
    words = {word for text in (*texts, *chain.from_iterable(asked)) for word in split(text)}
    return words | {operation.operation.lower() for operation in operations()}


@cache
def _index() -> _Index:
    """The index of the library, built once a process."""
    return _Index(all_entries())
