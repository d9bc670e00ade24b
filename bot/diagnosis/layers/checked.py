"""A layer with its checks and causes, and the parts that the layers' checks share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.diagnosis.causes import causes_of
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import Cause, Certainty, Check, Evidence, LayerName, LayerReport, Verdict
from bot.diagnosis.refusals import Refusal
from bot.iam import Effect, PolicyLayer
from knowledge.causes import cause_codes
from knowledge.need import of_type


@dataclass(frozen=True, slots=True)
class CheckedLayer:
    """A layer with its checks, and the causes found in it."""

    layer: LayerName
    checks: tuple[Check, ...] = ()
    causes: tuple[Cause, ...] = field(default=())

    def to_layer(self) -> LayerReport:
        """The layer as a part of the diagnosis."""
        return LayerReport(
            layer=self.layer, verdict=Verdict.of([check.verdict for check in self.checks]), checks=self.checks
        )


def merged(several: Sequence[CheckedLayer]) -> CheckedLayer:
    """One layer of several jobs: each check and each cause once, a cause with the actions of all."""
    checks = dict.fromkeys(check for layer in several for check in layer.checks)
    causes: dict[tuple[object, ...], Cause] = {}
    for cause in (cause for layer in several for cause in layer.causes):
        thing = (
            cause.code,
            cause.entity,
            cause.principal,
            cause.policy,
            cause.statement,
            cause.target,
            cause.certainty,
        )
        known = causes.get(thing)
        actions = tuple(dict.fromkeys((*known.actions, *cause.actions))) if known else cause.actions
        causes[thing] = (known or cause).model_copy(update={"actions": actions})
    return CheckedLayer(several[0].layer, tuple(checks), tuple(causes.values()))


def policy_check(
    name: str,
    evaluated: Iterable[EvaluatedCall],
    layer: LayerName,
    policy_layers: Sequence[PolicyLayer],
    fine: str,
    unread: str,
) -> tuple[Check, tuple[Cause, ...]]:
    """One check of what policies say of all calls.

    Args:
        name: The check; its causes are those whose code belongs to it.
        evaluated: What is known of the calls that this check is about.
        layer: The layer that the check is in.
        policy_layers: The evaluator's layers that it looks at, for the evidence of what is fine.
        fine: What to say where nothing refuses.
        unread: What to say where something could not be read.

    Returns:
        The check with its evidence, and the causes.
    """
    known = list(evaluated)
    refusals = [refusal for each in known for refusal in each.refusals if cause_codes()[refusal.code].check == name]
    causes = causes_of(refusals)
    if any(refusal.certainty is Certainty.PROVEN for refusal in refusals):
        verdict, says = Verdict.BLOCKED, " ".join(cause.explanation for cause in causes)
    elif refusals:
        verdict, says = Verdict.UNKNOWN, " ".join(_depending(cause) for cause in causes)
    elif any(layer in each.unread for each in known):
        verdict, says = Verdict.UNKNOWN, unread
    elif not known:
        verdict, says = Verdict.NOT_APPLICABLE, "There is nothing to check."
    else:
        verdict, says = Verdict.CLEAR, fine
    evidence = _refusing(refusals) if refusals else _allowing(known, policy_layers)
    return Check(check=name, verdict=verdict, says=says, evidence=evidence), causes


def unknown_without_needs(facts: JobFacts, check: Check) -> Check:
    """A check of all that a job needs, which is not clear where what such a job needs is not known."""
    if check.verdict not in (Verdict.CLEAR, Verdict.NOT_APPLICABLE) or of_type(facts.needs_type):
        return check
    says = f"What a {facts.job.type.value} of {facts.resource_type or 'such a resource'} needs is not known here."
    return Check(check=check.check, verdict=Verdict.UNKNOWN, says=says)


def _depending(cause: Cause) -> str:
    keys = " and ".join(cause.depends_on)
    return f"{cause.explanation} It depends on {keys}, whose value no read call can tell."


def _refusing(refusals: Iterable[Refusal]) -> tuple[Evidence, ...]:
    found = {
        (refusal.policy, refusal.statement): Evidence(policy=refusal.policy, statement=refusal.statement, effect="Deny")
        for refusal in refusals
        if refusal.policy and refusal.statement is not None
    }
    return tuple(found.values())


def _allowing(evaluated: Iterable[EvaluatedCall], policy_layers: Sequence[PolicyLayer]) -> tuple[Evidence, ...]:
    """The statements that allowed what was asked, each once."""
    found: dict[tuple[str, str], Evidence] = {}
    for each in evaluated:
        for match in each.evaluation.by:
            if match.layer in policy_layers and match.effect is Effect.ALLOW:
                found[match.policy, match.statement] = Evidence(
                    policy=match.policy, statement=match.statement, effect="Allow"
                )
    return tuple(found.values())
