"""What a request's unknown keys could be, and what becomes of the request then.

For each unknown key that a statement depends on, the values are tried that the policies can tell apart: those that they
mention, one that they do not, and none. All keys are tried together, so that an answer depends on a key only where two
assignments that differ in nothing else differ in their decision. Where there are too many assignments to try, the best
and the worst case bound the answer instead. A resource of whose ARN a part is not known counts as one more such key:
the ARNs are tried that it may have.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from bot.iam.authorization import Authorization, authorize
from bot.iam.candidate_values import candidate_resources, candidate_values
from bot.iam.conditions import CandidateValue
from bot.iam.layers import PolicySet
from bot.iam.request import RESOURCE_KEY, Request
from bot.iam.statement import Effect, RequestView
from bot.iam.variables import Context

MOST_ASSIGNMENTS = 4096
"""So many assignments are tried; it takes about a tenth of a second."""


@dataclass(slots=True)
class AssignmentOutcome:
    """What becomes of a request under one assignment.

    Args:
        assumed: What the unknown keys are taken to be; empty for the best and the worst case.
        request: The request, on the resource that it is taken to be on.
        authorization: The decision and its reasons.
        bounds: The keys that a best or a worst case stands for.
    """

    assumed: Mapping[str, CandidateValue]
    request: Request
    authorization: Authorization
    bounds: tuple[str, ...] = ()

    @property
    def context(self) -> Context:
        """The condition keys of the request under this assignment."""
        return _with(self.request, self.assumed)


def outcomes_of(request: Request, policies: PolicySet, unknown: Collection[str]) -> list[AssignmentOutcome]:
    """Tries the assignments of a request.

    Args:
        request: The request.
        policies: The policies it has to pass.
        unknown: The keys, in lower case, whose value is not known and that statements depend on; `RESOURCE_KEY` among
            them where a part of the resource's ARN is not known.

    Returns:
        An outcome for each assignment; two, for the best and the worst case, where there are more than
        `MOST_ASSIGNMENTS` or the values of a key are too many to find.
    """
    exempt = policies.exempt(request)
    by_layer = [in_layer for in_layer in policies.for_action(request.action).by_layer if in_layer.layer not in exempt]
    statements = [statement for in_layer in by_layer for statement in (*in_layer.allows, *in_layer.denies)]
    keys = sorted(unknown)
    others = [key for key in keys if key != RESOURCE_KEY]
    found = {key: candidate_values(key, request, others, statements, policies.grants) for key in others}
    if request.partial:
        found[RESOURCE_KEY] = candidate_resources(request.partial, request, found, statements, policies.grants)
    choices = [values for key in keys if (values := found[key]) is not None]
    if len(choices) < len(found) or prod(map(len, choices)) > MOST_ASSIGNMENTS:
        bounds = [RequestView(request, request.context, frozenset(keys), effect) for effect in Effect]
        return [AssignmentOutcome({}, request, authorize(bound, policies), tuple(keys)) for bound in bounds]
    return [_try(request, policies, dict(zip(keys, values, strict=True))) for values in product(*choices)]


def _try(request: Request, policies: PolicySet, assumed: Mapping[str, CandidateValue]) -> AssignmentOutcome:
    if RESOURCE_KEY in assumed:
        request = request.on(str(assumed[RESOURCE_KEY].value))
    return AssignmentOutcome(assumed, request, authorize(RequestView(request, _with(request, assumed)), policies))


def _with(request: Request, assumed: Mapping[str, CandidateValue]) -> Context:
    """A request's condition keys with what unknown ones are taken to be."""
    if not assumed:
        return request.context
    values = {key: candidate.value for key, candidate in assumed.items() if key != RESOURCE_KEY}
    return {**request.context, **{key: value for key, value in values.items() if value is not None}}


def deciding_keys(outcomes: Sequence[AssignmentOutcome], verdict: Callable[[Authorization], object]) -> tuple[str, ...]:
    """The keys, in lower case, on which a verdict depends: changing one of them alone changes it.

    Between a best and a worst case that differ it may depend on any of their keys.

    Args:
        outcomes: The outcomes of all assignments.
        verdict: What is asked of an outcome.
    """
    first, *others = outcomes
    if first.bounds:
        return (
            first.bounds
            if any(verdict(first.authorization) != verdict(other.authorization) for other in others)
            else ()
        )
    keys = tuple(first.assumed)
    return tuple(key for place, key in enumerate(keys) if _turns(outcomes, place, verdict))


def _turns(outcomes: Sequence[AssignmentOutcome], place: int, verdict: Callable[[Authorization], object]) -> bool:
    seen: dict[tuple[object, ...], object] = {}
    for outcome in outcomes:
        values = [candidate.value for candidate in outcome.assumed.values()]
        said = verdict(outcome.authorization)
        if seen.setdefault((*values[:place], *values[place + 1 :]), said) != said:
            return True
    return False
