"""A subject examined once, as its facts are: machine, layers and fixes read the result, and nothing is evaluated twice.

The facts of a job or call lead to the calls that it requires, those to their evaluation, that to refusals, and those
to the causes in each layer. Each is a function of the one before, so that an examination never changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic

from bot.diagnosis.changes.change import F
from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.layers.checked import CheckedLayer, merged
from bot.diagnosis.model import CHECKLIST, Cause
from bot.diagnosis.refusals import Refusal


@dataclass(frozen=True)
class Examination(Generic[F]):
    """What the facts of one subject come to."""

    facts: F
    evaluated: tuple[EvaluatedCall, ...]
    """The required calls, each with what every policy says of it."""
    layers: tuple[CheckedLayer, ...]
    """The four of the checklist, and the resource's own policy where it was read."""

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """What is to be fixed, layer by layer."""
        return tuple(cause for layer in self.layers for cause in layer.causes)

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every refusal of every required call."""
        return tuple(refusal for call in self.evaluated for refusal in call.refusals)


Examine = Callable[[F], Examination[F]]


def layers_of_all(examined: Sequence[Examination[F]]) -> tuple[CheckedLayer, ...]:
    """The layers of several subjects, each once: those of a job and of the jobs that failed for it."""
    layers = [layer for examination in examined for layer in examination.layers]
    names = dict.fromkeys((*CHECKLIST, *(layer.layer for layer in layers)))
    return tuple(merged([layer for layer in layers if layer.layer is name]) for name in names)
