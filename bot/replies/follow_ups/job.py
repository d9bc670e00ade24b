"""Follow-ups about the job itself: which one it is, what was denied in it, what it leaves behind, and what to write."""

from typing import Final

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Outcome
from bot.diagnosis.reading import TextDiagnosis
from bot.replies.causes import cause_facts, in_order, names_of, what_denies
from bot.replies.details import owner_draft
from bot.replies.document import Bullets, Line, Note, Page, Pairs, Paragraph, Part, Verbatim, code, line, words_of
from bot.replies.evidence import unread_line
from bot.replies.follow_ups.common import fixed_causes, page, thread_page
from bot.replies.follow_ups.places import where
from bot.replies.naming import Names
from bot.replies.words import JOBS, LAYERS
from knowledge.causes import cause_codes

_DATE: Final = "%Y-%m-%d %H:%M UTC"
_NO_JOB: Final = "There is only a text, and no job. Give me the job's ID."


def job_facts(diagnosis: AnyDiagnosis) -> Page:
    """Which job it is: its ids, its resource and its vaults, and when it ran."""
    job = diagnosis.job
    if job is None:
        return page("The job", _NO_JOB)
    made = {"Created": job.created, "Ended": job.completed}
    named = {
        "Job ID": job.id,
        "Account": job.account,
        "Region": job.region,
        "Resource": job.resource,
        "Job role": job.role,
        "Source vault": job.source_vault,
        "Destination vault" if job.source_vault else "Vault": job.destination_vault,
    }
    facts: list[tuple[str, Line]] = [(label, line(code(value))) for label, value in named.items() if value]
    facts += [(label, line(f"{moment:{_DATE}}")) for label, moment in made.items() if moment]
    of = f" of {job.resource_type}" if job.resource_type else ""
    return page("The job", f"It is a {JOBS[job.type]}{of}, and its state is {job.state}.", Pairs(tuple(facts)))


def denied_call(diagnosis: AnyDiagnosis) -> Page:
    """What was denied to whom on what, cause by cause."""
    heading = "What was denied"
    names, told = names_of(diagnosis), in_order(diagnosis)
    parts: list[Part] = [Pairs(facts) for cause in told if (facts := cause_facts(cause))]
    if parts:
        known = [action for cause in told for action in cause.actions]
        says = f"Denied: {', '.join(dict.fromkeys(known))}." if known else "No single action is denied."
        if beside := [what_denies(cause, names) for cause in told if not cause.actions]:
            parts.insert(0, Bullets(tuple(beside)))
            says = f"{words_of(beside[0])} ({len(told) - 1} more to fix)" if len(told) > 1 else words_of(beside[0])
        return page(heading, says, *parts)
    if isinstance(diagnosis, TextDiagnosis) and diagnosis.reading.action:
        return page(heading, f"The text names {diagnosis.reading.action}.")
    if diagnosis.denied_calls:
        return trail(diagnosis)
    unread: list[Part] = [Paragraph(line("I couldn't read these:")), Bullets(tuple(map(unread_line, diagnosis.unread)))]
    says = "I don't know which call was denied: AWS's message doesn't name it."
    return page(heading, says, *(unread if diagnosis.unread else []))


def data(diagnosis: AnyDiagnosis) -> Page:
    """What the failure means for the data; recovery points are not looked at."""
    job = diagnosis.job
    if job is None:
        return page("The data", _NO_JOB)
    made = {"backup": "no backup", "copy": "no copy; the backup in the source vault is untouched"}.get(job.type)
    first = f"A {JOBS[job.type]} that failed leaves {made}. " if made and job.state == "FAILED" else ""
    if diagnosis.outcome is Outcome.DENIED:
        first += "It fails again at each run until the change is made. "
    says = f"{first}I read permissions, and not your recovery points, so look for older ones yourself."
    if not job.resource:
        return page("The data", says)
    command = (
        "aws backup list-recovery-points-by-resource"
        f" --resource-arn {job.resource} --region {job.region}  # in account {job.account}"
    )
    return page("The data", says, Verbatim("To look yourself", "recovery-points.sh", command))


def draft(diagnosis: AnyDiagnosis) -> Page:
    """A message to who can make the change."""
    heading = "A message to the owner"
    if not fixed_causes(diagnosis):
        if wanted := [item.permission for item in diagnosis.unread if item.permission]:
            says = "I have no fix yet. This asks for the reads that I lack. Read it over before you send it."
            return page(heading, says, Verbatim("The message", "message.txt", _asks_for_reads(diagnosis, wanted)))
        return page(heading, "I have no fix, so there is nothing to ask an owner for yet.")
    says = "Read it over before you send it. “Ask the owner” under the answer sends it for you."
    return page(heading, says, Verbatim("The message", "message.txt", owner_draft(diagnosis)))


def _asks_for_reads(diagnosis: AnyDiagnosis, permissions: list[str]) -> str:
    job = diagnosis.job
    what = f"the {JOBS[job.type]} {job.id} in account {job.account} ({job.region})" if job else "a call of AWS Backup"
    asked = "\n".join(f"- {permission}" for permission in dict.fromkeys(permissions))
    why = f"{what} failed, and backup-why can't say why without these permissions:"
    return f"Hello, {why}\n\n{asked}\n\nWith them it only reads. Could you allow them, or tell me why not?"


def trail(diagnosis: AnyDiagnosis) -> Page:
    """What CloudTrail recorded, or where to look in it."""
    if diagnosis.denied_calls or diagnosis.withdrawals or diagnosis.changed_since:
        return thread_page(("trail",), "")(diagnosis)
    says = "I found nothing about this in CloudTrail."
    if diagnosis.outcome is Outcome.DENIED:
        says = "I didn't need CloudTrail for this answer: the policies show the denial."
    job = diagnosis.job
    if job is None:
        return page("CloudTrail", says)
    look = f"Look in account {job.account}, {job.region}, for AccessDenied"
    at = f" around {job.completed:{_DATE}}" if job.completed else ""
    return page("CloudTrail", says, Paragraph(line(f"{look}{at}.")), Note(line("CloudTrail keeps events for 90 days.")))


def not_enough(diagnosis: AnyDiagnosis) -> Page:
    """Why an Allow in the role's own policies does not decide."""
    heading, names = "Why an Allow is not enough", names_of(diagnosis)
    if not diagnosis.causes:
        return page(heading, "Every layer must allow it, and none that I could read denies it.")
    if all(cause_codes()[cause.code].is_missing_permission for cause in diagnosis.causes):
        return page(heading, "Here the role's own policies don't allow it.", *_denials(diagnosis, names))
    says = "Another layer decides as well, and an Allow of the role can't override it."
    return page(heading, says, *_denials(diagnosis, names))


def _denials(diagnosis: AnyDiagnosis, names: Names) -> list[Part]:
    return [Bullets(tuple(what_denies(cause, names) for cause in in_order(diagnosis)))]


def side(diagnosis: AnyDiagnosis) -> Page:
    """Whether the failure is AWS's or the account's own."""
    heading = "AWS's side or yours?"
    if diagnosis.outcome is Outcome.DENIED:
        says = "Yours: a policy or setting denies it. AWS Support can't change that for you."
        rows = [(*line(f"{LAYERS[cause.layer]}: "), *where(cause)) for cause in in_order(diagnosis)]
        return page(heading, says, Bullets(tuple(rows)))
    if diagnosis.outcome is Outcome.UNDETERMINED:
        says = "I can't tell: I couldn't read everything. Let me read it before you open a case with AWS Support."
        return page(heading, says, Bullets(tuple(map(unread_line, diagnosis.unread))))
    return page(heading, "No permission denies it. If its message names an internal error, open a case with AWS.")


def where_attached(diagnosis: AnyDiagnosis) -> Page:
    """Where the policies are attached, and so whom they reach."""
    names = names_of(diagnosis)
    targets = [cause for cause in diagnosis.causes if cause.target]
    if not targets:
        return page("Where it is attached", "No policy of the organization is a cause here.")
    rows = tuple(
        names.sentence(f"{cause.policy or 'The missing allow'}: attached to {cause.target}.") for cause in targets
    )
    says = "It reaches every account below the place where it is attached, and no other."
    return page("Where it is attached", says, Bullets(rows))
