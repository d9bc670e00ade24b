"""What the job's message blames where no evaluation proves a cause: a statement that it singles out, or a guess.

A message is AWS's word about one moment. It decides between statements that would deny under some value of an unknown
key, and it stands for what could not be read; it never beats an evaluation that contradicts it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.diagnosis.causes import make_cause
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.examination import Examination
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import Cause, Certainty, Entity, Grounds, LayerName, Verdict
from bot.diagnosis.reading import Hypothesis, Reading, hypotheses
from bot.diagnosis.refusals import Refusal
from knowledge.causes import CauseCode, cause_codes

_UNKNOWN: Final = dict.fromkeys(("state", "account", "other", "found", "cluster"), "unknown")
"""What the sentences of some codes ask for and a message alone does not say."""
_RESOURCE_BASED: Final = ("key", "vault", "resource", "trust")
"""The types of policies that AWS calls resource-based."""

_Thing = tuple[str, str, str | None, str | None, str | None]


def single_out(
    reading: Reading, evaluated: Sequence[EvaluatedCall], layers: Sequence[CheckedLayer]
) -> tuple[CheckedLayer, ...]:
    """The layers, where the one possible cause that the job's message can mean is likely.

    The message has to name a policy type and an action, everything in that layer has to be read, and exactly one thing
    in it may refuse that action.

    Args:
        reading: What the message says.
        evaluated: The job's calls.
        layers: The layers with what was found in them; their verdicts stay, since only evaluated denials block.
    """
    named = list(_named(reading, evaluated))
    meant = [refusal for each in named for refusal in each.refusals if _is_meant(reading, refusal)]
    things = {_thing(refusal) for refusal in meant}
    if len(things) != 1 or any(refusal.certainty is not Certainty.POSSIBLE for refusal in meant):
        return tuple(layers)
    if any(meant[0].layer in each.unread for each in named):
        return tuple(layers)
    return tuple(
        replace(layer, causes=tuple(_singled_out(cause, meant[0]) for cause in layer.causes)) for layer in layers
    )


def _named(reading: Reading, evaluated: Sequence[EvaluatedCall]) -> Iterator[EvaluatedCall]:
    """The calls that a message names; those on the very resource that it names where there are such."""
    action = (reading.action or "").casefold()
    same = [each for each in evaluated if each.call.action.casefold() == action and each.call.entity is reading.entity]
    yield from [each for each in same if each.call.resource == reading.resource] or same


def _is_meant(reading: Reading, refusal: Refusal) -> bool:
    """Whether a refusal is by a policy of the type that a message names, and in the way that it says."""
    code = cause_codes()[refusal.code]
    types = _RESOURCE_BASED if reading.policy_type == "resource" else (reading.policy_type,)
    return code.policy in types and reading.explicit in (None, code.effect == "explicit-deny")


def _thing(refusal: Refusal) -> _Thing:
    return (refusal.code, refusal.principal, refusal.policy, refusal.statement, refusal.target)


def _singled_out(cause: Cause, meant: Refusal) -> Cause:
    thing = (cause.code, cause.principal, cause.policy, cause.statement, cause.target)
    if thing != _thing(meant) or cause.certainty is not Certainty.POSSIBLE:
        return cause
    known = {"certainty": Grounds.SINGLED_OUT.certainty, "grounds": Grounds.SINGLED_OUT, "actions": (meant.action,)}
    says = f"{cause.explanation} The job's message blames such a policy, and nothing else that was read can be meant."
    return cause.model_copy(update={**known, "resource": meant.resource, "explanation": says})


def guessed_causes(examined: Examination[JobFacts]) -> tuple[Cause, ...]:
    """What only the job's message says: its first guess that nothing evaluated contradicts.

    The message must name something that can be checked: a policy type, an action, a key, a vault or a role; a vague
    one makes no cause.

    Args:
        examined: The job as it was examined.
    """
    facts = examined.facts
    if facts.reading.vague or not facts.reading.permission:
        return ()
    guesses = (guess for guess in hypotheses(facts.reading) if not _is_contradicted(guess, examined))
    return tuple(_guessed(facts, guess) for guess in guesses)[:1]


def unexplained(guesses: Sequence[Cause], found: Sequence[Cause]) -> tuple[Cause, ...]:
    """The guesses that no cause explains: nothing is proven, and nothing that is likely is about the same action.

    Args:
        guesses: What messages say.
        found: What evaluation found.
    """
    telling = [cause for cause in found if cause.certainty is not Certainty.POSSIBLE]
    if any(cause.certainty is Certainty.PROVEN for cause in telling):
        return ()
    left: list[Cause] = []
    for guess in guesses:
        is_explained = any(not guess.actions or {*guess.actions} & {*cause.actions} for cause in telling)
        if not is_explained and guess not in left:
            left.append(guess)
    return tuple(left)


def _is_contradicted(guess: Hypothesis, examined: Examination[JobFacts]) -> bool:
    """Whether the guess's check was made for that principal and action, from all that decides it, and found clear."""
    facts, code = examined.facts, cause_codes()[guess.code]
    is_linked = guess.entity is Entity.SERVICE_LINKED_ROLE
    if code.fix is None or guess.entity is Entity.CALLER or (is_linked and facts.service_linked_role is None):
        return False
    if not _is_evaluated(code, guess, examined):
        return False
    layer = next((layer for layer in examined.layers if layer.layer is guess.layer), None)
    if layer is None:
        return _has_no_policy(facts)
    made = [check.verdict for check in layer.checks if check.check == code.check]
    clear = [Verdict.CLEAR]
    if guess.layer is LayerName.ORGANIZATION:
        clear.append(Verdict.NOT_APPLICABLE)  # no control policy binds the account
    return all(verdict in clear for verdict in made) if made else layer.to_layer().verdict in clear


def _is_evaluated(code: CauseCode, guess: Hypothesis, examined: Examination[JobFacts]) -> bool:
    """Whether the call that the message names was put to the policies of that layer; others decide without a call."""
    action = (examined.facts.reading.action or "").casefold()
    if code.policy in (None, "trust") or not action:
        return True
    calls = (each.call for each in examined.evaluated if each.call.action.casefold() == action)
    return any(call.entity is guess.entity and guess.layer in call.relevant for call in calls)


def _has_no_policy(facts: JobFacts) -> bool:
    """The protected resource, which the message means or names, is known to have no policy of its own."""
    resource = facts.resource
    if resource is None or facts.reading.resource not in (None, resource.arn):
        return False
    return resource.policy is None and resource.policy_is_known


def _guessed(facts: JobFacts, guess: Hypothesis) -> Cause:
    reading = facts.reading
    linked = facts.service_linked_role
    principals = {
        Entity.CALLER: reading.principal,
        Entity.SERVICE_LINKED_ROLE: linked.arn if linked else facts.role.arn,
        Entity.JOB_ROLE: facts.role.arn,
    }
    cause = make_cause(
        guess.code,
        entity=guess.entity,
        grounds=Grounds.MESSAGE,
        principal=principals[guess.entity],
        actions=(reading.action,) if reading.action else (),
        resource=reading.resource,
        policy=reading.policy_arn,
        says=_UNKNOWN,
    )
    return cause.model_copy(
        update={"explanation": f"{guess.why} Only the error message says so; I couldn't confirm it from the policies."}
    )
