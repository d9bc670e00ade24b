"""What the buttons of a verdict show: the policy, the fix in one form, and a draft for who owns the layer."""

import json

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, Diagnosis, Fix
from bot.replies.document import Note, Pairs, Paragraph, Part, Verbatim, line
from bot.replies.words import JOBS, LAYERS, policy


def policy_parts(diagnosis: AnyDiagnosis) -> list[Part]:
    """Each policy that denies or lacks an allow, whole as it was read."""
    parts: list[Part] = []
    told: set[str] = set()
    for cause in diagnosis.causes:
        if cause.policy is None or cause.policy in told:
            continue
        told.add(cause.policy)
        parts.append(Paragraph(policy(cause)))
        if cause.document is None:
            parts.append(Note(line("Its text could not be read, or there is none.")))
        else:
            parts.append(Verbatim("The whole policy", "policy.json", json.dumps(cause.document, indent=2)))
    return parts or [Paragraph(line("No policy stands behind this answer."))]


def fix_parts(diagnosis: AnyDiagnosis, form: str) -> list[Part]:
    """Every fix in one form.

    Args:
        diagnosis: The diagnosis.
        form: `cli`, `terraform` or `json`.
    """
    parts: list[Part] = []
    for cause in diagnosis.causes:
        if cause.fix is None:
            continue
        parts.append(Paragraph(line(cause.fix.summary)))
        parts += _way(cause.fix, form)
        if cause.fix.alternative:
            parts.append(Paragraph(line(f"Or instead: {cause.fix.alternative.summary}")))
            parts += _way(cause.fix.alternative, form)
    return parts or [Paragraph(line("There is no fix for this answer."))]


def _way(fix: Fix, form: str) -> list[Part]:
    """How to make a fix, in one form."""
    parts: list[Part] = []
    match form:
        case "cli":
            parts.append(Verbatim("With the AWS CLI", "fix.sh", "\n".join(fix.cli) or "# not as commands"))
        case "terraform":
            parts.append(Verbatim("With Terraform", "fix.tf", fix.terraform or "# not with Terraform"))
        case _:
            for change in fix.changes:
                parts.append(Note(line(f"{change.kind} on {change.target}")))
                parts.append(Verbatim("The whole document", "fix.json", json.dumps(change.document, indent=2)))
    if fix.caution:
        parts.append(Note(line(f"Think of this first: {fix.caution}")))
    return parts


def owner_draft(diagnosis: AnyDiagnosis) -> str:
    """A message to who can make the change, to be read over before it is sent.

    What another fix does as well is asked for once.
    """
    asks = [_ask(cause, cause.fix) for cause in diagnosis.causes if cause.fix and not _is_made_by_another(cause.fix)]
    return "\n\n".join((f"Hello, {_denied(diagnosis)}", *asks))


def _denied(diagnosis: AnyDiagnosis) -> str:
    """What was denied, in a sentence or two."""
    if isinstance(diagnosis, Diagnosis):
        job = diagnosis.job
        resource = job.resource or "a resource"
        what = f"the {JOBS[job.type]} {job.id} of {resource} in account {job.account} ({job.region})"
        return f"{what} was denied. {diagnosis.summary}"
    said = diagnosis.reading
    on = f" on {said.resource}" if said.resource else ""
    return f"the call {said.action}{on} by {said.principal} was denied."


def _is_made_by_another(fix: Fix) -> bool:
    return fix.proven and not fix.changes


def _ask(cause: Cause, fix: Fix) -> str:
    proof = " It has been evaluated with this change: it passes." if fix.proven else ""
    asked = f"{LAYERS[cause.layer]}, for the {fix.owner}: {fix.summary}{proof}"
    return f"{asked} Could you make this change, or tell me why not?"


def asked_about(by: str, about: AnyDiagnosis) -> str:
    """The sentence that a message to an owner begins with, without its full stop."""
    what = "a backup job" if isinstance(about, Diagnosis) else "a call of AWS Backup"
    return f"{by} asks you about {what} that was denied"


def asked_parts(by: str, text: str, about: AnyDiagnosis) -> list[Part]:
    """The message as its owner gets it."""
    job: list[Part] = []
    if isinstance(about, Diagnosis):
        named = about.job
        job = [Pairs((("Job", line(f"{named.id} in account {named.account}, {named.region}")),))]
    return [
        Paragraph(line(f"{asked_about(by, about)}:")),
        *(Paragraph(line(part)) for part in text.split("\n\n") if part.strip()),
        *job,
    ]
