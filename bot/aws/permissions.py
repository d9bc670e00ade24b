"""The IAM actions that this project calls: exactly those of the operations that are declared in this room."""

from typing import Any

from bot.aws import backup, backup_search, bedrock, cloudtrail, iam, kms, organizations, storage, sts, toolbox
from bot.aws.lookup import Operation
from bot.aws.sts import ASSUME_ROLE

_MODULES = (backup, backup_search, cloudtrail, iam, kms, organizations, storage, sts, toolbox)
_FREE = frozenset({"sts:GetCallerIdentity"})
"""Calls that need no permission ("GetCallerIdentity", AWS STS API Reference)."""


def operations() -> tuple[Operation, ...]:
    """Every operation that reads the estate."""
    declared = (value for module in _MODULES for value in vars(module).values() if isinstance(value, Operation))
    return tuple(dict.fromkeys(declared))


def model_permissions() -> tuple[str, ...]:
    """The IAM actions that a language model takes; only the bot's own role needs them."""
    return (bedrock.CONVERSE.permission,)


def permissions() -> tuple[str, ...]:
    """The IAM actions that the bot's roles need, in alphabetical order."""
    return tuple(sorted({operation.permission for operation in operations()} - _FREE))


def read_policy() -> dict[str, Any]:
    """The policy of the role in each account: all that is read there, and nothing that writes."""
    reads = [action for action in permissions() if action != ASSUME_ROLE.permission]
    statement = {"Sid": "BackupWhyReads", "Effect": "Allow", "Action": reads, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
