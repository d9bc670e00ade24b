"""The documents keep the members that other programs read, with their types and closed lists of values."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.reading import read_error
from knowledge.causes import cause_codes
from tests.conftest import ServeEstate
from tests.diagnosis.contract import ChangeKind, Code, Document, TextAlone, TextDocument
from tests.diagnosis.incidents import FILES, diagnosis_of
from tests.diagnosis.test_caller import Staffed, said
from tests.diagnosis.test_incidents import MakeDiagnostician

DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)
TEXT_ALONE: TypeAdapter[TextAlone] = TypeAdapter(TextAlone)
TEXT_DOCUMENT: TypeAdapter[TextDocument] = TypeAdapter(TextDocument)
REPORTED = [row["message"] for row in json.loads((Path(__file__).parent / "failures.json").read_text(encoding="utf-8"))]


def test_of_a_text_alone() -> None:
    for text in REPORTED:
        TEXT_ALONE.validate_json(read_error(text).to_json())


def test_of_a_text_that_was_evaluated(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    served_estate(Staffed().text)
    found = diagnostician().diagnose_text(said("backup:CreateBackupVault", "*"))

    TEXT_DOCUMENT.validate_json(found.to_json())


@pytest.mark.parametrize("value", [1.5, None], ids=["of-another-type", "missing"])
@pytest.mark.parametrize("path", [("job", "role"), ("causes", 0, "certainty"), ("layers", 0, "checks"), ("cost", "ms")])
def test_a_member_that_is_missing_or_of_another_type_is_noticed(
    path: tuple[str | int, ...], value: float | None
) -> None:
    document: Any = json.loads(diagnosis_of(FILES[0]).to_json())
    *way, last = path
    part = document
    for step in way:
        part = part[step]
    part.pop(last)
    if value:
        part[last] = value

    with pytest.raises(ValidationError):
        DOCUMENT.validate_python(document)


def test_every_cause_and_every_kind_of_change_is_on_the_list() -> None:
    assert set(cause_codes()) == set(get_args(Code))
    assert set(kinds()) <= set(get_args(ChangeKind))


def kinds(change: Any = PlannedChange) -> Iterator[str]:
    """The kinds of a class of changes and of all below it."""
    if hasattr(change, "KIND"):
        yield change.KIND
    for below in change.__subclasses__():
        yield from kinds(below)
