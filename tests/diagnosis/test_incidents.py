"""An incident is diagnosed however it is asked for; tests/sweeps has all of them."""

import json
from collections.abc import Callable

from bot.diagnosis.run import Diagnostician
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, diagnosis_of, differences, expectation, reference_to, text_of

MakeDiagnostician = Callable[[], Diagnostician]


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
