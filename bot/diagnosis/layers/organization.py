"""The third layer: the organization, whether it lets accounts share backups and what its control policies say."""

from collections.abc import Sequence

from bot.diagnosis.causes import make_cause
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.evaluated_job import EvaluatedJob
from bot.diagnosis.facts.images import AllowedImages
from bot.diagnosis.facts.organization import OrganizationFacts
from bot.diagnosis.facts.principals import service_linked_role_arn
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import CheckedLayer, policy_check, unknown_without_needs
from bot.diagnosis.model import Cause, Check, Entity, Grounds, LayerName, Verdict
from bot.iam import PolicyLayer


def check_layer(job: EvaluatedJob) -> CheckedLayer:
    """Checks the accounts' places, the settings of a copy across accounts, and every level of control policies."""
    facts, evaluated = job.facts, job.calls
    checks: list[Check] = []
    causes: list[Cause] = []
    if facts.is_cross_account:
        for check, about in (_check_same_organization(facts), _check_cross_account_backup(facts)):
            checks += [check] if check else []
            causes += about
    if facts.allowed_images:
        check, about = _check_allowed_images(facts, facts.allowed_images)
        checks.append(check)
        causes += about
    causes += _withdrawn(facts)
    for check, about in (_check_scps(facts, evaluated), _check_rcps(facts, evaluated)):
        checks.append(check)
        causes += about
    return CheckedLayer(LayerName.ORGANIZATION, tuple(checks), tuple(causes))


def _check_allowed_images(facts: JobFacts, images: AllowedImages) -> tuple[Check, tuple[Cause, ...]]:
    """Whether the account that uses the image lets images of its owner through."""
    name = "allowed-amis"
    if images.setting is None:
        says = f"I couldn't read the Allowed AMIs setting of account {images.account}."
        return Check(check=name, verdict=Verdict.UNKNOWN, says=says), ()
    if images.is_excluded:
        acting = facts.service_linked_role if facts.is_cross_account and facts.service_linked_role else facts.role
        cause = make_cause(
            name,
            entity=Entity.SERVICE_LINKED_ROLE if acting.is_service_linked_role else Entity.JOB_ROLE,
            principal=acting.arn,
            says={"account": images.account, "owner": images.owner},
        )
        return Check(check=name, verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    says = f"The Allowed AMIs setting of account {images.account} doesn't exclude images of {images.owner}."
    return Check(check=name, verdict=Verdict.CLEAR, says=says), ()


def _check_same_organization(facts: JobFacts) -> tuple[Check, tuple[Cause, ...]]:
    source, other = facts.organizations[facts.job.account], facts.organizations[facts.destination_account]
    name = "same-organization"
    if _are_apart(source, other):
        cause = make_cause(
            "different-organization",
            principal=_linked_role(facts),
            says={"account": source.account, "other": other.account},
        )
        return Check(check=name, verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    if not (source.is_known and other.is_known):
        says = "I couldn't read whether both accounts are in one organization."
        return Check(check=name, verdict=Verdict.UNKNOWN, says=says), ()
    says = f"Both accounts are in the organization {source.id}."
    return Check(check=name, verdict=Verdict.CLEAR, says=says), ()


def _are_apart(source: OrganizationFacts, other: OrganizationFacts) -> bool:
    """It is known that the accounts are in no common organization, though not always which the other one is in."""
    if not source.is_known:
        return False
    return source.id is None or other.outside == source.id or (other.is_known and other.id != source.id)


def _check_cross_account_backup(facts: JobFacts) -> tuple[Check | None, tuple[Cause, ...]]:
    """Whether the organization allows copies across accounts; without a common one the question does not arise."""
    name = "cross-account-backup"
    if facts.organizations[facts.job.account].id is None:
        return None, ()
    if facts.cross_account_backup is None:
        says = "I couldn't read whether cross-account backup is switched on."
        return Check(check=name, verdict=Verdict.UNKNOWN, says=says), ()
    if not facts.cross_account_backup:
        cause = make_cause("cross-account-disabled", principal=_linked_role(facts))
        return Check(check=name, verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    return Check(check=name, verdict=Verdict.CLEAR, says="Cross-account backup is turned on."), ()


def _withdrawn(facts: JobFacts) -> tuple[Cause, ...]:
    """What withdrew the sharing of the snapshot or image before the copy was made: CloudTrail tells it, no policy.

    Where the message speaks of something else, it had no part in the failure.
    """
    if not (facts.withdrawals and facts.may_be_permission):
        return ()
    last = facts.withdrawals[-1]
    return (
        make_cause(
            "snapshot-sharing-revoked",
            grounds=Grounds.RECORDED,
            principal=_linked_role(facts),
            actions=tuple(dict.fromkeys(each.action for each in facts.withdrawals)),
            resource=last.resource,
            says={"by": last.by or "somebody", "at": f"{last.at:%Y-%m-%d %H:%M} UTC"},
        ),
    )


def _check_scps(facts: JobFacts, evaluated: Sequence[EvaluatedCall]) -> tuple[Check, tuple[Cause, ...]]:
    bound = [each for each in evaluated if _binds(each, PolicyLayer.SCP)]
    place = facts.organizations[facts.job.account]
    fine = "The service control policies allow what the job needs, at every level from the root to the account."
    check, causes = policy_check(
        "service-control-policies",
        bound,
        LayerName.ORGANIZATION,
        (PolicyLayer.SCP,),
        fine,
        "I couldn't read the organization's service control policies.",
    )
    check = _in_place(check, place.is_known and place.id is None, place.is_management_account)
    return (unknown_without_needs(facts, check) if place.id and not place.is_management_account else check), causes


def _check_rcps(facts: JobFacts, evaluated: Sequence[EvaluatedCall]) -> tuple[Check, tuple[Cause, ...]]:
    bound = [each for each in evaluated if _binds(each, PolicyLayer.RCP)]
    place = facts.organizations[facts.job.account]
    check, causes = policy_check(
        "resource-control-policies",
        bound,
        LayerName.ORGANIZATION,
        (PolicyLayer.RCP,),
        "No resource control policy denies what the job needs.",
        "I couldn't read the organization's resource control policies.",
    )
    return _in_place(check, place.is_known and place.id is None, place.is_management_account), causes


def _in_place(check: Check, is_outside: bool, is_management: bool) -> Check:
    """A check of control policies where none binds: outside an organization and in its management account."""
    if check.verdict is not Verdict.CLEAR or not (is_outside or is_management):
        return check
    says = "The account is in no organization." if is_outside else "Control policies don't bind the management account."
    return Check(check=check.check, verdict=Verdict.NOT_APPLICABLE, says=says)


def _binds(each: EvaluatedCall, layer: PolicyLayer) -> bool:
    evaluation = each.evaluation
    is_bound = layer not in evaluation.policies.exempt(evaluation.request)
    return is_bound and LayerName.ORGANIZATION in each.call.relevant


def _linked_role(facts: JobFacts) -> str:
    return service_linked_role_arn(facts.destination_account, facts.partition)
