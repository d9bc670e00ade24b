"""The IAM actions and API operations that are known: those of the needs, of callers and of AWS's managed policies."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import get_args

from knowledge.callers import operations
from knowledge.managed import managed_policies
from knowledge.need import JobKind, needs, resource_types

_KINDS: tuple[JobKind, ...] = get_args(JobKind)


@cache
def known_actions() -> frozenset[str]:
    """Every IAM action that is known, as AWS spells it."""
    return frozenset(action for action in _named() if "*" not in action)


@cache
def actions_by_operation() -> Mapping[str, str]:
    """The IAM action of each API operation, by the operation's name in lower case; AWS Backup's own come first."""
    found = {action.split(":", 1)[1].casefold(): action for action in sorted(known_actions(), reverse=True)}
    return found | {operation.operation.casefold(): operation.action for operation in operations()}


def _named() -> Iterator[str]:
    for operation in operations():
        for caller_need in operation.needs:
            yield from caller_need.actions
    for resource_type in resource_types():
        for kind in _KINDS:
            for need in needs(kind, resource_type.type):
                yield from need.actions
    for policy in managed_policies().values():
        for statement in policy.document["Statement"]:
            actions = statement.get("Action", ())
            yield from [actions] if isinstance(actions, str) else actions
