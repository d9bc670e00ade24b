"""Amazon EFS: file systems, their policies and tags."""

import json
from dataclasses import replace

from sandbox.aws.model import Resource
from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import REST_JSON_SPELLING, Answer, AwsError, Parameters, Refusal, Service, View
from sandbox.aws.services.shapes import tag_list


def describe_file_systems(view: View, parameters: Parameters) -> Answer:
    """All file systems, or the one that was named."""
    named = parameters.get("FileSystemId")
    file_systems = [_file_system(view, named)] if named else [each for each in view.region.resources if _is_efs(each)]
    return {
        "FileSystems": [
            {
                "OwnerId": view.account_id,
                "CreationToken": file_system.name,
                "FileSystemId": file_system.name,
                "FileSystemArn": file_system.ResourceArn,
                "CreationTime": BEGINNING,
                "LifeCycleState": "available",
                "Name": file_system.Tags.get("Name"),
                "NumberOfMountTargets": 0,
                "SizeInBytes": {"Value": 0},
                "PerformanceMode": "generalPurpose",
                "Encrypted": file_system.KmsKeyArn is not None,
                "KmsKeyId": file_system.KmsKeyArn,
                "Tags": tag_list(file_system.Tags),
            }
            | file_system.said
            for file_system in file_systems
        ]
    }


def describe_file_system_policy(view: View, parameters: Parameters) -> Answer:
    """A file system's policy."""
    file_system = _file_system(view, parameters["FileSystemId"])
    if file_system.Policy is None:
        raise AwsError("PolicyNotFound", f"No policy found for file system {file_system.name}.", 404)
    return {"FileSystemId": file_system.name, "Policy": json.dumps(file_system.Policy)}


def list_tags_for_resource(view: View, parameters: Parameters) -> Answer:
    """A file system's tags."""
    return {"Tags": tag_list(_file_system(view, parameters["ResourceId"]).Tags)}


def _file_system(view: View, named: str) -> Resource:
    """The file system of an id or an ARN."""
    arn = named if named.startswith("arn:") else view.arn("elasticfilesystem", f"file-system/{named}")
    file_system = view.region.resource_by_arn.get(arn)
    if file_system is None:
        raise AwsError("FileSystemNotFound", f"File system '{named}' does not exist.", 404)
    return file_system


def _is_efs(resource: Resource) -> bool:
    return resource.ResourceType == "EFS"


EFS = Service(
    name="efs",
    prefix="elasticfilesystem",
    spelling=replace(REST_JSON_SPELLING, bad_token=Refusal("BadRequest")),
    operations={
        "DescribeFileSystems": describe_file_systems,
        "DescribeFileSystemPolicy": describe_file_system_policy,
        "ListTagsForResource": list_tags_for_resource,
    },
)
