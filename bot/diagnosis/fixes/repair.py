"""What a fix is made from: the cause with all that is known about it, and what comes out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.principals import is_of_aws
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.model import Cause
from bot.diagnosis.refusals import Refusal
from bot.diagnosis.subject_facts import SubjectFacts
from knowledge.causes import cause_codes

_MOST_NAMED: Final = 4
"""So many actions are named in a sentence."""

K_co = TypeVar("K_co", bound=SubjectFacts, covariant=True)


@dataclass(frozen=True, slots=True)
class Repair(Generic[K_co]):
    """A cause to fix, in what is known of a job or of a caller."""

    facts: K_co
    cause: Cause
    refusals: tuple[Refusal, ...]
    """The refusals that the cause was put together from."""

    @property
    def document(self) -> Any:
        """The document that the cause's policy names; None where there is none or it can't be read."""
        if cause_codes()[self.cause.code].policy == "trust":
            return self.facts.role.trust
        known = self.named_document
        return known.document if known else None

    @property
    def named_document(self) -> NamedDocument | None:
        """The policy that the cause names; None where there is none or it can't be read."""
        return next((known for known in documents_of(self.facts) if known.name == self.cause.policy), None)

    @property
    def is_of_aws(self) -> bool:
        """The policy is AWS's own, which nobody else can change."""
        return is_of_aws(str(self.cause.policy))

    @property
    def who(self) -> str:
        """What the principal is, in words."""
        return "the user" if self.facts.role.is_user else "the role"

    @property
    def statement(self) -> Document:
        """The statement that denies."""
        return documents.statement_of(self.document, self.cause.statement)

    def with_statement(self, changed: Document) -> Document:
        """The document with another statement in the place of the one that denies."""
        return documents.with_changed_statement(self.document, self.cause.statement, changed)

    def resources_of(self, action: str) -> list[str]:
        """What an action is refused on."""
        return list(dict.fromkeys(refusal.resource for refusal in self.refusals if refusal.action == action))

    def value_of(self, key: str, action: str | None = None) -> str | None:
        """The value of a condition key, in lower case, in the refused request."""
        requests = (refusal.evaluation.request for refusal in self.refusals if action in (None, refusal.action))
        value = next((request.context.get(key) for request in requests), None)
        return value if isinstance(value, str) else (value[0] if value else None)


def documents_of(facts: SubjectFacts) -> Iterator[NamedDocument]:
    """Every policy document, by the name that a person would look it up by."""
    for principal in (facts.role, facts.service_linked_role):
        if principal:
            yield from principal.identity
            yield from (principal.boundary,) if principal.boundary else ()
    yield from (vault.policy for vault in facts.vaults.values() if vault.policy)
    yield from (key.policy for key in facts.all_keys if key.policy)
    for place in facts.organizations.values():
        for level in place.levels or ():
            yield from (*(level.scps or ()), *(level.rcps or ()))
    if facts.resource and facts.resource.policy:
        yield facts.resource.policy


@dataclass(frozen=True, slots=True)
class PlannedFix:
    """A fix that should repair a cause, not verified yet."""

    summary: str
    changes: tuple[PlannedChange, ...] = ()
    caution: str | None = None
    instead: "PlannedFix | None" = None
    """The second choice, which is offered beside this one; None where there is none."""
    otherwise: "PlannedFix | None" = None
    """What is planned where this can't be verified; None where there is nothing else."""


MakeFix = Callable[[Repair[Any]], PlannedFix]


def named(actions: Sequence[str]) -> str:
    """Actions in words, of many only how many more there are; the changes list them all."""
    if len(actions) <= _MOST_NAMED:
        return listed(actions)
    return f"{', '.join(actions[: _MOST_NAMED - 1])} and {len(actions) - _MOST_NAMED + 1} more actions"


def listed(values: Sequence[str]) -> str:
    """Some values as a list in words."""
    return " and ".join(filter(None, [", ".join(values[:-1]), *values[-1:]]))
