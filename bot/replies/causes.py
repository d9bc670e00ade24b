"""A cause as a person reads it: what denies, and who must change what; and its facts for whoever looks them up."""

import re
from collections.abc import Sequence

from bot.diagnosis.model import Cause, Certainty, DiagnosisDocument, Fix, Outcome
from bot.replies.document import Line, Span, Style, code, line, listing, strong, words_of
from bot.replies.naming import Names
from bot.replies.words import ENTITIES, certainty, policy, policy_kind
from knowledge.causes import cause_codes

_CERTAINTIES = {Certainty.PROVEN: "", Certainty.LIKELY: "Likely: ", Certainty.POSSIBLE: "Possible: "}
VERIFIED = "Verified: evaluated again with this change, it is gone and nothing new is denied."
"""What a fix that is proven is said to be."""


def names_of(answer: DiagnosisDocument) -> Names:
    """The names by which the things of an answer are known."""
    return Names(answer.names, answer.home)


def in_order(answer: DiagnosisDocument) -> tuple[Cause, ...]:
    """The causes, those first that the job's own message blames."""
    message = (answer.job.status_message or "").lower() if answer.job else ""
    return tuple(sorted(answer.causes, key=lambda cause: not _is_blamed(cause, message)))


def telling(answer: DiagnosisDocument) -> tuple[Cause, ...]:
    """The causes in order; none where the failure is another one, of which they are only possible beside it."""
    return () if answer.outcome is Outcome.NOT_PERMISSION else in_order(answer)


def _is_blamed(cause: Cause, message: str) -> bool:
    kind = policy_kind(cause)
    return any(action.lower() in message for action in cause.actions) and (not kind or kind.lower() in message)


def what_denies(cause: Cause, names: Names) -> Line:
    """What denies, in a sentence; how certain it is comes first where it is less than proven."""
    how = _CERTAINTIES[cause.certainty]
    return (*(line(strong(how)) if how else ()), *begun(names.sentence(cause.explanation)))


def what_it_was(cause: Cause, names: Names) -> str:
    """A cause in a few words, as the subject of a sentence: `service control policy Guard (p-0copyguard)`."""
    kind = policy_kind(cause)
    if cause_codes()[cause.code].is_missing_permission:
        more = f" and {len(cause.actions) - 1} more" if len(cause.actions) > 1 else ""
        return f"missing permission {cause.actions[0] if cause.actions else ''}{more}"
    if kind and cause.policy:
        statement = "" if cause.statement is None or cause.statement.isdigit() else f", statement {cause.statement}"
        name = "" if cause.policy == "trust" else f" {words_of(names.sentence(cause.policy))}"
        return f"{kind}{name}{statement}"
    first = re.split(r"[:.;,](?:\s|$)", words_of(names.sentence(cause.explanation)), maxsplit=1)[0]
    return f"“{first}”"


def who_changes_what(fix: Fix, names: Names) -> Line:
    """Who must change what, in a sentence, and whether that was verified."""
    if is_made_by_another(fix):
        return names.sentence("The same change fixes it.")
    says = "Verified." if fix.proven else not_verified(fix)
    return (*line(strong(f"{capital(fix.owner)}: ")), *names.sentence(f"{fix.summary} {says}"))


def is_made_by_another(fix: Fix) -> bool:
    """Whether the change of another fix does what this one would do."""
    return fix.proven and not fix.changes


def not_verified(fix: Fix) -> str:
    """Why a fix is not verified, in a sentence."""
    return f"Not verified: {fix.not_proven or 'an older version gave this answer'}."


def begun(text: Line) -> Line:
    """A line that begins a sentence: where a noun stands before a name, its first letter is a capital one."""
    first, *rest = text or line("")
    if isinstance(first, Span) and first.style is Style.PLAIN:
        return (Span(capital(first.text)), *rest)
    return text


def capital(text: str) -> str:
    """A text that begins a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def cause_facts(cause: Cause) -> tuple[tuple[str, Line], ...]:
    """What a person looks up: what is denied to whom on what, by which statement, and how that is known.

    Returns:
        Labels and values, without those that the cause does not have.
    """
    principal = line(code(cause.principal), f" ({ENTITIES[cause.entity]})") if cause.principal else line()
    rows: Sequence[tuple[str, Line]] = (
        ("Denied action" if len(cause.actions) == 1 else "Denied actions", listing(map(code, cause.actions))),
        ("Principal", principal),
        ("Resource", line(code(cause.resource)) if cause.resource else line()),
        ("Policy", policy(cause)),
        ("Certainty", certainty(cause) if cause.implied or cause.certainty is not Certainty.PROVEN else line()),
    )
    return tuple((label, value) for label, value in rows if value)
