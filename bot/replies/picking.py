"""The form in which a failed job is picked instead of typed."""

from collections.abc import Sequence
from typing import Any

from bot.diagnosis.failures import FailedJob
from bot.diagnosis.job_id import JobReference, parse_job_id
from bot.diagnosis.model import JobType
from bot.replies.document import Note, Paragraph, Part, line
from bot.replies.fields import Field, plain
from bot.replies.safe import one_line, shorten
from bot.replies.words import JOBS
from bot.settings import account_id, region_name

PICK = "pick_failed_job"
TITLE = "Why did it fail?"
MOST = 100
"""Options of a menu."""

OPTION = 75


LOADING: tuple[Part, ...] = (Paragraph(line("One moment…")),)
"""What is shown while the jobs are listed."""

NO_JOBS: tuple[Part, ...] = (
    Paragraph(line("I found no job that failed in the last seven days.")),
    Note(line("For an older job, type /backup-why and its ID.")),
)


def picking_form(jobs: Sequence[FailedJob]) -> tuple[tuple[Part, ...], tuple[Field, ...]]:
    """What is said in the form, and what there is to fill in.

    Args:
        jobs: The failed jobs that may be asked about, newest first; at least one.
    """
    options = [{"text": plain(_label(job)), "value": _value(job.job)} for job in jobs[:MOST]]
    more = f" Only the newest {MOST} of {len(jobs)} are shown." if len(jobs) > MOST else ""
    channel: dict[str, Any] = {
        "type": "conversations_select",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
        "placeholder": plain("A channel"),
    }
    fields = (
        Field("job", "The job", {"type": "static_select", "placeholder": plain("A failed job"), "options": options}),
        Field("channel", "Where to answer", channel),
    )
    return (Note(line(f"Jobs that failed in the last seven days.{more}")),), fields


def picked(value: str) -> JobReference:
    """The job that an option stands for.

    Raises:
        ValueError, BadInputError: It is no option of the form.
    """
    kind, account, region, job = value.split("|")
    if parse_job_id(job).id != job:
        raise ValueError("more than a job id")
    return JobReference(id=job, account=account_id(account), region=region_name(region), type=JobType(kind))


def _value(job: JobReference) -> str:
    return f"{job.type or ''}|{job.account or ''}|{job.region or ''}|{job.id}"


def _label(failed: FailedJob) -> str:
    """When, what and where; cut to what an option can hold."""
    kind = JOBS[failed.job.type] if failed.job.type else "job"
    what = f"{failed.resource_type} {kind} {failed.resource_name} in {failed.job.account}"
    return shorten(one_line(f"{failed.created:%d %b %H:%M} {what}"), OPTION)
