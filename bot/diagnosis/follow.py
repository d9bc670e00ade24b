"""Follows a job to the jobs that failed for it: the children of a composite job, and the copies after a backup."""

from dataclasses import replace

from bot.aws import backup
from bot.aws.facts import Facts
from bot.diagnosis.case import Case
from bot.diagnosis.facts.job import Located
from bot.diagnosis.gathering import gather_case
from bot.diagnosis.model import JobType
from bot.settings import Settings

_MOST_FOLLOWED = 20
"""So many failed jobs of a composite one are followed; the others fail for the same reasons more often than not."""


def gather_cases(facts: Facts, job: Located, settings: Settings) -> tuple[Case, ...]:
    """Reads a job's case and those of the failed jobs that belong to it.

    Args:
        facts: What is known so far.
        job: The job that was asked for.
        settings: For the management account, where it is configured.

    Returns:
        The job's own case first.
    """
    own, following = gather_case(facts, job, settings), followers(facts, job)
    if following is None:
        return (replace(own, children_are_known=not job.is_parent),)
    return (own, *(gather_case(facts, follower, settings) for follower in following))


def followers(facts: Facts, job: Located) -> tuple[Located, ...] | None:
    """The failed jobs that belong to a job ("Composite backup jobs", "Copy jobs": AWS Backup Developer Guide).

    None where they can't be listed.
    """
    if job.is_parent:
        kind, filters = job.type, {"ByParentJobId": job.id}
    elif job.type is JobType.BACKUP and job.state == "COMPLETED" and job.recovery_point_arn:
        kind, filters = JobType.COPY, {"BySourceRecoveryPointArn": job.recovery_point_arn}
    else:
        return ()
    listed = facts.ask(backup.jobs(kind.value, job.account, job.region, **filters))
    if not listed.known:
        return None
    found = (Located(kind, job.account, job.region, described) for described in listed.value)
    return tuple(follower for follower in found if follower.has_failed)[:_MOST_FOLLOWED]
