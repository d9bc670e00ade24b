"""The document of a check before jobs run: what will deny them, and each job with what it is denied by."""

from pydantic import BaseModel, ConfigDict

from bot.diagnosis.model import DiagnosisDocument, Job, Outcome


class ForecastJob(BaseModel):
    """One job to come."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    job: Job
    """Its id is empty, and its state `PLANNED`."""
    rule: str | None = None
    """The rule of the plan that will start it."""
    outcome: Outcome
    """`denied`, `undetermined`, or `not-failed` where every layer allows all that it needs."""
    causes: tuple[int, ...] = ()
    """What denies it, or may: positions from 0 in the document's `causes`."""


class Forecast(DiagnosisDocument):
    """What denies the jobs to come; `outcome` is that of the worst of them."""

    job: None = None
    about: str
    """What was checked: `plan daily`."""
    jobs: tuple[ForecastJob, ...] = ()
    not_checked: tuple[str, ...] = ()
    """Which jobs to come were left out, and why, in a sentence each."""

    @property
    def home(self) -> str:
        """The account of all jobs; empty where they are of several."""
        accounts = {each.job.account for each in self.jobs}
        return accounts.pop() if len(accounts) == 1 else ""
