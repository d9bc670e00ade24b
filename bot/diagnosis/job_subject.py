"""A job as the subject of a diagnosis: found by its reference, with the jobs that failed for it."""

from collections.abc import Sequence
from typing import Final

from bot.aws.backup import DESCRIBE_JOB
from bot.aws.facts import Facts, collect
from bot.aws.reader import Reader
from bot.aws.sts import ASSUME_ROLE
from bot.diagnosis.blamed import guessed_causes
from bot.diagnosis.conclude import layers_of, not_covered, outcome, summary
from bot.diagnosis.examination import Examination
from bot.diagnosis.examine_job import examine_job
from bot.diagnosis.facts.job import Located
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.locate import Search, search
from bot.diagnosis.model import Cause, Diagnosis, Outcome, Unread
from bot.diagnosis.other_jobs import OtherJob, find_other_job
from bot.diagnosis.related_jobs import collect_all_job_facts
from bot.diagnosis.unread import unread
from bot.errors import AwsUnreachableError, JobNotFoundError
from bot.settings import Settings

_JOB_READS: Final = {ASSUME_ROLE.permission, *(operation.permission for operation, _id in DESCRIBE_JOB.values())}
_ALLOW: Final = (
    "let the bot's role be assumed there and allow it backup:DescribeBackupJob, backup:DescribeCopyJob and "
    "backup:DescribeRestoreJob."
)


class JobSubject:
    """A job.

    Args:
        reference: The job that was asked for.
        settings: The scope.
        region: The session's Region.
    """

    def __init__(self, reference: JobReference, settings: Settings, region: str) -> None:
        self._reference = reference
        self._settings = settings
        self._region = region
        self._job: Located

    def locate(self, facts: Facts, reader: Reader) -> str:
        """Looks for the job in every account and Region in scope.

        Raises:
            JobNotFoundError: None of them knows it.
            AwsUnreachableError: No jobs could be read anywhere.
        """
        found = collect(
            lambda known: search(known, self._reference, self._settings, self._region),
            facts,
            reader,
            lambda result: result.job is not None,
        )
        job = found.job
        if job is None and self._reference.type is None:
            other = collect(lambda known: find_other_job(known, self._reference.id, found.searched), facts, reader)
            if isinstance(other, OtherJob):
                raise JobNotFoundError(
                    f"{self._reference.id} is {other.says} It has no job role whose policies could be evaluated."
                )
            job = other
        if job is None:
            places = {account for account, _region in found.closed}
            failed = [each for each in unread(facts, self._settings.role_name, places) if each.what in _JOB_READS]
            raise _not_found(self._reference, found, failed)
        self._job = job
        return f"Found the {self._job.type.value} job in {self._job.account} {self._job.region}: {self._job.state}."

    def collect(self, facts: Facts) -> tuple[JobFacts, ...]:
        """What is known of the job and of those that failed for it, its own first."""
        return collect_all_job_facts(facts, self._job, self._settings)

    def to_examine(self, collected: Sequence[JobFacts]) -> Sequence[JobFacts]:
        """The jobs that failed."""
        return [facts for facts in collected if facts.job.has_failed]

    def examine(self, facts: JobFacts) -> Examination[JobFacts]:
        """What the facts of one job come to."""
        return examine_job(facts)

    def guess(self, examined: Examination[JobFacts]) -> tuple[Cause, ...]:
        """What only the message of one job says."""
        return guessed_causes(examined)

    def conclude(
        self,
        collected: Sequence[JobFacts],
        examined: Sequence[Examination[JobFacts]],
        causes: tuple[Cause, ...],
        layers: Sequence[CheckedLayer],
    ) -> Diagnosis:
        """The answer."""
        asked, failed, reports = collected[0], [each.facts for each in examined], layers_of(layers)
        if not failed:
            says = summary(asked, Outcome.NOT_FAILED, (), reports)
            return Diagnosis(job=asked.job.to_job(), outcome=Outcome.NOT_FAILED, summary=says, layers=reports)
        result = outcome(failed, causes)
        return Diagnosis(
            job=asked.job.to_job(tuple(facts.job.id for facts in failed if facts is not asked)),
            outcome=result,
            summary=summary(failed[-1], result, causes, reports),
            causes=causes,
            layers=reports,
            not_covered=not_covered(failed, reports) if result is Outcome.UNDETERMINED else (),
            denied_calls=tuple(denial.to_call() for facts in failed for denial in facts.denials or ()),
            withdrawals=tuple(dict.fromkeys(each for facts in failed for each in facts.withdrawals)),
            changed_since=tuple(dict.fromkeys(change for facts in failed for change in facts.changes)),
        )


def _not_found(
    reference: JobReference, found: Search, failed: Sequence[Unread]
) -> JobNotFoundError | AwsUnreachableError:
    """What to say where no job was found: that there is none only where all of its places could be read."""
    closed = ", ".join(f"{account} {region}" for account, region in found.closed)
    searched = ", ".join(f"{account} {region}" for account, region in found.searched)
    if not found.searched:
        reasons = dict.fromkeys({each.why: _ALLOW if each.permission else each.says for each in failed}.values())
        why = " ".join(reasons) or _ALLOW
        return AwsUnreachableError(f"The jobs of {closed or 'every account in scope'} can't be read: {why}")
    could_not = f" Could not search {closed}." if closed else ""
    could_not += "".join(
        f" {says}" for says in {each.why: each.says for each in failed if not each.permission}.values()
    )
    return JobNotFoundError(
        f"No {_looked_for(reference)} job {reference.id} in {searched}.{could_not} "
        "Check the id, or give the job's ARN or console URL, which say where it is."
    )


def _looked_for(reference: JobReference) -> str:
    """The kinds of jobs that were looked for everywhere."""
    return reference.type.value if reference.type else "backup, copy or restore"
