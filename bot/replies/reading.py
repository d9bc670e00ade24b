"""What an error text alone says, as a page."""

from bot.diagnosis.model import Outcome
from bot.diagnosis.reading import Hypothesis, TextDiagnosis
from bot.replies.document import Bullets, Heading, Line, Note, Page, Pairs, Paragraph, code, line, strong
from bot.replies.knowledge import find, inline
from bot.replies.words import ENTITIES, LAYERS, MARKS

_VERDICTS = {
    Outcome.DENIED: "A permission was denied.",
    Outcome.NOT_PERMISSION: "This is no permission failure.",
    Outcome.UNDETERMINED: "The text alone does not show what was denied.",
    Outcome.NOT_FAILED: "The policies allow it.",
}

_NOTHING = (
    "It is of no form that is known here. Give the whole error, with the action, the caller's ARN and what was called "
    "on, or the id of the job."
)


def reading_page(read: TextDiagnosis) -> Page:
    """What a text says and what may be behind it, likeliest first.

    Args:
        read: The text as it was read.
    """
    is_told = (read.recheck and read.recheck.fixed) or (read.layers and read.outcome is Outcome.UNDETERMINED)
    verdict = read.summary if is_told else _VERDICTS[read.outcome]
    parts: list[Heading | Pairs | Paragraph | Bullets | Note] = [Heading(verdict)]
    facts = tuple(_facts(read))
    parts += [Pairs(facts)] if facts else []
    if read.layers:
        parts += _evaluated(read)
    elif read.hypotheses:
        parts.append(Paragraph(line("What may be behind it, likeliest first:")))
        parts.append(Bullets(tuple(_hypothesis(each) for each in read.hypotheses)))
    entry = find(read.reading.knowledge) if read.reading.knowledge and not read.causes else None
    if entry:
        parts.append(Paragraph((*line(strong(entry.title), ": "), *inline(entry.verdict))))
    if not entry and not read.hypotheses and not read.layers:
        parts.append(Paragraph(line(_NOTHING)))
    if not read.layers and read.outcome is not Outcome.NOT_PERMISSION:
        parts.append(Note(line("A text proves nothing: the policies decide.")))
    return Page("reading", verdict, tuple(parts))


def _evaluated(read: TextDiagnosis) -> list[Paragraph | Bullets]:
    """What the policies say now, layer by layer and cause by cause."""
    verdicts = tuple(line(LAYERS[layer.layer], ": ", MARKS[layer.verdict]) for layer in read.layers)
    parts: list[Paragraph | Bullets] = [Paragraph(line("What the policies in AWS say now:")), Bullets(verdicts)]
    if not read.causes and read.outcome is not Outcome.NOT_FAILED:
        says = "Nothing that can be read denies it: it may have been fixed since, or what could not be read denies it."
        parts.append(Paragraph(line(says)))
    if not read.causes:
        return parts
    causes = tuple(line(strong(cause.code), f" ({cause.certainty}): {cause.explanation}") for cause in read.causes)
    return [*parts, Bullets(causes)]


def _facts(read: TextDiagnosis) -> list[tuple[str, Line]]:
    reading = read.reading
    named = {
        "Operation": reading.operation,
        "Action": reading.action,
        "Principal": reading.principal,
        "Resource": reading.resource,
        "Policy type": reading.policy_type,
        "Policy": reading.policy_arn,
    }
    return [(name, line(code(value))) for name, value in named.items() if value]


def _hypothesis(hypothesis: Hypothesis) -> Line:
    where = f" ({LAYERS[hypothesis.layer]}, {ENTITIES[hypothesis.entity]}): {hypothesis.why}"
    return line(code(hypothesis.code), where)
