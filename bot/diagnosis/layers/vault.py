"""The second layer: the vaults, whether they exist and what their access policies say."""

from collections.abc import Sequence

from bot.diagnosis.causes import make_cause
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.evaluated_job import EvaluatedJob
from bot.diagnosis.facts.vaults import VaultFacts
from bot.diagnosis.layers.checked import CheckedLayer, policy_check
from bot.diagnosis.model import Cause, Check, Entity, LayerName, Verdict
from bot.iam import PolicyLayer


def check_layer(job: EvaluatedJob) -> CheckedLayer:
    """Checks each vault of the job, then what its access policy says of the calls that it governs."""
    facts, evaluated = job.facts, job.calls
    checks: list[Check] = []
    causes: list[Cause] = []
    for vault in {vault.arn: vault for vault in facts.vaults.values()}.values():
        exists, about = check_exists(vault, facts.role.arn)
        checks.append(exists)
        causes += about
        if vault.exists is not False:
            governed = [each for each in evaluated if each.call.vault == vault]
            policy, about = _check_policy(vault, governed)
            checks += [policy] if governed else []
            causes += about
    return CheckedLayer(LayerName.VAULT, tuple(checks), tuple(causes))


def check_exists(vault: VaultFacts, principal: str, entity: Entity | None = None) -> tuple[Check, tuple[Cause, ...]]:
    """Whether a vault exists.

    Args:
        vault: The vault.
        principal: Whose calls fail where it does not.
        entity: Who that is; the job role where nothing is said.
    """
    name = "vault-exists"
    if vault.exists is False:
        cause = make_cause("vault-missing", entity=entity, principal=principal, resource=vault.arn)
        return Check(check=name, verdict=Verdict.BLOCKED, says=cause.explanation), (cause,)
    if vault.exists is None:
        says = f"I couldn't read whether the vault {vault.arn} exists."
        return Check(check=name, verdict=Verdict.UNKNOWN, says=says), ()
    return Check(check=name, verdict=Verdict.CLEAR, says=f"The vault {vault.arn} exists."), ()


def _check_policy(vault: VaultFacts, governed: Sequence[EvaluatedCall]) -> tuple[Check, tuple[Cause, ...]]:
    fine = f"The access policy of the vault {vault.name} denies nothing that the job does."
    if vault.policy is None and vault.policy_is_known:
        fine = f"The vault {vault.name} has no access policy, and within one account it needs none."
    return policy_check(
        "vault-access-policy",
        governed,
        LayerName.VAULT,
        (PolicyLayer.RESOURCE,),
        fine,
        f"I couldn't read the access policy of the vault {vault.arn}.",
    )
