"""What a job did, in words: `copy of Aurora cluster ledger to vault fort-knox`."""

from typing import Final

from bot.diagnosis.model import Diagnosis, Job, JobType, Outcome
from bot.replies.document import words_of
from bot.replies.naming import Names
from bot.replies.words import FIXED, OUTCOMES, counted, is_fixed

_STATES: Final = {"COMPLETED": "Completed with issues", "PARTIAL": "Completed in part", "EXPIRED": "Expired"}
"""States that are no plain failure, and that a title therefore says."""
_VERBS: Final = {JobType.BACKUP: "backup", JobType.COPY: "copy", JobType.RESTORE: "restore", JobType.SCAN: "scan"}


def title(diagnosis: Diagnosis, names: Names) -> str:
    """The title of an answer: what it came to, and for which job."""
    job = diagnosis.job
    if is_fixed(diagnosis):
        return f"{FIXED}: start the job again ({job_title(job, names)})"
    word = OUTCOMES[diagnosis.outcome]
    state = _STATES.get(job.state) if diagnosis.outcome is not Outcome.NOT_FAILED else None
    children = f", with {counted(len(job.children), 'child job')} that failed" if job.children else ""
    return f"{f'{state}, {word.lower()}' if state else word}: {job_title(job, names)}{children}"


def job_title(job: Job, names: Names) -> str:
    """The job by what it works on and where to, never by its id."""
    resource = words_of(names.sentence(job.resource)) if job.resource else "a resource"
    kind = job.resource_type or ""
    what = resource if resource.lower().startswith(kind.lower()) else f"{kind} {resource}"
    return f"{_VERBS[job.type]} of {what}{_vault(job, names)}"


def _vault(job: Job, names: Names) -> str:
    if job.type is JobType.RESTORE:
        return f" from {words_of(names.sentence(job.source_vault))}" if job.source_vault else ""
    return f" to {words_of(names.sentence(job.destination_vault))}" if job.destination_vault else ""
