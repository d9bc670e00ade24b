"""From refusals to causes: one cause for each thing to fix, with all the actions that it refuses."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot import arn
from bot.diagnosis.model import Cause, Certainty, Entity, Grounds, LayerName
from bot.diagnosis.refusals import Refusal
from knowledge.causes import cause_codes

_BY_THE_MESSAGE: Final = (Grounds.SINGLED_OUT, Grounds.MESSAGE)
_MOST_NAMED: Final = 4
"""So many actions are named in a sentence; the cause lists them all."""


def causes_of(refusals: Iterable[Refusal]) -> tuple[Cause, ...]:
    """Groups the refusals that one change repairs.

    Args:
        refusals: The refusals, those of the actions that the job's message names first.

    Returns:
        The causes in the order of their first refusals. Each is known from the strongest of its refusals. A thing that
        refuses some actions for certain and others only under some value of an unknown key makes a cause of the certain
        ones; of these, the cause says of which it is only implied that the job calls them.
    """
    groups: dict[tuple[object, ...], list[Refusal]] = {}
    for refusal in refusals:
        key = (
            refusal.code,
            refusal.layer,
            refusal.entity,
            refusal.principal,
            refusal.policy,
            refusal.statement,
            refusal.target,
        )
        groups.setdefault(key, []).append(refusal)
    return tuple(_cause(group) for group in groups.values())


def strongest_first(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The causes by how strongly they are known; among equals what the job's message blames, then as they came."""
    return tuple(sorted(causes, key=lambda cause: (cause.certainty.rank, cause.grounds not in _BY_THE_MESSAGE)))


def thing(cause: Cause) -> tuple[str | None, ...]:
    """What makes a cause one thing to fix."""
    return (cause.code, cause.principal, cause.policy, cause.statement, cause.target)


def make_cause(
    code: str,
    *,
    entity: Entity | None = None,
    grounds: Grounds = Grounds.DOCUMENTED,
    principal: str | None = None,
    actions: tuple[str, ...] = (),
    implied: tuple[str, ...] = (),
    resource: str | None = None,
    policy: str | None = None,
    statement: str | None = None,
    target: str | None = None,
    depends_on: tuple[str, ...] = (),
    near_miss: str | None = None,
    says: Mapping[str, str] | None = None,
    layer: LayerName | None = None,
) -> Cause:
    """Makes a cause with its sentence.

    Args:
        code: One of `knowledge/causes.yaml`.
        entity: Whose call is refused; by default the code's, or the job role.
        grounds: What it is known from.
        principal: The identity's ARN.
        actions: What is blocked.
        implied: Those of the actions of which it is only implied that the job calls them.
        resource: What it is blocked on.
        policy: What a person would look up.
        statement: The Sid, or the position.
        target: The root, OU or account.
        depends_on: The condition keys that a possible cause depends on.
        near_miss: The statement that came closest.
        says: What else the code's sentence asks for.
        layer: Where it is found; by default the code's layer.
    """
    known = cause_codes()[code]
    names = {
        "principal": principal or "",
        "actions": _listed(actions),
        "resource": resource or "",
        "policy": policy or "",
        "statement": statement or "",
        "target": target or "",
        "near_miss": near_miss or "",
        "service": "backup.amazonaws.com",
        **(says or {}),
    }
    return Cause(
        code=code,
        layer=layer or LayerName(known.layer),
        entity=entity or Entity(known.entity or Entity.JOB_ROLE),
        certainty=grounds.certainty,
        grounds=grounds,
        principal=principal,
        actions=actions,
        implied=implied,
        resource=resource,
        policy=policy,
        statement=statement,
        target=target,
        depends_on=depends_on,
        near_miss=near_miss,
        explanation=known.explanation.format_map(names),
        knowledge=code,
    )


def _cause(group: list[Refusal]) -> Cause:
    strongest = min((refusal.certainty for refusal in group), key=lambda certainty: certainty.rank)
    certain = [refusal for refusal in group if refusal.certainty is strongest]
    first, is_possible = certain[0], strongest is Certainty.POSSIBLE
    more = (
        []
        if is_possible
        else [refusal for refusal in group if refusal.grounds.denies and refusal.certainty is not strongest]
    )
    telling = [*certain, *more]
    established = {refusal.action for refusal in certain}
    depends_on = dict.fromkeys(key for refusal in telling for key in refusal.depends_on)
    return make_cause(
        first.code,
        entity=first.entity,
        grounds=first.grounds,
        principal=first.principal,
        actions=tuple(dict.fromkeys(refusal.action for refusal in telling)),
        implied=tuple(dict.fromkeys(refusal.action for refusal in more if refusal.action not in established)),
        resource=first.resource,
        policy=first.policy,
        statement=first.statement,
        target=first.target,
        depends_on=tuple(depends_on) if is_possible else (),
        near_miss=first.near_miss,
        says={"account": _account(first.principal), "former": first.former or ""},
        layer=first.layer,
    )


def _account(principal: str) -> str:
    parsed = arn.parse(principal)
    return parsed.account if parsed else ""


def _listed(actions: tuple[str, ...]) -> str:
    if len(actions) > _MOST_NAMED:
        return f"{', '.join(actions[: _MOST_NAMED - 1])} and {len(actions) - _MOST_NAMED + 1} more actions"
    return " and ".join(filter(None, [", ".join(actions[:-1]), *actions[-1:]]))
