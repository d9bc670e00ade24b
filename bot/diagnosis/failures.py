"""Lists the jobs that failed lately, so that one can be picked instead of typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.aws import backup
from bot.aws.backup import LIST_JOBS
from bot.aws.facts import Facts
from bot.aws.lookup import Answer
from bot.aws.sts import ASSUME_ROLE
from bot.diagnosis.facts.organization import management_account
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.locate import accounts_in_scope
from bot.diagnosis.model import JobType
from bot.errors import AwsUnreachableError
from bot.settings import Settings

STATES = {
    JobType.BACKUP: ("FAILED", "EXPIRED", "ABORTED", "PARTIAL"),
    JobType.COPY: ("FAILED", "PARTIAL"),
    JobType.RESTORE: ("FAILED", "ABORTED"),
}
"""The states that count as failed, for each type of job."""

_IDS = {JobType.BACKUP: "BackupJobId", JobType.COPY: "CopyJobId", JobType.RESTORE: "RestoreJobId"}

_READS = {ASSUME_ROLE, *LIST_JOBS.values()}
DAYS = 7
MOST_PLACES = 20
"""Accounts and Regions that are looked into: a list to pick from has to come in seconds."""


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed."""

    job: JobReference
    state: str
    created: datetime
    resource_type: str
    resource: str


def recent_failures(facts: Facts, settings: Settings, region: str, now: datetime) -> list[FailedJob]:
    """The jobs that failed in the last days, newest first.

    Args:
        facts: What is known so far; this is a collector.
        settings: The accounts and Regions in scope.
        region: The session's Region, where no other is in scope.
        now: The end of the days, in UTC.

    Returns:
        What could be listed; an account that can't be read has no jobs here.

    Raises:
        AwsUnreachableError: Nothing could be listed anywhere.
    """
    management = management_account(facts, settings.management_account)
    accounts = accounts_in_scope(facts, None, settings, management)
    places = [(account, place) for account in accounts for place in settings.regions or (region,)]
    since = (now - timedelta(days=DAYS)).replace(minute=0, second=0, microsecond=0)  # whole hours: the answers are kept
    lists = [each for account, place in places[:MOST_PLACES] for each in _lists(facts, account, place, since)]
    if lists and all(each.answer.refused for each in lists):
        failed = (pair for pair in facts.refused() if pair[0].operation in _READS)
        reasons = dict.fromkeys(answer.error.sentence(lookup.what) for lookup, answer in failed)
        raise AwsUnreachableError(f"No failed jobs can be listed: {next(iter(reasons))}")
    jobs = [job for each in lists for job in each.jobs()]
    return sorted(jobs, key=lambda job: job.created, reverse=True)


@dataclass(frozen=True, slots=True)
class _List:
    """The jobs of one type and state in one place."""

    kind: JobType
    state: str
    account: str
    region: str
    answer: Answer

    def jobs(self) -> list[FailedJob]:
        """Those that could be listed."""
        return [self._failed(job) for job in self.answer.value] if self.answer.known else []

    def _failed(self, job: dict[str, Any]) -> FailedJob:
        reference = JobReference(id=job[_IDS[self.kind]], account=self.account, region=self.region, type=self.kind)
        resource = job.get("ResourceArn") or job.get("RecoveryPointArn") or job.get("SourceRecoveryPointArn") or ""
        return FailedJob(reference, self.state, job["CreationDate"], job.get("ResourceType", ""), resource)


def _lists(facts: Facts, account: str, region: str, since: datetime) -> Iterator[_List]:
    for kind, states in STATES.items():
        for state in states:
            by_state = {"ByStatus" if kind is JobType.RESTORE else "ByState": state}
            listed = facts.ask(backup.jobs(kind.value, account, region, ByCreatedAfter=since, **by_state))
            yield _List(kind, state, account, region, listed)
