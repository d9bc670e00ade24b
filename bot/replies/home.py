"""The Home tab: what was asked lately, and how to ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.diagnosis.model import Diagnosis
from bot.replies.document import (
    Bullets,
    Button,
    Buttons,
    Heading,
    Line,
    Link,
    Note,
    Paragraph,
    Part,
    code,
    line,
    strong,
)
from bot.replies.safe import shorten
from bot.replies.words import JOBS, OUTCOMES

OPEN_PICKER = "open_picker"
SUMMARY = 200


@dataclass(frozen=True, slots=True)
class Latest:
    """An answer that the reader was given.

    Args:
        diagnosis: What was found.
        link: Where the thread is; empty where that is not known.
    """

    diagnosis: Diagnosis
    link: str = ""


def home_parts(latest: Sequence[Latest]) -> list[Part]:
    """The Home tab of one person.

    Args:
        latest: Their latest answers, newest first.
    """
    parts: list[Part] = [
        Heading("Why did my backup fail?"),
        Paragraph(
            line("Give me the id of a failed AWS Backup job, and I show which statement of which policy stopped it.")
        ),
        Bullets(
            (
                line(code("/backup-why JOB-ID"), " in a channel"),
                line(code("@backup-why JOB-ID"), " in a thread"),
                line("“Why did this backup fail” in the menu of a message, of an alert for instance"),
                line("or write to me in Messages"),
            )
        ),
        Buttons((Button("Pick a failed job", OPEN_PICKER, "home", "List the jobs that failed lately", main=True),)),
        Heading("Your latest answers"),
    ]
    if latest:
        parts.append(Bullets(tuple(map(_told, latest))))
    else:
        parts.append(Paragraph(line("None yet.")))
    parts.append(Note(line("I only read. Answers are kept for 30 days.")))
    return parts


def _told(latest: Latest) -> Line:
    job = latest.diagnosis.job
    thread = (Link("thread", latest.link),) if latest.link else ()
    says = line(
        strong(OUTCOMES[latest.diagnosis.outcome]),
        f": {JOBS[job.type]} ",
        code(job.id),
        f" of {job.resource_type or 'a resource'} in {job.account}. {shorten(latest.diagnosis.summary, SUMMARY)} ",
    )
    return (*says, *thread)
