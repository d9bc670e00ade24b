"""Follow-ups about where and who: the accounts, who was denied, who changed it, and other jobs."""

from typing import Final

from bot import arn
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, LayerName
from bot.diagnosis.reading import TextDiagnosis
from bot.replies.document import (
    Bullets,
    Line,
    Note,
    Page,
    Verbatim,
    code,
    line,
)
from bot.replies.follow_ups.common import MOST_ACTIONS, by, page
from bot.replies.words import ENTITIES, JOBS, LAYERS, policy

_ORGANIZATION: Final = "its management account, or that of a delegated administrator"
"""Source: "Delegated administrator for AWS Organizations" (AWS Organizations User Guide)."""


def accounts(diagnosis: AnyDiagnosis) -> Page:
    """In which account the job is, and in which the change belongs."""
    rows: list[Line] = []
    job = diagnosis.job
    if job:
        rows.append(line(f"The {JOBS[job.type]}: account ", code(job.account), f", {job.region}."))
    rows += [(*line(f"{LAYERS[cause.layer]}: "), *where(cause)) for cause in diagnosis.causes]
    if isinstance(diagnosis, TextDiagnosis):
        rows += accounts_in(diagnosis)
    if not rows:
        return page("Which account", "The text names no account.")
    if not job:
        return page("Which account", "These accounts are in the text:", Bullets(tuple(rows)))
    first = job.account
    return page(
        "Which account", f"The job runs in {first}; a change belongs where the policy is.", Bullets(tuple(rows))
    )


def accounts_in(text: TextDiagnosis) -> list[Line]:
    """The accounts that a text names."""
    said = text.reading
    named = (("Principal", said.principal), ("Resource", said.resource), ("Policy", said.policy_arn))
    parsed = ((label, arn.parse(name)) for label, name in named if name)
    rows = [line(f"{label}: account ", code(found.account), ".") for label, found in parsed if found and found.account]
    if said.policy_type in ("scp", "rcp"):
        rows.append(
            line("An organization's policies are changed in its management account, or by a delegated administrator.")
        )
    return rows


def where(cause: Cause) -> Line:
    """Where the policy of a cause is."""
    if cause.layer is LayerName.ORGANIZATION:
        at = line("; the policy is attached to ", code(cause.target)) if cause.target else ()
        return (*line(_ORGANIZATION), *at, *line("."))
    named = next(
        filter(None, (arn.parse(name) for name in (cause.policy, cause.resource, cause.principal) if name)), None
    )
    account = named.account if named and named.account.isdigit() else ""
    own = arn.parse(cause.principal) if cause.principal else None
    account = account or (own.account if own else "")
    return line("account ", code(account), ".") if account else line("the account of the role.")


def history(diagnosis: AnyDiagnosis) -> Page:
    """Who changed what when, as far as CloudTrail was looked at."""
    rows = [
        (*line(f"{change.at:%Y-%m-%d %H:%M} UTC: ", code(change.event), " on ", code(change.target)), *by(change.by))
        for change in diagnosis.changed_since
    ]
    rows += [
        (*line(f"{made.at:%Y-%m-%d %H:%M} UTC: ", code(made.action), " on ", code(made.resource)), *by(made.by))
        for made in diagnosis.withdrawals
    ]
    if rows:
        return page("Who changed it", "CloudTrail recorded these changes:", Bullets(tuple(rows)))
    says = "I don't know. I look only for changes after the job ended, and found none. CloudTrail keeps 90 days."
    names = list(dict.fromkeys(filter(None, (cause.policy for cause in diagnosis.causes))))
    looked = [name.rpartition("/")[2] for name in names if name != "trust"] or [
        cause.principal.rpartition("/")[2] for cause in diagnosis.causes if cause.policy == "trust" and cause.principal
    ]
    lookup = "aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue="
    commands = "\n".join(f"{lookup}{name}" for name in looked)
    return page("Who changed it", says, *([Verbatim("To look yourself", "lookup.sh", commands)] if commands else []))


def other_jobs(diagnosis: AnyDiagnosis) -> Page:
    """What else meets the same policies; other jobs were not looked at."""
    says = "I looked at this one only."
    rows = []
    for cause in diagnosis.causes:
        actions = [code(action) for action in cause.actions[:MOST_ACTIONS]]
        if not actions:
            continue
        named = [piece for action in actions for piece in (", ", action)][1:]
        who = line(" by ", code(cause.principal)) if cause.principal else ()
        stands = (*line(": "), *policy(cause)) if cause.policy else ()
        rows.append(
            (
                *line("Every job that calls "),
                *line(*named),
                *who,
                *line(" may meet the same denial"),
                *stands,
                *line("."),
            )
        )
    children = diagnosis.job.children if diagnosis.job else ()
    if children:
        rows.append(line(f"{len(children)} failed child jobs are included in this answer."))
    tip = Note(line("Ask me “which jobs failed?” for a list, and for the id of another one."))
    return page("Other jobs", says, *([Bullets(tuple(rows))] if rows else []), tip)


def principal(diagnosis: AnyDiagnosis) -> Page:
    """Who was denied."""
    told = {cause.principal: ENTITIES[cause.entity] for cause in diagnosis.causes if cause.principal}
    if isinstance(diagnosis, TextDiagnosis) and diagnosis.reading.principal:
        entity = diagnosis.reading.entity
        told.setdefault(diagnosis.reading.principal, ENTITIES[entity] if entity else "the principal in the text")
    if diagnosis.job and diagnosis.job.role:
        told.setdefault(diagnosis.job.role, "the job role")
    if not told:
        return page("Who was denied", "Nothing says who was denied.")
    rows = tuple(line(f"{kind}: ", code(name)) for name, kind in told.items())
    return page("Who was denied", f"It is about {next(iter(told.values()))}.", Bullets(rows))
