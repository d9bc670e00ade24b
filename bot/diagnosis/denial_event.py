"""A denied call described by members instead of words: a CloudTrail event, a decoded authorization message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.diagnosis.pasted import find_arns
from knowledge.messages import messages

_DENIED = re.compile(r"AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|Forbidden", re.IGNORECASE)
_ACTION = re.compile(r"[\w-]{1,60}:[\w*]{1,100}")


@dataclass(frozen=True, slots=True)
class DenialEvent:
    """A call that was denied: who called what on what, as far as it is said."""

    action: str
    principal: str | None
    resource: str | None
    explicit: bool | None
    """Whether a statement denied it; CloudTrail does not say."""
    decoded: bool
    """Whether it comes from a decoded authorization message."""


def denial_of(event: Mapping[str, Any]) -> DenialEvent | None:
    """The denied call that a JSON object is about, or None if it is about something else.

    Args:
        event: A CloudTrail event, or what `sts:DecodeAuthorizationMessage` answers. Nothing of its shape is relied on.
    """
    if event.get("allowed") is False:
        return _decoded(event)
    code, source, name = (_member(event, member) for member in ("errorCode", "eventSource", "eventName"))
    if not (code and _DENIED.search(code) and source and name):
        return None
    service = source.partition(".")[0]
    resources = event.get("resources")
    first = resources[0] if isinstance(resources, list) and resources else None
    return _call(
        action=f"{messages().event_prefixes.get(service, service)}:{name}",
        principal=_member(event.get("userIdentity"), "arn"),
        resource=_member(first, "ARN") or _member(first, "arn"),
    )


def _decoded(message: Mapping[str, Any]) -> DenialEvent | None:
    """Source: "DecodeAuthorizationMessage" (AWS STS API Reference)."""
    context = message.get("context")
    return _call(
        action=_member(context, "action"),
        principal=_member(context.get("principal"), "arn") if isinstance(context, Mapping) else None,
        resource=_member(context, "resource"),
        explicit=message.get("explicitDeny"),
        decoded=True,
    )


def _call(
    *, action: str | None, principal: str | None, resource: str | None, explicit: object = None, decoded: bool = False
) -> DenialEvent | None:
    """A call whose members are checked: without an action it is none, and what is no ARN is left out."""
    if action is None or not _ACTION.fullmatch(action):
        return None
    return DenialEvent(
        action=action,
        principal=next(iter(find_arns(principal or "")), None),
        resource=next(iter(find_arns(resource or "")), None),
        explicit=explicit if isinstance(explicit, bool) else None,
        decoded=decoded,
    )


def _member(value: object, name: str) -> str | None:
    """A text that a JSON object may have."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else None
