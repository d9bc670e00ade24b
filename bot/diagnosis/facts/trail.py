"""What CloudTrail recorded of the job: the calls of its session that were denied."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot import arn
from bot.aws import cloudtrail
from bot.aws.facts import Facts
from bot.diagnosis.denial_event import denial_of
from bot.diagnosis.facts.documents import parsed
from bot.diagnosis.model import DeniedCall
from bot.diagnosis.reading import Reading, read

AFTERWARDS: Final = timedelta(minutes=15)
"""A job's last calls may be recorded after its end; its row in AWS Backup is closed first."""
LONGEST_LOOK: Final = timedelta(days=1)
"""How far CloudTrail is looked through for a job that does not say when it ended."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A call of the job's session that AWS denied."""

    reading: Reading
    """What the event says of it."""
    at: datetime
    event_id: str

    def to_call(self) -> DeniedCall:
        """The denied call as a part of the diagnosis."""
        return DeniedCall(
            action=self.reading.action or "",
            resource=self.reading.resource,
            at=self.at,
            event_id=self.event_id,
        )


def session_name(role_name: str) -> str:
    """The name of the session in which AWS Backup uses a role ("Logging AWS Backup API calls with CloudTrail")."""
    return f"AWSBackup-{role_name}"


def collect_denials(
    facts: Facts, account: str, region: str, role_arn: str, window: tuple[datetime, datetime]
) -> tuple[Denial, ...] | None:
    """Reads the calls of a role's AWS Backup session that were denied in a time window.

    Args:
        facts: What is known so far.
        account: The role's account.
        region: The job's Region.
        role_arn: The role.
        window: When the job was created and when it ended.

    Returns:
        The denied calls, oldest first; None where the trail can't be read.
    """
    parsed_arn = arn.parse(role_arn)
    role = parsed_arn.name if parsed_arn else role_arn
    start, end = window[0], window[1] + AFTERWARDS
    answer = facts.ask(cloudtrail.events(account, region, start, end, "Username", session_name(role)))
    if not answer.known:
        return None
    events = recorded_events(answer.value)
    of_session = f":assumed-role/{role}/{session_name(role)}"
    denials = _denials(sorted(events, key=lambda event: str(event["eventTime"])), of_session)
    return tuple(denial for denial in denials if start <= denial.at <= end)


def recorded_events(items: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The events that LookupEvents answers with; one that is no JSON, or lacks its name or time, tells nothing."""
    for item in items:
        event = parsed(item.get("CloudTrailEvent"))
        if isinstance(event, Mapping) and event.get("eventName") and _is_moment(event.get("eventTime")):
            yield event


def _is_moment(text: object) -> bool:
    try:
        return datetime.fromisoformat(str(text)).tzinfo is not None
    except ValueError:
        return False


def _denials(events: list[Mapping[str, Any]], of_session: str) -> Iterator[Denial]:
    for event in events:
        caller = (event.get("userIdentity") or {}).get("arn") or ""
        if caller.endswith(of_session) and denial_of(event):
            at = datetime.fromisoformat(str(event["eventTime"]))
            yield Denial(read(json.dumps(event)), at, str(event.get("eventID") or ""))
