"""What CloudTrail tells of a copy: that somebody withdrew the sharing of what it was to take."""

from typing import Any

import pytest

from bot.diagnosis.model import Entity, Grounds, LayerName, Outcome, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, diagnosed, only
from tests.diagnosis.test_incidents import MakeDiagnostician

OTHER = "777788889999"
ROBOT = f"arn:aws:sts::{ACCOUNT}:assumed-role/security-remediation/lambda"
SNAPSHOT = "snap-0a1b2c3d4e5f60718"
REMOVED: Json = {
    "snapshotId": SNAPSHOT,
    "attributeType": "CREATE_VOLUME_PERMISSION",
    "createVolumePermission": {"remove": {"items": [{"userId": OTHER}]}},
}
ADDED: Json = REMOVED | {"createVolumePermission": {"add": {"items": [{"userId": OTHER}]}}}


def event(name: str = "ModifySnapshotAttribute", parameters: Json | None = None, **more: Any) -> Json:
    return {
        "eventID": f"of {name}",
        "eventName": name,
        "eventSource": "ec2.amazonaws.com",
        "eventTime": "2026-11-20T02:00:00Z",
        "userIdentity": {"arn": ROBOT},
        "requestParameters": REMOVED if parameters is None else parameters,
        **more,
    }


def copying(*events: Json, text: str = "Access Denied") -> Altered:
    altered = Altered(41)
    altered.region["cloudtrail"] = list(events)
    altered.job["StatusMessage"] = text
    return altered


def test_sharing_that_was_withdrawn_during_the_copy_is_the_likely_cause(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(copying(event()), served_estate, diagnostician)
    (cause,) = diagnosis.causes
    assert (cause.code, cause.layer, cause.entity) == (
        "snapshot-sharing-revoked",
        LayerName.ORGANIZATION,
        Entity.SERVICE_LINKED_ROLE,
    )
    assert str(cause.principal).endswith(f"{OTHER}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup")
    assert (cause.actions, cause.grounds) == (("ec2:ModifySnapshotAttribute",), Grounds.RECORDED)
    assert f"{ROBOT} withdrew the sharing of " in diagnosis.summary
    assert diagnosis.outcome is Outcome.DENIED
    assert diagnosis.layers[2].verdict is Verdict.CLEAR  # only evaluated denials block
    assert cause.fix is not None
    assert (cause.fix.changes, cause.fix.proven) == ((), False)
    (withdrawal,) = diagnosis.withdrawals
    assert (withdrawal.by, withdrawal.event_id) == (ROBOT, "of ModifySnapshotAttribute")


@pytest.mark.parametrize(
    "told",
    [
        event(parameters=REMOVED | {"createVolumePermission": {"remove": {"items": [{"group": "all"}]}}}),
        event("ResetSnapshotAttribute", {"snapshotId": SNAPSHOT}),
        event(parameters={"snapshotId": SNAPSHOT, "operationType": "remove", "userIds": [OTHER]}),
        event(userIdentity={"type": "AWSService"}),
    ],
    ids=["from everybody", "a reset", "an older form", "by nobody told"],
)
def test_sharing_is_withdrawn_in_several_ways(
    told: Json, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    assert only(diagnosed(copying(told), served_estate, diagnostician), "snapshot-sharing-revoked")


@pytest.mark.parametrize(
    "told",
    [
        event(parameters=ADDED),
        event(parameters=REMOVED | {"snapshotId": "snap-another"}),
        event(parameters=REMOVED | {"createVolumePermission": {"remove": {"items": [{"userId": "111122223333"}]}}}),
        event(errorCode="Client.UnauthorizedOperation"),
        event(userIdentity={"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/job/AWSBackup-job"}),
        event(userIdentity={"arn": ROBOT, "invokedBy": "backup.amazonaws.com"}),
        event(eventTime="2026-11-20T01:00:00Z"),
        event(parameters={}),
    ],
    ids=["shared", "another", "from another", "refused", "by the job", "by AWS Backup", "before", "of nothing"],
)
def test_other_calls_withdraw_nothing_from_the_copy(
    told: Json, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(copying(told), served_estate, diagnostician)
    assert (diagnosis.causes, diagnosis.withdrawals, diagnosis.outcome) == ((), (), Outcome.UNDETERMINED)


def test_it_had_no_part_in_a_failure_of_something_else(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying(event(), text="Images from AWS Marketplace cannot be copied to another AWS account.")
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert (diagnosis.causes, diagnosis.outcome) == ((), Outcome.NOT_PERMISSION)


def test_a_trail_that_can_not_be_read_tells_nothing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying(event())
    altered.account["unreadable"] = ["cloudtrail"]
    assert diagnosed(altered, served_estate, diagnostician).causes == ()


def test_a_snapshot_of_a_database_is_unshared_by_its_own_call(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(16)
    altered.job["StatusMessage"] = "Access Denied"
    snapshot = altered.job["SourceRecoveryPointArn"].split(":snapshot:")[1]
    destination = altered.job["DestinationBackupVaultArn"].split(":")[4]
    parameters = {"dBSnapshotIdentifier": snapshot, "attributeName": "restore", "valuesToRemove": [destination]}
    told = event("ModifyDBSnapshotAttribute", parameters, eventTime=altered.job["CreationDate"])
    altered.region["cloudtrail"] = [told]
    cause = only(diagnosed(altered, served_estate, diagnostician), "snapshot-sharing-revoked")
    assert cause.actions == ("rds:ModifyDBSnapshotAttribute",)
