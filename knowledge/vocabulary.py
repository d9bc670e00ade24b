"""The words of a question as they are compared: spelled right, in English, in their stems, under one name for a thing.

Four things make one word of what people type: a word that is misspelled becomes the known word that it is nearest to;
German words and abbreviations become English words; a name in CamelCase that is not known becomes its parts; and what
people have several phrases for (`synonyms.yaml`) gets one name.

Stems come from the Snowball project's English stemmer, distances from rapidfuzz.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer
from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.files import KNOWLEDGE, read_yaml, validated

SHORTEST_CORRECTED = 4
"""Letters of a word that may be misspelled; one of a letter less may lack its last, as `rol` does."""

_REMEMBERED = 4_096
"""Words of questions whose nearest one is remembered: a long text says the same ones again and again."""

_IS = re.compile(r"\b(what|who|where|how|that|it|when|why)'?s\b")
_BACK_UP = re.compile(r"\bback(?:s|ed|ing)?[ -]?up(s?)\b")
_SPLIT = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CAMEL = re.compile(r"\b[A-Za-z][a-z0-9]*[A-Z][A-Za-z0-9]*\b")


class Language(BaseModel):
    """`synonyms.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ignored: frozenset[str]
    """Words of a question that tell nothing."""
    common: frozenset[str]
    """Words that are spelled right, beside those of `english.txt`: they are never taken for a misspelled one."""
    subject: frozenset[str]
    """What our subject is."""
    core: frozenset[str]
    """What AWS Backup alone is about: with one of these words even another service's question may be ours."""
    other_services: frozenset[str]
    """What AWS Backup has nothing to do with, unless a core word stands beside it."""
    other_products: frozenset[str]
    """What is never ours."""
    short: Mapping[str, str]
    """Abbreviations, and what they are in full."""
    german: Mapping[str, str]
    """German words and what they are in English; words that tell nothing become nothing."""
    groups: tuple[tuple[str, ...], ...] = Field(min_length=1)
    """Phrases that mean the same."""
    alike: tuple[tuple[str, ...], ...] = ()
    """Words that say the same in a question under an answer."""


@cache
def language() -> Language:
    """The words of `synonyms.yaml`, read once a process.

    Raises:
        BadInputError: The file is broken; the sentence says where.
    """
    path = KNOWLEDGE / "synonyms.yaml"
    return validated(Language, read_yaml(path.read_text(encoding="utf-8"), path.name), path.name)


@cache
def common_words() -> frozenset[str]:
    """The words of `english.txt`, read once a process."""
    lines = (KNOWLEDGE / "english.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def split(text: str) -> list[str]:
    """The words of a text in lower case, without apostrophes: `can't` is `cant`, `what's` and `whats` are `what is`.

    To back up is written as one word.
    """
    lower = _BACK_UP.sub(r"backup\1", text.lower().replace("\u2019", "'"))
    return _SPLIT.findall(_IS.sub(r"\1 is", lower).replace("'", ""))


def _umlauts(word: str) -> str:
    """A German word as it is written where the keyboard has umlauts."""
    return word.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")


@cache
def stem(word: str) -> str:
    """The stem of an English word."""
    # A stemmer keeps the word it works on: one for each word, so that threads do not share it.
    found: str = snowballstemmer.stemmer("english").stemWord(word)
    return found


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a question that tells something.

    Args:
        text: Its stem, or the name of its group of synonyms.
        known: Whether the vocabulary has it.
        corrected: Whether it was misspelled.
        everyday: Whether everybody uses it.
    """

    text: str
    known: bool
    corrected: bool = False
    everyday: bool = False


class Vocabulary:
    """The words that are known, and how a text is reduced to them.

    Args:
        words: Every word of the subject, as it is written.
    """

    def __init__(self, words: Iterable[str]) -> None:
        spoken = language()
        self.words = frozenset(words)
        elsewhere = (word for name in spoken.other_services | spoken.other_products for word in split(name))
        self._plain = spoken.common.union(spoken.ignored, common_words(), elsewhere)
        self._longest = max(map(len, self.words), default=0)
        self._stems = frozenset(map(stem, self.words))
        self._ignored = frozenset(word for each in spoken.ignored for word in split(each))
        self._candidates = sorted(word for word in self.words if len(word) >= SHORTEST_CORRECTED)
        self._groups: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for group in spoken.groups:
            for phrase in group:
                stems = tuple(map(stem, split(phrase)))
                self._groups.setdefault(stems[0], []).append((stems, group[0].replace(" ", "-")))
        for named in self._groups.values():
            named.sort(key=lambda each: -len(each[0]))  # the longest phrase that fits is meant
        self._nearest = lru_cache(_REMEMBERED)(self._find_nearest)

    def terms(self, text: str) -> list[Term]:
        """What a text says, word by word, each once.

        Args:
            text: A question, a name, or the text of an entry.
        """
        spelled = [corrected for word in self.english(text) for corrected in self.spelled(word)]
        told = [(word, corrected) for word, corrected in spelled if not self._tells_nothing(word)]
        terms = self._named(
            [Term(stem(word), self.knows(stem(word)), corrected, word in common_words()) for word, corrected in told]
        )
        return list({term.text: term for term in terms}.values())

    def tells(self, phrase: str) -> bool:
        """Whether a phrase is a word, or has two that say something: “too many jobs” says no more than “job”."""
        words = split(phrase)
        return len(words) < 2 or sum(not self._tells_nothing(word) for word in words) > 1

    def _tells_nothing(self, word: str) -> bool:
        """Whether a word says nothing of a subject: one of those, or the id or time of something."""
        return word in self._ignored or (word not in self.words and any(letter.isdigit() for letter in word))

    def english(self, text: str) -> list[str]:
        """The words of a text, German ones in English; a word of both languages is taken for what its others are."""
        words = [full for word in split(self._parted(text)) for full in language().short.get(word, word).split()]
        german = language().german
        words = [_umlauts(word) if word not in german and _umlauts(word) in german else word for word in words]
        foreign = {word for word in words if word in german}
        if all(word in self._plain or word in self.words for word in foreign):
            return words
        return [english for word in words for english in (german[word].split() if word in german else [word])]

    def _parted(self, text: str) -> str:
        """A text with its unknown names in CamelCase as words."""
        return _CAMEL.sub(lambda name: name[0] if self._is_near(name[0].lower()) else _HUMP.sub(" ", name[0]), text)

    def _is_near(self, word: str) -> bool:
        return word in self.words or bool(self._nearest(word))

    def knows(self, stemmed: str) -> bool:
        """Whether some word of the subject has a stem."""
        return stemmed in self._stems

    def spelled(self, word: str) -> list[tuple[str, bool]]:
        """A word as it is spelled right, and whether it was not; two words where they were written as one."""
        if len(word) < SHORTEST_CORRECTED - 1 or word in self._plain or word in self.words or stem(word) in self._stems:
            return [(word, False)]
        if nearest := self._nearest(word):
            return [(nearest, True)]
        for at in range(SHORTEST_CORRECTED - 1, min(len(word) - SHORTEST_CORRECTED + 1, self._longest) + 1):
            first, second = word[:at], word[at:]
            if first in self.words and (second in self.words or self._nearest(second)):
                return [(first, True), (second if second in self.words else self._nearest(second), True)]
        return [(word, False)]

    def _find_nearest(self, word: str) -> str:
        """The known word that differs in a letter, or in a letter of five in a long one; empty where there is none."""
        if len(word) < SHORTEST_CORRECTED:
            return next((known for known in self._candidates if known[:-1] == word), "")
        if any(letter.isdigit() for letter in word) and len(word) < 12:
            return ""
        most = 1 if len(word) < 7 else 2 if len(word) < 12 else len(word) // 6
        found = process.extract(word, self._candidates, scorer=OSA.distance, score_cutoff=most, limit=5)
        # People get the first letter right: another first letter is another word.
        alike = [(distance, known) for known, distance, _ in found if known[0] == word[0]]
        return min(alike)[1] if alike else ""

    def _named(self, terms: list[Term]) -> list[Term]:
        """Terms with each phrase of a group of synonyms under the group's name."""
        named, at = list[Term](), 0
        while at < len(terms):
            for phrase, name in self._groups.get(terms[at].text, ()):
                said = terms[at : at + len(phrase)]
                if tuple(term.text for term in said) == phrase:
                    named.append(Term(name, known=True, corrected=any(term.corrected for term in said)))
                    at += len(phrase)
                    break
            else:
                named.append(terms[at])
                at += 1
        return named
