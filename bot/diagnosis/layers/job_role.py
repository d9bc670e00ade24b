"""The first layer: the job role and the service-linked role, whether they exist and what their own policies allow."""

from collections.abc import Sequence
from typing import Final

from bot.diagnosis.case import Case
from bot.diagnosis.causes import make_cause
from bot.diagnosis.facts.principals import DEFAULT_ROLE_NAME, PrincipalFacts
from bot.diagnosis.judgement import Judgement
from bot.diagnosis.layers.findings import Findings, policy_check, told_of_known_type
from bot.diagnosis.layers.trust import check_trust
from bot.diagnosis.model import Cause, Check, Entity, LayerName, Verdict
from bot.iam import PolicyLayer

_ROLE_ARN: Final = "arn:aws:iam::ACCOUNT:role/NAME"


def walk(case: Case, judgements: Sequence[Judgement]) -> Findings:
    """Checks the roles, then what their identity policies and boundaries say of every requirement."""
    exists, about_role = check_role(case)
    linked, about_linked = check_service_linked_role(case)
    usable = exists.verdict is Verdict.CLEAR
    trust, about_trust = check_trust(case) if usable and not case.role.is_service_linked_role else (None, ())
    identity, about_identity = policy_check(
        "identity-policies",
        judgements,
        LayerName.JOB_ROLE,
        (PolicyLayer.IDENTITY,),
        "The identity policies allow every action that the job needs.",
        "Not all identity policies could be read.",
    )
    boundary, about_boundary = _check_boundary(case, judgements)
    identity = told_of_known_type(case, identity)
    checks = (exists, trust, identity if usable else None, boundary, linked)
    return Findings(
        LayerName.JOB_ROLE,
        tuple(check for check in checks if check),
        (*about_role, *about_trust, *about_identity, *about_boundary, *about_linked),
    )


def check_role(case: Case) -> tuple[Check, tuple[Cause, ...]]:
    """Whether the job's role is there, is the one that is meant, and may be a job role at all."""
    role = case.role
    cause = None
    if role.is_service_linked_role and not case.is_automatic_efs_backup:
        cause = _cause("slr-as-job-role", role)
    elif role.exists is False and role.found_arn and role.name == DEFAULT_ROLE_NAME and not role.meant:
        cause = _cause("default-role-lookalike", role, {"found": role.found_arn})
    elif role.exists is False:
        found = f" This is no ARN of a role, which reads {_ROLE_ARN}." if role.meant else ""
        found += f" Its role of that name is {role.found_arn}." if role.found_arn else ""
        cause = _cause("role-missing", role, {"found": found})
    if cause:
        return Check(check="role-exists", verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    if role.exists is None:
        return Check(check="role-exists", verdict=Verdict.UNKNOWN, says=f"The role {role.arn} could not be read."), ()
    return Check(check="role-exists", verdict=Verdict.CLEAR, says=f"The role {role.arn} exists."), ()


def check_service_linked_role(case: Case) -> tuple[Check | None, tuple[Cause, ...]]:
    """Whether the destination account's service-linked role, which makes a copy there, exists."""
    linked = case.service_linked_role
    if linked is None:
        return None, ()
    if linked.exists is False:
        cause = make_cause("slr-missing", Entity.SERVICE_LINKED_ROLE, principal=linked.arn)
        return Check(check="service-linked-role", verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    if linked.exists is None:
        says = f"Whether {linked.arn} exists could not be read."
        return Check(check="service-linked-role", verdict=Verdict.UNKNOWN, says=says), ()
    says = f"The service-linked role of account {linked.account} exists."
    return Check(check="service-linked-role", verdict=Verdict.CLEAR, says=says), ()


def _check_boundary(case: Case, judgements: Sequence[Judgement]) -> tuple[Check | None, tuple[Cause, ...]]:
    if case.role.exists and case.role.boundary_arn is None:
        return None, ()
    bounded = [judged for judged in judgements if judged.requirement.principal.boundary_arn]
    if not bounded:
        return None, ()
    return policy_check(
        "permissions-boundary",
        bounded,
        LayerName.JOB_ROLE,
        (PolicyLayer.BOUNDARY,),
        "The permissions boundary allows every action that the job needs.",
        "The permissions boundary could not be read.",
    )


def _cause(code: str, role: PrincipalFacts, says: dict[str, str] | None = None) -> Cause:
    return make_cause(code, Entity.JOB_ROLE, principal=role.arn, says=says)
