"""Recovery points: which vault holds one, what AWS Backup says of it, and the role that made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.arn import Arn
from bot.aws import backup
from bot.aws.facts import Facts
from bot.aws.lookup import Lookup
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


def collect_recovery_point(
    facts: Facts, named: Arn, accounts: Sequence[str], vault_arn: str | None
) -> RecoveryPointFacts:
    """Finds the vault that holds a recovery point, and reads both.

    No call tells the vault of a recovery point, so it is asked for in every vault of its account and Region at once.

    Args:
        facts: What is known so far.
        named: The recovery point.
        accounts: The accounts to look in, where the ARN has none, as a snapshot's has.
        vault_arn: The vault that holds it, where that is said.
    """
    point_arn = str(named)
    owners = (named.account,) if named.account else accounts
    lists = [] if vault_arn else [facts.ask(backup.vaults(owner, named.region)) for owner in owners]
    listed = [vault["BackupVaultArn"] for answer in lists if answer.known for vault in answer.value]
    asked = {each: _in_vault(each, point_arn) for each in ([vault_arn] if vault_arn else listed)}
    answers = {each: facts.ask(lookup) for each, lookup in asked.items()}
    holding = next((each for each, answer in answers.items() if answer.known), None)
    if holding is None:
        is_complete = all(answer.known for answer in lists) and all(answer.absent for answer in answers.values())
        return RecoveryPointFacts(arn=point_arn, is_missing=is_complete and bool(owners))
    for lookup in asked.values():
        facts.excuse(lookup)
    return RecoveryPointFacts(arn=point_arn, vault=collect_vault(facts, holding), described=answers[holding].value)


def _in_vault(vault_arn: str, point_arn: str) -> Lookup:
    vault = VaultFacts(vault_arn)
    return backup.recovery_point(vault.account, vault.region, vault.name, point_arn)
