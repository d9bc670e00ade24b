"""Amazon EC2: volumes and instances, and the snapshots and images that recovery points are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.aws.model import Resource
from sandbox.aws.parts import BEGINNING, Record
from sandbox.aws.service import QUERY_SPELLING, Answer, AwsError, Operation, Parameters, Refusal, Service, View
from sandbox.aws.services.shapes import filtered, tag_list
from sandbox.aws.sessions import unique_id


def _volumes(view: View) -> list[Answer]:
    instances = {arn: instance.name for instance in _of_type(view, "EC2") for arn in instance.VolumeArns}
    return [_volume(view, volume, instances.get(volume.ResourceArn)) for volume in _of_type(view, "EBS")]


def _volume(view: View, volume: Resource, instance_id: str | None) -> Answer:
    attachment = {"VolumeId": volume.name, "InstanceId": instance_id, "Device": "/dev/xvda", "State": "attached"}
    return {
        "VolumeId": volume.name,
        "State": "in-use" if instance_id else "available",
        "AvailabilityZone": f"{view.region_name}a",
        "CreateTime": BEGINNING,
        "Size": 8,
        "VolumeType": "gp3",
        "Attachments": [attachment] if instance_id else [],
        "Tags": tag_list(volume.Tags),
        **_encryption(volume.KmsKeyArn),
    } | volume.said


def _instances(view: View) -> list[Answer]:
    return [_instance(view, instance) for instance in _of_type(view, "EC2")]


def _instance(view: View, instance: Resource) -> Answer:
    profile = _instance_profile(view, instance)
    disks = [
        {"DeviceName": f"/dev/xvd{letter}", "Ebs": {"VolumeId": arn.rsplit("/", 1)[-1], "Status": "attached"}}
        for letter, arn in zip("abcdefghijklmnopqrstuvwxyz", instance.VolumeArns, strict=False)
    ]
    return {
        "InstanceId": instance.name,
        "InstanceType": "m6i.large",
        "State": {"Code": 16, "Name": "running"},
        "LaunchTime": BEGINNING,
        "RootDeviceName": "/dev/xvda",
        "RootDeviceType": "ebs",
        "BlockDeviceMappings": disks,
        "Tags": tag_list(instance.Tags),
        **({"IamInstanceProfile": profile} if profile else {}),
    } | instance.said


def _instance_profile(view: View, instance: Resource) -> dict[str, str] | None:
    if instance.InstanceProfileRoleArn is None:
        return None
    name = instance.InstanceProfileRoleArn.rsplit("/", 1)[-1]
    return {"Arn": view.iam_arn(f"instance-profile/{name}"), "Id": unique_id("AIPA", view.account_id, name)}


def _snapshots(view: View) -> list[Answer]:
    return [
        {
            "SnapshotId": snapshot_id,
            "VolumeId": point.get("ResourceArn", "").rsplit("/", 1)[-1],
            "OwnerId": view.account_id,
            "State": "completed",
            "StartTime": point["CreationDate"],
            "Tags": [],
            **_encryption(point.get("EncryptionKeyArn")),
        }
        for snapshot_id, point in _recovery_points(view, "snapshot/")
    ]


def _images(view: View) -> list[Answer]:
    return [
        {
            "ImageId": image_id,
            "OwnerId": view.account_id,
            "State": "available",
            "CreationDate": point["CreationDate"].strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "RootDeviceType": "ebs",
            "BlockDeviceMappings": [],
            "Tags": [],
        }
        for image_id, point in _recovery_points(view, "image/")
    ]


def describe_instances(view: View, parameters: Parameters) -> Answer:
    """Instances, each in a reservation of its own."""
    instances = _chosen(_instances(view), "InstanceId", "InvalidInstanceID.NotFound", parameters, "InstanceIds")
    return {
        "Reservations": [
            {
                "ReservationId": instance["InstanceId"].replace("i-", "r-"),
                "OwnerId": view.account_id,
                "Instances": [instance],
            }
            for instance in filtered(instances, {"instance-id": "InstanceId"}, parameters)
        ]
    }


def describe_iam_instance_profile_associations(view: View, parameters: Parameters) -> Answer:
    """Which instance runs with which instance profile."""
    associations = [
        {
            "AssociationId": f"iip-assoc-{instance.name.removeprefix('i-')}",
            "InstanceId": instance.name,
            "IamInstanceProfile": profile,
            "State": "associated",
        }
        for instance in _of_type(view, "EC2")
        if (profile := _instance_profile(view, instance))
    ]
    return {"IamInstanceProfileAssociations": filtered(associations, {"instance-id": "InstanceId"}, parameters)}


def _describe(
    things: Callable[[View], list[Answer]], answer: str, id_member: str, unknown: str, filters: Mapping[str, str]
) -> Operation:
    """A description of things that can be named by id."""

    def operation(view: View, parameters: Parameters) -> Answer:
        chosen = _chosen(things(view), id_member, unknown, parameters, f"{id_member}s")
        return {answer: filtered(chosen, filters, parameters)}

    return operation


def _chosen(
    things: list[Answer], id_member: str, unknown: str, parameters: Parameters, ids_parameter: str
) -> list[Answer]:
    """The things whose ids were named, or all where none were.

    Raises:
        AwsError: An id names nothing.
    """
    named: list[str] = parameters.get(ids_parameter, [])
    by_id = {thing[id_member]: thing for thing in things}
    for thing_id in named:
        if thing_id not in by_id:
            raise AwsError(unknown, f"The ID '{thing_id}' does not exist.")
    return [by_id[thing_id] for thing_id in named] if named else things


def _of_type(view: View, kind: str) -> Iterable[Resource]:
    return (resource for resource in view.region.resources if resource.ResourceType == kind)


def _recovery_points(view: View, kind: str) -> Iterable[tuple[str, Record]]:
    for arn, point in view.region.recovery_point_by_arn.items():
        _, found, thing_id = arn.partition(f":{kind}")
        if found and ":ec2:" in arn:
            yield thing_id, point


def _encryption(key_arn: str | None) -> dict[str, Any]:
    return {"Encrypted": True, "KmsKeyId": key_arn} if key_arn else {"Encrypted": False}


def get_allowed_images_settings(view: View, _: Parameters) -> Answer:
    """Which images the account can use in the Region."""
    return view.region.allowed_images


def get_ebs_encryption_by_default(view: View, _: Parameters) -> Answer:
    """Whether the account encrypts every new volume in the Region; off if the estate says nothing."""
    return {"EbsEncryptionByDefault": view.region.ebs_encryption.get("EbsEncryptionByDefault", False)}


def get_ebs_default_kms_key_id(view: View, _: Parameters) -> Answer:
    """The key for new volumes; that of AWS if the estate names none."""
    return {"KmsKeyId": view.region.ebs_encryption.get("KmsKeyId", "alias/aws/ebs")}


EC2 = Service(
    name="ec2",
    spelling=replace(
        QUERY_SPELLING,
        denied=Refusal("UnauthorizedOperation", 403),
        denied_message="You are not authorized to perform this operation. {sentence}",
        throttled=Refusal("RequestLimitExceeded", 503),
        unknown_session=Refusal("AuthFailure", 401),
        expired_session=Refusal("RequestExpired"),
        bad_token=Refusal("InvalidParameterValue"),
    ),
    page_size=None,
    operations={
        "DescribeVolumes": _describe(
            _volumes, "Volumes", "VolumeId", "InvalidVolume.NotFound", {"volume-id": "VolumeId", "status": "State"}
        ),
        "DescribeSnapshots": _describe(
            _snapshots,
            "Snapshots",
            "SnapshotId",
            "InvalidSnapshot.NotFound",
            {"snapshot-id": "SnapshotId", "volume-id": "VolumeId", "owner-id": "OwnerId"},
        ),
        "DescribeImages": _describe(
            _images, "Images", "ImageId", "InvalidAMIID.NotFound", {"image-id": "ImageId", "owner-id": "OwnerId"}
        ),
        "DescribeInstances": describe_instances,
        "GetAllowedImagesSettings": get_allowed_images_settings,
        "GetEbsDefaultKmsKeyId": get_ebs_default_kms_key_id,
        "GetEbsEncryptionByDefault": get_ebs_encryption_by_default,
        "DescribeIamInstanceProfileAssociations": describe_iam_instance_profile_associations,
    },
)
