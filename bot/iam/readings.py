"""What a request's unknown keys could be, and what becomes of the request then.

For each unknown key that a statement hangs on, the values are tried that the policies can tell apart: those that they
mention, one that they do not, and none. All keys are tried together, so that an answer hangs on a key only where two
readings that differ in nothing else differ in their decision. Where there are too many readings to try, the best and
the worst case bound the answer instead.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from bot.iam.conditions import Witness
from bot.iam.domains import domain
from bot.iam.layers import PolicySet
from bot.iam.request import Request
from bot.iam.statement import Effect, View
from bot.iam.variables import Context
from bot.iam.weighing import Weighed, weigh

MOST_READINGS = 4096
"""So many readings are tried; it takes about a tenth of a second."""


@dataclass(slots=True)
class Outcome:
    """What becomes of a request under one reading.

    Args:
        assumed: What the unknown keys are taken to be; empty for the best and the worst case.
        weighed: The decision and its reasons.
        bounds: The keys that a best or a worst case stands for.
    """

    assumed: Mapping[str, Witness]
    weighed: Weighed
    bounds: tuple[str, ...] = ()

    def context(self, request: Request) -> Context:
        """The condition keys of a request under this reading."""
        if not self.assumed:
            return request.context
        known = {key: witness.value for key, witness in self.assumed.items() if witness.value is not None}
        return {**request.context, **known}


def explore(request: Request, policies: PolicySet, unknown: Collection[str]) -> list[Outcome]:
    """Tries the readings of a request.

    Args:
        request: The request.
        policies: The policies it has to pass.
        unknown: The keys, in lower case, whose value is not known and that statements hang on.

    Returns:
        An outcome for each reading; two, for the best and the worst case, where there are more than `MOST_READINGS` or
        the values of a key are too many to find.
    """
    exempt = policies.exempt(request)
    sheets = [sheet for sheet in policies.plan(request.action).sheets if sheet.layer not in exempt]
    statements = [statement for sheet in sheets for statement in (*sheet.allows, *sheet.denies)]
    keys = sorted(unknown)
    found = [domain(key, request, keys, statements, policies.grants) for key in keys]
    domains = [values for values in found if values is not None]
    if len(domains) < len(found) or prod(map(len, domains)) > MOST_READINGS:
        bounds = [View(request, request.context, frozenset(keys), effect) for effect in Effect]
        return [Outcome({}, weigh(bound, policies), tuple(keys)) for bound in bounds]
    return [_try(request, policies, dict(zip(keys, values, strict=True))) for values in product(*domains)]


def _try(request: Request, policies: PolicySet, assumed: Mapping[str, Witness]) -> Outcome:
    known = {key: witness.value for key, witness in assumed.items() if witness.value is not None}
    return Outcome(assumed, weigh(View(request, {**request.context, **known}), policies))


def hinges(outcomes: Sequence[Outcome], verdict: Callable[[Weighed], object]) -> tuple[str, ...]:
    """The keys, in lower case, on which a verdict hangs: changing one of them alone changes it.

    Between a best and a worst case that differ it may hang on any of their keys.

    Args:
        outcomes: The outcomes of all readings.
        verdict: What is asked of an outcome.
    """
    first, *others = outcomes
    if first.bounds:
        return first.bounds if any(verdict(first.weighed) != verdict(other.weighed) for other in others) else ()
    keys = tuple(first.assumed)
    return tuple(key for place, key in enumerate(keys) if _turns(outcomes, place, verdict))


def _turns(outcomes: Sequence[Outcome], place: int, verdict: Callable[[Weighed], object]) -> bool:
    seen: dict[tuple[object, ...], object] = {}
    for outcome in outcomes:
        values = [witness.value for witness in outcome.assumed.values()]
        said = verdict(outcome.weighed)
        if seen.setdefault((*values[:place], *values[place + 1 :]), said) != said:
            return True
    return False
