"""The first layer: the job role and the service-linked role, whether they exist and what their own policies allow."""

from collections.abc import Sequence

from bot.diagnosis.causes import make_cause
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.evaluated_job import CheckedRoles, EvaluatedJob
from bot.diagnosis.facts.principals import DEFAULT_ROLE_NAME, PrincipalFacts
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import CheckedLayer, policy_check, unknown_without_needs
from bot.diagnosis.layers.cluster_access import check_cluster_access
from bot.diagnosis.layers.trust import check_trust
from bot.diagnosis.model import Cause, Check, Grounds, LayerName, Verdict
from bot.iam import PolicyLayer


def check_layer(job: EvaluatedJob) -> CheckedLayer:
    """Checks the roles, then what their identity policies and boundaries say of every call."""
    facts, evaluated, roles = job.facts, job.calls, job.roles
    usable = roles.job_role.verdict is Verdict.CLEAR
    trust, about_trust = check_trust(facts) if usable and not facts.role.is_service_linked_role else (None, ())
    identity, about_identity = policy_check(
        "identity-policies",
        evaluated,
        LayerName.JOB_ROLE,
        (PolicyLayer.IDENTITY,),
        "The identity policies allow every action that the job needs.",
        "I couldn't read all identity policies.",
    )
    boundary, about_boundary = _check_boundary(facts, evaluated)
    identity = unknown_without_needs(facts, identity)
    access, about_access = check_cluster_access(facts) if usable else ((), ())
    checks = (roles.job_role, trust, identity if usable else None, boundary, *access, roles.service_linked_role)
    return CheckedLayer(
        LayerName.JOB_ROLE,
        tuple(check for check in checks if check),
        (*roles.causes, *about_trust, *about_identity, *about_boundary, *about_access, *roles.linked_causes),
    )


def check_roles(facts: JobFacts) -> CheckedRoles:
    """Whether the job's role and the service-linked role that it needs are there and may be used."""
    role, causes = _check_role(facts)
    linked, linked_causes = _check_service_linked_role(facts)
    return CheckedRoles(role, linked, causes, linked_causes)


def _check_role(facts: JobFacts) -> tuple[Check, tuple[Cause, ...]]:
    """Whether the job's role is there, is the one that is meant, and may be a job role at all."""
    role = facts.role
    cause = None
    if role.is_service_linked_role and not facts.is_automatic_efs_backup:
        cause = _cause("slr-as-job-role", role)
    elif role.exists is False and role.found_arn and role.name == DEFAULT_ROLE_NAME and not role.meant:
        cause = _cause("default-role-lookalike", role, {"found": role.found_arn})
    elif role.exists is False:
        found = " This isn't the ARN of a role." if role.meant else ""
        found += f" The account has the role {role.found_arn}." if role.found_arn else ""
        cause = missing_role(role, found)
    if cause:
        return Check(check="role-exists", verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    if role.exists is None:
        return Check(check="role-exists", verdict=Verdict.UNKNOWN, says=f"I couldn't read the role {role.arn}."), ()
    return Check(check="role-exists", verdict=Verdict.CLEAR, says=f"The role {role.arn} exists."), ()


def _check_service_linked_role(facts: JobFacts) -> tuple[Check | None, tuple[Cause, ...]]:
    """Whether the destination account's service-linked role, which makes a copy there, exists."""
    linked = facts.service_linked_role
    if linked is None:
        return None, ()
    if linked.exists is False:
        cause = make_cause("slr-missing", principal=linked.arn)
        return Check(check="service-linked-role", verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    if linked.exists is None:
        says = f"I couldn't read whether {linked.arn} exists."
        return Check(check="service-linked-role", verdict=Verdict.UNKNOWN, says=says), ()
    says = f"The service-linked role of account {linked.account} exists."
    return Check(check="service-linked-role", verdict=Verdict.CLEAR, says=says), ()


def _check_boundary(facts: JobFacts, evaluated: Sequence[EvaluatedCall]) -> tuple[Check | None, tuple[Cause, ...]]:
    if facts.role.exists and facts.role.boundary_arn is None:
        return None, ()
    bounded = [each for each in evaluated if each.call.principal.boundary_arn]
    if not bounded:
        return None, ()
    return policy_check(
        "permissions-boundary",
        bounded,
        LayerName.JOB_ROLE,
        (PolicyLayer.BOUNDARY,),
        "The permissions boundary allows every action that the job needs.",
        "I couldn't read the permissions boundary.",
    )


def missing_role(role: PrincipalFacts, found: str = "", grounds: Grounds = Grounds.DOCUMENTED) -> Cause:
    """The cause that a role is not there.

    Args:
        role: The role.
        found: What is there in its place, as a sentence after a blank.
        grounds: How it is known that it is needed.
    """
    return make_cause("role-missing", principal=role.arn, grounds=grounds, says={"found": found})


def _cause(code: str, role: PrincipalFacts, says: dict[str, str] | None = None) -> Cause:
    return make_cause(code, principal=role.arn, says=says)
