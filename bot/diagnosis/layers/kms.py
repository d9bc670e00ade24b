"""The fourth layer: the KMS keys, whether they can be used and what their policies and grants say."""

from collections.abc import Iterable, Iterator, Sequence

from bot.diagnosis.case import Case
from bot.diagnosis.causes import make_cause
from bot.diagnosis.facts.keys import BACKUP_ALIAS, KeyFacts
from bot.diagnosis.judgement import Judgement
from bot.diagnosis.layers.findings import Findings, policy_check
from bot.diagnosis.model import Cause, Check, Entity, JobType, LayerName, Verdict
from bot.diagnosis.needs import needed_keys
from bot.diagnosis.requirement import Requirement
from bot.iam import PolicyLayer


def walk(case: Case, judgements: Sequence[Judgement]) -> Findings:
    """Checks each key that the job uses, then what its policy and grants say of every call on it."""
    unusable = {cause.resource: cause for cause in unusable_keys(case, [judged.requirement for judged in judgements])}
    checks: list[Check] = []
    causes: list[Cause] = list(unusable.values())
    for key in _keys(judgements):
        cause = unusable.get(key.arn)
        checks.append(_check_state(case, key, cause))
        if cause is None:
            policy, about = _check_policy(key, [judged for judged in judgements if judged.requirement.key == key])
            checks.append(policy)
            causes += about
    if None in needed_keys(case):
        says = "Under which key the data is could not be read."
        checks.append(Check(check="key-state", verdict=Verdict.UNKNOWN, says=says))
    return Findings(LayerName.KMS, tuple(checks), tuple(causes))


def unusable_keys(case: Case, requirements: Iterable[Requirement]) -> Iterator[Cause]:
    """The keys that no policy can make usable for this job: each stands alone in its layer.

    Sources: "Key states of AWS KMS keys" (AWS KMS Developer Guide); "Creating backup copies across AWS accounts" and
    "Encryption for backups in AWS Backup" (AWS Backup Developer Guide).
    """
    needing: dict[str, Requirement] = {}
    for requirement in requirements:
        if requirement.key:
            needing.setdefault(requirement.key.arn, requirement)
    for requirement in needing.values():
        key = requirement.key
        code = _why_unusable(case, key) if key else None
        if key and code:
            yield make_cause(
                code,
                requirement.entity if requirement.entity is not Entity.CALLER else Entity.JOB_ROLE,
                principal=requirement.principal.arn,
                resource=key.arn,
                says={"state": key.state or "gone"},
            )


def _why_unusable(case: Case, key: KeyFacts) -> str | None:
    if key.is_unusable:
        return "key-unusable"
    if case.job.type is not JobType.COPY or not key.is_aws_managed:
        return None
    is_fully_managed = case.is_fully_managed is True
    if key in (case.keys.get("destination-vault") or ()):
        is_default = _may_be_default(case, key) and BACKUP_ALIAS in (key.aliases or ())
        return "vault-default-key" if case.is_cross_account or is_default else None
    goes_away = case.is_cross_account or any(vault.is_air_gapped for vault in case.vaults.values())
    return "aws-managed-key" if goes_away and not is_fully_managed else None


def _may_be_default(case: Case, key: KeyFacts) -> bool:
    """Whether it counts if the key is the default one of AWS Backup: copies of what it manages fully may use that."""
    is_written_under = key.is_aws_managed and key in (case.keys.get("destination-vault") or ())
    return case.job.type is JobType.COPY and is_written_under and case.is_fully_managed is not True


def _keys(judgements: Iterable[Judgement]) -> Iterable[KeyFacts]:
    keys = (judged.requirement.key for judged in judgements)
    return {key.arn: key for key in keys if key}.values()


def _check_state(case: Case, key: KeyFacts, cause: Cause | None) -> Check:
    name = "key-state"
    if cause:
        return Check(check=name, verdict=Verdict.BLOCKED, says=cause.explanation)
    if key.exists is None:
        return Check(check=name, verdict=Verdict.UNKNOWN, says=f"The state of the key {key.arn} could not be read.")
    if _may_be_default(case, key) and key.aliases is None:
        says = f"Whether the key {key.arn} is the default key of AWS Backup could not be read."
        return Check(check=name, verdict=Verdict.UNKNOWN, says=says)
    return Check(check=name, verdict=Verdict.CLEAR, says=f"The key {key.arn} is {str(key.state).casefold()}.")


def _check_policy(key: KeyFacts, judgements: Sequence[Judgement]) -> tuple[Check, tuple[Cause, ...]]:
    return policy_check(
        "key-policy",
        judgements,
        LayerName.KMS,
        (PolicyLayer.RESOURCE, PolicyLayer.GRANT),
        f"The policy of the key {key.arn}, or a grant, admits what the job needs.",
        f"The policy of the key {key.arn} could not be read.",
    )
