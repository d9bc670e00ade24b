"""Jobs that nobody has started yet, as the subject of a diagnosis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.aws.facts import Facts, collect
from bot.aws.reader import Reader
from bot.diagnosis.causes import thing
from bot.diagnosis.collecting import collect_job_facts
from bot.diagnosis.conclude import layers_of
from bot.diagnosis.examination import Examination
from bot.diagnosis.examine_job import examine_job
from bot.diagnosis.facts.job import PLANNED, Located
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import Cause, Certainty, JobType, Outcome, Verdict
from bot.errors import BadInputError
from bot.foresight.forecast import Forecast, ForecastJob
from bot.settings import Settings

_STACK: Final = "CloudFormation"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedJob:
    """A job to come, as far as it is known before it is started."""

    type: JobType
    account: str
    region: str
    role: str
    """The ARN of the job role."""
    resource: str | None
    """What is backed up; of a copy or restore what was, where that is known."""
    resource_type: str
    vault: str | None
    """The ARN of the vault that a backup is written to, or that a copy or restore takes from."""
    copy_to: str | None = None
    """The ARN of the vault that a copy is written to."""
    recovery_point: str | None = None
    """What is restored, or copied where it is there already."""
    metadata: tuple[tuple[str, str], ...] = ()
    """What a restore will ask for: names and values."""
    options: tuple[tuple[str, str], ...] = ()
    """The backup options, such as `WindowsVSS`, and their values."""
    rule: str | None = None
    """The rule of a plan that starts it."""

    def located(self, now: datetime) -> Located:
        """The job as AWS Backup would describe it, started now."""
        described: dict[str, Any] = {
            "State": PLANNED,
            "IamRoleArn": self.role,
            "ResourceType": self.resource_type,
            "CreationDate": now,
            "BackupOptions": dict(self.options),
        }
        named = {
            "SourceResourceArn" if self.type is JobType.RESTORE else "ResourceArn": self.resource,
            "SourceBackupVaultArn" if self.type is JobType.COPY else "BackupVaultArn": self.vault,
            "SourceRecoveryPointArn" if self.type is JobType.COPY else "RecoveryPointArn": self.recovery_point,
            "DestinationBackupVaultArn": self.copy_to,
        }
        described |= {name: value for name, value in named.items() if value}
        return Located(self.type, self.account, self.region, described, dict(self.metadata))


@dataclass(frozen=True, slots=True)
class Planned:
    """The jobs to come of one question.

    Args:
        about: What was asked about, in words.
        jobs: The jobs.
        not_checked: Which jobs to come are left out, and why, in a sentence each.
    """

    about: str
    jobs: tuple[PlannedJob, ...]
    not_checked: tuple[str, ...] = ()


FindJobs = Callable[[Facts], Planned]
"""A collector that finds the jobs to come."""


class PlannedSubject:
    """Jobs to come.

    Args:
        find: Finds them.
        settings: For the management account, where it is configured.
        now: When they are taken to be started.
    """

    def __init__(self, find: FindJobs, settings: Settings, now: datetime) -> None:
        self._find = find
        self._settings = settings
        self._now = now
        self._planned: Planned

    def locate(self, facts: Facts, reader: Reader) -> str:
        """Finds the jobs to come.

        Raises:
            BadInputError: There are none, so that nothing could be checked.
        """
        self._planned = collect(self._find, facts, reader)
        if not self._planned.jobs:
            why = " ".join(self._planned.not_checked)
            raise BadInputError(f"Nothing of {self._planned.about} could be checked. {why}".rstrip())
        return f"Found {self._planned.about}."

    def collect(self, facts: Facts) -> tuple[JobFacts, ...]:
        """What is known of each job."""
        return tuple(collect_job_facts(facts, job.located(self._now), self._settings) for job in self._planned.jobs)

    def to_examine(self, collected: Sequence[JobFacts]) -> Sequence[JobFacts]:
        """All of them."""
        return collected

    def examine(self, facts: JobFacts) -> Examination[JobFacts]:
        """What the facts of one job come to."""
        return examine_job(facts)

    def guess(self, _examined: Examination[JobFacts]) -> tuple[Cause, ...]:
        """Nothing: no message says anything yet."""
        return ()

    def conclude(
        self,
        _collected: Sequence[JobFacts],
        examined: Sequence[Examination[JobFacts]],
        causes: tuple[Cause, ...],
        layers: Sequence[CheckedLayer],
    ) -> Forecast:
        """The answer: what denies any of the jobs, and each job."""
        jobs = tuple(_forecast(*pair, causes) for pair in zip(self._planned.jobs, examined, strict=True))
        left_out = (*self._planned.not_checked, *_composite(self._planned.jobs))
        outcome = _worst(jobs, is_whole=not left_out)
        return Forecast(
            about=self._planned.about,
            outcome=outcome,
            summary=_summary(self._planned.about, outcome, causes, layers),
            causes=causes,
            layers=layers_of(layers),
            jobs=jobs,
            not_checked=left_out,
        )


def _forecast(planned: PlannedJob, examined: Examination[JobFacts], causes: Sequence[Cause]) -> ForecastJob:
    own = {thing(cause) for cause in examined.causes}
    telling = [cause for cause in examined.causes if cause.certainty is not Certainty.POSSIBLE]
    return ForecastJob(
        job=examined.facts.job.to_job(),
        rule=planned.rule,
        outcome=_outcome(telling, examined.layers),
        causes=tuple(position for position, cause in enumerate(causes) if thing(cause) in own),
    )


def _outcome(telling: Sequence[Cause], layers: Sequence[CheckedLayer]) -> Outcome:
    if telling:
        return Outcome.DENIED
    is_known = all(layer.to_layer().verdict is not Verdict.UNKNOWN for layer in layers)
    return Outcome.NOT_FAILED if is_known else Outcome.UNDETERMINED


def _composite(jobs: Sequence[PlannedJob]) -> tuple[str, ...]:
    """A stack is backed up resource by resource, each by a child job ("CloudFormation stack backups")."""
    stacks = dict.fromkeys(job.resource for job in jobs if job.resource_type == _STACK)
    return tuple(
        f"The backup of {stack} starts a child job for each of its resources. Check these, too." for stack in stacks
    )


def _worst(jobs: Sequence[ForecastJob], *, is_whole: bool) -> Outcome:
    """The outcome of the worst of the jobs; where some were left out, nothing is said to be clear."""
    found = {job.outcome for job in jobs}
    if Outcome.DENIED in found:
        return Outcome.DENIED
    return Outcome.NOT_FAILED if is_whole and Outcome.UNDETERMINED not in found else Outcome.UNDETERMINED


def _summary(about: str, outcome: Outcome, causes: Sequence[Cause], layers: Sequence[CheckedLayer]) -> str:
    """One sentence that a person can act on."""
    if outcome is Outcome.DENIED:
        telling = [cause for cause in causes if cause.certainty is not Certainty.POSSIBLE]
        more = f" ({len(telling) - 1} more to fix)" if len(telling) > 1 else ""
        return f"{telling[0].explanation}{more}"
    if outcome is Outcome.UNDETERMINED:
        unknown = [each.layer.value for each in map(CheckedLayer.to_layer, layers) if each.verdict is Verdict.UNKNOWN]
        still = f"Still unknown: {' and '.join(unknown)}." if unknown else "But I couldn't check all of it."
        return f"Nothing that I could read denies {about}. {still}"
    return f"Every layer allows what {about} needs."
