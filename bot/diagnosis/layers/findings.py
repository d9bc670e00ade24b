"""What a layer hands back, and the small pieces that the layers' checks are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.diagnosis.blocks import Block
from bot.diagnosis.case import Case
from bot.diagnosis.causes import causes_of
from bot.diagnosis.judgement import Judgement
from bot.diagnosis.model import Cause, Certainty, Check, Evidence, Layer, LayerName, Verdict
from bot.iam import Effect, PolicyLayer
from knowledge.causes import cause_codes
from knowledge.need import of_type


@dataclass(frozen=True, slots=True)
class Findings:
    """A layer walked: its checks, and the causes found in it."""

    layer: LayerName
    checks: tuple[Check, ...] = ()
    causes: tuple[Cause, ...] = field(default=())

    def to_layer(self) -> Layer:
        """The layer as a part of the diagnosis."""
        return Layer(layer=self.layer, verdict=Verdict.of([check.verdict for check in self.checks]), checks=self.checks)


def merged(several: Sequence[Findings]) -> Findings:
    """The findings of several jobs in one layer: each check and each cause once, a cause with the actions of all."""
    checks = dict.fromkeys(check for findings in several for check in findings.checks)
    causes: dict[tuple[object, ...], Cause] = {}
    for cause in (cause for findings in several for cause in findings.causes):
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
    return Findings(several[0].layer, tuple(checks), tuple(causes.values()))


def policy_check(
    name: str,
    judgements: Iterable[Judgement],
    layer: LayerName,
    policy_layers: Sequence[PolicyLayer],
    fine: str,
    unread: str,
) -> tuple[Check, tuple[Cause, ...]]:
    """One check of what policies say of all requirements.

    Args:
        name: The check; its causes are those whose code belongs to it.
        judgements: What is known of the requirements that this check is about.
        layer: The layer that the check is in.
        policy_layers: The evaluator's layers that it looks at, for the evidence of what is fine.
        fine: What to say where nothing blocks.
        unread: What to say where something could not be read.

    Returns:
        The check with its evidence, and the causes.
    """
    known = list(judgements)
    blocks = [block for judged in known for block in judged.blocks if cause_codes()[block.code].check == name]
    causes = causes_of(blocks)
    if any(block.certainty is Certainty.PROVEN for block in blocks):
        verdict, says = Verdict.BLOCKED, " ".join(cause.explanation for cause in causes)
    elif blocks:
        verdict, says = Verdict.UNKNOWN, " ".join(_hanging(cause) for cause in causes)
    elif any(layer in judged.unread for judged in known):
        verdict, says = Verdict.UNKNOWN, unread
    elif not known:
        verdict, says = Verdict.NOT_APPLICABLE, "There is nothing to check."
    else:
        verdict, says = Verdict.CLEAR, fine
    evidence = _blocking(blocks) if blocks else _allowing(known, policy_layers)
    return Check(check=name, verdict=verdict, says=says, evidence=evidence), causes


def told_of_known_type(case: Case, check: Check) -> Check:
    """A check of all that a job needs, which is not clear where what such a job needs is not known."""
    if check.verdict not in (Verdict.CLEAR, Verdict.NOT_APPLICABLE) or of_type(case.needs_type):
        return check
    says = f"What a {case.job.type.value} of {case.resource_type or 'such a resource'} needs is not known here."
    return Check(check=check.check, verdict=Verdict.UNKNOWN, says=says)


def _hanging(cause: Cause) -> str:
    keys = " and ".join(cause.depends_on)
    return f"{cause.explanation} It hangs on {keys}, whose value no read call can tell."


def _blocking(blocks: Iterable[Block]) -> tuple[Evidence, ...]:
    found = {
        (block.policy, block.statement): Evidence(policy=block.policy, statement=block.statement, effect="Deny")
        for block in blocks
        if block.policy and block.statement is not None
    }
    return tuple(found.values())


def _allowing(judgements: Iterable[Judgement], policy_layers: Sequence[PolicyLayer]) -> tuple[Evidence, ...]:
    """The statements that allowed what was asked, each once."""
    found: dict[tuple[str, str], Evidence] = {}
    for judged in judgements:
        for match in judged.evaluation.by:
            if match.layer in policy_layers and match.effect is Effect.ALLOW:
                found[match.policy, match.statement] = Evidence(
                    policy=match.policy, statement=match.statement, effect="Allow"
                )
    return tuple(found.values())
