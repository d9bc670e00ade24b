"""The IAM actions that this project calls: exactly those of the operations that are declared in this room."""

from bot.aws import backup, backup_search, bedrock, cloudtrail, iam, kms, organizations, storage, sts, toolbox
from bot.aws.lookup import Operation

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
