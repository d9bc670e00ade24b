"""Amazon RDS, which also speaks for Aurora, DocumentDB and Neptune: instances, clusters, their snapshots and tags."""

from dataclasses import dataclass, replace

from sandbox.aws.model import Resource
from sandbox.aws.parts import Record
from sandbox.aws.service import QUERY_SPELLING, Answer, AwsError, Operation, Parameters, Refusal, Service, View
from sandbox.aws.services.shapes import filtered, tag_list

_ENGINES = {"RDS": "mysql", "Aurora": "aurora-mysql", "DocumentDB": "docdb", "Neptune": "neptune"}
"""The engine of a database of which the estate says none, by what AWS Backup calls its type."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Databases or clusters, which the API describes alike.

    Args:
        name: What members are called after: DBInstance or DBCluster.
        arn_part: What the ARN of one has before its identifier.
        snapshot_arn_part: What the ARN of a snapshot of one has before its identifier.
        filter: The filter that names one.
        unknown: The code for one that is not there.
    """

    name: str
    arn_part: str
    snapshot_arn_part: str
    filter: str
    unknown: str

    @property
    def snapshot_name(self) -> str:
        """What the members of a snapshot are called after."""
        return "DBSnapshot" if self.name == "DBInstance" else f"{self.name}Snapshot"

    def described(self, resource: Resource) -> Answer:
        """What the API tells of one."""
        status = "DBInstanceStatus" if self.name == "DBInstance" else "Status"
        return {
            f"{self.name}Identifier": resource.name,
            f"{self.name}Arn": resource.ResourceArn,
            status: "available",
            "Engine": _ENGINES.get(resource.ResourceType, ""),
            "StorageEncrypted": resource.KmsKeyArn is not None,
            "KmsKeyId": resource.KmsKeyArn,
            "TagList": tag_list(resource.Tags),
        } | resource.said

    def snapshot_described(self, arn: str, point: Record) -> Answer:
        """What the API tells of a snapshot that is a recovery point."""
        return {
            f"{self.snapshot_name}Identifier": arn.partition(self.snapshot_arn_part)[2],
            f"{self.snapshot_name}Arn": arn,
            f"{self.name}Identifier": point.get("ResourceArn", "").partition(self.arn_part)[2],
            "Status": "available",
            "SnapshotType": "awsbackup",
            "SnapshotCreateTime": point["CreationDate"],
            "StorageEncrypted" if self.name == "DBCluster" else "Encrypted": "EncryptionKeyArn" in point,
            "KmsKeyId": point.get("EncryptionKeyArn"),
        }


INSTANCE = Kind("DBInstance", ":db:", ":snapshot:", "db-instance-id", "DBInstanceNotFound")
CLUSTER = Kind("DBCluster", ":cluster:", ":cluster-snapshot:", "db-cluster-id", "DBClusterNotFoundFault")


def _describe(kind: Kind) -> Operation:
    def operation(view: View, parameters: Parameters) -> Answer:
        resources = [resource for resource in view.region.resources if _is(kind.arn_part, resource.ResourceArn)]
        described = [kind.described(resource) for resource in resources]
        chosen = _chosen(described, kind.name, kind.unknown, parameters)
        return {
            f"{kind.name}s": filtered(chosen, {kind.filter: f"{kind.name}Identifier", "engine": "Engine"}, parameters)
        }

    return operation


def _describe_snapshots(kind: Kind, unknown: str) -> Operation:
    def operation(view: View, parameters: Parameters) -> Answer:
        points = view.region.recovery_point_by_arn
        described = [
            kind.snapshot_described(arn, point) for arn, point in points.items() if _is(kind.snapshot_arn_part, arn)
        ]
        chosen = _chosen(described, kind.snapshot_name, unknown, parameters)
        return {f"{kind.snapshot_name}s": chosen}

    return operation


def _chosen(described: list[Answer], name: str, unknown: str, parameters: Parameters) -> list[Answer]:
    """The one that was named by its identifier or its ARN, or all where none was."""
    named = parameters.get(f"{name}Identifier")
    if named is None:
        return described
    chosen = [one for one in described if named in {one[f"{name}Identifier"], one[f"{name}Arn"]}]
    if not chosen:
        raise AwsError(unknown, f"{name} {named} not found.", 404)
    return chosen


def _is(arn_part: str, arn: str) -> bool:
    return ":rds:" in arn and arn_part in arn


def list_tags_for_resource(view: View, parameters: Parameters) -> Answer:
    """The tags of a database or a cluster."""
    resource = view.region.resource_by_arn.get(parameters["ResourceName"])
    if resource is None:
        raise AwsError(INSTANCE.unknown, f"{parameters['ResourceName']} not found.", 404)
    return {"TagList": tag_list(resource.Tags)}


RDS = Service(
    name="rds",
    spelling=replace(QUERY_SPELLING, bad_token=Refusal("InvalidParameterValue")),
    page_limit=100,
    operations={
        "DescribeDBInstances": _describe(INSTANCE),
        "DescribeDBClusters": _describe(CLUSTER),
        "DescribeDBSnapshots": _describe_snapshots(INSTANCE, "DBSnapshotNotFound"),
        "DescribeDBClusterSnapshots": _describe_snapshots(CLUSTER, "DBClusterSnapshotNotFoundFault"),
        "ListTagsForResource": list_tags_for_resource,
    },
)
