"""Says in words what a decision depends on: "denied unless aws:SourceVpce is vpce-1"."""

from collections.abc import Mapping, Sequence

from bot.iam.assignments import AssignmentOutcome
from bot.iam.authorization import Decision
from bot.iam.conditions import CandidateValue

_MOST_WAYS = 3
"""So many ways to the other decision are named."""


def dependence(outcomes: Sequence[AssignmentOutcome], names: Mapping[str, str]) -> str:
    """Tells both assignments of a request whose decision depends on unknown keys.

    Args:
        outcomes: The outcomes of all assignments, not all of them with the same decision.
        names: The keys that the decision depends on, in lower case, with their spelling.

    Returns:
        A sentence without its full stop.
    """
    if not outcomes[0].assumed:
        return f"too many readings of {', '.join(names.values())} to tell them apart"
    cases = {
        tuple(outcome.assumed[key] for key in names): outcome.authorization.decision is Decision.ALLOWED
        for outcome in outcomes
    }
    usual, allowed = next(iter(cases.items()))
    ways = sorted(
        (_changes(usual, case, names) for case, is_allowed in cases.items() if is_allowed is not allowed), key=len
    )
    shortest: list[dict[str, str]] = []
    for way in ways:
        if not any(known.items() <= way.items() for known in shortest):
            shortest.append(way)
    told = [" and ".join(way.values()) for way in shortest[:_MOST_WAYS]]
    if len(shortest) > _MOST_WAYS:
        told.append("in other cases")
    return f"{'allowed' if allowed else 'denied'} unless {' or '.join(told)}"


def _changes(
    usual: Sequence[CandidateValue], case: Sequence[CandidateValue], names: Mapping[str, str]
) -> dict[str, str]:
    """What is so in a case, where it differs from the usual one."""
    return {
        key: f"{name} {candidate.phrase}"
        for (key, name), candidate, other in zip(names.items(), case, usual, strict=True)
        if candidate is not other
    }
