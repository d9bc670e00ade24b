"""The Home tab: what was asked lately, and how to ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.diagnosis.model import Diagnosis
from bot.replies.causes import names_of
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
from bot.replies.titles import title

OPEN_PICKER = "open_picker"


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
        Paragraph(line("Give me an AWS Backup job ID and I'll show you why it was denied.")),
        Bullets(
            (
                line(code("/backup-why JOB-ID"), " in a channel"),
                line(code("@backup-why JOB-ID"), " in a thread"),
                line("“Why did this backup fail” in the menu of a message, such as an alert"),
                line("or a direct message to me"),
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
    diagnosis, names = latest.diagnosis, names_of(latest.diagnosis)
    thread = (Link("thread", latest.link),) if latest.link else ()
    job = diagnosis.job
    when = f"{job.created:%Y-%m-%d %H:%M} UTC, " if job.created else ""
    where = f" ({when}account {names.account(job.account)}, job "
    return (*line(strong(title(diagnosis, names)), where, code(job.id), ") "), *thread)
