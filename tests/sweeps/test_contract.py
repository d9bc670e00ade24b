"""The document of each incident keeps the members that other programs read."""

from pathlib import Path

import pytest

from bot.diagnosis.model import CHECKLIST
from tests.diagnosis.incidents import FILES, diagnosis_of
from tests.diagnosis.test_contract import DOCUMENT

pytestmark = pytest.mark.xdist_group("incidents")


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_of_a_job(incident: Path) -> None:
    document = DOCUMENT.validate_json(diagnosis_of(incident).to_json())

    layers = [layer["layer"] for layer in document["layers"]]
    assert layers[:4] == [layer.value for layer in CHECKLIST]
    assert layers[4:] in ([], ["resource"])
    assert not document["not_covered"] or document["outcome"] == "undetermined"
