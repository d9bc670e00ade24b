"""Every incident that ships with the sandbox comes out as it expects, under its own names and under others."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.diagnosis.run import Diagnostician
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, diagnosis_of, differences, disguised, expectation, reference_to, text_of

MakeDiagnostician = Callable[[], Diagnostician]


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_an_incident_comes_out_as_expected(incident: Path) -> None:
    assert differences(diagnosis_of(incident), expectation(text_of(incident))) == []


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_no_name_id_or_region_steers_the_answer(
    incident: Path, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    text = disguised(text_of(incident))
    expected = expectation(text)
    assert expected["job"] not in text_of(incident)
    served_estate(text)
    assert differences(diagnostician().diagnose(reference_to(expected)), expected) == []


def test_a_job_is_found_without_saying_where(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    text = text_of(FILES[10])
    expected = expectation(text)
    served_estate(text)
    reference = reference_to(expected).model_copy(update={"account": None, "region": None})
    found = diagnostician().diagnose(reference)
    assert (found.job.account, found.job.region) == (expected["account"], expected["region"])
    assert differences(found, expected) == []


def test_the_document_reads_back_as_it_was_written() -> None:
    diagnosis = diagnosis_of(FILES[16])
    document = json.loads(diagnosis.to_json())
    assert document["schema"] == 1
    assert type(diagnosis).model_validate(document) == diagnosis
    assert [layer["layer"] for layer in document["layers"]] == ["job-role", "vault", "organization", "kms"]
