"""Whether it is worth asking Slack for something that not every workspace has."""

import time
from collections.abc import Callable
from dataclasses import dataclass

NOT_OFFERED = frozenset(
    {"unknown_method", "feature_not_enabled", "feature_disabled", "missing_scope", "not_allowed_token_type"}
    | {"not_agent_app", "not_implemented"}
)
"""Errors that say that this workspace does not have it; any other one speaks of one place or one moment."""

REFUSALS = 2
UNASKED_SECONDS = 600.0
"""After so many such refusals in a row it is not asked for during so long: Slack may offer it again."""


@dataclass(slots=True)
class Offer:
    """One such thing.

    Args:
        clock: Seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _refused: int = 0
    _refused_at: float = 0.0

    @property
    def is_worth_asking(self) -> bool:
        """Whether Slack may have it."""
        return self._refused < REFUSALS or self.clock() - self._refused_at >= UNASKED_SECONDS

    def note(self, refusal: str = "") -> None:
        """Takes note that Slack gave it, or with which of its errors it was refused."""
        if refusal in NOT_OFFERED:
            self._refused, self._refused_at = self._refused + 1, self.clock()
        else:
            self._refused = 0
