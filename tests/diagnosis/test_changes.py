"""What was changed after a job failed: incidents that were fixed since, with the change in CloudTrail."""

import json
from typing import Any

import pytest

from bot.diagnosis.conclude import ago
from bot.diagnosis.model import Diagnosis, LayerName, Outcome
from tests.conftest import ServeEstate
from tests.diagnosis.fixing import fixed
from tests.diagnosis.incidents import FILES, expectation, reference_to, text_of
from tests.diagnosis.test_incidents import MakeDiagnostician

ANA = "arn:aws:sts::444455556666:assumed-role/Admin/ana"
KEY = "39fe6082-8496-44be-93d0-f51639eb0d35"
GUARD = "arn:aws:iam::444455556666:policy/platform/ProdGuardrails"

ROLE = "arn:aws:iam::444455556666:role/service-role/fsx-backup"
VAULT = "arn:aws:backup:eu-west-1:444455556666:backup-vault:dr-locked"

CASES = [
    pytest.param(6, "us-east-1", "CreatePolicyVersion", {"policyArn": GUARD}, GUARD, id="its policy"),
    pytest.param(6, "us-east-1", "DetachRolePolicy", {"roleName": "fsx-backup"}, ROLE, id="the role"),
    pytest.param(
        11, "eu-west-1", "PutBackupVaultAccessPolicy", {"backupVaultName": "dr-locked"}, VAULT, id="the vault"
    ),
    pytest.param(12, "us-east-1", "UpdatePolicy", {"policyId": "p-0copyguard"}, "p-0copyguard", id="the guard rail"),
    pytest.param(
        39, "us-west-2", "PutKeyPolicy", {"keyId": KEY}, f"arn:aws:kms:us-west-2:444455556666:key/{KEY}", id="the key"
    ),
]
"""The incident, where the change is recorded, the event, its parameters and what it changed."""


def event(name: str, parameters: dict[str, Any], at: str = "2026-11-20T07:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "eventID": name,
        "eventName": name,
        "eventTime": at,
        "userIdentity": {"arn": ANA},
        "requestParameters": parameters,
        **more,
    }


def trail_of(estate: dict[str, Any], region: str, *, of_organization: bool = False) -> list[dict[str, Any]]:
    """The events of one account and Region of an estate."""
    account = estate["organization"]["MasterAccountId"] if of_organization else "444455556666"
    regions = estate["accounts"].setdefault(account, {}).setdefault("regions", {})
    trail: list[dict[str, Any]] = regions.setdefault(region, {}).setdefault("cloudtrail", [])
    return trail


def diagnosed(
    number: int, serve: ServeEstate, diagnostician: MakeDiagnostician, *events: tuple[str, dict[str, Any]]
) -> Diagnosis:
    """An incident that has been fixed, with events in trails."""
    text = text_of(FILES[number - 1])
    serve(text)
    before = diagnostician().diagnose(reference_to(expectation(text)))
    estate = json.loads(fixed(text, [change for cause in before.causes if cause.fix for change in cause.fix.changes]))
    for region, recorded in events:
        trail_of(estate, region, of_organization="policyId" in recorded["requestParameters"]).append(recorded)
    serve(json.dumps(estate))
    return diagnostician().diagnose(reference_to(expectation(text)))


@pytest.mark.parametrize(("number", "region", "name", "parameters", "target"), CASES)
def test_the_change_that_fixed_it_is_told_with_who_and_when(
    number: int,
    region: str,
    name: str,
    parameters: dict[str, Any],
    target: str,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    diagnosis = diagnosed(number, served_estate, diagnostician, (region, event(name, parameters)))
    (change,) = diagnosis.changed_since
    assert (change.event, change.target, change.by) == (name, target, ANA)
    assert (diagnosis.outcome, diagnosis.causes) == (Outcome.UNDETERMINED, ())
    assert f"{name} changed {target} " in diagnosis.summary
    assert f"after the job ended by {ANA}. Start the job again." in diagnosis.summary


def test_what_changed_something_else_or_was_denied_or_came_before_is_no_change(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    of_key = {"keyId": KEY}
    recorded = [
        event("PutKeyPolicy", {"keyId": "another"}),
        event("PutKeyPolicy", of_key, errorCode="AccessDenied"),
        event("PutKeyPolicy", of_key, at="2026-11-20T04:00:00Z"),
        event("ScheduleKeyDeletion", of_key),
    ]
    events = [("us-west-2", each) for each in recorded]
    diagnosis = diagnosed(39, served_estate, diagnostician, *events)
    assert diagnosis.changed_since == ()
    assert "run the job again" not in diagnosis.summary


def test_a_change_by_nobody_told_is_still_one(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    recorded = event("PutKeyPolicy", {"keyId": KEY}, userIdentity={"invokedBy": "AWS Internal"})
    diagnosis = diagnosed(39, served_estate, diagnostician, ("us-west-2", recorded))
    assert diagnosis.changed_since[0].by is None
    assert diagnosis.changed_since[0].layer is LayerName.KMS
    assert "after the job ended. Start the job again." in diagnosis.summary


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(1, "1 minute"), (40, "40 minutes"), (119, "119 minutes"), (120, "2 hours"), (2879, "47 hours"), (2880, "2 days")],
)
def test_times_are_told_as_a_person_would(minutes: int, says: str) -> None:
    assert ago(minutes) == says
