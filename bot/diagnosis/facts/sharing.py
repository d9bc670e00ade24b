"""Whether something withdrew the sharing of the snapshot or image that a copy to another account takes.

AWS Backup shares what is to be copied with the destination account for a short time. Rules that revoke sharing with
foreign accounts see that and undo it. Source: "Logically air-gapped vault", Considerations for security
auto-remediation (AWS Backup Developer Guide).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from bot import arn
from bot.aws import cloudtrail
from bot.aws.facts import Facts
from bot.diagnosis.facts.job import Located
from bot.diagnosis.facts.trail import AFTERWARDS, LONGEST_LOOK, recorded_events, session_name
from bot.diagnosis.model import Withdrawal

_EVENTS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("ec2", "snapshot"): ("ModifySnapshotAttribute", "ResetSnapshotAttribute"),
    ("ec2", "image"): ("ModifyImageAttribute", "ResetImageAttribute"),
    ("rds", "snapshot"): ("ModifyDBSnapshotAttribute",),
    ("rds", "cluster-snapshot"): ("ModifyDBClusterSnapshotAttribute",),
}
"""The calls that withdraw the sharing of what has an ARN of a service and kind."""
_RESETS: Final = "Reset"
_BACKUP: Final = "backup.amazonaws.com"


def collect_withdrawals(facts: Facts, job: Located, role_name: str) -> tuple[Withdrawal, ...]:
    """Reads the calls by which anybody but AWS Backup withdrew the sharing of what a job copies, while it ran.

    Args:
        facts: What is known so far.
        job: The job; only one that copies to another account shares anything.
        role_name: The name of its role, in whose session AWS Backup itself ends the sharing.

    Returns:
        The calls, oldest first; none where the trail can't be read.
    """
    point, other = arn.parse(job.recovery_point_arn), job.destination_account
    names = _EVENTS.get((point.service, _kind(point.resource)), ()) if point else ()
    if point is None or other in (None, job.account):
        return ()
    end = (job.described.get("CompletionDate") or job.created + LONGEST_LOOK) + AFTERWARDS
    found: list[Withdrawal] = []
    for name in names:
        answer = facts.ask(cloudtrail.events(job.account, job.region, job.created, end, "EventName", name))
        events = recorded_events(answer.value) if answer.known else ()
        found += (
            _withdrawal(event, f"{point.service}:{name}", str(point))
            for event in events
            if event["eventName"] == name
            and _is_withdrawal(event, _id(point.resource), str(other))
            and not _is_by_backup(event, role_name)
            and job.created <= datetime.fromisoformat(str(event["eventTime"])) <= end
        )
    return tuple(sorted(found, key=lambda each: each.at))


def _kind(resource: str) -> str:
    return resource.replace(":", "/").partition("/")[0]


def _id(resource: str) -> str:
    """The id that a call names the resource by: `snap-0a1b`, `awsbackup:job-1`."""
    return resource[len(_kind(resource)) + 1 :]


def _is_withdrawal(event: Mapping[str, Any], identifier: str, account: str) -> bool:
    parameters = event.get("requestParameters") or {}
    if event.get("errorCode") or identifier not in _texts(parameters):
        return False
    if event["eventName"].startswith(_RESETS):
        return True
    removed = {text for part in _removed(parameters) for text in _texts(part)}
    return bool(removed & {account, "all"})


def _removed(parameters: Any) -> Iterator[Any]:
    """What a call takes away, wherever in its parameters that is."""
    if isinstance(parameters, Mapping):
        if str(parameters.get("operationType")).casefold() == "remove":
            yield parameters
        for name, part in parameters.items():
            if name in ("remove", "valuesToRemove"):
                yield part
            else:
                yield from _removed(part)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for each in part.values():
            yield from _texts(each)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
    else:
        yield str(part)


def _is_by_backup(event: Mapping[str, Any], role_name: str) -> bool:
    who = event.get("userIdentity") or {}
    return who.get("invokedBy") == _BACKUP or str(who.get("arn")).endswith(f"/{session_name(role_name)}")


def _withdrawal(event: Mapping[str, Any], action: str, resource: str) -> Withdrawal:
    return Withdrawal(
        action=action,
        resource=resource,
        by=(event.get("userIdentity") or {}).get("arn"),
        at=datetime.fromisoformat(str(event["eventTime"])),
        event_id=str(event.get("eventID") or ""),
    )
