"""The evaluator and the naive one of these tests answer alike, whatever they are asked.

`BACKUP_WHY_EXAMPLES` is how many requests are made up, `BACKUP_WHY_SEED` which ones: without it always the same. `make
evaluator-proof` makes up 100,000 others. A test here is a batch of them, so that a long run shows how far it is, and
batches can run side by side (`pytest -n`).
"""

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from bot.iam.lines import evaluate_line
from tests.iam.naive import evaluate
from tests.iam.strategies import request_lines
from tests.sweeps import sampling

EXAMPLES = int(os.environ.get("BACKUP_WHY_EXAMPLES", "1000" if sampling.ALL else "120"))
SEED = int(os.environ.get("BACKUP_WHY_SEED", "0"))
BATCH = 500


@pytest.mark.parametrize("start", range(0, EXAMPLES, BATCH))
def test_both_evaluators_answer_alike(start: int) -> None:
    @seed(SEED * EXAMPLES + start)
    @settings(
        max_examples=min(BATCH, EXAMPLES - start), database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(request_lines())
    def answer_alike(line: dict[str, Any]) -> None:
        assert essence(json.loads(evaluate_line(json.dumps(line)))) == expected(line), json.dumps(line)

    answer_alike()


def essence(answer: dict[str, Any]) -> dict[str, Any]:
    """What the two have in common of the evaluator's answer."""
    denied_by = {(one["layer"], one["name"], one["statement"]) for one in answer["by"] if one["effect"] == "Deny"}
    return {
        "decision": answer["decision"],
        "depends_on": sorted(answer["depends_on"]),
        "missing": sorted(answer["missing"]),
        "denied_by": sorted(denied_by),
        "contested": answer["decision"] == "allowed" and answer.get("contested", False),
    }


def expected(line: dict[str, Any]) -> dict[str, Any]:
    """The naive evaluator's answer."""
    found = evaluate(line)
    return found | {"denied_by": [tuple(one) for one in found["denied_by"]]}
