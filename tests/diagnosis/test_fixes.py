"""What a fix changes; tests/sweeps has the fixes of all incidents made, and their jobs diagnosed again."""

import json

from bot.diagnosis.model import Diagnosis
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, diagnosis_of, expectation, reference_to
from tests.diagnosis.test_incidents import MakeDiagnostician


def diagnosed(text: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> Diagnosis:
    """The diagnosis of an incident, from scratch."""
    served_estate(text)
    return diagnostician().diagnose(reference_to(expectation(text)))


def without_message(text: str) -> str:
    """The incident with a message that names nothing, so that only policies speak."""
    estate = json.loads(text)
    for account in estate["accounts"].values():
        for region in account.get("regions", {}).values():
            region["cloudtrail"] = []
            for job in (*region["backup_jobs"], *region["copy_jobs"], *region["restore_jobs"]):
                job["StatusMessage"] = "Access denied"
    return json.dumps(estate)


def test_a_guard_rail_is_said_to_be_one_and_only_narrowed() -> None:
    [cause] = diagnosis_of(FILES[5]).causes
    assert cause.fix is not None
    assert cause.fix.caution is not None
    assert "guard rail" in cause.fix.caution
    [change] = cause.fix.changes
    before, after = cause.document or {}, change.document
    assert len(after["Statement"]) == len(before["Statement"])
    assert after["Statement"][1] == before["Statement"][1]
    assert after["Statement"][0]["Condition"] == {
        **before["Statement"][0]["Condition"],
        "ArnNotLike": {"aws:PrincipalArn": [cause.principal]},
    }


def test_a_missing_permission_is_allowed_on_what_it_is_missing_on_and_for_its_service_only() -> None:
    [cause] = diagnosis_of(FILES[7]).causes
    assert cause.fix is not None
    assert [change.document["Statement"] for change in cause.fix.changes] == [
        [
            {
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": ["arn:aws:iam::444455556666:role/batch-worker"],
                "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            }
        ]
    ]
