"""KMS keys: whose they are, whether they can be used, and what their policy and grants say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot import arn
from bot.aws import kms
from bot.aws.facts import Facts
from bot.diagnosis.facts.documents import NamedDocument, parsed

USABLE_STATES: Final = frozenset({"Enabled", "Creating", "Updating"})
"""Key states in which cryptographic operations work or soon will ("Key states of AWS KMS keys")."""
BACKUP_ALIAS: Final = "alias/aws/backup"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key and what is known of it."""

    arn: str
    """The key's ARN, where it is known; else the id or alias by which it was named."""
    exists: bool | None = None
    state: str | None = None
    manager: str | None = None
    """CUSTOMER or AWS."""
    policy: NamedDocument | None = None
    """None where it could not be read."""
    grants: tuple[Mapping[str, Any], ...] | None = None
    """None where they could not be read."""
    aliases: frozenset[str] | None = None
    """Read for AWS managed keys only; None where they could not be."""

    @property
    def account(self) -> str:
        """The account that owns it; empty where only an id is known."""
        parsed_arn = arn.parse(self.arn)
        return parsed_arn.account if parsed_arn else ""

    @property
    def is_aws_managed(self) -> bool:
        """AWS manages it for a service: its policy can't be changed."""
        return self.manager == "AWS"

    @property
    def is_unusable(self) -> bool:
        """It is gone, disabled or about to be deleted."""
        return self.exists is False or (self.state is not None and self.state not in USABLE_STATES)


def collect_key(facts: Facts, account: str, region: str, key_id: str) -> KeyFacts:
    """Reads a key with its policy and grants.

    Args:
        facts: What is known so far.
        account: The account of the resource under the key; the key's own account where `key_id` is an ARN.
        region: Likewise.
        key_id: The key's ARN, id, or alias.

    Returns:
        What is known. A key of another account that can't be entered is known by its ARN alone.
    """
    named = arn.parse(key_id)
    if named:
        account, region = named.account, named.region
    described = facts.ask(kms.key(account, region, key_id))
    if described.absent:
        return KeyFacts(key_id, exists=False)
    is_alias = "alias/" in key_id
    if is_alias and not described.known:
        return KeyFacts(key_id)
    metadata: Mapping[str, Any] = described.value if described.known else {}
    key_arn = metadata.get("Arn") or _arn(account, region, key_id)
    lookup_id = metadata["KeyId"] if is_alias else key_id
    policy = facts.ask(kms.key_policy(account, region, lookup_id))
    grants = facts.ask(kms.grants(account, region, lookup_id))
    manager = metadata.get("KeyManager")
    return KeyFacts(
        key_arn,
        exists=True if described.known else None,
        state=metadata.get("KeyState"),
        manager=manager,
        policy=NamedDocument(key_arn, parsed(policy.value)) if policy.known else None,
        grants=tuple(grants.value) if grants.known else None,
        aliases=_aliases(facts, account, region, lookup_id) if manager == "AWS" else None,
    )


def _aliases(facts: Facts, account: str, region: str, key_id: str) -> frozenset[str] | None:
    answer = facts.ask(kms.aliases(account, region, key_id))
    return frozenset(alias["AliasName"] for alias in answer.value) if answer.known else None


def _arn(account: str, region: str, key_id: str) -> str:
    return (
        key_id if key_id.startswith("arn:") else f"arn:{arn.partition_of(region)}:kms:{region}:{account}:key/{key_id}"
    )
