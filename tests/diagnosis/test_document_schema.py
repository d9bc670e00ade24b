"""The schema of a document: named, versioned, and valid for what is printed."""

import json
from pathlib import Path
from typing import Literal

import jsonschema
import pytest

from bot.diagnosis.document_schema import schema_of
from bot.diagnosis.reading import read_error
from tests.diagnosis.incidents import FILES, diagnosis_of

KINDS: tuple[Literal["diagnosis", "error"], ...] = ("diagnosis", "error")


@pytest.mark.parametrize("document", KINDS)
def test_it_says_its_dialect_name_and_version(document: Literal["diagnosis", "error"]) -> None:
    schema = schema_of(document)
    assert schema["$id"] == f"urn:backup-why:{document}:1"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("incident", FILES[:3], ids=lambda file: file.stem)
def test_a_diagnosis_is_of_it(incident: Path) -> None:
    jsonschema.validate(json.loads(diagnosis_of(incident).to_json()), schema_of("diagnosis"))


def test_the_reading_of_a_text_is_of_it() -> None:
    jsonschema.validate(json.loads(read_error("AccessDenied").to_json()), schema_of("error"))
