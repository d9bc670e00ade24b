"""From refusals to causes: one cause for each thing to fix, with all the actions that it refuses."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot import arn
from bot.diagnosis.model import Cause, Certainty, Entity, LayerName
from bot.diagnosis.refusals import Refusal
from knowledge.causes import cause_codes

_STRONGEST_FIRST: Final = (Certainty.PROVEN, Certainty.LIKELY, Certainty.POSSIBLE)
_MOST_NAMED: Final = 4
"""So many actions are named in a sentence; the cause lists them all."""


def causes_of(refusals: Iterable[Refusal]) -> tuple[Cause, ...]:
    """Groups the refusals that one change repairs.

    Args:
        refusals: The refusals, those of the actions that the job's message names first.

    Returns:
        The causes in the order of their first refusals. A thing that refuses some actions for certain and others only
        under some value of an unknown key makes a cause of the certain ones.
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


def make_cause(
    code: str,
    *,
    entity: Entity | None = None,
    certainty: Certainty = Certainty.PROVEN,
    principal: str | None = None,
    actions: tuple[str, ...] = (),
    resource: str | None = None,
    policy: str | None = None,
    statement: str | None = None,
    target: str | None = None,
    depends_on: tuple[str, ...] = (),
    near_miss: str | None = None,
    says: Mapping[str, str] | None = None,
) -> Cause:
    """Makes a cause with its sentence.

    Args:
        code: One of `knowledge/causes.yaml`.
        entity: Whose call is refused; by default the code's, or the job role.
        certainty: How it is known.
        principal: The identity's ARN.
        actions: What is blocked.
        resource: What it is blocked on.
        policy: What a person would look up.
        statement: The Sid, or the position.
        target: The root, OU or account.
        depends_on: The condition keys that a possible cause depends on.
        near_miss: The statement that came closest.
        says: What else the code's sentence asks for.
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
        layer=LayerName(known.layer),
        entity=entity or Entity(known.entity or Entity.JOB_ROLE),
        certainty=certainty,
        principal=principal,
        actions=actions,
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
    certainty = next(kind for kind in _STRONGEST_FIRST if any(refusal.certainty is kind for refusal in group))
    telling = [refusal for refusal in group if refusal.certainty is certainty]
    first = telling[0]
    depends_on = dict.fromkeys(key for refusal in telling for key in refusal.depends_on)
    return make_cause(
        first.code,
        entity=first.entity,
        certainty=certainty,
        principal=first.principal,
        actions=tuple(dict.fromkeys(refusal.action for refusal in telling)),
        resource=first.resource,
        policy=first.policy,
        statement=first.statement,
        target=first.target,
        depends_on=tuple(depends_on) if certainty is Certainty.POSSIBLE else (),
        near_miss=first.near_miss,
        says={"account": _account(first.principal)},
    )


def _account(principal: str) -> str:
    parsed = arn.parse(principal)
    return parsed.account if parsed else ""


def _listed(actions: tuple[str, ...]) -> str:
    if len(actions) > _MOST_NAMED:
        return f"{', '.join(actions[: _MOST_NAMED - 1])} and {len(actions) - _MOST_NAMED + 1} more actions"
    return " and ".join(filter(None, [", ".join(actions[:-1]), *actions[-1:]]))
