"""The list of failed jobs in a terminal: what failed and when, and the command that asks why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.diagnosis.failures import FailedJob, FailedJobs, Unlisted
from bot.replies.document import Bullets, Heading, Note, Page, Paragraph, Part, Verbatim, line, strong
from bot.replies.surface import TERMINAL
from bot.replies.words import JOBS, counted


def failed_jobs_list(found: FailedJobs, since: datetime) -> Page:
    """The failed jobs, each with the command that asks why.

    Args:
        found: What was listed.
        since: When the oldest of them may have been created.
    """
    says = f"{counted(len(found.jobs), 'job') if found.jobs else 'No job'} failed since {since:%d %b %H:%M} UTC"
    looked = f"{counted(len(found.accounts), 'account')}, {', '.join(found.regions)}"
    return Page("failures", says, (Heading(f"{says} ({looked})"), *_rows(found.jobs), *_gaps(found.unlisted)))


def failed_jobs_document(found: FailedJobs, since: datetime) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "since": since.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "accounts": list(found.accounts),
        "regions": list(found.regions),
        "jobs": [_document(failed) for failed in found.jobs],
        "unlisted": [{"account": each.account, "region": each.region, "why": each.why} for each in found.unlisted],
    }


def _rows(jobs: tuple[FailedJob, ...]) -> Iterator[Part]:
    for failed in jobs:
        job = failed.job
        what = f"{failed.resource_type} {JOBS[job.type] if job.type else 'job'} of {failed.resource_name}".strip()
        label = f"{failed.created:%d %b %H:%M} UTC, {failed.state}: {what} in account {job.account}, {job.region}"
        command = f"{TERMINAL.ask} {job.id} --account {job.account} --region {job.region}"
        yield Verbatim(label, "command.txt", command)
        if failed.message:
            yield Note(line(failed.message.strip().partition("\n")[0]))


def _gaps(unlisted: tuple[Unlisted, ...]) -> Iterator[Part]:
    if unlisted:
        yield Paragraph(line(strong("There may be more."), " I couldn't list all jobs of these:"))
        yield Bullets(tuple(line(f"account {each.account}, {each.region}: {each.why}") for each in unlisted))


def _document(failed: FailedJob) -> dict[str, Any]:
    job = failed.job
    return {
        "id": job.id,
        "type": job.type,
        "account": job.account,
        "region": job.region,
        "state": failed.state,
        "created": failed.created.isoformat().replace("+00:00", "Z"),
        "resource_type": failed.resource_type,
        "resource": failed.resource,
        "message": failed.message,
    }
