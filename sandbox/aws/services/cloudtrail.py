"""AWS CloudTrail: the events of a Region, looked up by attribute and time, the newest first."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.aws.parts import Record, moment
from sandbox.aws.service import JSON_SPELLING, Answer, AwsError, Parameters, Refusal, Service, View


def lookup_events(view: View, parameters: Parameters) -> Answer:
    """The events that have the attribute that was asked for, if one was, and lie between two times, if they were."""
    start, end = parameters.get("StartTime"), parameters.get("EndTime")
    if start and end and start > end:
        raise AwsError("InvalidTimeRangeException", "Start time must be before end time")
    attributes = parameters.get("LookupAttributes", [])
    if len(attributes) > 1:
        raise AwsError("InvalidLookupAttributesException", "You can specify only one lookup attribute")
    events = [
        answer
        for event in view.region.cloudtrail
        if _is_between(start, (answer := _answer(event))["EventTime"], end)
        and all(_has(answer, attribute["AttributeKey"], attribute["AttributeValue"]) for attribute in attributes)
    ]
    return {"Events": sorted(events, key=lambda answer: answer["EventTime"], reverse=True)}


def _answer(event: Record) -> Answer:
    who = event.get("userIdentity", {})
    return {
        "EventId": event.get("eventID", ""),
        "EventName": event.get("eventName", ""),
        "ReadOnly": str(event.get("readOnly", False)).lower(),
        "AccessKeyId": who.get("accessKeyId"),
        "EventTime": moment(event["eventTime"]),
        "EventSource": event.get("eventSource", ""),
        "Username": who.get("userName") or who.get("arn", "").rpartition("/")[2] or who.get("invokedBy"),
        "Resources": [{"ResourceName": name} for name in dict.fromkeys(_resource_names(event))],
        "CloudTrailEvent": json.dumps(event),
    }


def _resource_names(event: Record) -> Iterator[str]:
    """What an event is about: the resources that it lists, and what its request names."""
    for resource in event.get("resources") or ():
        yield resource.get("ARN", "")
    for value in (event.get("requestParameters") or {}).values():
        if isinstance(value, str):
            yield value


def _is_between(start: datetime | None, time: datetime, end: datetime | None) -> bool:
    return (start is None or start <= time) and (end is None or time <= end)


def _has(answer: Answer, key: str, value: str) -> bool:
    if key == "ResourceName":
        return any(resource["ResourceName"] == value for resource in answer["Resources"])
    if key == "ReadOnly":
        return bool(answer["ReadOnly"] == value.lower())
    held: Any = answer.get(key)
    return bool(held == value)


CLOUDTRAIL = Service(
    name="cloudtrail",
    spelling=replace(JSON_SPELLING, bad_token=Refusal("InvalidNextTokenException")),
    page_size=50,
    page_limit=50,
    operations={"LookupEvents": lookup_events},
)
