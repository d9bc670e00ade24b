"""What the machine reports while it runs; every live view (thread, terminal, page) is drawn from these events."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.diagnosis.model import Verdict

STATES = ("locate", "collect", "job-role", "vault", "organization", "kms", "conclude")
"""The states of the machine, in their order."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The machine has entered a state."""

    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Something was read inside a state: `done` of `total` lookups of this round."""

    state: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Left:
    """The machine has left a state, with a short sentence of what was found and, for a layer, its verdict."""

    state: str
    says: str
    verdict: Verdict | None = None


Event = Entered | Progress | Left
Observer = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """The observer of those who only want the result."""
