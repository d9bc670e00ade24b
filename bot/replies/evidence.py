"""All that an answer rests on: the job's own words, every layer with its checks, CloudTrail, and what was not read.

It is one press away in Slack, and printed with `--verbose`.
"""

from bot.diagnosis.model import Cause, Check, DiagnosisDocument, Evidence, Job, LayerReport, Unread
from bot.replies.causes import cause_facts
from bot.replies.document import (
    Bullets,
    Excerpt,
    Heading,
    Line,
    Page,
    Pairs,
    Paragraph,
    Part,
    Verbatim,
    code,
    line,
    listing,
    strong,
)
from bot.replies.naming import Names
from bot.replies.recorded import recorded_parts
from bot.replies.words import JOBS, LAYERS, MARKS, counted, statement


def evidence_pages(answer: DiagnosisDocument) -> tuple[Page, ...]:
    """Everything that was looked at, in the order of the checklist."""
    return (
        *((_job_page(answer.job),) if answer.job else ()),
        *layer_pages(answer.layers, answer.causes),
        *_trail_page(answer),
        *unread_pages(answer.unread),
    )


def layer_pages(layers: tuple[LayerReport, ...], causes: tuple[Cause, ...]) -> tuple[Page, ...]:
    """A page for each layer, with the causes in it."""
    return tuple(_layer_page(layer, tuple(cause for cause in causes if cause.layer is layer.layer)) for layer in layers)


def unread_pages(unread: tuple[Unread, ...]) -> tuple[Page, ...]:
    """The page of what could not be read; none where everything was."""
    return (_unread_page(unread),) if unread else ()


def _job_page(job: Job) -> Page:
    """What AWS Backup itself says of the job: the first evidence."""
    named = {
        "Job role": job.role,
        "Resource": job.resource,
        "Source vault": job.source_vault,
        "Destination vault": job.destination_vault,
    }
    facts: list[tuple[str, Line]] = [("State", line(job.state))]
    facts += [(label, line(code(name))) for label, name in named.items() if name]
    if job.created is not None:
        facts.append(("Created", line(f"{job.created:%Y-%m-%d %H:%M} UTC")))
    if job.children:
        facts.append(("Failed child jobs", listing(code(child) for child in job.children)))
    said = [Verbatim("Status message", f"message-of-{job.id}.txt", job.status_message)] if job.status_message else []
    heading = f"What AWS Backup says about this {JOBS[job.type]}"
    silent = [] if job.status_message else [Paragraph(line("The job has no status message."))]
    says = f"{heading}: its state is {job.state}."  # not its message, which is hidden where documents are
    return Page("job", says, (Heading(heading), Pairs(tuple(facts)), *said, *silent))


def _layer_page(layer: LayerReport, causes: tuple[Cause, ...]) -> Page:
    """A layer with its checks: what is denied, what was ruled out and what could not be evaluated."""
    title = f"{LAYERS[layer.layer]}: {MARKS[layer.verdict].word}"
    parts: list[Part] = [Heading(title)]
    for cause in causes:
        parts.append(Paragraph(line(cause.explanation)))
        parts.append(Pairs(cause_facts(cause)))
        if cause.near_miss:
            parts.append(Excerpt("Closest statement", line(cause.near_miss)))
    if layer.checks:
        parts.append(Bullets(tuple(_check(check) for check in layer.checks)))
    else:
        parts.append(Paragraph(line("Nothing was checked here.")))
    says = f"{title}. {counted(len(causes), 'cause')} found, {counted(len(layer.checks), 'check')} made."
    return Page(f"layer:{layer.layer}", says, tuple(parts))


def _check(check: Check) -> Line:
    evidence = [piece for item in check.evidence for piece in (*line("; "), *_evidence(item))][1:]
    shown = (*line(" ("), *evidence, *line(")")) if evidence else ()
    return (*line(MARKS[check.verdict], " ", strong(check.check), f": {check.says}"), *shown)


def _evidence(evidence: Evidence) -> Line:
    effect = line(f"{evidence.effect} in ") if evidence.effect else line()
    which = (*statement(evidence.statement), *line(" of ")) if evidence.statement is not None else line()
    return (*effect, *which, code(evidence.policy))


def _trail_page(answer: DiagnosisDocument) -> tuple[Page, ...]:
    """What CloudTrail recorded: the calls that were denied, and what was changed after the job ended."""
    parts = recorded_parts(answer)
    if not parts:
        return ()
    heading = "What CloudTrail recorded"
    told = {
        "denied call": answer.denied_calls,
        "withdrawal of sharing": answer.withdrawals,
        "later change": answer.changed_since,
    }
    says = ", ".join(counted(len(items), noun) for noun, items in told.items() if items)
    return (Page("trail", f"{heading}: {says}.", (Heading(heading), *parts)),)


def _unread_page(unread: tuple[Unread, ...]) -> Page:
    """Each read that failed, why, and what would make it readable."""
    heading = "I couldn't read these, so I can't rule them out"
    says = f"{counted(len(unread), 'read')} failed."
    return Page(
        "unread", f"{heading}: {says}", (Heading(heading), Bullets(tuple(unread_line(item) for item in unread)))
    )


def unread_line(item: Unread, names: Names | None = None) -> Line:
    """A read that failed, why, and what would make it readable.

    Args:
        item: The read.
        names: The names by which its sentence calls things; None to keep whole ARNs.
    """
    where = f" in {item.account}" + (f", {item.region}" if item.region else "")
    remedy = line(" It needs ", code(item.permission), ".") if item.permission else line()
    said = names.sentence(item.says) if names else line(item.says)
    return (*(said if item.says else line(code(item.what), f"{where}: {item.why}.")), *remedy)
