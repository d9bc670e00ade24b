"""Examines a denied call of which nothing is left but its error text, layer by layer as a job's calls are. Pure.

StartBackupJob, CreateBackupVault, iam:PassRole and their kin fail before there is a job.
"""

from collections.abc import Sequence

from bot import arn
from bot.diagnosis import context
from bot.diagnosis.call_facts import CallFacts
from bot.diagnosis.evaluated_call import CallEvaluator, EvaluatedCall
from bot.diagnosis.examination import Examination
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.layers.checked import CheckedLayer, policy_check
from bot.diagnosis.model import Check, Entity, Grounds, LayerName, Verdict
from bot.diagnosis.required_call import RequiredCall
from bot.iam import PolicyLayer


def examine_call(facts: CallFacts) -> Examination[CallFacts]:
    """What the facts of a denied call come to."""
    evaluated = (CallEvaluator(facts.organizations).evaluate(required_call(facts)),)
    job_role = (
        _gone(facts.role)
        if facts.role.exists is False
        else _checked(
            LayerName.JOB_ROLE, evaluated, "identity-policies", PolicyLayer.IDENTITY, "The caller's policies allow it."
        )
    )
    vault = _checked(
        LayerName.VAULT,
        evaluated if facts.vault else (),
        "vault-access-policy",
        PolicyLayer.RESOURCE,
        "The vault's access policy does not deny it.",
    )
    organization = _checked(
        LayerName.ORGANIZATION,
        evaluated,
        "service-control-policies",
        PolicyLayer.SCP,
        "The service control policies allow it at every level.",
    )
    kms = _checked(
        LayerName.KMS, evaluated if facts.key else (), "key-policy", PolicyLayer.RESOURCE, "The key's policy allows it."
    )
    own_policy = _checked(
        LayerName.RESOURCE, evaluated, "resource-policy", PolicyLayer.RESOURCE, "The role's trust policy allows it."
    )
    layers = (job_role, vault, organization, kms, *([own_policy] if facts.trust else []))
    return Examination(facts, evaluated, layers)


def required_call(facts: CallFacts) -> RequiredCall:
    """The one call that was to be allowed."""
    principal, reading = facts.role, facts.reading
    named = arn.parse(reading.resource)
    owner = (named.account if named else "") or principal.account
    region = named.region if named else ""
    return RequiredCall(
        principal=principal,
        entity=reading.entity or Entity.CALLER,
        action=str(reading.action),
        resource=reading.resource or "*",
        resource_account=owner,
        region=region,
        context={
            **context.of_caller(facts.organizations, principal.account, owner, region, facts.moment),
            **facts.denied_keys,
        },
        vault=facts.vault,
        key=facts.key,
        policy=facts.trust,
        grounds=Grounds.NAMED,
    )


def _gone(principal: PrincipalFacts) -> CheckedLayer:
    """The first layer of a caller that was deleted since: what its policies said is not known."""
    says = f"There is no {principal.arn} any more, so that nobody can tell what its policies allowed."
    return CheckedLayer(LayerName.JOB_ROLE, (Check(check="identity-policies", verdict=Verdict.UNKNOWN, says=says),))


_SECOND_CHECKS = {
    LayerName.JOB_ROLE: ("permissions-boundary", PolicyLayer.BOUNDARY, "No permissions boundary forbids it."),
    LayerName.ORGANIZATION: ("resource-control-policies", PolicyLayer.RCP, "No resource control policy denies it."),
}


def _checked(
    layer: LayerName, evaluated: Sequence[EvaluatedCall], check: str, asked: PolicyLayer, fine: str
) -> CheckedLayer:
    """A layer of the call; without an evaluated call there is nothing to check in it."""
    if not evaluated:
        return CheckedLayer(layer)
    unread_says = f"Not all of it could be read: {layer.value}."
    first, causes = policy_check(check, evaluated, layer, (asked,), fine, unread_says)
    checks = [first]
    if layer in _SECOND_CHECKS:
        name, also, also_fine = _SECOND_CHECKS[layer]
        second, more = policy_check(name, evaluated, layer, (also,), also_fine, unread_says)
        checks.append(second)
        causes += more
    return CheckedLayer(layer, tuple(checks), causes)
