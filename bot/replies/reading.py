"""What an error text says, and what the policies say of the call that it names, as a page."""

from collections.abc import Iterator

from bot.diagnosis.model import Outcome
from bot.diagnosis.reading import Hypothesis, TextDiagnosis
from bot.replies.causes import names_of
from bot.replies.document import (
    Bullets,
    Heading,
    Line,
    Note,
    Page,
    Paragraph,
    Part,
    Piece,
    code,
    line,
    strong,
    words_of,
)
from bot.replies.knowledge import find, inline
from bot.replies.naming import Names
from bot.replies.verdict import cause_paragraphs, layers_parts
from bot.replies.words import ENTITIES, FIXED, LAYERS, POLICY_KINDS, is_fixed

_VERDICTS = {
    Outcome.DENIED: "A permission was denied.",
    Outcome.NOT_PERMISSION: "This is not a permission failure.",
    Outcome.UNDETERMINED: "The text alone doesn't show what was denied.",
    Outcome.NOT_FAILED: "The policies allow it.",
}
_NOW = {Outcome.DENIED: "Denied", Outcome.UNDETERMINED: "Undetermined", Outcome.NOT_FAILED: "Allowed now"}
"""What the policies say of a call, where they were read."""

_NOTHING_DENIES = "Nothing that I could read denies it now. It may have been fixed since."
_UNKNOWN = (
    "I don't recognize this error. Send me the whole text, with the action, the caller's ARN and the resource, "
    "or the job ID."
)


def reading_page(read: TextDiagnosis) -> Page:
    """What a text says and what may be behind it, likeliest first.

    Args:
        read: The text as it was read.
    """
    names, entry = names_of(read), find(read.reading.knowledge) if read.reading.knowledge and not read.causes else None
    title = _title(read, names)
    parts: list[Part] = [Heading(title)]
    if read.layers:
        says = read.summary if read.outcome in (Outcome.UNDETERMINED, Outcome.NOT_FAILED) else _NOTHING_DENIES
        parts += [*(cause_paragraphs(read) or [Paragraph(names.sentence(says))]), *layers_parts(read)]
    elif read.hypotheses:
        parts.append(Paragraph(line("What it may be, likeliest first:")))
        parts.append(Bullets(tuple(_hypothesis(each) for each in read.hypotheses)))
    if entry:
        parts.append(Paragraph((*line(strong(entry.title), ": "), *inline(entry.verdict))))
    if not (entry or read.hypotheses or read.layers):
        parts.append(Paragraph(line(_UNKNOWN)))
    named = tuple(_named(read, names))
    if named:
        parts.append(Note((*line("From the error text: "), *named)))
    if not read.layers and read.outcome is not Outcome.NOT_PERMISSION:
        parts.append(Note(line("This is only a guess from the text.")))
    return Page("reading", title, tuple(parts))


def _title(read: TextDiagnosis, names: Names) -> str:
    """The verdict, with the call that it is about where the text names one."""
    said = read.reading
    action = said.action or said.operation
    on = f" on {words_of(names.sentence(said.resource))}" if said.resource else ""
    if is_fixed(read):
        return f"{FIXED}: make the call again" + (f" ({action}{on})" if action else "")
    if action and (read.outcome is Outcome.DENIED or (read.layers and read.outcome in _NOW)):
        return f"{_NOW[read.outcome]}: {action}{on}"
    return _VERDICTS[read.outcome]


def _named(read: TextDiagnosis, names: Names) -> Iterator[Piece]:
    """What the text names, in one line; what the title has is not repeated."""
    said, title, between = read.reading, _title(read, names), ""
    named = {
        "operation": line(code(said.operation)) if said.operation and said.operation not in title else (),
        "action": line(code(said.action)) if said.action and said.action not in title else (),
        "principal": names.sentence(said.principal or ""),
        "resource": names.sentence(said.resource or "") if " on " not in title else (),
        "policy type": line(POLICY_KINDS[said.policy_type]) if said.policy_type else (),
        "policy": names.sentence(said.policy_arn or ""),
    }
    for label, value in named.items():
        if words_of(value):
            yield from line(f"{between}{label} ")
            yield from value
            between = " · "


def _hypothesis(hypothesis: Hypothesis) -> Line:
    return line(f"{LAYERS[hypothesis.layer]}, {ENTITIES[hypothesis.entity]}: {hypothesis.why}")
