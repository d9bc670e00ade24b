"""EBS encryption by default: the key that a volume restored from an unencrypted recovery point is under.

Sources: "Enable Amazon EBS encryption by default" (Amazon EBS User Guide): with it on, volumes created from unencrypted
snapshots are encrypted under the default key; CreateVolume (Amazon EC2 API Reference): where no key is named, the
default one is used. "Restore testing inferred metadata" (AWS Backup Developer Guide): a restore test of a volume asks
for encryption and names no key.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.aws import kms, storage
from bot.aws.facts import Facts
from bot.aws.read_errors import Kind
from bot.diagnosis.facts.job import Located
from bot.diagnosis.model import JobType
from bot.diagnosis.reading import Reading

_TYPES: Final = frozenset({"EBS", "EC2"})
"""The types whose restores create EBS volumes from snapshots."""


def is_under_default_key(job: Located, recovery_point: Mapping[str, Any], reading: Reading) -> bool:
    """Whether the account's setting may decide why a restore without a key of its own failed.

    It may where the recovery point is not encrypted, and the message does not name a call on something else than a key.
    """
    is_unencrypted = recovery_point.get("IsEncrypted") is False
    may_be_key = not reading.rules_permissions_out and (reading.action or "kms:").casefold().startswith("kms:")
    return job.type is JobType.RESTORE and job.described.get("ResourceType") in _TYPES and is_unencrypted and may_be_key


def default_keys(facts: Facts, job: Located, metadata: Mapping[str, str]) -> tuple[str, ...] | None:
    """The key under which the restored volumes are: none where they stay unencrypted, None where it is not known.

    Args:
        facts: What is known so far.
        job: The restore.
        metadata: What it was asked to make.
    """
    if not any(name.casefold() == "encrypted" and value == "true" for name, value in metadata.items()):
        setting = facts.ask(storage.ebs_encryption_by_default(job.account, job.region))
        if setting.kind is Kind.NOT_OFFERED:
            return ()  # where there is no such setting, it is not on
        if not setting.known:
            return None
        if not setting.value:
            return ()
    key = facts.ask(storage.ebs_default_key(job.account, job.region))
    if not key.known:
        return None
    is_unmade = facts.ask(kms.key(job.account, job.region, key.value)).absent and "alias/aws/" in key.value
    return () if is_unmade else (key.value,)  # AWS makes its own key at the first use
