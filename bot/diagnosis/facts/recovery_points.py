"""Recovery points: which vault holds one, what AWS Backup says of it, and the role that made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot import arn
from bot.aws import backup
from bot.aws.facts import Facts
from bot.diagnosis.facts.vaults import VaultFacts, collect_vault

_EXPIRED: Final = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPointFacts:
    """A recovery point and what is known of it."""

    arn: str
    vault: VaultFacts | None = None
    """The vault that holds it; None where none does, or where that is not known."""
    is_missing: bool = False
    """No vault of its account and Region holds it."""
    described: Mapping[str, Any] = field(default_factory=dict)
    """As AWS Backup describes it."""

    @property
    def is_expired(self) -> bool:
        """Its retention is over, and AWS Backup could not delete it ("Backup deletion")."""
        return self.described.get("Status") == _EXPIRED

    @property
    def status(self) -> str:
        """Its status, with what AWS Backup says of it; empty where it is not known."""
        status, message = self.described.get("Status") or "", self.described.get("StatusMessage")
        return f"{status}: {message.rstrip('.')}" if message else status

    @property
    def role(self) -> str | None:
        """The role that made it, with which AWS Backup manages its lifecycle."""
        return self.described.get("IamRoleArn")


def collect_recovery_point(facts: Facts, point_arn: str, account: str, vault_arn: str | None) -> RecoveryPointFacts:
    """Finds the vault that holds a recovery point, and reads both.

    No call tells the vault of a recovery point, so it is asked for in every vault of its account and Region at once.

    Args:
        facts: What is known so far.
        point_arn: The recovery point.
        account: The account to look in, where the ARN has none, as a snapshot's has.
        vault_arn: The vault that holds it, where that is said.
    """
    point = RecoveryPointFacts(arn=point_arn)
    named = arn.parse(point_arn)
    if named is None:
        return point
    owner, region = named.account or account, named.region
    vaults = [vault_arn] if vault_arn else _vaults(facts, owner, region)
    answers = {
        each: facts.ask(backup.recovery_point(owner, region, each.split(":", 6)[-1], point_arn))
        for each in vaults or ()
    }
    holding = next((each for each, answer in answers.items() if answer.known), None)
    if holding is None:
        is_missing = vaults is not None and all(answer.absent for answer in answers.values())
        return RecoveryPointFacts(arn=point_arn, is_missing=is_missing)
    for other in vaults or ():
        facts.excuse(backup.recovery_point(owner, region, other.split(":", 6)[-1], point_arn))
    return RecoveryPointFacts(arn=point_arn, vault=collect_vault(facts, holding), described=answers[holding].value)


def _vaults(facts: Facts, account: str, region: str) -> list[str] | None:
    """The ARNs of all vaults of a place; None where they can't be listed."""
    listed = facts.ask(backup.vaults(account, region))
    return [vault["BackupVaultArn"] for vault in listed.value] if listed.known else None
