"""A diagnosis as JSON for those who may not see all of it: masked as its pages are, and still of its schema."""

import json
from typing import Any

import jsonschema
import pytest

from bot.access.audience import OTHER_ACCOUNTS
from bot.access.masked_document import masked_document
from bot.access.masking import Mask
from bot.diagnosis.model import Diagnosis
from tests.replies import diagnoses

OWN = "222233334444"
DOCUMENT: dict[str, Any] = json.loads(
    diagnoses.denied(
        diagnoses.scp_cause(near_miss="statement Some allows it", document={"Id": "777788889999"}),
        diagnoses.key_cause().model_copy(update={"near_miss": None}),
    )
    .model_copy(update={"names": {OWN: "own", "777788889999": "other", "p-1": "a policy"}})
    .to_json()
)
SCHEMA = Diagnosis.model_json_schema(by_alias=True, mode="serialization")
NO_DOCUMENTS = Mask(OTHER_ACCOUNTS, frozenset({OWN}), documents=False)
DOCUMENTS = Mask(OTHER_ACCOUNTS, frozenset({OWN}), documents=True)


@pytest.mark.parametrize("mask", [NO_DOCUMENTS, DOCUMENTS], ids=["without documents", "with documents"])
def test_it_keeps_its_schema_and_names_no_other_account(mask: Mask) -> None:
    masked = masked_document(DOCUMENT, mask)
    jsonschema.validate(masked, SCHEMA)
    assert "777788889999" in json.dumps(DOCUMENT)
    assert "777788889999" not in json.dumps(masked)
    assert OWN in json.dumps(masked)
    assert masked["names"] == {OWN: "own", "p-1": "a policy"}


def test_documents_that_may_be_read_stay() -> None:
    masked = masked_document(DOCUMENT, DOCUMENTS)
    assert masked["causes"][0]["document"] == {"Id": "********9999"}
    assert masked["causes"][0]["near_miss"] == "statement Some allows it"
    assert masked["job"]["status_message"] == DOCUMENT["job"]["status_message"]
    assert [cause["fix"]["cli"] for cause in masked["causes"]] != [[], []]


def test_where_documents_are_hidden_so_is_all_that_quotes_one() -> None:
    masked = masked_document(DOCUMENT, NO_DOCUMENTS)
    assert masked["job"]["status_message"] == OTHER_ACCOUNTS
    assert masked["causes"][0]["document"] == {}
    assert masked["causes"][0]["near_miss"] == OTHER_ACCOUNTS
    for before, after in zip(DOCUMENT["causes"], masked["causes"], strict=True):
        assert after["fix"]["cli"] == []
        assert after["fix"]["terraform"] == (OTHER_ACCOUNTS if before["fix"]["terraform"] else "")
        assert [change["document"] for change in after["fix"]["changes"]] == [{} for _ in before["fix"]["changes"]]
    assert masked["causes"][1]["near_miss"] is None, "what there is nothing of is not said to be hidden"


def test_whoever_may_see_all_sees_it_unchanged() -> None:
    assert masked_document(DOCUMENT, Mask("", None, documents=True)) == DOCUMENT
