"""Follows a job to the jobs that failed for it: the children of a composite job, and the copies after a backup."""

from dataclasses import replace

from bot.aws import backup
from bot.aws.facts import Facts
from bot.diagnosis.collecting import collect_job_facts
from bot.diagnosis.facts.job import Located
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import JobType
from bot.settings import Settings

_MOST_RELATED = 20
"""So many failed jobs of a composite one are followed; the others fail for the same reasons more often than not."""


def collect_all_job_facts(facts: Facts, job: Located, settings: Settings) -> tuple[JobFacts, ...]:
    """Reads a job's case and those of the failed jobs that belong to it.

    Args:
        facts: What is known so far.
        job: The job that was asked for.
        settings: For the management account, where it is configured.

    Returns:
        The job's own case first.
    """
    own, following = collect_job_facts(facts, job, settings), related_jobs(facts, job)
    if following is None:
        return (replace(own, children_are_known=not job.is_parent),)
    return (own, *(collect_job_facts(facts, related, settings) for related in following))


def related_jobs(facts: Facts, job: Located) -> tuple[Located, ...] | None:
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
    return tuple(related for related in found if related.has_failed)[:_MOST_RELATED]
