"""Which inputs of a sweep run: all with SWEEP=all in the environment, else one in so many, always the same."""

import os
from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

ALL: Final = os.environ.get("SWEEP") == "all"


def sample(inputs: Sequence[T], *, one_in: int, turn: int = 0) -> list[T]:
    """The inputs of a sweep that run.

    Args:
        inputs: All of them.
        one_in: How many stand between two that run by default: neighbours are much alike.
        turn: Where the first one is. Two sweeps over the same inputs take different turns, so that most inputs are in
            the sample of one of them.
    """
    return list(inputs) if ALL else list(inputs[turn % one_in :: one_in])
