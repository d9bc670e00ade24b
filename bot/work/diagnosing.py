"""The diagnosis as a worker calls it: one function for both kinds of subjects, which blocks; call it in a thread."""

from typing import Protocol

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis
from bot.diagnosis.what_if import Effects, WhatIf
from bot.work.question import AskedJob, Subject


class Diagnose(Protocol):
    """The diagnosis of a subject, as a function that blocks; it is called in a thread.

    Raises:
        BackupWhyError: There is no diagnosis, and its sentence says what to do.
    """

    def __call__(self, subject: Subject, *, observe: Observer, fresh: bool) -> AnyDiagnosis:
        """Diagnoses a subject; `fresh` reads everything anew."""


class DiagnoseJob(Protocol):
    """The diagnosis of a job."""

    def __call__(self, job: JobReference, *, observe: Observer, fresh: bool) -> Diagnosis:
        """Diagnoses a job; raises as `Diagnose`."""


class DiagnoseText(Protocol):
    """The diagnosis of an error text."""

    def __call__(self, text: str, *, observe: Observer, fresh: bool) -> TextDiagnosis:
        """Reads a text and evaluates the call that it names; raises as `Diagnose`."""


class FindEffects(Protocol):
    """What a change would do to a subject, as a function that blocks; it is called in a thread."""

    def __call__(self, subject: JobReference | str, change: WhatIf) -> Effects:
        """Examines a job, or the call that a text names, as it is and with the change; raises as `Diagnose`."""


def diagnosing(job: DiagnoseJob, text: DiagnoseText) -> Diagnose:
    """The diagnosis of a subject of either kind."""

    def diagnose(subject: Subject, *, observe: Observer, fresh: bool) -> AnyDiagnosis:
        if isinstance(subject, AskedJob):
            return job(subject.job, observe=observe, fresh=fresh)
        return text(subject.text, observe=observe, fresh=fresh)

    return diagnose
