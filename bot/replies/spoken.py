"""What is said after the bot did something that it was asked for in words: looked again, or listed failed jobs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.failures import DAYS, FailedJob
from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, code, line, strong
from bot.replies.surface import SLACK
from bot.replies.words import JOBS, outcome

_MOST: Final = 10
"""Jobs of a list in a message: a longer one is for the picker."""


def checked_page(note: str, answer: AnyDiagnosis) -> Page:
    """What a second examination found.

    Args:
        note: What it has changed.
        answer: The answer as it is now.
    """
    says = f"{outcome(answer)}: {answer.summary}"
    parts = (Heading("Checked again"), Paragraph(line(strong(f"{outcome(answer)}: "), answer.summary)))
    return Page("follow-up", says, (*parts, *((Note(line(note)),) if note else ())))


def failed_jobs_page(jobs: Sequence[FailedJob]) -> Page:
    """The jobs that failed lately, with what asks about each.

    Args:
        jobs: The jobs that may be asked about, newest first.
    """
    if not jobs:
        says = f"No job failed in the last {DAYS} days, as far as I could list them."
        return Page("follow-up", says, (Paragraph(line(says)),))
    says = f"{len(jobs)} failed in the last {DAYS} days. The newest:" if len(jobs) > _MOST else "These failed lately:"
    more = Note(line(f"Only {_MOST} are shown. The shortcut “Pick a failed job” lists more."))
    rows = Bullets(tuple(map(_job, jobs[:_MOST])))
    return Page("follow-up", says, (Paragraph(line(says)), rows, *((more,) if len(jobs) > _MOST else ())))


def _job(failed: FailedJob) -> Line:
    kind = JOBS[failed.job.type] if failed.job.type else "job"
    when = f"{failed.created:%d %b %H:%M} UTC, {failed.state}"
    what = f"{failed.resource_type} {kind} of {failed.resource_name} in account {failed.job.account or '?'}"
    return (*line(f"{when}: {what}: "), code(f"{SLACK.ask} {failed.job.id}"))


def about_page(page: Page, name: str) -> Page:
    """A page that is about an answer which was not given where it is shown: it says which.

    Args:
        page: The page.
        name: What the answer is about.
    """
    return replace(page, parts=(*page.parts, Note(line(f"About {name}, your latest answer."))))
