"""The answer to a text is the document of a job's, and its diagnosis reports the same steps."""

import json
from datetime import UTC, datetime

from pydantic import TypeAdapter

from bot.diagnosis.call_facts import CallFacts
from bot.diagnosis.changes.vaults import CreateVault
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.events import STATES, Entered, Event, Left
from bot.diagnosis.facts.call_parameters import parameters_of
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.model import CHECKLIST, Diagnosis, Outcome
from bot.diagnosis.reading import TextDiagnosis, read, read_error, text_summary
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, diagnosis_of
from tests.diagnosis.test_caller import ANA, Staffed, said
from tests.diagnosis.test_incidents import MakeDiagnostician

TEXT = said("backup:CreateBackupVault", "*", who=ANA)


def test_it_has_every_member_of_a_jobs_document_and_those_of_a_text(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Staffed().text)
    found = diagnostician().diagnose_text(TEXT)
    document = json.loads(found.to_json())
    assert document.keys() == Diagnosis.model_json_schema(by_alias=True)["properties"].keys() | {
        "subject",
        "reading",
        "hypotheses",
    }
    assert document["job"] is None
    assert document["subject"] == {
        "type": "call",
        "operation": "CreateBackupVault",
        "principal": ANA,
        "action": "backup:CreateBackupVault",
        "resource": None,
    }
    assert [layer["layer"] for layer in document["layers"]] == [layer.value for layer in CHECKLIST]
    assert document["cost"]["aws_calls"] > 0
    assert TextDiagnosis.model_validate(document) == found


def test_a_kept_document_is_read_back_as_what_it_was() -> None:
    for kept in (diagnosis_of(FILES[0]), read_error(TEXT)):
        assert TypeAdapter(AnyDiagnosis).validate_json(kept.to_json()) == kept


def test_its_summary_is_what_evaluation_proves_else_what_the_text_says(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    staffed.group["AttachedPolicies"] = []
    served_estate(staffed.text)
    proven = diagnostician().diagnose_text(TEXT)
    assert proven.summary == proven.causes[0].explanation
    assert "permission was denied" in read_error(TEXT).summary
    assert read_error("The backup job expired before completion").summary == (
        "The text is about something other than a permission."
    )


def test_it_reports_the_steps_of_a_jobs_diagnosis(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    served_estate(Staffed().text)
    events: list[Event] = []
    diagnosis = diagnostician().diagnose_text(TEXT, observe=events.append)
    assert tuple(event.state for event in events if isinstance(event, Entered)) == STATES
    left = {event.state: event for event in events if isinstance(event, Left)}
    assert left.keys() == set(STATES)
    assert {layer.layer.value: layer.verdict for layer in diagnosis.layers} == {
        state: event.verdict for state, event in left.items() if event.verdict
    }
    assert left["conclude"].says == diagnosis.summary
    assert left["locate"].says == f"The text names backup:CreateBackupVault by {ANA}."


def test_a_text_that_names_no_call_is_read_and_no_more(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Staffed().text)
    diagnosis = diagnostician().diagnose_text("Access denied.")
    assert diagnosis.layers == ()
    assert diagnosis.outcome is Outcome.UNDETERMINED
    assert diagnosis.summary == "The text alone doesn't say what was denied."


def test_a_vault_that_is_made_may_be_under_any_key_for_a_call() -> None:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    facts = CallFacts(
        role=PrincipalFacts(ANA),
        organizations={},
        reading=read(TEXT),
        parameters=parameters_of(TEXT, read(TEXT), "444455556666", "eu-central-1"),
        denied_keys={},
        moment=moment,
    )
    vault = "arn:aws:backup:eu-central-1:444455556666:backup-vault:trading"
    assert CreateVault(vault).applied(facts) == facts


def test_a_summary_counts_what_else_is_to_be_fixed(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    staffed.group["AttachedPolicies"] = []
    served_estate(staffed.text)
    [cause] = diagnostician().diagnose_text(TEXT).causes
    assert text_summary(Outcome.DENIED, [cause, cause, cause]) == f"{cause.explanation} (2 more to fix)"
