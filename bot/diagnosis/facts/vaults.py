"""Backup vaults: whether they exist, under which key they are, and what their access policy says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot import arn
from bot.arn import Arn
from bot.aws import backup
from bot.aws.facts import Facts
from bot.aws.lookup import Answer
from bot.diagnosis.facts.documents import NamedDocument, parsed
from bot.iam import Policy

EFS_AUTOMATIC_VAULT: Final = "aws/efs/automatic-backup-vault"
"""The vault that EFS's own automatic backups go to."""
AIR_GAPPED: Final = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
RESTORE_ACCESS: Final = "RESTORE_ACCESS_BACKUP_VAULT"
"""A vault through which multi-party approval lets another account restore from a logically air-gapped one."""
_ON_VAULTS: Final = ("backup:copyintobackupvault", "backup:startbackupjob")
"""The actions of jobs that are called on a vault, in lower case."""
_RESOURCE_TAG: Final = "aws:resourcetag/"
_OWNED_BY_AWS: Final = "AWS_OWNED_KMS_KEY"


@dataclass(frozen=True, slots=True)
class VaultFacts:
    """A vault and what is known of it."""

    arn: str
    exists: bool | None = None
    """None where it is not known."""
    key_arn: str | None = None
    type: str | None = None
    policy: NamedDocument | None = None
    policy_is_known: bool = False
    """The access policy could be read, or there is none."""
    tags: Mapping[str, str] | None = None
    """Read only where a policy asks for them; None where they are not known."""
    others: tuple[str, ...] = ()
    """Of a vault that does not exist: the names of those that its account has in its Region."""

    @property
    def name(self) -> str:
        """The vault's name, which may have slashes."""
        return self.arn.split(":", 6)[-1]

    @property
    def account(self) -> str:
        """The account that owns it; empty where the ARN is malformed."""
        return _parsed(self.arn).account

    @property
    def region(self) -> str:
        """The Region that it is in; empty where the ARN is malformed."""
        return _parsed(self.arn).region

    @property
    def is_air_gapped(self) -> bool:
        """It is a logically air-gapped vault, or gives access to one."""
        return self.type == AIR_GAPPED or self.is_restore_access

    @property
    def is_restore_access(self) -> bool:
        """It gives access to another account's logically air-gapped vault ("Multi-party approval", AWS Backup)."""
        return self.type == RESTORE_ACCESS


def collect_vault(facts: Facts, vault_arn: str) -> VaultFacts:
    """Reads a vault and its access policy.

    AWS answers DescribeBackupVault for a vault that does not exist as for one that may not be read, so where it is
    refused the list of vaults decides, and tells its key and type too.
    """
    named = VaultFacts(vault_arn)
    described = backup.vault(named.account, named.region, named.name)
    answer = facts.ask(described)
    policy = facts.ask(backup.vault_policy(named.account, named.region, named.name))
    vault: Mapping[str, Any] | None = answer.value if answer.known else _listed(facts, named, answer)
    exists = None if vault is None else bool(vault)
    if exists is not None:
        facts.excuse(described)
    if exists is False:
        facts.excuse(backup.vault_policy(named.account, named.region, named.name))
        listed = facts.ask(backup.vaults(named.account, named.region)).value
        return VaultFacts(vault_arn, exists=False, others=tuple(found["BackupVaultName"] for found in listed))
    vault = vault or {}
    return VaultFacts(
        vault_arn,
        exists=exists,
        key_arn=encryption_key(vault),
        type=vault.get("VaultType"),
        policy=NamedDocument(vault_arn, parsed(policy.value)) if policy.known else None,
        policy_is_known=policy.known or policy.absent,
    )


def with_tags(facts: Facts, vault: VaultFacts, policies: Iterable[NamedDocument]) -> VaultFacts:
    """Reads a vault's tags where a policy asks for them.

    The first service control policy of "Creating backup copies across AWS accounts" does.

    Args:
        facts: What is known so far.
        vault: The vault.
        policies: The policies that decide on calls on it.
    """
    if vault.exists is not True or not any(map(_asks_for_tags, policies)):
        return vault
    answer = facts.ask(backup.vault_tags(vault.account, vault.region, vault.arn))
    return replace(vault, tags=dict(answer.value)) if answer.known else vault


def _asks_for_tags(policy: NamedDocument) -> bool:
    compiled = Policy.compile(policy.name, policy.document)
    statements = (statement for action in _ON_VAULTS for statement in compiled.candidates(action))
    return any(key.startswith(_RESOURCE_TAG) for statement in statements for key in statement.keys)


def _listed(facts: Facts, vault: VaultFacts, described: Answer) -> Mapping[str, Any] | None:
    """A vault that could not be described as the list of vaults tells it: empty where it has none, None if unread."""
    if described.pending or not facts.way_into(vault.account).known:
        return None
    listed = facts.ask(backup.vaults(vault.account, vault.region))
    if not listed.known:
        return None
    return next((found for found in listed.value if found["BackupVaultArn"] == vault.arn), {})


def encryption_key(described: Mapping[str, Any]) -> str | None:
    """The key that a vault or a recovery point is under; None for one that AWS owns, which needs no permission.

    Source: "Encryption key types for logically air-gapped vaults" (AWS Backup Developer Guide).
    """
    is_owned_by_aws = described.get("EncryptionKeyType") == _OWNED_BY_AWS
    return None if is_owned_by_aws else described.get("EncryptionKeyArn")


def is_vault(text: str | None) -> bool:
    """Whether a text is a vault's ARN."""
    return _parsed(text) is not _MALFORMED


_MALFORMED: Final = Arn("", "", "", "", "", "")


def _parsed(text: str | None) -> Arn:
    """A vault's ARN taken apart; of what is none, all parts are empty."""
    parsed_arn = arn.parse(text)
    is_meant = parsed_arn and parsed_arn.service == "backup" and parsed_arn.resource.startswith("backup-vault:")
    return parsed_arn if parsed_arn and is_meant else _MALFORMED
