"""The document of a check: what denies the jobs to come, and each of those jobs with what it is denied by."""

from pydantic import BaseModel, ConfigDict

from bot.diagnosis.model import DiagnosisDocument, Job, Outcome


class CheckedJob(BaseModel):
    """One job to come."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    job: Job
    """Its id is empty, and its state `PLANNED`."""
    rule: str | None = None
    """The rule of the plan that will start it."""
    outcome: Outcome
    """`denied`, `undetermined`, or `not-failed` where every layer allows all that it needs."""
    causes: tuple[str, ...] = ()
    """The codes of what denies it, out of the document's causes."""


class Check(DiagnosisDocument):
    """What denies the jobs to come; `outcome` is that of the worst of them."""

    job: None = None
    about: str
    """What was checked: `plan daily (3 jobs)`."""
    jobs: tuple[CheckedJob, ...] = ()
    not_checked: tuple[str, ...] = ()
    """Which jobs to come were left out, and why, in a sentence each."""
