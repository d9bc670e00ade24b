"""Every incident that ships with the sandbox comes out as it expects, under its own names and under others."""

from pathlib import Path

import pytest

from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, diagnosis_of, differences, disguised, expectation, reference_to, text_of
from tests.diagnosis.test_incidents import MakeDiagnostician
from tests.sweeps.sampling import sample

pytestmark = pytest.mark.xdist_group("incidents")


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_an_incident_comes_out_as_expected(incident: Path) -> None:
    assert differences(diagnosis_of(incident), expectation(text_of(incident))) == []


@pytest.mark.parametrize("incident", sample(FILES, one_in=3), ids=lambda file: file.stem)
def test_no_name_id_or_region_steers_the_answer(
    incident: Path, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    text = disguised(text_of(incident))
    expected = expectation(text)
    assert expected["job"] not in text_of(incident)
    served_estate(text)
    assert differences(diagnostician().diagnose(reference_to(expected)), expected) == []
