"""Incidents that are built for every cause, job type and resource type come out as the contract of causes has it.

Some of them run by default; with GENERATED=all in the environment every one does.
"""

import os
from collections.abc import Callable

import pytest

from bot.diagnosis.run import Diagnostician
from tests.conftest import ServeEstate
from tests.diagnosis.generated.cases import every_case, some_cases
from tests.diagnosis.generated.proof import contradictions
from tests.diagnosis.generated.steps import Case
from tests.diagnosis.incidents import differences, reference_to

CASES = tuple(every_case() if os.environ.get("GENERATED") == "all" else some_cases())


def test_no_two_incidents_have_the_same_name() -> None:
    names = [case.id for case in every_case()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_generated_incident_comes_out_as_expected(
    case: Case, served_estate: ServeEstate, diagnostician: Callable[[], Diagnostician]
) -> None:
    scene = case.build()
    assert contradictions(scene) == []
    served_estate(scene.text())
    assert differences(diagnostician().diagnose(reference_to(scene.expectation)), scene.expectation) == []
