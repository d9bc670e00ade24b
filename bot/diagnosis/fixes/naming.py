"""Where a job is told its role and its vault: in the plan that made it, which is named, or by whoever starts it."""

from bot.diagnosis.facts.job import Located
from bot.diagnosis.fixes.repair import Repair
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import JobType
from bot.diagnosis.subject_facts import SubjectFacts


def where_role_is_named(job: Located) -> str:
    """Where the role of a job is named: "in the resource assignment of the backup plan …".

    Sources: "RecoveryPointCreator", "RestoreJobCreator" and "BackupSelection" (AWS Backup API Reference).
    """
    tested = str(job.created_by.get("RestoreTestingPlanArn") or "").rpartition(":")[2]
    if tested:
        return f"in the protected resource selection of the restore testing plan {tested}"
    plan, rule = _plan_and_rule(job)
    if plan:
        return f"in the resource assignment of the backup plan {plan}, whose rule {rule} made the job"
    return _by_hand(job)


def where_vault_is_named(repair: Repair[SubjectFacts]) -> str:
    """Where the vault of a job is named: "in rule … of the backup plan …"; of a call, in the call."""
    if not isinstance(repair.facts, JobFacts):
        return "in the call"
    plan, rule = _plan_and_rule(repair.facts.job)
    return f"in rule {rule} of the backup plan {plan}" if plan else _by_hand(repair.facts.job)


def _by_hand(job: Located) -> str:
    """A restore is of no backup plan; another job that names none may be of one all the same."""
    if job.type is JobType.RESTORE:
        return "when starting the restore"
    return "in the backup plan, or when starting the job"


def _plan_and_rule(job: Located) -> tuple[str | None, str | None]:
    """What people call them, else their ids."""
    by = job.created_by
    return by.get("BackupPlanName") or by.get("BackupPlanId"), by.get("BackupRuleName") or by.get("BackupRuleId")
