"""Fixes of job roles: making one or naming another, and the service-linked role."""

from typing import Final

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.changes.roles import (
    AttachRolePolicy,
    ChangePlan,
    CreateRole,
    CreateServiceLinkedRole,
)
from bot.diagnosis.facts.principals import default_role_arn, default_role_policies, is_default_role
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.naming import where_role_is_named
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, listed
from bot.diagnosis.fixes.trust import trust_of
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.subject_facts import SubjectFacts


def create_role(repair: Repair[SubjectFacts]) -> PlannedFix:
    """The role that is named, with the trust that AWS Backup needs and AWS's own policies for what it is to do.

    Where another path has a role of that name, none can be made beside it ("IAM identifiers"): that one is to be named.
    What is no ARN of a role can't be made: a role is to be named by its ARN.
    """
    if not isinstance(repair.facts, JobFacts):
        arn = str(repair.cause.principal)
        return PlannedFix(f"Create the role {arn} again.", _creating(repair, arn), _about_new_role(arn))
    return _create_role_of_job(Repair(repair.facts, repair.cause, repair.refusals))


def _create_role_of_job(repair: Repair[JobFacts]) -> PlannedFix:
    role = repair.facts.role
    if role.found_arn:
        return use_found_role(repair)
    where = where_role_is_named(repair.facts.job)
    if role.meant:
        default = default_role_arn(role.account, repair.facts.partition)
        says = f"Name a role by its ARN, such as {default}, {where}."
        return PlannedFix(says, (_naming(repair, default),))
    arn = str(repair.cause.principal)
    names = listed([policy.rpartition("/")[2] for policy in _policies(repair, arn)])
    summary = f"Create the role {arn} with {names}, or name another role {where}."
    return PlannedFix(summary, _creating(repair, arn), _about_new_role(arn))


def use_found_role(repair: Repair[JobFacts]) -> PlannedFix:
    """The role of that name that the account has, named by its own path."""
    found = str(repair.facts.role.found_arn)
    where = where_role_is_named(repair.facts.job)
    return PlannedFix(f"Name the role {found} {where}.", (_naming(repair, found),))


def use_job_role(repair: Repair[JobFacts]) -> PlannedFix:
    """A role that is a job role, instead of the service-linked one; the default one is made where there is none."""
    facts, known = repair.facts, repair.facts.default_role
    default = (known.found_arn if known else None) or default_role_arn(facts.account, facts.partition)
    is_absent = known is not None and known.exists is False and known.found_arn is None
    note = ", which the account does not have yet" if is_absent else ""
    caution = "The service-linked role is AWS Backup's own. Nothing can be added to it."
    return PlannedFix(
        f"Run the job with a job role, such as {default}{note}. Name it {where_role_is_named(facts.job)}.",
        (*(_creating(repair, default) if is_absent else ()), _naming(repair, default)),
        f"{caution} {_about_new_role(default)}" if is_absent else caution,
    )


def create_service_linked_role(repair: Repair[SubjectFacts]) -> PlannedFix:
    """AWS Backup's service-linked role in the account that lacks it."""
    arn = str(repair.cause.principal)
    change = CreateServiceLinkedRole(target=arn)
    return PlannedFix(f"Create the service-linked role of AWS Backup in account {arn.split(':')[4]}.", (change,))


def _creating(repair: Repair[SubjectFacts], arn: str) -> tuple[PlannedChange, ...]:
    """A job role with AWS's own policies for this job."""
    attached = (AttachRolePolicy(arn, {"PolicyArn": policy}, to_new=True) for policy in _policies(repair, arn))
    return (CreateRole(target=arn, document=trust_of(repair.facts.account)), *attached)


def _policies(repair: Repair[SubjectFacts], arn: str) -> list[str]:
    """AWS's own policies for this job; the default service role has its two in any case, since every job may use it."""
    documented = repair.facts.documented_policies
    own = default_role_policies(arn.split(":")[1]) if is_default_role(arn) else ()
    return documents.without_repeats((*documented, *own))


def _about_new_role(arn: str) -> str:
    """What to know of a role that is made anew.

    Sources: "IAM service roles" (AWS Backup Developer Guide), "Changes that I make are not always immediately visible"
    (IAM User Guide).
    """
    by_console = (
        "The AWS Backup console makes this role, with both of its policies, when resources are assigned to a backup "
        "plan or an on-demand backup is created there with the default role. "
    )
    wait = "A new role takes a while to be known everywhere. Wait a few minutes before you start the job."
    return by_console + wait if is_default_role(arn) else wait


def _naming(repair: Repair[JobFacts], arn: str) -> PlannedChange:
    job = repair.facts.job
    in_plan = "BackupPlanId" in job.created_by
    return ChangePlan(arn, {"IamRoleArn": arn}, where=where_role_is_named(job), in_plan=in_plan)


FIXES: Final[tuple[MakeFix, ...]] = (
    create_role,
    use_found_role,
    use_job_role,
    create_service_linked_role,
)
