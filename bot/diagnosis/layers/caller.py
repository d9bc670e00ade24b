"""What is checked of a call beside its policies: who made it, from which account, and on which vault and key."""

from collections.abc import Sequence

from bot.diagnosis.call_facts import CallFacts
from bot.diagnosis.causes import make_cause
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.facts.recovery_points import RecoveryPointFacts
from bot.diagnosis.layers.checked import CheckedLayer, Found
from bot.diagnosis.layers.job_role import missing_role
from bot.diagnosis.layers.vault import check_exists
from bot.diagnosis.model import Check, Grounds, LayerName, Verdict


def gone(facts: CallFacts) -> CheckedLayer:
    """The first layer of whoever was deleted since: what their policies said is not known.

    With the role that made a recovery point AWS Backup deletes it; where that is gone it tries its service-linked role
    ("Identity and access management in AWS Backup"), so that it is not certain that the role was needed.
    """
    arn = facts.role.arn
    if facts.is_expiry:
        cause = missing_role(facts.role, " AWS Backup would have deleted the recovery point with it.", Grounds.IMPLIED)
        check = Check(check="role-exists", verdict=Verdict.BLOCKED, says=cause.explanation)
        return CheckedLayer(LayerName.JOB_ROLE, (check,), (cause,))
    says = f"There is no {arn} any more, so nobody can tell what its policies allowed."
    return CheckedLayer(LayerName.JOB_ROLE, (Check(check="identity-policies", verdict=Verdict.UNKNOWN, says=says),))


def check_vault(facts: CallFacts) -> Found:
    """Whether the vault is there, and what is known of the recovery point in it."""
    point, vault = facts.recovery_point, facts.vault
    if point:
        return (_check_point(point),), ()
    if vault is None or vault.exists is None or (vault.exists is False and not facts.parameters.is_region_said):
        return (), ()
    exists, causes = check_exists(vault, facts.role.arn, facts.entity)
    return (exists,), causes


def _check_point(point: RecoveryPointFacts) -> Check:
    name = "recovery-point"
    if point.vault:
        status = f" Its status is {point.status}." if point.status else ""
        says = f"The recovery point {point.arn} is in the vault {point.vault.name}.{status}"
        return Check(check=name, verdict=Verdict.CLEAR, says=says)
    if point.is_missing:
        says = f"No vault of its account and Region holds the recovery point {point.arn}."
    else:
        says = f"I couldn't read which vault holds the recovery point {point.arn}, nor that vault's policy."
    return Check(check=name, verdict=Verdict.UNKNOWN, says=says)


def check_account(facts: CallFacts) -> Found:
    """Whether an account may call the operation at all, whatever its policies allow."""
    operation, place = facts.operation, facts.place
    if operation is None or operation.may_call != "management-account":
        return (), ()
    name = "calling-account"
    if place is None or not place.is_known or (place.id and place.management_account is None):
        says = f"I couldn't read whether account {facts.account} may call {operation.operation} at all."
        return (Check(check=name, verdict=Verdict.UNKNOWN, says=says),), ()
    if place.is_management_account:
        says = f"Account {facts.account} is the organization's management account, which may call it."
        return (Check(check=name, verdict=Verdict.CLEAR, says=says),), ()
    cause = make_cause(
        "not-management-account",
        principal=facts.role.arn,
        actions=(operation.action,),
        says={"operation": operation.operation, "account": facts.account},
    )
    return (Check(check=name, verdict=Verdict.BLOCKED, says=cause.explanation),), (cause,)


def check_key(facts: CallFacts, evaluated: Sequence[EvaluatedCall]) -> Found:
    """That a key's policy was not looked at, where the operation uses one that the text does not name."""
    is_used = any(each.call.action.startswith("kms:") and each.call.key is None for each in evaluated)
    if facts.key or not is_used:
        return (), ()
    says = "The text doesn't say which KMS key was used, so I don't know its policy."
    return (Check(check="key-policy", verdict=Verdict.UNKNOWN, says=says),), ()
