"""What is wrong in a policy document, as typed findings that each know where they are."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much of the document a finding takes out of effect."""

    ERROR = "error"
    """AWS would not store it: the statement (or the whole document) has no effect."""

    WARNING = "warning"
    """A value that can't be read as what it stands for: it matches nothing."""

    SUGGESTION = "suggestion"
    """AWS stores it, and it does nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a policy document.

    Args:
        position: Where, as a path from the document's top: `Statement[2].Condition.StringEqual`; empty for the whole.
        message: One sentence: what is wrong.
        severity: What it takes out of effect.
    """

    position: str
    message: str
    severity: Severity


class NoEffectError(Exception):
    """A statement or a document that has no effect, for a part of it that can't be read or is empty."""

    def __init__(self, position: str, message: str, severity: Severity = Severity.ERROR) -> None:
        super().__init__(message)
        self.finding = Finding(position, message, severity)
