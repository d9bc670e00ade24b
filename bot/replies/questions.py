"""Answers a question that needs nothing of AWS and of no job: one way for every place where people ask.

Intents come first (`knowledge/intents.yaml`), then what something needs, then the entries, ranked. An entry is the
answer only where the search is sure of it; below that the closest are named, and below that it is said that the answer
is not known.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.errors import BadInputError
from bot.replies.document import Page
from bot.replies.needing import named_action, named_operation, needed
from bot.replies.surface import Surface
from bot.replies.teaching import ask_page, closest_page, entry_page, sentence_page, topic_page, unknown_page
from knowledge import library, search
from knowledge.causes import cause_codes
from knowledge.intents import Intent, Wish, intents_of
from knowledge.messages import messages
from knowledge.search import Closeness, Hit


class AnswerKind(StrEnum):
    """What an answer is."""

    ENTRY = "entry"
    NEEDS = "needs"
    INTENT = "intent"
    CLOSEST = "closest"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer.

    Args:
        kind: What it is.
        name: The slug of the entry or the name of the intent; empty for the other kinds.
        page: The answer.
        closest: The entries that it names where it is not certain; none for the other kinds.
    """

    kind: AnswerKind
    name: str
    page: Page
    closest: tuple[Hit, ...] = ()

    @property
    def is_for_all(self) -> bool:
        """Whether others at the place want to read it: a hint is for who asked."""
        return self.kind in (AnswerKind.ENTRY, AnswerKind.NEEDS)


SAYINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "greeting": "Hello. Give me an AWS Backup job ID or its error, and I'll show you what denied it.",
        "thanks": "You're welcome.",
        "complaint": "I'm sorry. Press “Not helpful” under the answer and say what was wrong: people read it. "
        "I know AWS Backup's denials and nothing else.",
        "about-you": "I'm backup-why, a program. I read policies and evaluate them as AWS does; "
        "no language model writes what I say.",
        "fix-for-me": "I can't: I only read. I show the change, and somebody with the right to make it makes it.",
        "failed-jobs": "I list failed jobs in Slack: mention me there, or use the shortcut “Pick a failed job”.",
        "retry": "I can't start a job: I only read. Start it again in the AWS Backup console, under Jobs, or with the "
        "AWS CLI.",
        "what-if": "Ask that under an answer: “what if I attach AWSBackupServiceRolePolicyForRestores?”. "
        "I examine the job again with the change.",
    }
)
"""What is said to an intent that needs no more than a sentence."""

_OUTRIGHT: Final = 4
"""Words of an intent's phrase from which it is meant although entries come near."""

_SAID: Final = 2
"""Words of an intent's phrase from which it is meant where no entry comes near."""

_SAYS_LITTLE: Final = frozenset({"vague-message", "implicit-and-explicit-deny"})
"""Entries of messages that have no cause of their own: what else the question says is worth more."""

_KIND = r"(?:[\w-]+ ){0,3}?polic(?:y|ies)|permissions? boundar(?:y|ies)|SCPs?|RCPs?"
_IAM_SAYS: Final = re.compile(
    rf"\bbecause no (?P<lacks>{_KIND}) allows?\b|\bexplicit deny in an? (?P<denies>{_KIND})\b", re.IGNORECASE
)
"""IAM's words for which type of policy decided: they say more than the action that stands beside them."""

_SENTENCE, _LONG, _MOST = 3, 40, 0.6
"""From how many words, and then from how many characters or which share of a question, a message is quoted."""

_OTHERS: Final = (
    "That is about an answer, and I don't know which. Ask in the thread of an answer, or give me a job: {} ID."
)


def answer(text: str, surface: Surface, *, exclude: frozenset[str] = frozenset()) -> Answered:
    """The answer to a question.

    Args:
        text: What was asked, in words.
        surface: Where the answer is read.
        exclude: Intents that somebody else answers.
    """
    question = text.strip()
    if question.lower() in ("", "help"):
        return Answered(AnswerKind.INTENT, "help", topic_page(surface))
    if (entry := _entry_named(question)) is not None:
        return entry
    wishes = [wish for wish in intents_of(question) if wish.intent.name not in exclude]
    sure = [wish.intent for wish in wishes if wish.intent.about == "anything"]
    if sure and not search.names_an_entry(question):
        return _intent(sure[0], surface)
    if search.is_of_another_service(question) and not search.names_an_entry(question):
        return Answered(AnswerKind.UNKNOWN, "", unknown_page(question, surface))
    return _looked_up(question) or _unsure(question, wishes, surface)


def entry_answer(slug: str) -> Answered | None:
    """The answer that is an entry; None where there is no such entry."""
    try:
        return Answered(AnswerKind.ENTRY, slug, entry_page(library.get(slug)))
    except BadInputError:
        return None


def _entry_named(question: str) -> Answered | None:
    named = entry_answer(question)
    return named and Answered(AnswerKind.ENTRY, library.get(question).slug, named.page)


def _quoted(question: str) -> Answered | None:
    """The entry on a message of AWS's that a question quotes; None where it quotes none that says something."""
    if len(question.split()) < _SENTENCE:
        return None
    if says := _IAM_SAYS.search(question):
        effect = "explicit-deny" if says["denies"] else "implicit-deny"
        kind = messages().policy_type(says["denies"] or says["lacks"])
        codes = [code for code, known in cause_codes().items() if (known.policy, known.effect) == (kind, effect)]
        if kind != "resource" and len(codes) == 1:  # a vault's and a key's policy are resource policies, too
            return entry_answer(codes[0])
    for form in messages().forms:
        match = form.search(question)
        if match and not _says_little(form.knowledge) and _is_a_quote(match[0], question):
            return entry_answer(form.knowledge)
    return None


def _says_little(slug: str) -> bool:
    """Whether an entry of a message says no more than that some permission is missing, or less."""
    cause = cause_codes().get(slug)
    return slug in _SAYS_LITTLE or (cause is not None and cause.is_missing_permission and cause.action is None)


def _is_a_quote(matched: str, question: str) -> bool:
    """Whether what was matched is a sentence and most of a question, and not a word that people use, too."""
    is_sentence = len(matched.split()) >= _SENTENCE
    return is_sentence and (len(matched) >= _LONG or len(matched) >= _MOST * len(question))


def _looked_up(question: str) -> Answered | None:
    """What was found and is certain: a message, what something needs, or the entry that is meant."""
    if (quoted := _quoted(question)) is not None:
        return quoted
    if not search.names_an_entry(question) and (page := needed(question)):
        return Answered(AnswerKind.NEEDS, "", page)
    found, named = search.find(question), named_operation(question) or named_action(question)
    entry = entry_answer(found.answer) if found.answer else None
    if entry and found.hits[0].score >= search.SURE:
        return replace(entry, page=_joined(entry.page, named)) if named else entry
    if page := named or needed(question, loosely=True):
        return Answered(AnswerKind.NEEDS, "", page)
    return entry


def _joined(entry: Page, named: Page) -> Page:
    """An entry, and what is known of the operation or action that it was found by."""
    return replace(entry, parts=(*entry.parts, *named.parts))


def _unsure(question: str, wishes: Sequence[Wish], surface: Surface) -> Answered:
    """What is said where nothing is certain."""
    found = search.find(question)
    is_near = found.closeness is not Closeness.NOTHING
    if search.is_about_something_else(question):
        return Answered(AnswerKind.UNKNOWN, "", unknown_page(question, surface))
    if wishes and wishes[0].words >= (_OUTRIGHT if is_near else _SAID):
        return _intent(wishes[0].intent, surface)
    if is_near:
        return Answered(AnswerKind.CLOSEST, "", closest_page(found.hits, surface), tuple(found.hits))
    return Answered(AnswerKind.UNKNOWN, "", unknown_page(question, surface))


def _intent(intent: Intent, surface: Surface) -> Answered:
    make = _PAGES.get(intent.name)
    if make is not None:
        return Answered(AnswerKind.INTENT, intent.name, make(surface))
    if intent.answer:
        kind = AnswerKind.UNKNOWN if intent.name == "out-of-scope" else AnswerKind.ENTRY
        page = entry_page(library.get(intent.answer)) if kind is AnswerKind.ENTRY else unknown_page(surface=surface)
        return Answered(kind, intent.answer, page)
    says = SAYINGS.get(intent.name) or _OTHERS.format(surface.ask)
    return Answered(AnswerKind.INTENT, intent.name, sentence_page(says))


_PAGES: Final[Mapping[str, Callable[[Surface], Page]]] = MappingProxyType(
    {"help": lambda surface: ask_page(surface=surface)}
)
