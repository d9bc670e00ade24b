"""What AWS tells of a denied request: an error text with an authorization id, and the details behind it."""

import json
from typing import Any

import pytest

from bot.diagnosis.model import Certainty, Outcome
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered
from tests.diagnosis.incidents import FILES, expectation, reference_to, text_of
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

INCIDENT = text_of(FILES[11])
"""A service control policy denies a copy into a vault."""

ID = "0a1b2c3d4e5f6g7h8j"
VAULT = "arn:aws:backup:us-east-1:777788889999:backup-vault:fort-knox"
SAID = f"Access Denied with the following authorization id: {ID}"
DETAILS: dict[str, Any] = {
    "requestContext": {"aws:SourceVpc": "vpc-1", "aws:TagKeys": ["a", "b"]},
    "evaluations": [
        {"action": "backup:CopyFromBackupVault", "resource": "*", "evaluatedEffect": "ALLOW"},
        {
            "action": "backup:CopyIntoBackupVault",
            "resource": VAULT,
            "evaluatedEffect": "EXPLICIT_DENY",
            "checks": [
                {"checkType": "PRINCIPAL", "evaluatedEffect": "ALLOW"},
                {"checkType": "SERVICE_CONTROL_POLICY", "evaluatedEffect": "EXPLICIT_DENY", "matchedPolicies": []},
            ],
        },
    ],
    "policies": [],
}


def told(details: dict[str, Any] | None, **changes: Any) -> str:
    """The incident with a message that has nothing but an id, and what AWS tells of the id."""
    estate = json.loads(INCIDENT)
    account = estate["accounts"]["444455556666"] | changes
    account["authorization_details"] = {ID: details} if details else {}
    estate["accounts"]["444455556666"] = account
    for job in account["regions"]["us-east-1"]["copy_jobs"]:
        job["StatusMessage"] = SAID
    return json.dumps(estate)


def test_the_call_that_an_authorization_id_stands_for_comes_first(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(told(DETAILS))
    diagnosis = diagnostician().diagnose(reference_to(expectation(INCIDENT)))
    (cause,) = diagnosis.causes
    assert (cause.code, cause.statement, cause.actions[0]) == (
        "scp-denied",
        "OnlyVaultAccount",
        "backup:CopyIntoBackupVault",
    )
    assert diagnosis.unread == ()


def test_what_aws_told_then_is_no_cause_where_the_policies_of_today_contradict_it(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    estate = json.loads(told(DETAILS))
    for policy in estate["organization"]["policies"]:
        if policy["Id"] == "p-0copyguard":
            policy["Content"]["Statement"] = []
    served_estate(json.dumps(estate))
    diagnosis = diagnostician().diagnose(reference_to(expectation(INCIDENT)))
    assert (diagnosis.outcome, diagnosis.causes) == (Outcome.UNDETERMINED, ())


@pytest.mark.parametrize("details", [None, {"evaluations": [DETAILS["evaluations"][0]]}], ids=["gone", "no denial"])
def test_an_id_that_tells_nothing_any_more_leaves_the_policies_to_tell(
    details: dict[str, Any] | None, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(told(details))
    diagnosis = diagnostician().diagnose(reference_to(expectation(INCIDENT)))
    assert [cause.code for cause in diagnosis.causes] == ["scp-denied"]
    assert diagnosis.unread == ()


def test_details_that_may_not_be_read_are_named_with_their_permission(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(told(DETAILS, unreadable=["iam-toolbox"]))
    diagnosis = diagnostician().diagnose(reference_to(expectation(INCIDENT)))
    assert diagnosis.outcome is Outcome.DENIED
    (unread,) = diagnosis.unread
    assert unread.what == "iam-toolbox:GetRequestAuthorizationDetails"
    assert str(unread.permission).startswith("iam:GetRequestAuthorizationDetails for ")


def encoded(decoded: dict[str, Any] | None) -> Altered:
    """A restore whose message is encoded, and what AWS decodes it to."""
    altered = Altered(37)
    altered.account["decoded_messages"] = {"AbCdEf0123456789": decoded} if decoded else {}
    altered.job["StatusMessage"] = "Denied. Encoded authorization failure message: AbCdEf0123456789"
    return altered


def test_a_message_that_may_not_be_decoded_leaves_the_policies_to_tell(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = encoded(None)
    with refusing(served_estate(altered.text), "Action=DecodeAuthorizationMessage"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert "sts:DecodeAuthorizationMessage" in {unread.what for unread in diagnosis.unread}
    assert {cause.code for cause in diagnosis.causes} == {"permission-denied"}  # the subnet is in the metadata


@pytest.mark.parametrize(
    "context", [{}, {"action": "anything"}, {"action": None}], ids=["no action", "no action's name", "null"]
)
def test_a_decoded_message_that_names_no_action_tells_nothing(
    context: dict[str, Any], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = encoded({"allowed": False, "explicitDeny": True, "context": context})
    served_estate(altered.text)
    diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert [cause.certainty for cause in diagnosis.causes] == [Certainty.PROVEN]
    assert diagnosis.causes[0].actions == ("ec2:RunInstances",)


def test_a_service_that_is_not_offered_here_is_no_gap(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    sandbox = served_estate(told(DETAILS))
    with refusing(sandbox, unknown=frozenset({"uthorization-details", "GetRequestAuthorizationDetails"})):
        diagnosis = diagnostician().diagnose(reference_to(expectation(INCIDENT)))
    assert [cause.code for cause in diagnosis.causes] == ["scp-denied"]
    assert diagnosis.unread == ()
