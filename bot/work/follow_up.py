"""Answers what people ask next, from the diagnosis of the thread and the knowledge base: words in, a page out.

There is no language model behind it. A question is held against a few kinds of questions, most telling first; what
fits none is looked up in the knowledge base.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import LayerName
from bot.replies.answer import head_page, reply_pages
from bot.replies.causes import is_made_by_another, names_of, who_changes_what
from bot.replies.details import policy_parts
from bot.replies.document import Bullets, Heading, Page, Paragraph, code, line, words_of
from bot.replies.evidence import evidence_pages
from bot.replies.fixes import fix_parts, fixes_of
from bot.replies.knowledge import find
from bot.replies.teaching import entry_page, topic_page
from knowledge import search

_DEFINITION = re.compile(r"\W*(?:what(?:'s| is| are)|explain|define|tell me about) (?:an?|the)?\b", re.IGNORECASE)
"""How a question for what something is begins: it is for the knowledge base, whatever the answer at hand."""

LONGEST = 500
"""Characters of a question that are looked at."""

Reply = Callable[[AnyDiagnosis], Page]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A kind of question.

    Args:
        asks: What a question of this kind has in it.
        answer: What is answered.
    """

    asks: re.Pattern[str]
    answer: Reply


def follow_up(text: str, diagnosis: AnyDiagnosis | None) -> Page:
    """Answers a question.

    Args:
        text: What was asked.
        diagnosis: The diagnosis of the thread it was asked in; None where there is none.

    Returns:
        A page; where nothing fits, one that says what can be asked.
    """
    question = text[:LONGEST]
    if diagnosis is not None:
        kinds = () if _DEFINITION.match(question) else KINDS
        for kind in kinds:
            if kind.asks.search(question):
                return kind.answer(diagnosis)
    hits = search.search(question, limit=3)
    if hits and (entry := find(hits[0].slug)) is not None:
        return entry_page(entry)
    return topic_page(question.strip(), hits) if question.strip() else what_to_ask()


def what_to_ask() -> Page:
    """What can be asked in a thread."""
    says = "Ask me about this answer. I reply from the diagnosis and my knowledge base."
    examples = (
        "show me the trust policy",
        "what if I attach AWSBackupServiceRolePolicyForS3Backup?",
        "who can fix this?",
    )
    tips = tuple(
        line(code(example)) for example in (*examples, "what could you not read?", "what is the service-linked role?")
    )
    return Page("follow-up", says, (Paragraph(line(says)), Bullets(tips)))


def _page_of(slot: str, otherwise: str) -> Reply:
    """The reply of the thread in a slot, told again where it was asked for."""

    def answer(diagnosis: AnyDiagnosis) -> Page:
        pages = {page.slot: page for page in (*reply_pages(diagnosis), *evidence_pages(diagnosis))}
        return pages.get(slot) or Page("follow-up", otherwise, (Paragraph(line(otherwise)),))

    return answer


def _layer(layer: LayerName) -> Reply:
    return _page_of(f"layer:{layer}", "I didn't check that layer here.")


def _policies(diagnosis: AnyDiagnosis) -> Page:
    return Page("follow-up", "The policies behind this answer.", (Heading("The policy"), *policy_parts(diagnosis)))


def _trust(diagnosis: AnyDiagnosis) -> Page:
    """The trust policy: what the check found, and its text where the answer depends on it."""
    checks = [check for layer in diagnosis.layers for check in layer.checks if "trust" in check.check]
    causes = [cause for cause in diagnosis.causes if cause.policy == "trust"]
    if not checks:
        return _layer(LayerName.JOB_ROLE)(diagnosis)
    names = names_of(diagnosis)
    told = Bullets(tuple(names.sentence(check.says) for check in checks))
    says = f"The trust policy: {words_of(names.sentence(checks[0].says))}"
    documents = policy_parts(diagnosis.model_copy(update={"causes": tuple(causes)})) if causes else []
    return Page("follow-up", says, (Heading("The trust policy"), told, *documents))


def _owners(diagnosis: AnyDiagnosis) -> Page:
    fixes = [cause.fix for cause in diagnosis.causes if cause.fix is not None]
    if not fixes:
        says = "I know of nothing to change, so there is nobody to ask."
        return Page("follow-up", says, (Paragraph(line(says)),))
    names = names_of(diagnosis)
    told = Bullets(tuple(who_changes_what(fix, names) for fix in fixes if not is_made_by_another(fix)))
    return Page("follow-up", f"Who can make the change: {fixes[0].owner}.", (Heading("Who can make the change"), told))


def _fix(diagnosis: AnyDiagnosis) -> Page:
    """Who must change what, and the commands for it."""
    fixes = fixes_of(diagnosis)
    says = fixes[0][1].summary if fixes else "I have no fix for this."
    return Page("follow-up", says, (Heading("The fix"), *fix_parts(diagnosis, "cli")))


def _kind(words: str, answer: Reply) -> FollowUp:
    return FollowUp(re.compile(rf"\b(?:{words})", re.IGNORECASE), answer)


KINDS = (
    _kind("trust polic|assume", _trust),
    _kind(
        "(?:could|can)(?: no|n')t (?:you )?read|could you not read|not read|unread|unknown",
        _page_of("unread", "I could read everything."),
    ),
    _kind("who (?:can|could|owns|is the owner|do i ask)|owner", _owners),
    _kind(
        "fix|mend|solve|repair|what (?:do|should|can) (?:i|we) do|how (?:do|can) (?:i|we)",
        _fix,
    ),
    _kind("show (?:me )?(?:the )?polic|which polic|the policy", _policies),
    _kind("organi[sz]ation|scp|rcp", _layer(LayerName.ORGANIZATION)),
    _kind("kms|key", _layer(LayerName.KMS)),
    _kind("vault", _layer(LayerName.VAULT)),
    _kind("job role|role's|permission|boundary", _layer(LayerName.JOB_ROLE)),
    _kind("bucket|file system|resource", _layer(LayerName.RESOURCE)),
    _kind("message|state|which job", _page_of("job", "I know nothing about the job.")),
    _kind("why|verdict|summary|again", head_page),
)
"""Most telling first."""
