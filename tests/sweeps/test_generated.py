"""Incidents that are built for every cause, job type and resource type come out as the contract of causes has it."""

from collections.abc import Callable

import pytest

from bot.diagnosis.run import Diagnostician
from tests.conftest import ServeEstate
from tests.diagnosis.generated.cases import JOBS, can_occur, every_case, some_cases
from tests.diagnosis.generated.proof import contradictions
from tests.diagnosis.generated.steps import BREAKERS, Case
from tests.diagnosis.incidents import differences, reference_to
from tests.sweeps import sampling

CASES = tuple(every_case() if sampling.ALL else some_cases())


def test_no_two_incidents_have_the_same_name() -> None:
    names = [case.id for case in every_case()]
    assert len(names) == len(set(names))


def test_each_cause_and_each_resource_type_runs_by_default_with_each_job() -> None:
    ids = [case.id for case in some_cases()]
    causes = {f"{code}-{job}-" for code in BREAKERS for job in JOBS if any(can_occur(code, job, k) for k in JOBS[job])}
    types = {f"-{job}-{kind}" for job, kinds in JOBS.items() for kind in kinds}
    assert [cause for cause in sorted(causes) if not any(name.startswith(cause) for name in ids)] == []
    assert [kind for kind in sorted(types) if not any(name.endswith(kind) for name in ids)] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_generated_incident_comes_out_as_expected(
    case: Case, served_estate: ServeEstate, diagnostician: Callable[[], Diagnostician]
) -> None:
    scene = case.build()
    assert contradictions(scene) == []
    served_estate(scene.text())
    assert differences(diagnostician().diagnose(reference_to(scene.expectation)), scene.expectation) == []
