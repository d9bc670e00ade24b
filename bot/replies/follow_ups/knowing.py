"""Follow-ups about how well the answer is known: what was checked, what could not be read, and what is likeliest."""

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Outcome, Verdict
from bot.diagnosis.reading import TextDiagnosis
from bot.replies.document import (
    Bullets,
    Line,
    Page,
    Paragraph,
    Part,
    code,
    line,
    strong,
)
from bot.replies.evidence import unread_line
from bot.replies.follow_ups.common import page, reads_wanted
from bot.replies.words import LAYERS, MARKS, certainty


def unknown(diagnosis: AnyDiagnosis) -> Page:
    """What could not be read, and what that leaves open."""
    rows = tuple(map(unread_line, diagnosis.unread))
    opened = tuple(line(says) for says in diagnosis.not_covered)
    if not rows and not opened:
        return page("What I could not read", f"I read everything. {diagnosis.summary}")
    says = "Nothing that I could read denies it, and I couldn't read everything."
    if diagnosis.outcome is not Outcome.UNDETERMINED:
        says = "I couldn't read everything, so there may be more."
    parts: list[Part] = [Bullets(rows)] if rows else []
    parts += [Paragraph(line("This could still deny it:")), Bullets(opened)] if opened else []
    return page("What I could not read", says, *parts)


def missing_permission(diagnosis: AnyDiagnosis) -> Page:
    """What the bot itself has to be allowed."""
    if not any(item.permission for item in diagnosis.unread):
        says = "I lack no permission that I know of." if diagnosis.unread else "None: everything was read."
        if diagnosis.job is None and not diagnosis.layers:
            says = "The job's id, its ARN or its event: with it I read the policies, and not the text alone."
        return page(
            "What I need", says, *([Bullets(tuple(map(unread_line, diagnosis.unread)))] if diagnosis.unread else [])
        )
    says = "An administrator of each account gives my role these reads."
    return page("What I need", says, *reads_wanted(diagnosis.unread))


def how_sure(diagnosis: AnyDiagnosis) -> Page:
    """How each cause is known, and whether its fix was verified."""
    rows: list[Line] = []
    for cause in diagnosis.causes:
        rows.append((*line(strong(LAYERS[cause.layer]), ": "), *certainty(cause)))
        if cause.fix:
            proven = "verified by evaluating again." if cause.fix.proven else cause.fix.not_proven
            rows.append(line(f"Its fix: {proven or 'not evaluated.'}"))
    if diagnosis.unread:
        rows.append(line(f"{len(diagnosis.unread)} reads failed: what they would show is not in this answer."))
    says = "This is how well each cause is known." if diagnosis.causes else diagnosis.summary
    return page("How sure I am", says, *([Bullets(tuple(rows))] if rows else []))


def likeliest(diagnosis: AnyDiagnosis) -> Page:
    """What to look at first: the strongest cause, else what is open."""
    if diagnosis.causes:
        cause = min(diagnosis.causes, key=lambda each: each.certainty.rank)
        rows = [line(strong(LAYERS[cause.layer]), f": {cause.explanation}"), certainty(cause)]
        return page("What to look at first", "This cause is known best.", Bullets(tuple(rows)))
    if isinstance(diagnosis, TextDiagnosis) and diagnosis.hypotheses:
        rows = [line(code(each.code), f" ({LAYERS[each.layer]}): {each.why}") for each in diagnosis.hypotheses]
        return page("What to look at first", "From the text alone, likeliest first:", Bullets(tuple(rows)))
    says = "I don't guess. Look at what I couldn't read, and at the denied call in CloudTrail."
    where = diagnosis.job
    look = (
        [Paragraph(line(f"Look in CloudTrail of account {where.account}, {where.region}, for AccessDenied."))]
        if where
        else []
    )
    opened = tuple(line(text) for text in diagnosis.not_covered) or tuple(map(unread_line, diagnosis.unread))
    return page("What to look at first", says, *([Bullets(opened)] if opened else []), *look)


def checked(diagnosis: AnyDiagnosis) -> Page:
    """Every check with its verdict."""
    rows = tuple(
        line(MARKS[check.verdict], f" {LAYERS[layer.layer]}: {check.says}")
        for layer in diagnosis.layers
        for check in layer.checks
        if check.verdict is not Verdict.NOT_APPLICABLE
    )
    if not rows:
        return page("What I checked", "Only the text was read, and no policy. Give me the job's id for that.")
    return page("What I checked", f"{len(rows)} checks.", Bullets(rows))
