"""The job role's trust policy: whether AWS Backup's service principal may assume the role.

Source: "IAM service roles" (AWS Backup Developer Guide) and "The confused deputy problem" (IAM User Guide).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.diagnosis import context
from bot.diagnosis.causes import make_cause
from bot.diagnosis.context import UNKNOWN
from bot.diagnosis.facts.documents import TRUST, statements_of
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import Cause, Check, Evidence, Grounds, Verdict
from bot.diagnosis.required_call import ASSUME_ROLE, SERVICE
from bot.iam import (
    Decision,
    Effect,
    Policy,
    PolicyEvaluation,
    PolicyLayer,
    PolicySet,
    Request,
    StatementMatch,
    evaluate,
    near_misses,
)
from knowledge.causes import RefusalEffect, cause_of_refusal

_CHECK: Final = "trust-policy"


def check_trust(facts: JobFacts) -> tuple[Check, tuple[Cause, ...]]:
    """Evaluates AWS Backup's sts:AssumeRole against the trust policy: what allows it and what denies it apart.

    Args:
        facts: What is known of the job; its role exists.

    Returns:
        The check, and a cause for what is missing and for each statement that denies.
    """
    document = facts.role.trust
    if document is None:
        return Check(check=_CHECK, verdict=Verdict.UNKNOWN, says="I couldn't read the trust policy."), ()
    whole = _evaluate(facts, document)
    allowing = _evaluate(facts, _with_effect(document, "Allow"))
    causes = [*_missing(facts, allowing, document), *_denials(facts, whole)]
    if whole.decision is Decision.ALLOWED:
        evidence = tuple(
            Evidence(policy=TRUST, statement=match.statement, effect="Allow")
            for match in whole.by
            if match.layer is PolicyLayer.RESOURCE
        )
        says = f"The trust policy lets {SERVICE} assume the role."
        return Check(check=_CHECK, verdict=Verdict.CLEAR, says=says, evidence=evidence), ()
    is_blocked = any(cause.grounds is Grounds.DOCUMENTED for cause in causes)
    verdict = Verdict.BLOCKED if is_blocked else Verdict.UNKNOWN
    evidence = tuple(
        Evidence(policy=TRUST, statement=cause.statement, effect="Deny") for cause in causes if cause.statement
    )
    says = " ".join(cause.explanation for cause in causes)
    return Check(check=_CHECK, verdict=verdict, says=says, evidence=evidence), tuple(causes)


def _missing(facts: JobFacts, allowing: PolicyEvaluation, document: Any) -> list[Cause]:
    """Why no statement lets the service in: none names it, or one does under a condition that is not met."""
    if allowing.decision is Decision.ALLOWED:
        return []
    grounds = Grounds.UNKNOWN_KEY if allowing.decision is Decision.DEPENDS else Grounds.DOCUMENTED
    unconditional = _evaluate(facts, _without_conditions(_with_effect(document, "Allow")))
    effect: RefusalEffect = "unmet-condition" if unconditional.decision is Decision.ALLOWED else "implicit-deny"
    nearest = near_misses(allowing.request, allowing.policies, PolicyLayer.RESOURCE, most=1)
    return [_cause(facts, effect, grounds, near_miss=nearest[0].sentence if nearest else "", keys=allowing.depends_on)]


def _denials(facts: JobFacts, whole: PolicyEvaluation) -> list[Cause]:
    """The statements that deny, or would under some reading of an unknown key."""
    denies = [match for result in whole.layers for match in result.statements if match.effect is Effect.DENY]
    return [
        _cause(
            facts,
            "explicit-deny",
            _grounds_of_denial(match),
            statement=match.statement,
            keys=whole.depends_on,
        )
        for match in denies
        if match.layer is PolicyLayer.RESOURCE
    ]


def _grounds_of_denial(match: StatementMatch) -> Grounds:
    """AWS documents that AWS Backup assumes the job role; whether the statement hits that call may be open."""
    if match.depends:
        return Grounds.UNKNOWN_KEY
    return Grounds.CONTESTED if match.contested else Grounds.DOCUMENTED


def _cause(
    facts: JobFacts,
    effect: RefusalEffect,
    grounds: Grounds,
    *,
    statement: str | None = None,
    near_miss: str | None = None,
    keys: tuple[str, ...] = (),
) -> Cause:
    return make_cause(
        cause_of_refusal(TRUST, effect).code,
        grounds=grounds,
        principal=facts.role.arn,
        actions=(ASSUME_ROLE,),
        resource=facts.role.arn,
        policy=TRUST,
        statement=statement,
        near_miss=near_miss,
        depends_on=keys if grounds is Grounds.UNKNOWN_KEY else (),
    )


def _evaluate(facts: JobFacts, document: Any) -> PolicyEvaluation:
    request = Request(
        SERVICE,
        ASSUME_ROLE,
        facts.role.arn,
        resource_account=facts.role.account,
        context=context.of_assume_role(facts),
        unknown=UNKNOWN,
    )
    return evaluate(request, PolicySet(resource=Policy.compile(TRUST, document)))


def _with_effect(document: Any, effect: str) -> Any:
    """The document with only the statements of one effect."""
    return _mapped(document, lambda statement: statement if statement.get("Effect") == effect else None)


def _without_conditions(document: Any) -> Any:
    """The document with every condition dropped."""
    return _mapped(document, lambda statement: {name: part for name, part in statement.items() if name != "Condition"})


def _mapped(document: Any, change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]) -> Any:
    changed = (change(statement) for statement in statements_of(document))
    rest = document if isinstance(document, Mapping) else {}
    return {**rest, "Statement": [statement for statement in changed if statement]}
