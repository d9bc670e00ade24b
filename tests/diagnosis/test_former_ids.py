"""A policy that names a deleted role's id: the cause where CloudTrail tells that it was of the job role's name."""

import json
from typing import Any

import pytest

from bot.diagnosis.model import Certainty, LayerName
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, diagnosed, only
from tests.diagnosis.test_incidents import MakeDiagnostician

FORMER = "AROA4EXAMPL7T2K5QXVNQ"
CODE = "policy-names-deleted-principal"


def event(name: str, role: str, created: str | None = None, **more: Any) -> Json:
    answered = {"responseElements": {"role": {"roleId": created}}} if created else {}
    return {
        "eventID": name,
        "eventName": name,
        "eventSource": "iam.amazonaws.com",
        "eventTime": "2026-11-18T09:00:00Z",
        "requestParameters": {"roleName": role},
        **answered,
        **more,
    }


def recreated(altered: Altered, *events: Json) -> Altered:
    trail = altered.account["regions"].setdefault("us-east-1", {}).setdefault("cloudtrail", [])
    trail += events
    return altered


@pytest.mark.parametrize(
    "told",
    [event("DeleteRole", "fsx-backup"), event("CreateRole", "fsx-backup", FORMER)],
    ids=["deleted", "created with the id"],
)
def test_a_key_policy_that_names_the_deleted_role_is_the_cause(
    told: Json, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(recreated(Altered(39), told), served_estate, diagnostician)
    (cause,) = diagnosis.causes
    assert (cause.code, cause.layer, cause.certainty) == (CODE, LayerName.KMS, Certainty.PROVEN)
    assert cause.actions == ("kms:CreateGrant", "kms:DescribeKey")
    assert FORMER in cause.explanation
    assert cause.fix is not None
    assert cause.fix.proven
    assert cause.document is not None


@pytest.mark.parametrize(
    "told",
    [
        event("DeleteRole", "fsx-backup", errorCode="DeleteConflict"),
        event("DeleteRole", "another"),
        event("CreateRole", "fsx-backup", "AROA4EXAMPLANOTHERONE"),
        event("CreateRole", "fsx-backup"),
        event("TagRole", "fsx-backup"),
        event("DeleteRole", "fsx-backup", eventTime="2026-11-21T09:00:00Z"),
    ],
    ids=["refused", "another role", "another id", "no id", "another call", "after the job"],
)
def test_without_such_a_trail_whose_id_it_was_is_not_known(
    told: Json, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(recreated(Altered(39), told), served_estate, diagnostician)
    assert [cause.code for cause in diagnosis.causes] == ["key-policy-missing"]


def test_a_trail_that_can_not_be_read_tells_nothing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = recreated(Altered(39), event("DeleteRole", "fsx-backup"))
    altered.account["unreadable"] = ["cloudtrail"]
    assert [cause.code for cause in diagnosed(altered, served_estate, diagnostician).causes] == ["key-policy-missing"]


def test_an_id_that_would_not_be_allowed_either_is_not_the_reason(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = recreated(Altered(39), event("DeleteRole", "fsx-backup"))
    for key in altered.region["keys"]:
        for statement in key["Policy"]["Statement"]:
            if statement["Principal"] == {"AWS": FORMER}:
                statement["Action"] = ["kms:Sign"]
    assert [cause.code for cause in diagnosed(altered, served_estate, diagnostician).causes] == ["key-policy-missing"]


def test_it_may_be_a_vaults_policy(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(41)
    role = altered.role["RoleName"]
    policy = altered.vault(altered.job["DestinationBackupVaultArn"])["AccessPolicy"]
    policy["Statement"][0]["Principal"] = {"AWS": [FORMER, f"arn:aws:iam::{ACCOUNT}:role/Admin"]}
    diagnosis = diagnosed(recreated(altered, event("DeleteRole", role)), served_estate, diagnostician)
    cause = only(diagnosis, CODE)
    assert (cause.layer, cause.policy, cause.actions) == (
        LayerName.VAULT,
        altered.job["DestinationBackupVaultArn"],
        ("backup:CopyIntoBackupVault",),
    )
    assert diagnosis.layers[1].verdict.value == "blocked"
    assert cause.fix is not None
    assert cause.fix.proven


def test_a_policy_that_names_no_such_id_asks_no_trail(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    """The role's own id in a policy is no deleted one's."""
    altered = recreated(Altered(39), event("DeleteRole", "fsx-backup"))
    text = json.dumps(altered.estate).replace(FORMER, altered.role["RoleId"])
    altered.estate = json.loads(text)
    assert diagnosed(altered, served_estate, diagnostician).causes == ()
