"""What every kind of change can do: be applied to facts, be written as a command and as Terraform, and be bounded."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from bot.diagnosis.changes.limits import Limit
from bot.diagnosis.model import Change
from bot.diagnosis.subject_facts import SubjectFacts

F = TypeVar("F", bound=SubjectFacts)


@dataclass(frozen=True, slots=True)
class PlannedChange(ABC):
    """One change of one thing in AWS, not made yet."""

    KIND: ClassVar[str]
    """As `changes.kind` of a diagnosis has it."""
    UNKNOWN: ClassVar[str] = "what comes of it is not known"
    """Why `applied` does not know what comes of the change, where it does not."""

    target: str
    """The ARN or id of what is changed."""
    document: Mapping[str, Any] = field(default_factory=dict)
    """The whole resulting document, where it is a policy."""
    name: str | None = None
    """The name of an inline policy, or what people call a policy whose target is an id."""

    @abstractmethod
    def applied(self, facts: F) -> F | None:
        """What would be known of a subject with the change made in AWS: the proof of a fix examines it.

        Args:
            facts: What is known.

        Returns:
            What would be known then; None where that is not known, because the change depends on what was not read.
        """

    @abstractmethod
    def cli(self) -> str:
        """The AWS CLI command that makes the change; its document is inline, so that it can be pasted as it is."""

    def terraform(self) -> str:
        """The Terraform that holds the result; empty where Terraform has no resource for it."""
        return ""

    def limit(self) -> Limit | None:
        """The quota of the document's size; None where there is none."""
        return None

    def counted(self, _facts: SubjectFacts) -> list[Any]:
        """The documents that count against the quota."""
        return [self.document]

    def too_large(self, facts: SubjectFacts) -> str | None:
        """Says that the change would make a policy larger than AWS takes it, however right it is.

        Args:
            facts: What is known.

        Returns:
            A sentence with the quota and what to do instead; None where it fits.
        """
        limit = self.limit()
        return limit.exceeded_by(self.counted(facts)) if limit else None

    def to_model(self) -> Change:
        """The change as a part of the diagnosis."""
        return Change(kind=self.KIND, target=self.target, name=self.name, document=dict(self.document))
