"""Lists the jobs that failed lately, so that one can be picked instead of typed."""

import re
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

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
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
    message: str = ""
    """What AWS Backup says of the job, whole; empty where it says nothing."""

    @property
    def resource_name(self) -> str:
        """What the job works on, by the last part of its ARN that is no UUID; that of a stack is in front of one."""
        parts = [part for part in re.split("[:/]", self.resource) if part and not _UUID.fullmatch(part)]
        return parts[-1] if parts else "a resource"


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An account and Region whose jobs could not be listed, or not all of them.

    Args:
        account: The account.
        region: The Region.
        why: Why, in a sentence that says what to do.
    """

    account: str
    region: str
    why: str


@dataclass(frozen=True, slots=True)
class FailedJobs:
    """What was listed.

    Args:
        jobs: The jobs, newest first.
        accounts: The accounts that were looked into.
        regions: The Regions that were looked into.
        unlisted: Where there may be more.
    """

    jobs: tuple[FailedJob, ...]
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    unlisted: tuple[Unlisted, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """Which accounts and Regions are looked into.

    Args:
        account: This account alone; None for all in scope.
        region: This Region alone; None for all in scope.
        most: How many pairs of them at most; None for all.
    """

    account: str | None = None
    region: str | None = None
    most: int | None = None


def failed_jobs(facts: Facts, settings: Settings, region: str, since: datetime, where: Where) -> FailedJobs:
    """The jobs that failed since a time.

    Args:
        facts: What is known so far; this is a collector.
        settings: The accounts and Regions in scope.
        region: The session's Region, where no other is in scope.
        since: When the oldest of them may have been created, in UTC.
        where: Where to look.

    Returns:
        What could be listed, and where nothing could.

    Raises:
        AwsUnreachableError: Nothing could be listed anywhere.
    """
    management = management_account(facts, settings.management_account)
    accounts = accounts_in_scope(facts, where.account, settings, management)
    regions = (where.region,) if where.region else settings.regions or (region,)
    places = [(account, each) for account in accounts for each in regions]
    lists = [each for account, place in places[: where.most] for each in _lists(facts, account, place, since)]
    if lists and all(each.answer.refused for each in lists):
        failed = (pair for pair in facts.refused() if pair[0].operation in _READS)
        reasons = dict.fromkeys(answer.error.sentence(lookup.what) for lookup, answer in failed)
        raise AwsUnreachableError(f"No failed jobs can be listed: {next(iter(reasons))}")
    jobs = [job for each in lists for job in each.jobs()]
    refused = {(each.account, each.region): each.why(facts) for each in reversed(lists) if each.answer.refused}
    return FailedJobs(
        tuple(sorted(jobs, key=lambda job: job.created, reverse=True)),
        accounts,
        regions,
        tuple(Unlisted(*place, refused[place]) for place in places if place in refused),
    )


def recent_failures(facts: Facts, settings: Settings, region: str, now: datetime) -> list[FailedJob]:
    """The jobs to pick from: of the last days, from so many places as can be listed in seconds; as `failed_jobs`.

    Args:
        facts: What is known so far; this is a collector.
        settings: The accounts and Regions in scope.
        region: The session's Region, where no other is in scope.
        now: The end of the days, in UTC.
    """
    since = whole_hour(now - timedelta(days=DAYS))
    return list(failed_jobs(facts, settings, region, since, Where(most=MOST_PLACES)).jobs)


def whole_hour(moment: datetime) -> datetime:
    """The hour that a moment is in: lookups of whole hours are the same for a while, so that their answers are kept."""
    return moment.replace(minute=0, second=0, microsecond=0)


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
        said = job.get("StatusMessage", "")
        return FailedJob(reference, self.state, job["CreationDate"], job.get("ResourceType", ""), resource, said)

    def why(self, facts: Facts) -> str:
        """Why it could not be listed, and what to do."""
        operation = ASSUME_ROLE if facts.way_into(self.account).refused else LIST_JOBS[self.kind]
        return self.answer.error.sentence(f"{operation.service}:{operation.name}")


def _lists(facts: Facts, account: str, region: str, since: datetime) -> Iterator[_List]:
    for kind, states in STATES.items():
        for state in states:
            by_state = {"ByStatus" if kind is JobType.RESTORE else "ByState": state}
            listed = facts.ask(backup.jobs(kind.value, account, region, ByCreatedAfter=since, **by_state))
            yield _List(kind, state, account, region, listed)
