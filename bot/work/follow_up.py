"""Answers what people ask next, from the diagnosis of the thread and the knowledge base: words in, a page out.

There is no language model behind it. A question is held against the intents (`knowledge/intents.yaml`); what is for
none of them is looked up in the knowledge base, by the one search that every place has.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from bot.diagnosis.either import AnyDiagnosis
from bot.replies.document import Bullets, Page, Paragraph, code, line
from bot.replies.follow_ups import FOLLOW_UPS
from bot.replies.needing import asks_for_needs, named_action
from bot.replies.questions import Answered, AnswerKind, answer
from bot.replies.surface import SLACK
from bot.replies.teaching import ask_page, closest_page, unknown_page
from knowledge import search
from knowledge.intents import Wish, alike, intents_of
from knowledge.vocabulary import split

_DEFINITION: Final = re.compile(
    r"\W*(?!.*\b(?:called|named|wrong)\b)"
    r"(?!.*\b(?:the|our|my) (?:job\b(?! role)|arn|id|name|error|status|message|exact|actual)\b)"
    r"(?:(?:what(?:'?s| is| are)|explain(?! (?:for|it|this|that|to|like|me|in)\b)|define|tell me about|was ist) "
    r"(?:an?|the|eine?)?\b"
    r"|what does (?!it\b|this\b|that\b|the (?:\w+ )?(?:message|error|text)\b)[\w:' -]{2,40} mean\b)",
    re.IGNORECASE,
)
"""How a question for what something is begins: it is for the knowledge base, whatever the answer at hand."""

_MANNER: Final = re.compile(
    r"\W*\b(?:in (?:plain|simple|short|other|a few) (?:words|terms|english)|exactly|again|please|here"
    r"|and (?:why|what|how|who)\b.*)\W*$",
    re.IGNORECASE,
)
"""How a question ends that asks for a manner of speaking: it says nothing about what is asked."""

CHECK_AGAIN: Final = "check-again"
FAILED_JOBS: Final = "failed-jobs"
"""Intents that the bot does something for: their pages here say what is said where it can't."""

_DEFINED: Final = 0.7
"""The score of an entry from which a question for what something is, is for it."""

_LIKE: Final = 0.4
"""How much a question must be like a known one to be taken for it."""

_LIKE_MORE: Final = 0.6
"""How much, where a phrase of two words fits as well."""

_CLEAR: Final = 3
"""Words of an intent's phrase from which no known question is looked for that is more alike."""

_OUTRIGHT: Final = 5
"""Words of an intent's phrase from which it is meant, however the question begins."""

_LAST: Final = re.compile(r"[:/]")
_NAME: Final = 4
"""Letters from which the last part of an ARN is a name that people type, and no word or position."""

_ABOUT: Final = frozenset(FOLLOW_UPS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question in a thread comes to.

    Args:
        intent: The intent that it is for; empty for a question to the knowledge base.
        page: What is answered.
        kind: What the answer of the knowledge base is; None for one that is about the diagnosis at hand.
        entry: The slug of the entry that answers; empty for none.
    """

    intent: str
    page: Page
    kind: AnswerKind | None = None
    entry: str = ""

    @property
    def is_about_answer(self) -> bool:
        """Whether it was answered from the diagnosis at hand."""
        return self.intent in _ABOUT

    @property
    def is_unsure(self) -> bool:
        """Whether it is not known what was meant; a question that is out of scope is."""
        return self.kind in (AnswerKind.CLOSEST, AnswerKind.UNKNOWN) and not self.entry


def follow_up(text: str, diagnosis: AnyDiagnosis | None, *, is_near: bool = False) -> Wanted:
    """Answers a question.

    Args:
        text: What was asked.
        diagnosis: The diagnosis of the thread it was asked in; None where there is none.
        is_near: The diagnosis is not the thread's: it is the last one of who asks. The knowledge base comes first.

    Returns:
        The answer; where nothing fits, that the answer is not known, and what can be asked.
    """
    if text.strip().lower() in ("", "help"):
        return Wanted("help", ask_page() if diagnosis is None else what_to_ask())
    if diagnosis is None:
        return _general(answer(text, SLACK))
    if _is_defined(text):
        text = _MANNER.sub("", text)
    wish = _about_answer(text)
    if wish is not None and not (is_near and _is_general(text)):
        return Wanted(wish.intent.name, FOLLOW_UPS[wish.intent.name](diagnosis))
    if page := named_action(text):
        return Wanted("", page)
    if not is_near and not _is_defined(text) and (intent := _of_a_thing(text, diagnosis)):
        return Wanted(intent, FOLLOW_UPS[intent](diagnosis))
    wanted = _beside(text, answer(text, SLACK, exclude=_ABOUT), is_near=is_near)
    if is_near or wanted.kind is not AnswerKind.UNKNOWN:
        return wanted
    return replace(wanted, page=_unknown_here(wanted.page))


def points_above(text: str) -> bool:
    """Whether a question in a thread without an answer points to the message that the thread begins with.

    Args:
        text: What was asked: nothing, something about an answer, or what nothing is known of.
    """
    if not text.strip() or _about_answer(text):
        return True
    answered = answer(text, SLACK)
    return answered.kind in (AnswerKind.CLOSEST, AnswerKind.UNKNOWN) and not answered.name


_EXAMPLES: Final = Bullets(
    tuple(
        line(code(each))
        for each in (
            "who must change what?",
            "what if I attach AWSBackupServiceRolePolicyForS3Backup?",
            "is it fixed?",
            "what could you not read?",
            "summarize it for my manager",
        )
    )
)


def what_to_ask() -> Page:
    """What can be asked in a thread."""
    says = "Ask me about this answer. I reply from the diagnosis and my knowledge base."
    return Page("follow-up", says, (Paragraph(line(says)), _EXAMPLES))


def _unknown_here(unknown: Page) -> Page:
    """That nothing is known of what was asked, and what can be asked in a thread."""
    return Page(
        unknown.slot, unknown.says, (Paragraph(line(f"{unknown.says} About this answer you can ask:")), _EXAMPLES)
    )


def _about_answer(text: str) -> Wish | None:
    """What a question wants of the answer at hand; None where it is for the knowledge base or for nothing of it."""
    if named_action(text):
        return None
    wishes = sorted(intents_of(text), key=lambda wish: (-wish.words, wish.intent.name not in _ABOUT))
    if not wishes or wishes[0].words < min(_CLEAR, len(split(text))):
        least = _LIKE if not wishes or wishes[0].words == 1 else _LIKE_MORE
        wishes = [found, *wishes] if (found := _alike(text, least)) else wishes
    if not wishes or wishes[0].intent.name not in _ABOUT:
        return None
    if wishes[0].words < min(_OUTRIGHT, len(split(text))) and search.names_an_entry(text):
        return None
    if wishes[0].words < _OUTRIGHT and _is_defined(text):
        return None
    return wishes[0]


def _alike(text: str, least: float) -> Wish | None:
    """What a question wants that no phrase fits, and that is like one that is known."""
    if search.names_an_entry(text) or _is_defined(text):
        return None
    found = alike(text)
    return Wish(found[0], 1) if found and found[1] >= least else None


def _is_defined(text: str) -> bool:
    """Whether a question asks what something is that an entry is about."""
    return _DEFINITION.match(text) is not None and _is_of_an_entry(text)


def _is_of_an_entry(text: str) -> bool:
    """Whether a question for what something is, is for what an entry is about."""
    found = search.find(_MANNER.sub("", text))
    return found.answer is not None and found.hits[0].score >= _DEFINED


def _of_a_thing(text: str, diagnosis: AnyDiagnosis) -> str:
    """The intent that shows a thing of the answer which a question names; empty where it names none."""
    said = frozenset(text.lower().replace("?", " ").replace(",", " ").split())
    job = diagnosis.job
    named = [
        *((vault, "layer-vault") for vault in ((job.source_vault, job.destination_vault) if job else ())),
        *((role, "layer-job-role") for role in (job.role if job else None, *(c.principal for c in diagnosis.causes))),
        *((cause.policy, "policy") for cause in diagnosis.causes),
        *((cause.statement, "policy") for cause in diagnosis.causes),
        (job.resource if job else None, "job"),
    ]
    for name, intent in named:
        if name and len(last := _LAST.split(name)[-1].lower()) >= _NAME and last in said:
            return intent
    return ""


def _is_general(text: str) -> bool:
    return answer(text, SLACK, exclude=_ABOUT).kind in (AnswerKind.ENTRY, AnswerKind.NEEDS)


def _beside(text: str, answered: Answered, *, is_near: bool) -> Wanted:
    """What the knowledge base says to a question beside an answer: no entry stands for an answer about the job."""
    if answered.kind is AnswerKind.NEEDS and not is_near and not asks_for_needs(text):
        return _general(replace(answered, kind=AnswerKind.UNKNOWN, page=unknown_page(text, SLACK)))
    if is_near or answered.kind is not AnswerKind.ENTRY or search.names_an_entry(text) or _DEFINITION.match(text):
        return _general(answered)
    hits = search.find(text).hits
    if not hits or hits[0].score >= search.SURE:
        return _general(answered)
    return Wanted("", closest_page(hits, SLACK), AnswerKind.CLOSEST)


def _general(answered: Answered) -> Wanted:
    intent, entry = (answered.name, "") if answered.kind is AnswerKind.INTENT else ("", answered.name)
    return Wanted(intent, answered.page, answered.kind, entry)
