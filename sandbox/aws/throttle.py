"""Throttling: a share of the calls is refused as AWS refuses a caller who asks too often."""

import random
from collections.abc import Hashable


class Throttle:
    """Chooses which calls are refused: always the same ones in the same order of calls, and none twice in a row.

    Args:
        share: From 0 (none) to 1 (every call's first try).
        seed: Another seed chooses other calls.
    """

    def __init__(self, share: float, *, seed: int = 0) -> None:
        self._share = share
        self._random = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self._refused: set[Hashable] = set()

    def refuses(self, call: Hashable) -> bool:
        """Whether a call is refused this time.

        Args:
            call: What makes it the same call when it is tried again.
        """
        if call in self._refused:
            self._refused.discard(call)
            return False
        refused = self._random.random() < self._share
        if refused:
            self._refused.add(call)
        return refused
