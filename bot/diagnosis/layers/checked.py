"""A layer with its checks and causes, and the parts that the layers' checks share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.diagnosis.causes import causes_of
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import Cause, Certainty, Check, Evidence, Grounds, LayerName, LayerReport, Verdict
from bot.diagnosis.refusals import Refusal
from bot.iam import Effect, PolicyLayer
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


Found = tuple[tuple[Check, ...], tuple[Cause, ...]]
"""Checks and the causes that were found in them."""


def with_checks(layer: CheckedLayer, found: Found) -> CheckedLayer:
    """A layer with more checks and causes before its own."""
    checks, causes = found
    return CheckedLayer(layer.layer, (*checks, *layer.checks), (*causes, *layer.causes))


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
            None if cause.actions else cause.resource,
        )
        known = causes.get(thing)
        causes[thing] = _both(known, cause) if known else cause
    return CheckedLayer(several[0].layer, tuple(checks), tuple(causes.values()))


def _both(one: Cause, other: Cause) -> Cause:
    """One thing to fix that two jobs meet, known from the stronger of both, with all the actions that it denies."""
    stronger, weaker = (one, other) if one.certainty.rank <= other.certainty.rank else (other, one)
    if stronger.certainty is weaker.certainty:
        added, implied = weaker.actions, {*stronger.implied, *weaker.implied}
    else:
        added = weaker.actions if weaker.grounds and weaker.grounds.denies else ()
        implied = {*stronger.implied, *added}
    established = {
        action
        for cause in (one, other)
        if cause.certainty is stronger.certainty
        for action in cause.actions
        if action not in cause.implied
    }
    actions = tuple(dict.fromkeys((*stronger.actions, *added)))
    left = tuple(action for action in actions if action in implied - established)
    return stronger.model_copy(update={"actions": actions, "implied": left})


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
    refusals = [refusal for each in known for refusal in each.refusals if refusal.check == name]
    causes = causes_of(refusals)
    if any(refusal.certainty is not Certainty.POSSIBLE for refusal in refusals):
        telling = [cause for cause in causes if cause.certainty is not Certainty.POSSIBLE]
        verdict, says = Verdict.BLOCKED, " ".join(cause.explanation for cause in telling)
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
    says = f"I don't know what a {facts.job.type.value} of {facts.resource_type or 'such a resource'} needs."
    return Check(check=check.check, verdict=Verdict.UNKNOWN, says=says)


_WHY_POSSIBLE: Final[Mapping[Grounds | None, str]] = MappingProxyType(
    {
        Grounds.IMPLIED_ASIDE: "Only AWS's managed policies imply this call, and the message is about something else.",
        Grounds.ASSUMED: "No AWS page and no managed policy says that the job makes this call.",
        Grounds.CONTESTED: "AWS's documentation leaves open whether that rule applies here.",
    }
)
"""Why a cause is possible only, where it does not depend on a key."""


def _depending(cause: Cause) -> str:
    why = _WHY_POSSIBLE.get(cause.grounds)
    why = why or f"It depends on {' and '.join(cause.depends_on)}, whose value AWS doesn't show."
    return f"{cause.explanation} {why}"


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
