"""What was changed after the job failed: why a policy that denied it then may allow it now.

Only what the job's message blames is asked for. The lookups go by the names of the events that change a policy: those
of a key or a vault by resource would drown in the calls that use it. IAM and Organizations are recorded in one Region
of their partition ("CloudTrail concepts", global service events).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot import arn
from bot.aws import cloudtrail
from bot.aws.facts import Facts
from bot.diagnosis.facts.job import Located
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.trail import recorded_events
from bot.diagnosis.model import LaterChange, LayerName
from bot.diagnosis.reading import Reading

_KEPT: Final = timedelta(days=90)
"""How long CloudTrail keeps what LookupEvents finds: a window that is the same whenever it is asked for."""
GLOBAL_REGIONS: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where a partition's events of IAM are recorded."""
_ROLE_EVENTS: Final = (
    *("AttachRolePolicy", "CreateRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy"),
    *("DetachRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy", "UpdateAssumeRolePolicy"),
)


@dataclass(frozen=True, slots=True)
class Suspects:
    """What a message may blame.

    Args:
        role: The job role.
        vaults: The ARNs of the job's vaults.
        keys: The ARNs of its keys, as far as they are known.
        management_account: The organization's, where it is known.
    """

    role: PrincipalFacts
    vaults: tuple[str, ...]
    keys: tuple[str, ...]
    management_account: str | None


@dataclass(frozen=True, slots=True)
class _Trail:
    """Where the changes of some documents are recorded.

    Args:
        layer: The layer that the documents belong to.
        account: Whose trail.
        region: In which Region.
        events: The events that change one of them.
        targets: What an event of each carries among its request's parameters, with what to call it; None where every
            such event is one.
        resource: The `ResourceName` that finds the events; without it each is looked for by its own name.
    """

    layer: LayerName
    account: str
    region: str
    events: tuple[str, ...]
    targets: Mapping[str, str] | None
    resource: str | None = None


def collect_changes(facts: Facts, job: Located, reading: Reading, suspects: Suspects) -> tuple[LaterChange, ...]:
    """Reads the changes of what the job's message blames, from the job's end on.

    Args:
        facts: What is known so far.
        job: The job.
        reading: What its message says; where that is no permission failure nothing is read.
        suspects: What it may blame.

    Returns:
        The changes, oldest first; none where the trail can't be read.
    """
    end = job.described.get("CompletionDate") or job.created
    if not reading.permission:
        return ()
    found = (change for trail in _trails(job, reading, suspects) for change in _changes(facts, trail, end))
    return tuple(sorted(found, key=lambda change: change.at))


def _trails(job: Located, reading: Reading, suspects: Suspects) -> Iterator[_Trail]:
    """Where to look: for the policy type that the message names, or for each if it names none."""
    kind, service = reading.policy_type, (reading.action or "").partition(":")[0]
    home = GLOBAL_REGIONS[arn.partition_of(job.region)]
    if kind in (None, "identity", "boundary", "trust", "session"):
        yield from _of_role(suspects.role, home)
    if kind in (None, "resource") and service in ("", "backup"):
        for vault in filter(None, map(arn.parse, suspects.vaults)):
            events = ("DeleteBackupVaultAccessPolicy", "PutBackupVaultAccessPolicy")
            targets = {vault.resource.partition(":")[2]: str(vault)}
            yield _Trail(LayerName.VAULT, vault.account, vault.region, events, targets)
    if kind in (None, "resource") and service in ("", "kms"):
        for key in filter(None, map(arn.parse, suspects.keys)):
            yield _Trail(LayerName.KMS, key.account, key.region, ("PutKeyPolicy",), {key.name: str(key)})
    if kind in ("scp", "rcp") and suspects.management_account:
        policy = (reading.policy_arn or "").rpartition("/")[2]
        events, named = ("DetachPolicy", "UpdatePolicy"), {policy: policy} if policy else None
        yield _Trail(LayerName.ORGANIZATION, suspects.management_account, home, events, named)


def _of_role(role: PrincipalFacts, home: str) -> Iterator[_Trail]:
    """The changes of the role itself, and those of its own managed policies."""
    yield _Trail(LayerName.JOB_ROLE, role.account, home, _ROLE_EVENTS, {role.name: role.arn}, role.name)
    managed = [*(document.name for document in role.identity), role.boundary_arn or ""]
    targets = {name: name for name in managed if f":iam::{role.account}:policy/" in name}
    yield _Trail(LayerName.JOB_ROLE, role.account, home, ("CreatePolicyVersion", "SetDefaultPolicyVersion"), targets)


def _changes(facts: Facts, trail: _Trail, since: datetime) -> Iterator[LaterChange]:
    for event in _events(facts, trail, since):
        target, at = _target(trail, event), datetime.fromisoformat(str(event["eventTime"]))
        if event["eventName"] in trail.events and target and at > since and not event.get("errorCode"):
            yield LaterChange(
                event=event["eventName"],
                layer=trail.layer,
                target=target,
                by=(event.get("userIdentity") or {}).get("arn"),
                at=at,
                minutes=round((at - since).total_seconds() / 60),
            )


def _target(trail: _Trail, event: Mapping[str, Any]) -> str | None:
    """What an event changed; None where it is about something else."""
    parameters = [str(value) for value in (event.get("requestParameters") or {}).values()]
    if trail.targets is None:
        return next((value for value in parameters if value.startswith("p-")), None)
    found = (target for named, target in trail.targets.items() if any(value.endswith(named) for value in parameters))
    return next(found, None)


def _events(facts: Facts, trail: _Trail, since: datetime) -> Iterator[Mapping[str, Any]]:
    by_name = [("EventName", event) for event in trail.events]
    for attribute, value in [("ResourceName", trail.resource)] if trail.resource else by_name:
        answer = facts.ask(cloudtrail.events(trail.account, trail.region, since, since + _KEPT, attribute, value))
        if answer.known:
            yield from recorded_events(answer.value)
