"""What a question is for, before any entry is looked up: `intents.yaml`, read and held against a text.

Phrases are matched word by word, so that a word inside another does not count; a misspelled word counts as the word of
the phrases or entries that it is nearest to. What no phrase fits is compared with the questions of `follow_ups.yaml`.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, RootModel

from knowledge.files import KNOWLEDGE, read_yaml, validated
from knowledge.search import vocabulary
from knowledge.vocabulary import Vocabulary, language, split, stem

_FILE = "intents.yaml"
_EXAMPLES = "follow_ups.yaml"
_NOWHERE, _CONTRAST = 0.5, 1.5
"""As how rare a word counts that no example has, and how much more rare words count. Measured by leaving out each
example in turn."""

_LONGEST = 500
"""Characters of a question that are looked at."""


class Intent(BaseModel):
    """What somebody may want.

    What answers it is chosen by its name; an intent with an `answer` is answered by that entry.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    about: Literal["anything", "answer"] = "anything"
    """Whether it is asked about an answer at hand."""
    answer: str = ""
    """The slug of the entry that answers it; empty where code does."""
    whole: tuple[str, ...] = ()
    """Phrases that are the whole question."""
    has: tuple[str, ...] = ()
    """Phrases that are a part of it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An intent that a question may have.

    Args:
        intent: The intent.
        words: How many words of its longest phrase are said outright.
    """

    intent: Intent
    words: int


class _Examples(RootModel[Mapping[str, tuple[str, ...]]]):
    """`follow_ups.yaml`: questions by the name of their intent."""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    intents: tuple[Intent, ...]


def all_intents() -> tuple[Intent, ...]:
    """Every intent, in the order of the file.

    Raises:
        BadInputError: The file is broken; the sentence says where.
    """
    return _intents()


def intents_of(text: str) -> tuple[Wish, ...]:
    """What a question may be for, the likeliest first; none where it is none of them.

    Args:
        text: What was written.
    """
    matcher = _matcher()
    words = matcher.words(text[:_LONGEST])
    wishes = [Wish(intent, length) for intent in _intents() if (length := matcher.longest(intent, words))]
    return tuple(sorted(wishes, key=lambda wish: -wish.words))


def alike(text: str) -> tuple[Intent, float] | None:
    """The intent whose examples a question is most like, and how much: 1 is an example word by word.

    Args:
        text: What was asked under an answer.

    Returns:
        None where it shares no word with an example.
    """
    words = _told(text[:_LONGEST])
    best: dict[str, float] = {}
    for name, example in _examples():
        best[name] = max(best.get(name, 0.0), _likeness(words, example))
    scored = {name: (most + _covered(words, name)) / 2 for name, most in best.items() if most}
    if not scored:
        return None
    name = max(scored, key=lambda each: scored[each])
    return next(intent for intent in _intents() if intent.name == name), scored[name]


def _told(text: str) -> frozenset[str]:
    """What a question is compared by: the stems of its words, and the groups that they are of."""
    stems = frozenset(map(stem, _matcher().words(text).split()))
    return stems | {_groups()[each] for each in stems if each in _groups()}


@cache
def _groups() -> Mapping[str, str]:
    """The group of each stem that has one: a name that no word has."""
    return {stem(word): f"={group[0]}" for group in language().alike for word in group}


def _likeness(words: frozenset[str], example: frozenset[str]) -> float:
    """How far two sets of words are the same, between 0 and 1."""
    shared = sum(map(_weight, words & example))
    return shared / math.sqrt(sum(map(_weight, words)) * sum(map(_weight, example))) if shared else 0.0


def _covered(words: frozenset[str], name: str) -> float:
    """How much of a question the examples of an intent have: all of it where each word is in several of them."""
    counts = _counts()[name]
    return sum(_weight(word) * (1 - math.exp(-counts[word])) for word in words) / sum(map(_weight, words))


class _Matcher:
    """The phrases as regular expressions, and how a question is put to them."""

    def __init__(self, intents: tuple[Intent, ...]) -> None:
        phrases = [phrase for intent in intents for phrase in (*intent.whole, *intent.has)]
        known = {word for phrase in phrases for word in split(phrase)}
        self._spelling = Vocabulary(known | vocabulary().words)
        self._patterns = {
            intent.name: [
                *(re.compile(rf"^{_pattern(phrase)}$") for phrase in intent.whole),
                *(re.compile(rf"(?:^|(?<= )){_pattern(phrase)}") for phrase in intent.has),
            ]
            for intent in intents
        }

    def words(self, text: str) -> str:
        """A question as the phrases are held against it: its words, each with a blank after it."""
        return "".join(f"{word} " for word in self._spelled(text))

    def _spelled(self, text: str) -> Iterator[str]:
        for word in self._spelling.english(text):
            yield from (right for right, _ in self._spelling.spelled(word))

    def longest(self, intent: Intent, words: str) -> int:
        """How many words the longest phrase of an intent says outright in a question; 0 where none fits."""
        matches = (pattern.search(words) for pattern in self._patterns[intent.name])
        return max((_said(match) for match in matches if match), default=0)


def _said(match: re.Match[str]) -> int:
    return len(match[0].split()) - sum(len(rest.split()) for rest in match.groups() if rest)


def _pattern(phrase: str) -> str:
    """A phrase as a regular expression over words that each have a blank after them."""
    return "".join(map(_piece, phrase.split()))


def _piece(word: str) -> str:
    if word == "*":
        return r"((?:\S+ ){0,6})"
    optional = word.endswith("?")
    choices = "|".join(re.escape(choice) for choice in word.rstrip("?").split("|") if choice)
    return f"(?:(?:{choices}) )?" if optional else f"(?:{choices}) "


@cache
def _intents() -> tuple[Intent, ...]:
    text = (KNOWLEDGE / _FILE).read_text(encoding="utf-8")
    return validated(_File, {"intents": read_yaml(text, _FILE)}, _FILE).intents


@cache
def _matcher() -> _Matcher:
    return _Matcher(_intents())


@cache
def _examples() -> tuple[tuple[str, frozenset[str]], ...]:
    """Each example with its intent, as what it is compared by."""
    read = read_yaml((KNOWLEDGE / _EXAMPLES).read_text(encoding="utf-8"), _EXAMPLES)
    questions = validated(_Examples, read, _EXAMPLES).root
    return tuple((name, _told(question)) for name, asked in questions.items() for question in asked)


@cache
def _weight(word: str) -> float:
    """What a word counts: the fewer intents have it in their examples, the more."""
    having = sum(word in counts for counts in _counts().values())
    return float(math.log(1 + len(_counts()) / (having or _NOWHERE)) ** _CONTRAST)


@cache
def _counts() -> Mapping[str, Counter[str]]:
    """How many examples of each intent have a word."""
    counts: dict[str, Counter[str]] = {}
    for name, example in _examples():
        counts.setdefault(name, Counter()).update(example)
    return counts
