"""How large policies may be: AWS refuses a change that would go beyond, however right it is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.diagnosis.fixes.proposal import inline_policies
from bot.diagnosis.model import Change
from bot.diagnosis.subject_facts import SubjectFacts


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota of a policy's size."""

    most: int
    unit: str
    counted: Callable[[Any], int]
    """How AWS counts a document."""
    what: str
    """What would be too large."""
    instead: str
    """What to do then."""


def too_large(configuration: SubjectFacts, change: Change) -> str | None:
    """Says that a change would make a policy larger than AWS takes it.

    Args:
        configuration: What is known.
        change: The change, with the whole resulting document.

    Returns:
        A sentence with the quota and what to do instead; None where it fits.
    """
    limit = _limit(change)
    if limit is None or sum(map(limit.counted, _counting(configuration, change))) <= limit.most:
        return None
    return f"{limit.what} would be larger than {limit.most:,} {limit.unit}: {limit.instead}."


def _limit(change: Change) -> Limit | None:
    if change.kind == "put-resource-policy":
        return _OF_RESOURCES[change.target.split(":")[2]]
    return _LIMITS.get(change.kind)


def _counting(configuration: SubjectFacts, change: Change) -> list[Any]:
    """The documents that count against the quota: of inline policies, all that the role or user would have."""
    if change.kind not in ("put-role-policy", "put-user-policy"):
        return [change.document]
    others = [policy.document for policy in inline_policies(configuration.role) if policy.name != change.name]
    return [*others, change.document]


def _text(document: Any) -> str:
    """The document as it is sent, without white space between its parts."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _characters(document: Any) -> int:
    """As IAM counts: white space does not count, wherever it is."""
    return len("".join(_text(document).split()))


def _bytes(document: Any) -> int:
    return len(_text(document).encode())


_DROP: Final = "drop what it need not say any more"
_LIMITS: Final[Mapping[str, Limit]] = {
    "put-role-policy": Limit(
        10_240, "characters", _characters, "The role's inline policies", "attach a managed policy that says it"
    ),
    "put-user-policy": Limit(
        2_048, "characters", _characters, "The user's inline policies", "attach a managed policy that says it"
    ),
    "put-group-policy": Limit(5_120, "characters", _characters, "The group's inline policies", _DROP),
    "put-policy-version": Limit(6_144, "characters", _characters, "The managed policy", _DROP),
    "update-organization-policy": Limit(5_120, "characters", _bytes, "The control policy", _DROP),
    "put-key-policy": Limit(32_768, "bytes", _bytes, "The key policy", _DROP),
    "put-vault-access-policy": Limit(20_480, "bytes", _bytes, "The vault's access policy", _DROP),
}
"""By the kind of change. Sources: "IAM and AWS STS quotas", "Quotas for AWS Organizations", "Resource quotas" (AWS KMS
Developer Guide)."""

_OF_RESOURCES: Final[Mapping[str, Limit]] = {
    "s3": Limit(20_480, "bytes", _bytes, "The bucket policy", _DROP),
    "elasticfilesystem": Limit(20_000, "characters", _bytes, "The file system's policy", _DROP),
}
"""By the resource's service. Sources: "Bucket policies for Amazon S3", "PutFileSystemPolicy" (Amazon EFS)."""
