"""What a fix is made from: the cause with all that is known about it, and what comes out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.diagnosis.blocks import Block
from bot.diagnosis.case import Case
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.vaults import VaultFacts
from bot.diagnosis.model import Cause, Change


@dataclass(frozen=True, slots=True)
class Problem:
    """A cause to mend."""

    case: Case
    cause: Cause
    blocks: tuple[Block, ...]
    """The refusals that the cause was put together from."""

    @property
    def principal(self) -> PrincipalFacts | None:
        """The identity that is refused, where it is one of the case's."""
        known = (self.case.role, self.case.service_linked_role)
        return next((facts for facts in known if facts and facts.arn == self.cause.principal), None)

    @property
    def key(self) -> KeyFacts | None:
        """The key that the cause is about."""
        about = self.cause.policy or self.cause.resource
        keys = (key for several in (*self.case.keys.values(), self.case.named_keys) for key in several or ())
        return next((key for key in keys if key.arn == about), None)

    @property
    def vault(self) -> VaultFacts | None:
        """The vault that the cause is about."""
        about = self.cause.policy or self.cause.resource
        return next((vault for vault in self.case.vaults.values() if vault.arn == about), None)

    @property
    def document(self) -> Any:
        """The document that the cause's policy names; None where there is none or it could not be read."""
        if self.cause.policy == "trust":
            return self.case.role.trust
        return next((known.document for known in documents_of(self.case) if known.name == self.cause.policy), None)

    def resources_of(self, action: str) -> list[str]:
        """What an action is refused on."""
        return list(dict.fromkeys(block.resource for block in self.blocks if block.action == action))

    def value_of(self, key: str, action: str | None = None) -> str | None:
        """The value of a condition key, in lower case, in the refused request."""
        for block in self.blocks:
            if block.evaluation and action in (None, block.action):
                value = block.evaluation.request.context.get(key)
                return value if isinstance(value, str) else (value[0] if value else None)
        return None


def documents_of(case: Case) -> Iterator[NamedDocument]:
    """Every policy document of a case, by the name that a person would look it up by."""
    for principal in (case.role, case.service_linked_role):
        if principal:
            yield from principal.identity
            yield from (principal.boundary,) if principal.boundary else ()
    yield from (vault.policy for vault in case.vaults.values() if vault.policy)
    keys = (key for several in (*case.keys.values(), case.named_keys) for key in several or ())
    yield from (key.policy for key in keys if key.policy)
    for place in case.organizations.values():
        for level in place.levels or ():
            yield from (*(level.scps or ()), *(level.rcps or ()))
    if case.resource and case.resource.policy:
        yield case.resource.policy


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that should mend a cause, not proven yet."""

    summary: str
    changes: tuple[Change, ...] = ()
    caution: str | None = None


Propose = Callable[[Problem], Proposal | None]


def listed(values: Sequence[str]) -> str:
    """Some values as a list in words."""
    return " and ".join(filter(None, [", ".join(values[:-1]), *values[-1:]]))
