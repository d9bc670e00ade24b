"""What a question is for, before any entry is looked up: `intents.yaml`, read and held against a text.

Phrases are matched word by word, so that a word inside another does not count; a misspelled word counts as the word of
the phrases or entries that it is nearest to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from knowledge.files import KNOWLEDGE, read_yaml, validated
from knowledge.search import vocabulary
from knowledge.vocabulary import Vocabulary, split

_FILE = "intents.yaml"
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
