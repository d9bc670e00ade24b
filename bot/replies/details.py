"""What the buttons of a verdict show: everything that was checked, and a draft for who owns the layer."""

import json

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, Diagnosis, Fix
from bot.replies.causes import is_made_by_another
from bot.replies.document import Note, Pairs, Paragraph, Part, Verbatim, line
from bot.replies.evidence import evidence_pages
from bot.replies.words import JOBS, LAYERS, policy


def detail_parts(answer: AnyDiagnosis) -> list[Part]:
    """Everything that was checked, and each policy that denies, whole."""
    evidence = [part for page in evidence_pages(answer) for part in page.parts]
    return [*evidence, *(policy_parts(answer) if any(cause.policy for cause in answer.causes) else ())]


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
            parts.append(Note(line("I couldn't read this policy, or there is none.")))
        else:
            parts.append(Verbatim("The whole policy", "policy.json", json.dumps(cause.document, indent=2)))
    return parts or [Paragraph(line("No policy decides this answer."))]


def owner_draft(diagnosis: AnyDiagnosis) -> str:
    """A message to who can make the change, to be read over before it is sent.

    What another fix does as well is asked for once.
    """
    asks = [_ask(cause, cause.fix) for cause in diagnosis.causes if cause.fix and not is_made_by_another(cause.fix)]
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


def _ask(cause: Cause, fix: Fix) -> str:
    proof = " I evaluated the job with this change: it is allowed." if fix.proven else ""
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
