"""Events, looked up by attribute and time."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import WORKLOAD, Serve, in_region

VAULT = "arn:aws:backup:eu-west-1:222233334444:backup-vault:prod"
EVENTS: list[dict[str, Any]] = [
    {
        "eventID": "1",
        "eventName": "CreateSnapshot",
        "eventSource": "ec2.amazonaws.com",
        "eventTime": "2026-11-20T05:00:00Z",
        "readOnly": False,
        "userIdentity": {"arn": f"arn:aws:sts::{WORKLOAD}:assumed-role/backup-job/AWSBackup-backup-job"},
        "requestParameters": {"volumeId": "vol-0a1b", "size": 8},
        "errorCode": "Client.UnauthorizedOperation",
    },
    {
        "eventID": "2",
        "eventName": "PutBackupVaultAccessPolicy",
        "eventSource": "backup.amazonaws.com",
        "eventTime": "2026-11-21T05:00:00Z",
        "readOnly": False,
        "userIdentity": {"userName": "ana", "accessKeyId": "AKIAANA"},
        "resources": [{"ARN": VAULT}],
        "requestParameters": None,
    },
    {
        "eventID": "3",
        "eventName": "DescribeBackupJob",
        "eventTime": "2026-11-19T05:00:00Z",
        "readOnly": True,
        "userIdentity": {"invokedBy": "backup.amazonaws.com"},
    },
]


@pytest.fixture
def trail(serve: Serve) -> Any:
    return serve(in_region(cloudtrail=EVENTS))("cloudtrail")


@pytest.mark.parametrize(
    ("key", "value", "ids"),
    [
        (None, None, ["2", "1", "3"]),
        ("EventId", "1", ["1"]),
        ("EventName", "CreateSnapshot", ["1"]),
        ("EventSource", "backup.amazonaws.com", ["2"]),
        ("ReadOnly", "true", ["3"]),
        ("Username", "ana", ["2"]),
        ("Username", "AWSBackup-backup-job", ["1"]),
        ("Username", "backup.amazonaws.com", ["3"]),
        ("AccessKeyId", "AKIAANA", ["2"]),
        ("ResourceName", "vol-0a1b", ["1"]),
        ("ResourceName", VAULT, ["2"]),
        ("ResourceName", "prod", []),
    ],
)
def test_events_are_looked_up_by_one_attribute_newest_first(
    trail: Any, key: str | None, value: str | None, ids: list[str]
) -> None:
    asked = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]} if key else {}
    assert [event["EventId"] for event in trail.lookup_events(**asked)["Events"]] == ids


@pytest.mark.parametrize(
    ("start", "end", "ids"),
    [(20, None, ["2", "1"]), (None, 20, ["3"]), (20, 21, ["1"])],
)
def test_events_are_looked_up_between_two_times(trail: Any, start: int | None, end: int | None, ids: list[str]) -> None:
    asked = {name: datetime(2026, 11, day, tzinfo=UTC) for name, day in (("StartTime", start), ("EndTime", end)) if day}
    assert [event["EventId"] for event in trail.lookup_events(**asked)["Events"]] == ids


def test_both_ends_of_a_time_range_belong_to_it(trail: Any) -> None:
    moment = datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert [event["EventId"] for event in trail.lookup_events(StartTime=moment, EndTime=moment)["Events"]] == ["1"]


def test_an_event_carries_itself_as_text(trail: Any) -> None:
    (event,) = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventId", "AttributeValue": "1"}])["Events"]
    assert json.loads(event["CloudTrailEvent"]) == EVENTS[0]
    assert event["EventTime"] == datetime(2026, 11, 20, 5, tzinfo=UTC)


def test_a_time_range_runs_forward(trail: Any) -> None:
    with pytest.raises(ClientError, match="InvalidTimeRangeException"):
        trail.lookup_events(StartTime=datetime(2026, 11, 2, tzinfo=UTC), EndTime=datetime(2026, 11, 1, tzinfo=UTC))


def test_only_one_attribute_can_be_looked_up(trail: Any) -> None:
    attribute = {"AttributeKey": "EventId", "AttributeValue": "1"}
    with pytest.raises(ClientError, match="InvalidLookupAttributesException"):
        trail.lookup_events(LookupAttributes=[attribute, attribute])
