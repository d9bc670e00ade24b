"""The thread under a verdict: the job's own words, one reply a layer, what could not be read, and each fix."""

from bot.diagnosis.model import (
    Cause,
    Check,
    DeniedCall,
    Diagnosis,
    Evidence,
    Job,
    LaterChange,
    LayerReport,
    Unread,
    Withdrawal,
)
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
from bot.replies.fixes import fix_pages
from bot.replies.knowledge import find, inline
from bot.replies.verdict import cause_facts
from bot.replies.words import JOBS, LAYERS, MARKS, counted, statement


def thread_pages(diagnosis: Diagnosis, *, first_cause_told: bool = False) -> tuple[Page, ...]:
    """Every reply under the verdict, in the order in which a person reads them.

    Args:
        diagnosis: A finished diagnosis.
        first_cause_told: The reader has the verdict's facts of the first cause before their eyes, and whole: a layer
            does not tell them again.

    Returns:
        The pages; a layer that is clear or could not be read has its page like one that is blocked.
    """
    told = diagnosis.causes[:1] if first_cause_told else ()
    return (
        _job_page(diagnosis.job),
        *layer_pages(diagnosis.layers, diagnosis.causes, told),
        *_trail_page(diagnosis),
        *unread_pages(diagnosis.unread),
        *fix_pages(diagnosis.causes),
        *_next_page(diagnosis),
    )


def layer_pages(
    layers: tuple[LayerReport, ...], causes: tuple[Cause, ...], told: tuple[Cause, ...] = ()
) -> tuple[Page, ...]:
    """A page for each layer, with the causes in it.

    Args:
        layers: The layers.
        causes: The causes of all layers.
        told: Causes whose facts the reader has before their eyes.
    """
    return tuple(
        _layer_page(layer, tuple(cause for cause in causes if cause.layer is layer.layer), told) for layer in layers
    )


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
    heading = f"What AWS Backup says of this {JOBS[job.type]}"
    silent = [] if job.status_message else [Paragraph(line("The job has no status message."))]
    says = f"{heading}: its state is {job.state}."  # not its message, which is hidden where documents are
    return Page("job", says, (Heading(heading), Pairs(tuple(facts)), *said, *silent))


def _layer_page(layer: LayerReport, causes: tuple[Cause, ...], told: tuple[Cause, ...]) -> Page:
    """A layer with its checks: what is denied, what was ruled out and what could not be told."""
    title = f"{LAYERS[layer.layer]}: {MARKS[layer.verdict].word}"
    parts: list[Part] = [Heading(title)]
    for cause in causes:
        parts.append(Paragraph(line(cause.explanation or f"The cause is {cause.code}.")))
        if cause not in told:
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


def _trail_page(diagnosis: Diagnosis) -> tuple[Page, ...]:
    """What CloudTrail recorded: the calls that were denied, sharing withdrawn, and changes after the job ended."""
    denied = tuple(_denied(calls) for calls in _alike(diagnosis.denied_calls))
    changed = tuple(
        line(f"{change.at:%Y-%m-%d %H:%M} UTC: ", code(change.event), " on ", code(change.target), *_by(change))
        for change in diagnosis.changed_since
    )
    withdrawn = tuple(
        line(f"{each.at:%Y-%m-%d %H:%M} UTC: ", code(each.action), " on ", code(each.resource), *_by(each))
        for each in diagnosis.withdrawals
    )
    if not (denied or changed or withdrawn):
        return ()
    parts: list[Part] = [Heading("What CloudTrail recorded")]
    if denied:
        parts += [Paragraph(line("Denied to the job's session:")), Bullets(denied)]
    if withdrawn:
        parts += [Paragraph(line("Sharing withdrawn while the job ran:")), Bullets(withdrawn)]
    if changed:
        parts += [Paragraph(line("Changed after the job ended:")), Bullets(changed)]
    calls, changes = counted(len(denied), "denied call"), counted(len(changed), "later change")
    ended = f", {counted(len(withdrawn), 'withdrawal')} of sharing" if withdrawn else ""
    return (Page("trail", f"CloudTrail recorded {calls}{ended} and {changes}.", tuple(parts)),)


def _alike(calls: tuple[DeniedCall, ...]) -> list[list[DeniedCall]]:
    """Denied calls of one action on one resource, together: a job tries again."""
    alike: dict[tuple[str, str | None], list[DeniedCall]] = {}
    for call in calls:
        alike.setdefault((call.action, call.resource), []).append(call)
    return list(alike.values())


def _denied(calls: list[DeniedCall]) -> Line:
    first = calls[0]
    on = line(" on ", code(first.resource)) if first.resource else ()
    again = f", {len(calls)} times" if len(calls) > 1 else ""
    return (*line(f"{first.at:%Y-%m-%d %H:%M} UTC: ", code(first.action)), *on, *line(again))


def _by(change: LaterChange | Withdrawal) -> Line:
    return line(" by ", code(change.by)) if change.by else line()


def _unread_page(unread: tuple[Unread, ...]) -> Page:
    """Each read that failed, why, and what would make it readable."""
    heading = "Not read, and so not called clear"
    items = []
    for item in unread:
        where = f" in {item.account}" + (f", {item.region}" if item.region else "")
        remedy = line(" It needs ", code(item.permission)) if item.permission else line()
        said = line(item.says) if item.says else line(code(item.what), f"{where}: {item.why}.")
        items.append((*said, *remedy))
    says = f"{counted(len(unread), 'read')} failed."
    return Page("unread", f"{heading}: {says}", (Heading(heading), Bullets(tuple(items))))


def _next_page(diagnosis: Diagnosis) -> tuple[Page, ...]:
    """What to read next: the entries of the knowledge base that the answer drew on."""
    slugs = dict.fromkeys(cause.knowledge or cause.code for cause in diagnosis.causes)
    entries = [entry for entry in map(find, slugs) if entry is not None]
    if not entries:
        return ()
    told = tuple(
        (*line(strong(entry.title), ": "), *inline(entry.verdict), *line(" ", code(f"/backup-explain {entry.slug}")))
        for entry in entries
    )
    says = f"What to read next: {', '.join(entry.title for entry in entries)}."
    return (Page("next", says, (Heading("What to read next"), Bullets(told))),)
