"""The types of resources that AWS Backup protects: how they and their recovery points are named, and whose key counts.

Facts from "Encryption for backups" (which types are fully managed) and from the pages on each type's ARNs.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A type of resource.

    In the templates p is the partition, r the Region, a the account, h a hexadecimal id, u a UUID and n a name.
    """

    id: str
    type: str
    """As AWS Backup spells it."""
    arn: str
    point: str
    """The ARN of its recovery point."""
    restored: str
    """What a restore makes, as far as its ARN is known before."""
    fully_managed: bool = False
    via: str = ""
    """The service through which the resource's own key is used; none where a job doesn't use that key."""
    metadata: tuple[tuple[str, str], ...] = ()
    """What a restore is started with; k is the key that it names."""

    def __str__(self) -> str:
        return self.id


_POINT = "arn:{p}:backup:{r}:{a}:recovery-point:{u}"
_CLUSTER = "arn:{p}:rds:{r}:{a}:cluster:{n}"
_CLUSTER_POINT = "arn:{p}:rds:{r}:{a}:cluster-snapshot:awsbackup:job-{u}"
_TABLE = "arn:{p}:dynamodb:{r}:{a}:table/{n}"


def _clusters(kind_id: str, kind_type: str) -> Kind:
    metadata = (("DBClusterIdentifier", "{n}-restored"), ("Engine", kind_id), ("KmsKeyId", "{k}"))
    return Kind(kind_id, kind_type, _CLUSTER, _CLUSTER_POINT, f"{_CLUSTER}-restored", via="rds", metadata=metadata)


KINDS = (
    Kind(
        "ebs",
        "EBS",
        "arn:{p}:ec2:{r}:{a}:volume/vol-{h}",
        "arn:{p}:ec2:{r}::snapshot/snap-{h}",
        "arn:{p}:ec2:{r}:{a}:volume/*",
        via="ec2",
        metadata=(("availabilityZone", "{r}a"), ("volumeType", "gp3"), ("encrypted", "true"), ("kmsKeyId", "{k}")),
    ),
    Kind(
        "ec2",
        "EC2",
        "arn:{p}:ec2:{r}:{a}:instance/i-{h}",
        "arn:{p}:ec2:{r}::image/ami-{h}",
        "arn:{p}:ec2:{r}:{a}:instance/*",
        via="ec2",
        metadata=(
            ("InstanceType", "m7i.large"),
            ("SubnetId", "subnet-0b1c2d3e4f5a60718"),
            ("VpcId", "vpc-0a1b2c3d4e5f60718"),
            ("IamInstanceProfileName", "web-instance"),
        ),
    ),
    Kind(
        "rds",
        "RDS",
        "arn:{p}:rds:{r}:{a}:db:{n}",
        "arn:{p}:rds:{r}:{a}:snapshot:awsbackup:job-{u}",
        "arn:{p}:rds:{r}:{a}:db:{n}-restored",
        via="rds",
        metadata=(
            ("DBInstanceIdentifier", "{n}-restored"),
            ("DBInstanceClass", "db.r7g.large"),
            ("Engine", "postgres"),
        ),
    ),
    _clusters("aurora", "Aurora"),
    _clusters("documentdb", "DocumentDB"),
    _clusters("neptune", "Neptune"),
    Kind(
        "dynamodb",
        "DynamoDB",
        _TABLE,
        f"{_TABLE}/backup/01669700000000-{{b}}",
        f"{_TABLE}-restored",
        via="dynamodb",
        metadata=(("targetTableName", "{n}-restored"), ("encryptionType", "KMS"), ("kmsMasterKeyArn", "{k}")),
    ),
    Kind(
        "dynamodb-advanced",
        "DynamoDB",
        _TABLE,
        _POINT,
        f"{_TABLE}-restored",
        fully_managed=True,
        via="dynamodb",
        metadata=(("targetTableName", "{n}-restored"), ("encryptionType", "KMS"), ("kmsMasterKeyArn", "{k}")),
    ),
    Kind(
        "efs",
        "EFS",
        "arn:{p}:elasticfilesystem:{r}:{a}:file-system/fs-{h}",
        _POINT,
        "arn:{p}:elasticfilesystem:{r}:{a}:file-system/*",
        fully_managed=True,
        metadata=(
            ("file-system-id", "fs-{h}"),
            ("newFileSystem", "true"),
            ("Encrypted", "true"),
            ("KmsKeyId", "{k}"),
            ("PerformanceMode", "generalPurpose"),
            ("CreationToken", "{n}"),
        ),
    ),
    Kind(
        "fsx",
        "FSx",
        "arn:{p}:fsx:{r}:{a}:file-system/fs-{h}",
        "arn:{p}:fsx:{r}:{a}:backup/backup-{h}",
        "arn:{p}:fsx:{r}:{a}:file-system/*",
        via="fsx",
        metadata=(("SubnetIds", '["subnet-0b1c2d3e4f5a60718"]'), ("KmsKeyId", "{k}")),
    ),
    Kind(
        "s3",
        "S3",
        "arn:{p}:s3:::{n}-{h}",
        _POINT,
        "arn:{p}:s3:::{n}-{h}-restored",
        fully_managed=True,
        via="s3",
        metadata=(
            ("DestinationBucketName", "{n}-{h}-restored"),
            ("NewBucket", "true"),
            ("Encrypted", "true"),
            ("EncryptionType", "SSE-KMS"),
            ("KMSKey", "{k}"),
        ),
    ),
    Kind(
        "redshift",
        "Redshift",
        "arn:{p}:redshift:{r}:{a}:cluster:{n}",
        "arn:{p}:redshift:{r}:{a}:snapshot:{n}/awsbackup:job-{u}",
        "arn:{p}:redshift:{r}:{a}:cluster:{n}-restored",
        metadata=(("ClusterIdentifier", "{n}-restored"), ("NodeType", "ra3.large")),
    ),
    Kind(
        "timestream",
        "Timestream",
        "arn:{p}:timestream:{r}:{a}:database/{n}/table/readings",
        _POINT,
        "arn:{p}:timestream:{r}:{a}:database/{n}/table/readings-restored",
        fully_managed=True,
        metadata=(("TableName", "readings-restored"), ("DatabaseName", "{n}")),
    ),
    Kind(
        "cloudformation",
        "CloudFormation",
        "arn:{p}:cloudformation:{r}:{a}:stack/{n}/{u}",
        _POINT,
        "arn:{p}:cloudformation:{r}:{a}:stack/{n}-restored/{u}",
        fully_managed=True,
        metadata=(("StackName", "{n}-restored"), ("ChangeSetName", "{n}-restore")),
    ),
    Kind(
        "redshift-serverless",
        "Redshift Serverless",
        "arn:{p}:redshift-serverless:{r}:{a}:namespace/{u}",
        "arn:{p}:redshift-serverless:{r}:{a}:snapshot/{u}",
        "arn:{p}:redshift-serverless:{r}:{a}:namespace/{u}",
    ),
    Kind(
        "storage-gateway",
        "Storage Gateway",
        "arn:{p}:storagegateway:{r}:{a}:gateway/sgw-12A3456B/volume/vol-{h}",
        "arn:{p}:ec2:{r}::snapshot/snap-{h}",
        "arn:{p}:storagegateway:{r}:{a}:gateway/sgw-12A3456B",
    ),
    Kind(
        "sap-hana",
        "SAP HANA on Amazon EC2",
        "arn:{p}:ssm-sap:{r}:{a}:HANA/{n}/DB/HDB",
        _POINT,
        "arn:{p}:ssm-sap:{r}:{a}:HANA/{n}/DB/HDB",
        fully_managed=True,
    ),
    Kind("eks", "EKS", "arn:{p}:eks:{r}:{a}:cluster/{n}", _POINT, "arn:{p}:eks:{r}:{a}:cluster/*", fully_managed=True),
    Kind(
        "vmware",
        "VirtualMachine",
        "arn:{p}:backup-gateway:{r}:{a}:vm/vm-{h}",
        _POINT,
        "arn:{p}:backup-gateway:{r}:{a}:hypervisor/hype-{h}",
        fully_managed=True,
    ),
)

KIND = {kind.id: kind for kind in KINDS}
