"""Changes of backup vaults."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.diagnosis.changes import hcl
from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.command import command, inline, region_of, then
from bot.diagnosis.changes.limits import Limit, size
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.vaults import VaultFacts


@dataclass(frozen=True, slots=True)
class PutVaultAccessPolicy(PlannedChange):
    """A vault's access policy."""

    KIND: ClassVar[str] = "put-vault-access-policy"

    delete_first: bool = False
    """Whether the old policy can't be replaced, only deleted."""

    def applied(self, facts: F) -> F | None:
        """With the policy put."""
        policy = NamedDocument(self.target, self.document)
        return _with_vaults(facts, self.target, lambda vault: replace(vault, policy=policy, policy_is_known=True))

    def cli(self) -> str:
        """`aws backup put-backup-vault-access-policy`."""
        options = {"backup_vault_name": _vault_name(self.target), "region": region_of(self.target)}
        put = command("backup", "put-backup-vault-access-policy", **options, policy=inline(self.document))
        return (
            then(command("backup", "delete-backup-vault-access-policy", **options), put) if self.delete_first else put
        )

    def terraform(self) -> str:
        """An `aws_backup_vault_policy`."""
        name = _vault_name(self.target)
        region = hcl.in_region(region_of(self.target))
        arguments = {**region, "backup_vault_name": hcl.text(name), "policy": hcl.encoded(self.document)}
        return hcl.resource("aws_backup_vault_policy", name, arguments)

    def limit(self) -> Limit:
        """Source: the refusals of PutBackupVaultAccessPolicy."""
        return Limit(20_480, "bytes", size, "The vault's access policy")


class CreateVault(PlannedChange):
    """A vault under the default key."""

    KIND: ClassVar[str] = "create-vault"
    UNKNOWN: ClassVar[str] = "the key that the new vault will be under is not known yet"

    def applied(self, facts: F) -> F | None:
        """With the vault; where the default key won't do, nothing is known of the key that it will have."""
        if facts.needs_own_vault_key:
            return None
        return _with_vaults(
            facts, self.target, lambda vault: replace(vault, exists=True, policy=None, policy_is_known=True)
        )

    def cli(self) -> str:
        """`aws backup create-backup-vault`."""
        options = {"backup_vault_name": _vault_name(self.target), "region": region_of(self.target)}
        return command("backup", "create-backup-vault", **options)

    def terraform(self) -> str:
        """An `aws_backup_vault`."""
        name = _vault_name(self.target)
        return hcl.resource("aws_backup_vault", name, {**hcl.in_region(region_of(self.target)), "name": hcl.text(name)})


def _vault_name(target: str) -> str:
    return target.split(":", 6)[6]


def _with_vaults(facts: F, arn: str, changed: Callable[[VaultFacts], VaultFacts]) -> F:
    vaults = {role: changed(vault) if vault.arn == arn else vault for role, vault in facts.vaults.items()}
    return replace(facts, vaults=vaults)
