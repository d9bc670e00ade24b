"""AWS Backup: vaults and their access policies, recovery points, protected resources and settings."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sandbox.aws.model import Vault
from sandbox.aws.parts import BEGINNING, Record
from sandbox.aws.service import REST_JSON_SPELLING, Answer, AwsError, Parameters, Refusal, Service, View
from sandbox.aws.services.backup_jobs import JOB_OPERATIONS, after, before, equal, select
from sandbox.aws.services.backup_plans import PLAN_OPERATIONS

_RECOVERY_POINT_FILTERS = {
    "ByResourceArn": equal("ResourceArn"),
    "ByResourceType": equal("ResourceType"),
    "ByParentRecoveryPointArn": equal("ParentRecoveryPointArn"),
    "ByCreatedBefore": before("CreationDate"),
    "ByCreatedAfter": after("CreationDate"),
}


def describe_backup_vault(view: View, parameters: Parameters) -> Answer:
    """One vault."""
    return _described(view, _vault(view, parameters))


def list_backup_vaults(view: View, parameters: Parameters) -> Answer:
    """The vaults of the Region, perhaps only those of a type."""
    described = [_described(view, vault) for vault in view.region.vaults]
    return {"BackupVaultList": select(described, {"ByVaultType": equal("VaultType")}, parameters)}


def get_backup_vault_access_policy(view: View, parameters: Parameters) -> Answer:
    """A vault's access policy."""
    vault = _vault(view, parameters)
    if vault.AccessPolicy is None:
        raise _not_found(f"Backup vault {vault.BackupVaultName} has no access policy")
    described = _described(view, vault)
    return {
        "BackupVaultName": described["BackupVaultName"],
        "BackupVaultArn": described["BackupVaultArn"],
        "Policy": json.dumps(vault.AccessPolicy),
    }


def describe_recovery_point(view: View, parameters: Parameters) -> Answer:
    """One recovery point of a vault."""
    return _recovery_point(view, parameters)


def get_recovery_point_restore_metadata(view: View, parameters: Parameters) -> Answer:
    """What a restore of a recovery point would start from."""
    point = _recovery_point(view, parameters)
    return {**point, "RestoreMetadata": point.get("RestoreMetadata", {})}


def list_recovery_points_by_backup_vault(view: View, parameters: Parameters) -> Answer:
    """The recovery points of a vault."""
    vault = _vault(view, parameters)
    points = [point for point in view.region.recovery_points if point.get("BackupVaultName") == vault.BackupVaultName]
    return {"RecoveryPoints": select(points, _RECOVERY_POINT_FILTERS, parameters)}


def list_recovery_points_by_resource(view: View, parameters: Parameters) -> Answer:
    """The recovery points of a resource, whatever vault they are in."""
    points = select(view.region.recovery_points, {"ResourceArn": equal("ResourceArn")}, parameters)
    return {"RecoveryPoints": [{**point, "BackupSizeBytes": point.get("BackupSizeInBytes")} for point in points]}


def list_protected_resources(view: View, _: Parameters) -> Answer:
    """The resources that have a recovery point."""
    return {"Results": list(_protected(view))}


def describe_protected_resource(view: View, parameters: Parameters) -> Answer:
    """One resource that has a recovery point."""
    for resource in _protected(view):
        if resource["ResourceArn"] == parameters["ResourceArn"]:
            return resource
    raise _not_found(f"Resource {parameters['ResourceArn']} is not protected")


def list_tags(view: View, parameters: Parameters) -> Answer:
    """The tags of a vault or a recovery point."""
    arn = parameters["ResourceArn"]
    if point := view.region.recovery_point_by_arn.get(arn):
        return {"Tags": point.get("Tags", {})}
    for vault in view.region.vaults:
        if view.arn("backup", f"backup-vault:{vault.BackupVaultName}") == arn:
            return {"Tags": vault.Tags}
    raise _not_found(f"Cannot find {arn}")


def describe_global_settings(view: View, _: Parameters) -> Answer:
    """The settings that hold for the whole organization: they are the management account's."""
    organization = view.estate.organization
    if organization is None or view.account_id not in organization.targets:
        raise AwsError("ERROR_9601", "Your account is not a member of an organization.")
    settings = {"isCrossAccountBackupEnabled": "false"} | view.account.global_settings
    return {"GlobalSettings": settings, "LastUpdateTime": BEGINNING}


def describe_region_settings(view: View, _: Parameters) -> Answer:
    """Which types of resources are opted in."""
    return {"ResourceTypeOptInPreference": view.region.region_settings}


def _vault(view: View, parameters: Parameters) -> Vault:
    """The vault that was named; one that is not there is refused like one that is not the caller's."""
    vault = view.region.vault_by_name.get(parameters["BackupVaultName"])
    if vault is None or parameters.get("BackupVaultAccountId", view.account_id) != view.account_id:
        raise REST_JSON_SPELLING.denied.error("Insufficient privileges to perform this action.")
    return vault


def _described(view: View, vault: Vault) -> dict[str, Any]:
    name = vault.BackupVaultName
    inside = sum(point.get("BackupVaultName") == name for point in view.region.recovery_points)
    return {
        "BackupVaultName": name,
        "BackupVaultArn": view.arn("backup", f"backup-vault:{name}"),
        "VaultType": vault.VaultType,
        "EncryptionKeyArn": vault.EncryptionKeyArn,
        "CreationDate": BEGINNING,
        "NumberOfRecoveryPoints": inside,
        "Locked": vault.Locked,
    } | vault.said


def _recovery_point(view: View, parameters: Parameters) -> Record:
    point = view.region.recovery_point_by_arn.get(parameters["RecoveryPointArn"])
    if point is None or point.get("BackupVaultName") != parameters["BackupVaultName"]:
        raise _not_found("Cannot find recovery point.")
    return point


def _protected(view: View) -> Iterator[Answer]:
    newest: dict[str, Record] = {}
    for point in sorted(view.region.recovery_points, key=lambda point: point["CreationDate"]):
        newest[point.get("ResourceArn", "")] = point
    for arn, point in newest.items():
        yield {
            "ResourceArn": arn,
            "ResourceType": point.get("ResourceType"),
            "ResourceName": point.get("ResourceName"),
            "LastBackupTime": point["CreationDate"],
            "LastBackupVaultArn": point.get("BackupVaultArn"),
            "LastRecoveryPointArn": point["RecoveryPointArn"],
        }


def _not_found(message: str) -> AwsError:
    return AwsError("ResourceNotFoundException", message)


BACKUP = Service(
    name="backup",
    spelling=replace(REST_JSON_SPELLING, bad_token=Refusal("InvalidParameterValueException")),
    page_size=1000,
    operations={
        **JOB_OPERATIONS,
        **PLAN_OPERATIONS,
        "DescribeBackupVault": describe_backup_vault,
        "ListBackupVaults": list_backup_vaults,
        "GetBackupVaultAccessPolicy": get_backup_vault_access_policy,
        "DescribeRecoveryPoint": describe_recovery_point,
        "GetRecoveryPointRestoreMetadata": get_recovery_point_restore_metadata,
        "ListRecoveryPointsByBackupVault": list_recovery_points_by_backup_vault,
        "ListRecoveryPointsByResource": list_recovery_points_by_resource,
        "ListProtectedResources": list_protected_resources,
        "DescribeProtectedResource": describe_protected_resource,
        "ListTags": list_tags,
        "DescribeGlobalSettings": describe_global_settings,
        "DescribeRegionSettings": describe_region_settings,
    },
)
