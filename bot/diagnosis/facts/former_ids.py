"""Ids of deleted roles that policies still name, where CloudTrail tells that they were roles of the job role's name.

AWS keeps the unique id of a principal whose ARN a policy names. Once the role is deleted the policy shows the id, which
no role of the same name gets again ("AWS JSON policy elements: Principal", IAM User Guide). Whose id it was, no policy
says: only the trail, which goes back 90 days.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot import arn
from bot.aws import cloudtrail
from bot.aws.facts import Facts
from bot.diagnosis.facts.changes import GLOBAL_REGIONS
from bot.diagnosis.facts.documents import NamedDocument, statements_of
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.trail import recorded_events

_KEPT: Final = timedelta(days=90)
"""How far back LookupEvents finds events."""
_PREFIX: Final = "AROA"
"""How the unique ids of roles begin ("IAM identifiers", unique identifiers)."""


def collect_former_ids(
    facts: Facts, role: PrincipalFacts, documents: Iterable[NamedDocument | None], before: datetime
) -> frozenset[str]:
    """Reads whether ids that policies name were those of deleted roles of a role's name.

    Args:
        facts: What is known so far.
        role: The role of today.
        documents: The policies of keys, vaults and resources.
        before: When the job was created.

    Returns:
        The ids; nothing is read where the policies name none but the role's own.
    """
    named = {name for document in documents if document for name in _role_ids(document.document)}
    named.discard(str(role.unique_id))
    if not named or not role.exists:
        return frozenset()
    region = GLOBAL_REGIONS[arn.partition_of(facts.home)]
    answer = facts.ask(cloudtrail.events(role.account, region, before - _KEPT, before, "ResourceName", role.name))
    events = [event for event in recorded_events(answer.value if answer.known else ()) if not event.get("errorCode")]
    if any(event["eventName"] == "DeleteRole" and _names(event, role) for event in events):
        return frozenset(named)
    created = {_created_id(event) for event in events if event["eventName"] == "CreateRole" and _names(event, role)}
    return frozenset(named & created)


def _names(event: Mapping[str, Any], role: PrincipalFacts) -> bool:
    return bool((event.get("requestParameters") or {}).get("roleName") == role.name)


def _created_id(event: Mapping[str, Any]) -> str:
    return str(((event.get("responseElements") or {}).get("role") or {}).get("roleId"))


def _role_ids(document: Any) -> Iterator[str]:
    """The ids of roles among the principals of a policy's statements."""
    for statement in statements_of(document):
        principals = statement.get("Principal")
        named = principals.get("AWS", []) if isinstance(principals, Mapping) else []
        yield from (name for name in ([named] if isinstance(named, str) else named) if str(name).startswith(_PREFIX))
