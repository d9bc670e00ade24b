"""How many AWS round trips a cold diagnosis takes, and how long, read off the sandbox's own call log."""

from collections.abc import Sequence

import pytest

from bot.diagnosis.model import Outcome
from sandbox.aws.calls import Call
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, expectation, reference_to, text_of
from tests.diagnosis.test_incidents import MakeDiagnostician

LATENCIES_MS = (200, 1_000, 5_000)
"""How long AWS takes to answer. The calls of a round overlap if that is long beside the time that sending them takes: a
longer one is tried where the machine is too busy for a short one."""


def longest_chain(calls: Sequence[Call]) -> int:
    """The most calls each of which began after the one before it had ended."""
    length = 0
    ended = float("-inf")
    for call in sorted(calls, key=lambda call: call.ended):
        if call.started >= ended:
            length, ended = length + 1, call.ended
    return length


@pytest.mark.parametrize("number", [11, 17, 29], ids=["copy across accounts", "backup", "copy with a default key"])
def test_the_cost_is_what_the_call_log_says(
    number: int, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    text = text_of(FILES[number])
    for latency in LATENCIES_MS:
        sandbox = served_estate(text, latency_ms=latency)
        diagnosis = diagnostician().diagnose(reference_to(expectation(text)))
        assert diagnosis.outcome is Outcome.DENIED
        if longest_chain(sandbox.calls) == diagnosis.cost.round_trips:
            break
    assert longest_chain(sandbox.calls) == diagnosis.cost.round_trips


def test_a_warm_diagnosis_calls_aws_for_nothing_not_even_for_what_was_refused(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    text = text_of(FILES[16])
    sandbox = served_estate(text)
    warm = diagnostician()
    cold = warm.diagnose(reference_to(expectation(text)))
    sandbox.reset_calls()
    again = warm.diagnose(reference_to(expectation(text)))
    assert again.causes == cold.causes
    assert sandbox.calls == []
    assert again.cost.aws_calls == 0
    assert again.cost.cache_hits >= cold.cost.aws_calls - 1


def test_small_pages_and_throttling_change_nothing_but_the_cost(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    text = text_of(FILES[11])
    served_estate(text)
    calm = diagnostician().diagnose(reference_to(expectation(text)))
    sandbox = served_estate(text, page=1, throttle=0.3)
    rough = diagnostician().diagnose(reference_to(expectation(text)))
    assert (rough.causes, rough.layers, rough.unread) == (calm.causes, calm.layers, calm.unread)
    assert rough.cost.aws_calls == len(sandbox.calls) > calm.cost.aws_calls
