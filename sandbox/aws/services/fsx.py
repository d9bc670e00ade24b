"""Amazon FSx: file systems and volumes, and the backups that recovery points are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.aws.model import Resource
from sandbox.aws.parts import BEGINNING, Record
from sandbox.aws.service import JSON_SPELLING, Answer, AwsError, Operation, Parameters, Refusal, Service, View
from sandbox.aws.services.shapes import filtered, tag_list


def _file_systems(view: View) -> list[Answer]:
    return [
        {
            **_common(view, resource),
            "FileSystemId": resource.name,
            "FileSystemType": "LUSTRE",
            "KmsKeyId": resource.KmsKeyArn,
        }
        | resource.said
        for resource in _with_arn_part(view, ":file-system/")
    ]


def _volumes(view: View) -> list[Answer]:
    return [
        {
            **_common(view, resource),
            "VolumeId": resource.name,
            "FileSystemId": resource.ResourceArn.split("/")[-2],
            "VolumeType": "ONTAP",
        }
        | resource.said
        for resource in _with_arn_part(view, ":volume/")
    ]


def _backups(view: View) -> list[Answer]:
    points = view.region.recovery_point_by_arn.items()
    return [_backup(view, arn, point) for arn, point in points if ":fsx:" in arn]


def _backup(view: View, arn: str, point: Record) -> Answer:
    file_system_arn = point.get("ResourceArn", "")
    file_system = {"FileSystemId": file_system_arn.rpartition("/")[2], "ResourceARN": file_system_arn}
    key = {"KmsKeyId": point.get("EncryptionKeyArn")}
    return {
        "BackupId": arn.rpartition("/")[2],
        "Lifecycle": "AVAILABLE",
        "Type": "AWS_BACKUP",
        "CreationTime": point["CreationDate"],
        "ResourceARN": arn,
        "OwnerId": view.account_id,
        "Tags": [],
        "FileSystem": {**file_system, **key},
        "FileSystemId": file_system["FileSystemId"],
        **key,
    }


def list_tags_for_resource(view: View, parameters: Parameters) -> Answer:
    """The tags of a file system or a volume."""
    resource = view.region.resource_by_arn.get(parameters["ResourceARN"])
    if resource is None:
        raise AwsError("ResourceNotFound", f"{parameters['ResourceARN']} does not exist.")
    return {"Tags": tag_list(resource.Tags)}


def _describe(things: Callable[[View], list[Answer]], name: str, plural: str) -> Operation:
    """A description of things that can be named by id, or by the file system that they belong to."""

    def operation(view: View, parameters: Parameters) -> Answer:
        named: list[str] = parameters.get(f"{name}Ids", [])
        by_id = {thing[f"{name}Id"]: thing for thing in things(view)}
        for thing_id in named:
            if thing_id not in by_id:
                raise AwsError(f"{name}NotFound", f"{name} '{thing_id}' does not exist.")
        chosen = [by_id[thing_id] for thing_id in named or by_id]
        return {plural: filtered(chosen, {"file-system-id": "FileSystemId"}, parameters)}

    return operation


def _common(view: View, resource: Resource) -> dict[str, Any]:
    return {
        "ResourceARN": resource.ResourceArn,
        "OwnerId": view.account_id,
        "CreationTime": BEGINNING,
        "Lifecycle": "AVAILABLE",
        "Tags": tag_list(resource.Tags),
    }


def _with_arn_part(view: View, part: str) -> list[Resource]:
    return [
        resource
        for resource in view.region.resources
        if ":fsx:" in resource.ResourceArn and part in resource.ResourceArn
    ]


FSX = Service(
    name="fsx",
    spelling=replace(JSON_SPELLING, bad_token=Refusal("BadRequest")),
    operations={
        "DescribeFileSystems": _describe(_file_systems, "FileSystem", "FileSystems"),
        "DescribeVolumes": _describe(_volumes, "Volume", "Volumes"),
        "DescribeBackups": _describe(_backups, "Backup", "Backups"),
        "ListTagsForResource": list_tags_for_resource,
    },
)
