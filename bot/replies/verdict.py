"""The verdict: the one message that answers the question and heads the thread."""

from bot.diagnosis.model import Cause, Diagnosis, LayerReport, Outcome, Unread
from bot.replies.document import Bullets, Heading, Line, Note, Page, Pairs, Paragraph, Part, code, line, listing, strong
from bot.replies.words import ENTITIES, FIXED, JOBS, LAYERS, MARKS, certainty, counted, outcome, policy

PARENT = "parent"
"""The slot of the message at the head of the thread."""

_SHOWN = 5
"""How many causes, actions or unread things the verdict names before it points to the thread."""


def verdict_page(diagnosis: Diagnosis, note: str = "") -> Page:
    """The verdict as the head of a thread.

    Args:
        diagnosis: A finished diagnosis.
        note: What to say of it before all else: what a second look has changed.

    Returns:
        A page with a bounded number of parts, whatever the diagnosis holds.
    """
    found = outcome(diagnosis)
    title = f"{found}: {JOBS[diagnosis.job.type]} {diagnosis.job.id}"
    noted = [Paragraph(line(strong(note)))] if note else []
    parts: list[Part] = [Heading(title), *noted, Paragraph(line(diagnosis.summary))]
    causes = () if diagnosis.outcome is Outcome.NOT_PERMISSION else diagnosis.causes
    if causes:
        parts.append(Pairs(cause_facts(causes[0], shown=_SHOWN)))
    if len(causes) > 1:
        parts.append(Paragraph(_more(causes[1:])))
    parts.append(Pairs(tuple(_layer(layer) for layer in diagnosis.layers)))
    if diagnosis.not_covered and not diagnosis.causes:
        parts.append(Bullets(tuple(line(sentence) for sentence in diagnosis.not_covered[:_SHOWN])))
    if diagnosis.unread:
        parts.append(Paragraph(_unread(diagnosis.unread)))
    parts.append(Note(_footer(diagnosis)))
    says = diagnosis.summary if found == FIXED else f"{found}. {diagnosis.summary}"
    return Page(PARENT, says, tuple(parts))


def cause_facts(cause: Cause, *, shown: int | None = None) -> tuple[tuple[str, Line], ...]:
    """What a person looks for first: what is denied to whom on what, by which statement, and how it is known.

    Args:
        cause: One thing to fix.
        shown: How many of its actions to name; all by default.

    Returns:
        Labels and values, without those that the cause does not have.
    """
    principal = line(code(cause.principal), f" ({ENTITIES[cause.entity]})") if cause.principal else line()
    rows = (
        ("Denied action" if len(cause.actions) == 1 else "Denied actions", _some(cause.actions, shown)),
        ("Principal", principal),
        ("Resource", line(code(cause.resource)) if cause.resource else line()),
        ("Layer", line(LAYERS[cause.layer], " (", code(cause.code), ")")),
        ("Where", policy(cause)),
        ("Certainty", certainty(cause)),
    )
    return tuple((label, value) for label, value in rows if value)


def _some(names: tuple[str, ...], shown: int | None) -> Line:
    """The first names, and how many more there are."""
    if shown is None or len(names) <= shown:
        return listing(code(name) for name in names)
    named = listing((code(name) for name in names[:shown]), last=", ")
    return (*named, *line(f" and {len(names) - shown} more (in the thread)"))


def _more(causes: tuple[Cause, ...]) -> Line:
    """The other things to fix, since fixing one alone leaves the job blocked."""
    return (
        *line(f"{counted(len(causes), 'more thing')} to fix: "),
        *_some(tuple(cause.code for cause in causes), _SHOWN),
    )


def _layer(layer: LayerReport) -> tuple[str, Line]:
    return LAYERS[layer.layer], line(MARKS[layer.verdict])


def _unread(unread: tuple[Unread, ...]) -> Line:
    """What could not be read, so that nobody takes silence for a clean bill."""
    reads = tuple(dict.fromkeys(f"{item.what} in {item.account}" for item in unread))
    return (*line("Could not be read, so nothing is called clear of it: "), *_some(reads, _SHOWN))


def _footer(diagnosis: Diagnosis) -> Line:
    """Which job this is about, and what asking took."""
    job, cost = diagnosis.job, diagnosis.cost
    kind = f"{job.resource_type} in " if job.resource_type else ""
    asked = f"{counted(cost.aws_calls, 'AWS call')}, {cost.ms / 1000:.1f} s"
    return line(f"{kind}account {job.account}, {job.region}. Job state {job.state}. {asked}.")
