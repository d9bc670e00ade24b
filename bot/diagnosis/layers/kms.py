"""The fourth layer: the KMS keys, whether they can be used and what their policies and grants say."""

from collections.abc import Iterable, Mapping, Sequence

from bot.diagnosis.causes import make_cause
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.evaluated_job import EvaluatedJob
from bot.diagnosis.facts.keys import BACKUP_ALIAS, KeyFacts
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import CheckedLayer, policy_check
from bot.diagnosis.model import Cause, Certainty, Check, Entity, Grounds, JobType, LayerName, Verdict
from bot.diagnosis.reading import hypotheses
from bot.diagnosis.required_call import RequiredCall
from bot.diagnosis.required_calls import needed_keys
from bot.iam import PolicyLayer


def check_layer(job: EvaluatedJob) -> CheckedLayer:
    """Checks each key that the job uses, then what its policy and grants say of every call on it."""
    facts, evaluated, unusable = job.facts, job.calls, job.unusable_keys
    checks: list[Check] = []
    causes: list[Cause] = list(unusable.values())
    for key in _keys(evaluated):
        cause = unusable.get(key.arn)
        checks.append(_check_state(facts, key, cause))
        if cause is None:
            policy, about = _check_policy(key, [each for each in evaluated if each.call.key == key])
            checks.append(policy)
            causes += about
    if None in needed_keys(facts):
        says = "I couldn't read which key encrypts the data."
        checks.append(Check(check="key-state", verdict=Verdict.UNKNOWN, says=says))
    return CheckedLayer(LayerName.KMS, tuple(checks), tuple(causes))


def unusable_keys(facts: JobFacts, calls: Iterable[RequiredCall]) -> Mapping[str, Cause]:
    """The keys that no policy can make usable for this job, by ARN: each supersedes what else is in its layer.

    Sources: "Key states of AWS KMS keys" (AWS KMS Developer Guide); "Creating backup copies across AWS accounts" and
    "Encryption for backups in AWS Backup" (AWS Backup Developer Guide).
    """
    needing: dict[str, tuple[KeyFacts, list[RequiredCall]]] = {}
    for call in calls:
        if call.key:
            needing.setdefault(call.key.arn, (call.key, []))[1].append(call)
    found = {arn: _unusable(facts, key, several) for arn, (key, several) in needing.items()}
    return {arn: cause for arn, cause in found.items() if cause}


def _unusable(facts: JobFacts, key: KeyFacts, calls: Sequence[RequiredCall]) -> Cause | None:
    code, call = _why_unusable(facts, key), calls[0]
    if code is None:
        return None
    return make_cause(
        code,
        grounds=_grounds(facts, code, key, calls),
        entity=call.entity if call.entity is not Entity.CALLER else Entity.JOB_ROLE,
        principal=call.principal.arn,
        resource=key.arn,
        says={"state": key.state or "gone"},
    )


def _grounds(facts: JobFacts, code: str, key: KeyFacts, calls: Sequence[RequiredCall]) -> Grounds:
    """A key that can't be used blocks the job as surely as it is known that the job uses the key.

    What keys a copy takes is documented; a message that speaks of such keys says that the job met one.
    """
    if any(guess.code == code for guess in hypotheses(facts.reading)):
        return Grounds.NAMED
    strongest = min((call.grounds for call in calls), key=list(Grounds).index)
    return strongest if key.is_unusable else Grounds.DOCUMENTED


def _why_unusable(facts: JobFacts, key: KeyFacts) -> str | None:
    if key.is_unusable:
        return "key-unusable"
    if facts.job.type is not JobType.COPY or not key.is_aws_managed:
        return None
    is_fully_managed = facts.is_fully_managed is True
    if key in (facts.keys.get("destination-vault") or ()):
        is_default = _may_be_default(facts, key) and BACKUP_ALIAS in (key.aliases or ())
        return "vault-default-key" if facts.is_cross_account or is_default else None
    goes_away = facts.is_cross_account or any(vault.is_air_gapped for vault in facts.vaults.values())
    return "aws-managed-key" if goes_away and not is_fully_managed else None


def _may_be_default(facts: JobFacts, key: KeyFacts) -> bool:
    """Whether it counts if the key is the default one of AWS Backup: copies of what it manages fully may use that."""
    is_written_under = key.is_aws_managed and key in (facts.keys.get("destination-vault") or ())
    return facts.job.type is JobType.COPY and is_written_under and facts.is_fully_managed is not True


def _keys(evaluated: Iterable[EvaluatedCall]) -> Iterable[KeyFacts]:
    keys = (each.call.key for each in evaluated)
    return {key.arn: key for key in keys if key}.values()


def _check_state(facts: JobFacts, key: KeyFacts, cause: Cause | None) -> Check:
    name = "key-state"
    if cause:
        verdict = Verdict.UNKNOWN if cause.certainty is Certainty.POSSIBLE else Verdict.BLOCKED
        return Check(check=name, verdict=verdict, says=cause.explanation)
    if key.exists is None:
        return Check(check=name, verdict=Verdict.UNKNOWN, says=f"I couldn't read the state of the key {key.arn}.")
    if _may_be_default(facts, key) and key.aliases is None:
        says = f"I couldn't read whether the key {key.arn} is the default key of AWS Backup."
        return Check(check=name, verdict=Verdict.UNKNOWN, says=says)
    return Check(check=name, verdict=Verdict.CLEAR, says=f"The key {key.arn} is {str(key.state).casefold()}.")


def _check_policy(key: KeyFacts, evaluated: Sequence[EvaluatedCall]) -> tuple[Check, tuple[Cause, ...]]:
    return policy_check(
        "key-policy",
        evaluated,
        LayerName.KMS,
        (PolicyLayer.RESOURCE, PolicyLayer.GRANT),
        f"The policy of the key {key.arn}, or a grant, allows what the job needs.",
        f"I couldn't read the policy of the key {key.arn}.",
    )
