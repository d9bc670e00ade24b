"""Quotas of policy sizes, and how AWS counts a document."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota of a policy's size."""

    most: int
    unit: str
    counted: Callable[[Any], int]
    """How AWS counts a document."""
    what: str
    """What would be too large."""

    def exceeded_by(self, documents: Sequence[Any]) -> str | None:
        """Says that documents together are larger than the quota; None where they fit."""
        if sum(map(self.counted, documents)) <= self.most:
            return None
        return f"{self.what} would be larger than {self.most:,} {self.unit}."


def characters(document: Any) -> int:
    """As IAM counts: white space does not count, wherever it is ("IAM and AWS STS quotas")."""
    return len("".join(_text(document).split()))


def size(document: Any) -> int:
    """The bytes of the document as it is sent."""
    return len(_text(document).encode())


def _text(document: Any) -> str:
    """The document as it is sent, without white space between its parts."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
