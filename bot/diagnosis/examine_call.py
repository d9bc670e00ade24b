"""Examines a denied call of which nothing is left but its error text, layer by layer as a job's calls are. Pure.

StartBackupJob, CreateBackupVault, iam:PassRole and their kin fail before there is a job.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.diagnosis.call_facts import CallFacts
from bot.diagnosis.caller_calls import required_calls
from bot.diagnosis.evaluated_call import CallEvaluator, EvaluatedCall
from bot.diagnosis.examination import Examination
from bot.diagnosis.layers.caller import check_account, check_key, check_vault, gone
from bot.diagnosis.layers.checked import CheckedLayer, policy_check, with_checks
from bot.diagnosis.model import Certainty, Grounds, LayerName
from bot.iam import PolicyLayer


def examine_call(facts: CallFacts) -> Examination[CallFacts]:
    """What the facts of a denied call come to."""
    evaluator = CallEvaluator(facts.organizations)
    evaluated = tuple(_counting(facts, evaluator.evaluate(call)) for call in required_calls(facts))
    job_role = (
        gone(facts)
        if facts.role.exists is False
        else _checked(LayerName.JOB_ROLE, evaluated, "identity-policies", PolicyLayer.IDENTITY, _fine(facts))
    )
    governed = [each for each in evaluated if each.call.vault]
    vault = _checked(
        LayerName.VAULT,
        governed,
        "vault-access-policy",
        PolicyLayer.RESOURCE,
        "The vault's access policy doesn't deny it.",
    )
    organization = _checked(
        LayerName.ORGANIZATION,
        evaluated,
        "service-control-policies",
        PolicyLayer.SCP,
        "The service control policies allow it at every level.",
    )
    of_key = [each for each in evaluated if each.call.key]
    kms = _checked(LayerName.KMS, of_key, "key-policy", PolicyLayer.RESOURCE, "The key's policy allows it.")
    own_policy = _checked(
        LayerName.RESOURCE, evaluated, "resource-policy", PolicyLayer.RESOURCE, "The role's trust policy allows it."
    )
    layers = (
        job_role,
        with_checks(vault, check_vault(facts)),
        with_checks(organization, check_account(facts)),
        with_checks(kms, check_key(facts, evaluated)),
        *([own_policy] if facts.trust else []),
    )
    return Examination(facts, evaluated, layers)


def _counting(facts: CallFacts, evaluated: EvaluatedCall) -> EvaluatedCall:
    """A call without the refusals that say nothing: what may be denied beside the action that a text names.

    Whether another action is denied on a role or key of which the text says nothing explains no denial of that one.
    """
    is_beside = facts.says_action and evaluated.call.grounds is not Grounds.NAMED and evaluated.call.is_partial
    if not is_beside:
        return evaluated
    telling = (refusal for refusal in evaluated.refusals if refusal.certainty is not Certainty.POSSIBLE)
    return replace(evaluated, refusals=tuple(telling))


def _fine(facts: CallFacts) -> str:
    if facts.operation is None:
        return "The caller's policies allow it."
    whose = "The role's" if facts.is_expiry else "The caller's"
    return f"{whose} policies allow all that {facts.operation.operation} asks for."


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
    unread_says = f"I couldn't read all of it: {layer.value}."
    first, causes = policy_check(check, evaluated, layer, (asked,), fine, unread_says)
    checks = [first]
    if layer in _SECOND_CHECKS:
        name, also, also_fine = _SECOND_CHECKS[layer]
        second, more = policy_check(name, evaluated, layer, (also,), also_fine, unread_says)
        checks.append(second)
        causes += more
    return CheckedLayer(layer, tuple(checks), causes)
