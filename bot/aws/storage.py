"""The services whose resources AWS Backup protects: what they say of encryption, tags and their own policies."""

from bot.aws.lookup import Lookup, Operation, lookup

DESCRIBE_VOLUMES = Operation(
    "ec2", "DescribeVolumes", "Volumes", frozenset({"InvalidVolume.NotFound"}), reads="the EBS volumes"
)
DESCRIBE_INSTANCES = Operation(
    "ec2",
    "DescribeInstances",
    "Reservations",
    frozenset({"InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"}),
    reads="the EC2 instance",
)
GET_ALLOWED_IMAGES_SETTINGS = Operation(
    "ec2", "GetAllowedImagesSettings", None, reads="the Allowed AMIs setting of the account"
)
GET_EBS_ENCRYPTION_BY_DEFAULT = Operation(
    "ec2",
    "GetEbsEncryptionByDefault",
    "EbsEncryptionByDefault",
    reads="whether the account encrypts every new EBS volume",
)
GET_EBS_DEFAULT_KMS_KEY_ID = Operation(
    "ec2", "GetEbsDefaultKmsKeyId", "KmsKeyId", reads="the key under which the account encrypts new EBS volumes"
)
DESCRIBE_DB_INSTANCES = Operation(
    "rds",
    "DescribeDBInstances",
    "DBInstances",
    frozenset({"DBInstanceNotFound", "DBInstanceNotFoundFault"}),
    reads="the DB instance",
)
DESCRIBE_DB_CLUSTERS = Operation(
    "rds",
    "DescribeDBClusters",
    "DBClusters",
    frozenset({"DBClusterNotFoundFault", "DBClusterNotFound"}),
    reads="the DB cluster",
)
DESCRIBE_TABLE = Operation(
    "dynamodb", "DescribeTable", "Table", frozenset({"ResourceNotFoundException"}), reads="the DynamoDB table"
)
LIST_TAGS_OF_TABLE = Operation(
    "dynamodb", "ListTagsOfResource", "Tags", frozenset({"ResourceNotFoundException"}), reads="the table's tags"
)
DESCRIBE_FILE_SYSTEMS = Operation(
    "efs",
    "DescribeFileSystems",
    "FileSystems",
    frozenset({"FileSystemNotFound"}),
    action="elasticfilesystem:DescribeFileSystems",
    reads="the EFS file system",
)
DESCRIBE_FILE_SYSTEM_POLICY = Operation(
    "efs",
    "DescribeFileSystemPolicy",
    "Policy",
    frozenset({"PolicyNotFound", "FileSystemNotFound"}),
    action="elasticfilesystem:DescribeFileSystemPolicy",
    reads="the file system's policy",
)
DESCRIBE_FSX_FILE_SYSTEMS = Operation(
    "fsx", "DescribeFileSystems", "FileSystems", frozenset({"FileSystemNotFound"}), reads="the FSx file system"
)
DESCRIBE_CACHED_VOLUMES = Operation(
    "storagegateway",
    "DescribeCachediSCSIVolumes",
    "CachediSCSIVolumes",
    frozenset({"InvalidGatewayRequestException"}),
    reads="the Storage Gateway volume as a cached one",
)
DESCRIBE_STORED_VOLUMES = Operation(
    "storagegateway",
    "DescribeStorediSCSIVolumes",
    "StorediSCSIVolumes",
    frozenset({"InvalidGatewayRequestException"}),
    reads="the Storage Gateway volume as a stored one",
)
GET_DSQL_CLUSTER = Operation(
    "dsql", "GetCluster", None, frozenset({"ResourceNotFoundException"}), reads="the Aurora DSQL cluster"
)
DESCRIBE_CLUSTER = Operation(
    "eks", "DescribeCluster", "cluster", frozenset({"ResourceNotFoundException"}), reads="the EKS cluster"
)
_NO_BUCKET = frozenset({"NoSuchBucket"})
GET_BUCKET_ENCRYPTION = Operation(
    "s3",
    "GetBucketEncryption",
    "ServerSideEncryptionConfiguration",
    _NO_BUCKET | {"ServerSideEncryptionConfigurationNotFoundError"},
    action="s3:GetEncryptionConfiguration",
    reads="the bucket's encryption",
)
GET_BUCKET_POLICY = Operation(
    "s3", "GetBucketPolicy", "Policy", _NO_BUCKET | {"NoSuchBucketPolicy"}, reads="the bucket policy"
)
GET_BUCKET_TAGGING = Operation(
    "s3", "GetBucketTagging", "TagSet", _NO_BUCKET | {"NoSuchTagSet", "NoSuchTagSetError"}, reads="the bucket's tags"
)


def volumes(account: str, region: str, ids: list[str]) -> Lookup:
    """EBS volumes, with KmsKeyId and Tags."""
    return lookup(DESCRIBE_VOLUMES, account, region, VolumeIds=ids)


def instances(account: str, region: str, instance: str) -> Lookup:
    """An EC2 instance in its reservation, with its volumes, instance profile and Tags."""
    return lookup(DESCRIBE_INSTANCES, account, region, InstanceIds=[instance])


def allowed_images(account: str, region: str) -> Lookup:
    """Which images an account can use in a Region, with State and ImageCriteria."""
    return lookup(GET_ALLOWED_IMAGES_SETTINGS, account, region)


def ebs_encryption_by_default(account: str, region: str) -> Lookup:
    """Whether every new EBS volume is encrypted in an account and Region, as a boolean."""
    return lookup(GET_EBS_ENCRYPTION_BY_DEFAULT, account, region)


def ebs_default_key(account: str, region: str) -> Lookup:
    """The ARN or the alias of the key under which new EBS volumes are encrypted where no other is named."""
    return lookup(GET_EBS_DEFAULT_KMS_KEY_ID, account, region)


def db_instances(account: str, region: str, identifier: str) -> Lookup:
    """A DB instance, with KmsKeyId and TagList."""
    return lookup(DESCRIBE_DB_INSTANCES, account, region, DBInstanceIdentifier=identifier)


def db_clusters(account: str, region: str, identifier: str) -> Lookup:
    """A DB cluster of Aurora, DocumentDB or Neptune, with KmsKeyId and TagList."""
    return lookup(DESCRIBE_DB_CLUSTERS, account, region, DBClusterIdentifier=identifier)


def table(account: str, region: str, name: str) -> Lookup:
    """A DynamoDB table, with its SSEDescription."""
    return lookup(DESCRIBE_TABLE, account, region, TableName=name)


def table_tags(account: str, region: str, arn: str) -> Lookup:
    """A DynamoDB table's tags."""
    return lookup(LIST_TAGS_OF_TABLE, account, region, ResourceArn=arn)


def file_systems(account: str, region: str, file_system: str) -> Lookup:
    """An EFS file system, with KmsKeyId and Tags."""
    return lookup(DESCRIBE_FILE_SYSTEMS, account, region, FileSystemId=file_system)


def file_system_policy(account: str, region: str, file_system: str) -> Lookup:
    """An EFS file system's own policy, a JSON text; absent where it has none."""
    return lookup(DESCRIBE_FILE_SYSTEM_POLICY, account, region, FileSystemId=file_system)


def fsx_file_systems(account: str, region: str, file_system: str) -> Lookup:
    """An FSx file system, with KmsKeyId and Tags."""
    return lookup(DESCRIBE_FSX_FILE_SYSTEMS, account, region, FileSystemIds=[file_system])


def cached_volumes(account: str, region: str, arn: str) -> Lookup:
    """A cached Storage Gateway volume, with KMSKey; absent where the volume is a stored one."""
    return lookup(DESCRIBE_CACHED_VOLUMES, account, region, VolumeARNs=[arn])


def stored_volumes(account: str, region: str, arn: str) -> Lookup:
    """A stored Storage Gateway volume, with KMSKey; absent where the volume is a cached one."""
    return lookup(DESCRIBE_STORED_VOLUMES, account, region, VolumeARNs=[arn])


def dsql_cluster(account: str, region: str, identifier: str) -> Lookup:
    """An Aurora DSQL cluster, with encryptionDetails and tags."""
    return lookup(GET_DSQL_CLUSTER, account, region, identifier=identifier)


def eks_cluster(account: str, region: str, name: str) -> Lookup:
    """An EKS cluster, with accessConfig."""
    return lookup(DESCRIBE_CLUSTER, account, region, name=name)


def bucket_encryption(account: str, region: str, bucket: str) -> Lookup:
    """A bucket's default encryption, with the KMS key if there is one."""
    return lookup(GET_BUCKET_ENCRYPTION, account, region, Bucket=bucket)


def bucket_policy(account: str, region: str, bucket: str) -> Lookup:
    """A bucket's policy, a JSON text; absent where it has none."""
    return lookup(GET_BUCKET_POLICY, account, region, Bucket=bucket)


def bucket_tags(account: str, region: str, bucket: str) -> Lookup:
    """A bucket's tags; absent where it has none."""
    return lookup(GET_BUCKET_TAGGING, account, region, Bucket=bucket)
