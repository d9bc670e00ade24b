"""What `Ref` and `Fn::GetAtt` give of the resources that decide on backups, as far as it follows from their names.

Source: "Resource and property reference", Return values of each type (AWS CloudFormation User Guide).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from bot.foresight.infrastructure import Json


class Stack(Protocol):
    """What a name is formed from: the place of a stack, and its resources."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """The partition of the Region."""

    @property
    def resources(self) -> Mapping[str, Json]:
        """The resources, by logical id."""

    def resolve(self, part: Any) -> Any:
        """A part of the template with its functions resolved; None in the place of what is not known."""


def nothing(_template: Stack, _name: str) -> None:
    """Nothing is known of other types."""
    return


def _named(member: str) -> Callable[[Stack, str], str]:
    """The name that a resource is given, else its logical id in the place of the one that it will get."""

    def name_of(template: Stack, name: str) -> str:
        return str(template.resolve(template.resources[name].get("Properties", {}).get(member)) or name)

    return name_of


def _path(template: Stack, name: str) -> str:
    return str(template.resolve(template.resources[name].get("Properties", {}).get("Path")) or "/")


_ROLE, _VAULT, _MANAGED = _named("RoleName"), _named("BackupVaultName"), _named("ManagedPolicyName")


def _role_arn(template: Stack, name: str) -> str:
    path = _path(template, name)
    return f"arn:{template.partition}:iam::{template.account}:role{path}{_ROLE(template, name)}"


def _managed_arn(template: Stack, name: str) -> str:
    path = _path(template, name)
    return f"arn:{template.partition}:iam::{template.account}:policy{path}{_MANAGED(template, name)}"


def _vault_arn(template: Stack, name: str) -> str:
    place = f"arn:{template.partition}:backup:{template.region}:{template.account}"
    return f"{place}:backup-vault:{_VAULT(template, name)}"


def _key_arn(template: Stack, name: str) -> str:
    """Stands for the ARN that a key will get."""
    return f"arn:{template.partition}:kms:{template.region}:{template.account}:key/{name}"


def _table_arn(template: Stack, name: str) -> str | None:
    table = template.resolve(template.resources[name].get("Properties", {}).get("TableName"))
    return f"arn:{template.partition}:dynamodb:{template.region}:{template.account}:table/{table}" if table else None


def _bucket_arn(template: Stack, name: str) -> str | None:
    bucket = template.resolve(template.resources[name].get("Properties", {}).get("BucketName"))
    return f"arn:{template.partition}:s3:::{bucket}" if bucket else None


ARNS: Final[Mapping[str, Callable[[Stack, str], str | None]]] = MappingProxyType(
    {
        "AWS::IAM::Role": _role_arn,
        "AWS::IAM::ManagedPolicy": _managed_arn,
        "AWS::Backup::BackupVault": _vault_arn,
        "AWS::Backup::LogicallyAirGappedBackupVault": _vault_arn,
        "AWS::KMS::Key": _key_arn,
        "AWS::DynamoDB::Table": _table_arn,
        "AWS::S3::Bucket": _bucket_arn,
    }
)
"""The ARNs that follow from names, and one that stands for a key's."""
REFERENCES: Final[Mapping[str, Callable[[Stack, str], Any]]] = MappingProxyType(
    {
        "AWS::IAM::Role": _ROLE,
        "AWS::IAM::ManagedPolicy": _managed_arn,
        "AWS::Backup::BackupVault": _VAULT,
        "AWS::Backup::LogicallyAirGappedBackupVault": _VAULT,
        "AWS::Backup::BackupPlan": lambda _template, name: name,
        "AWS::KMS::Key": _key_arn,
    }
)
"""What `Ref` gives, by type."""
