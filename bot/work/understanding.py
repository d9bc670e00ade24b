"""What somebody wrote to the bot: a job, several, an error text that names a call, or words.

Reading a text takes up to some tens of milliseconds of the processor: it is read once, in a thread.
"""

import asyncio
from dataclasses import dataclass

from bot import arn
from bot.diagnosis.facts.call_parameters import is_recovery_point
from bot.diagnosis.job_id import JobReference, find_job_ids
from bot.diagnosis.reading import TextDiagnosis, read_error
from bot.diagnosis.secrets_in_text import without_secrets
from bot.work.question import AskedJob, AskedText, Subject

LONGEST_TEXT = 100_000
"""What is read of a text: more than a message of Slack has ("Truncating content", 40,000 characters) with its files."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it was understood.

    Args:
        text: The text.
        jobs: The jobs that it names.
        reading: What it says as an error text.
    """

    text: str
    jobs: tuple[JobReference, ...]
    reading: TextDiagnosis

    @property
    def is_error(self) -> bool:
        """Whether it is an error text of a known form."""
        return self.reading.reading.form is not None

    @property
    def names_a_call(self) -> bool:
        """Whether it says who was denied what, or which recovery point it is about, so that AWS can be read for it."""
        said = self.reading.reading
        points = (named for named in map(arn.parse, said.named) if named and is_recovery_point(named))
        is_denied = (said.action or said.operation) and said.principal
        return bool(is_denied or (said.permission and next(points, None)))


def subject_of(written: Written) -> Subject | None:
    """What a text asks about: the one job or the call that it names; None where it is words, or names several jobs."""
    if len(written.jobs) == 1:
        return AskedJob(job=written.jobs[0])
    if not written.jobs and written.names_a_call:
        return AskedText(text=written.text)
    return None


async def understand(text: str) -> Written:
    """Reads what somebody wrote.

    Secrets are taken out before anything else happens to it: what follows may keep the text, repeat it, or give it to
    a language model.

    Args:
        text: The text, in whatever shape; what is no valid Unicode in it is replaced.
    """
    return await asyncio.to_thread(_understand, text.encode("utf-8", "replace").decode())


def _understand(text: str) -> Written:
    text = without_secrets(text[:LONGEST_TEXT])
    return Written(text, tuple(find_job_ids(text)), read_error(text))
