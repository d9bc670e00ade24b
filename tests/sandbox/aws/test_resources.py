"""What is backed up, as the service that it belongs to tells it: EC2, RDS, DynamoDB, EFS, FSx, S3, Redshift."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import REGION, STRANGER, WORKLOAD, Reader, Serve

KEY = f"arn:aws:kms:{REGION}:{WORKLOAD}:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
POLICY = {"Version": "2012-10-17", "Statement": []}


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{WORKLOAD}:{resource}"


def resource(name: str, kind: str, **members: Any) -> dict[str, Any]:
    return {"ResourceArn": name, "ResourceType": kind, "KmsKeyArn": KEY, "Tags": {"env": "prod"}, **members}


def bare(name: str, kind: str) -> dict[str, Any]:
    return {"ResourceArn": name, "ResourceType": kind}


VOLUME, INSTANCE = arn("ec2", "volume/vol-0a1b"), arn("ec2", "instance/i-0a1b")
DATABASE, CLUSTER = arn("rds", "db:orders"), arn("rds", "cluster:ledger")
TABLE = arn("dynamodb", "table/orders")
EFS = arn("elasticfilesystem", "file-system/fs-0a1b")
FSX, FSX_VOLUME = arn("fsx", "file-system/fs-0c3d4e5f"), arn("fsx", "volume/fs-0c3d4e5f/fsvol-0c3d")
RESOURCES = [
    resource(VOLUME, "EBS"),
    bare(arn("ec2", "volume/vol-0free"), "EBS"),
    resource(
        INSTANCE,
        "EC2",
        VolumeArns=[VOLUME],
        InstanceProfileRoleArn=f"arn:aws:iam::{WORKLOAD}:role/service/web",
        InstanceType="c7g.large",
    ),
    bare(arn("ec2", "instance/i-0bare"), "EC2"),
    resource(DATABASE, "RDS", Engine="postgres"),
    resource(CLUSTER, "Aurora"),
    bare(arn("rds", "cluster:graph"), "Neptune"),
    bare(arn("rds", "cluster:papers"), "DocumentDB"),
    resource(TABLE, "DynamoDB"),
    bare(arn("dynamodb", "table/plain"), "DynamoDB"),
    resource(EFS, "EFS", Policy=POLICY),
    bare(arn("elasticfilesystem", "file-system/fs-0bare"), "EFS"),
    resource(FSX, "FSx", FileSystemType="WINDOWS"),
    resource(FSX_VOLUME, "FSx"),
    resource("arn:aws:s3:::invoices", "S3", Policy=POLICY),
    bare("arn:aws:s3:::plain", "S3"),
    resource(arn("redshift", "cluster:warehouse"), "Redshift"),
    resource(arn("eks", "cluster/shop"), "EKS", accessConfig={"authenticationMode": "CONFIG_MAP"}),
    bare(arn("eks", "cluster/plain"), "EKS"),
]
POINTS = [
    {"RecoveryPointArn": point, "ResourceArn": of, "EncryptionKeyArn": KEY}
    for point, of in (
        (f"arn:aws:ec2:{REGION}::snapshot/snap-0a1b", VOLUME),
        (f"arn:aws:ec2:{REGION}::image/ami-0a1b", INSTANCE),
        (arn("rds", "snapshot:awsbackup:job-1"), DATABASE),
        (arn("rds", "cluster-snapshot:awsbackup:job-2"), CLUSTER),
        (arn("fsx", "backup/backup-0c3d"), FSX),
    )
]
ESTATE: dict[str, Any] = {
    WORKLOAD: {
        "regions": {
            REGION: {"resources": RESOURCES, "recovery_points": POINTS},
            "us-east-1": {
                "resources": [bare("arn:aws:s3:::first", "S3")],
                "ebs_encryption": {"EbsEncryptionByDefault": True, "KmsKeyId": KEY},
            },
        }
    },
    STRANGER: {"regions": {REGION: {"resources": [bare("arn:aws:s3:::theirs", "S3")]}}},
}
TAGS = [{"Key": "env", "Value": "prod"}]


@pytest.fixture
def reader(serve: Serve) -> Reader:
    return serve(ESTATE)


def test_a_volume_tells_its_key_its_tags_and_its_instance(reader: Reader) -> None:
    ec2 = reader("ec2")
    (volume,) = ec2.describe_volumes(VolumeIds=["vol-0a1b"])["Volumes"]
    assert (volume["Encrypted"], volume["KmsKeyId"], volume["Tags"]) == (True, KEY, TAGS)
    assert (volume["State"], volume["Attachments"][0]["InstanceId"]) == ("in-use", "i-0a1b")
    (free,) = ec2.describe_volumes(VolumeIds=["vol-0free"])["Volumes"]
    assert (free["Encrypted"], free["State"], free["Attachments"]) == (False, "available", [])
    assert "KmsKeyId" not in free


def test_an_instance_tells_its_profile_and_its_volumes(reader: Reader) -> None:
    ec2 = reader("ec2")
    (reservation,) = ec2.describe_instances(InstanceIds=["i-0a1b"])["Reservations"]
    (instance,) = reservation["Instances"]
    assert instance["IamInstanceProfile"]["Arn"] == f"arn:aws:iam::{WORKLOAD}:instance-profile/web"
    assert [disk["Ebs"]["VolumeId"] for disk in instance["BlockDeviceMappings"]] == ["vol-0a1b"]
    assert instance["InstanceType"] == "c7g.large"
    (association,) = ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
    assert association["InstanceId"] == "i-0a1b"
    (reservation,) = ec2.describe_instances(InstanceIds=["i-0bare"])["Reservations"]
    assert "IamInstanceProfile" not in reservation["Instances"][0]


def test_snapshots_and_images_are_the_recovery_points(reader: Reader) -> None:
    ec2 = reader("ec2")
    (snapshot,) = ec2.describe_snapshots(SnapshotIds=["snap-0a1b"])["Snapshots"]
    assert (snapshot["VolumeId"], snapshot["KmsKeyId"], snapshot["OwnerId"]) == ("vol-0a1b", KEY, WORKLOAD)
    (image,) = ec2.describe_images(ImageIds=["ami-0a1b"])["Images"]
    assert image["State"] == "available"


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ([{"Name": "volume-id", "Values": ["vol-0free", "vol-1"]}], ["vol-0free"]),
        ([{"Name": "status", "Values": ["in-use"]}], ["vol-0a1b"]),
        ([{"Name": "tag:env", "Values": ["prod"]}], ["vol-0a1b"]),
        ([{"Name": "tag:env", "Values": ["prod"]}, {"Name": "status", "Values": ["available"]}], []),
    ],
)
def test_volumes_are_filtered(reader: Reader, filters: list[dict[str, Any]], ids: list[str]) -> None:
    assert [volume["VolumeId"] for volume in reader("ec2").describe_volumes(Filters=filters)["Volumes"]] == ids


@pytest.mark.parametrize(
    ("name", "engine", "encrypted"),
    [("ledger", "aurora-mysql", True), ("graph", "neptune", False), ("papers", "docdb", False)],
)
def test_a_cluster_tells_its_engine_by_its_type(reader: Reader, name: str, engine: str, encrypted: bool) -> None:
    rds = reader("rds")
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    assert (cluster["DBClusterIdentifier"], cluster["Engine"], cluster["StorageEncrypted"]) == (name, engine, encrypted)
    (same,) = rds.describe_db_clusters(Filters=[{"Name": "engine", "Values": [engine]}])["DBClusters"]
    assert same["DBClusterArn"] == cluster["DBClusterArn"]


@pytest.mark.parametrize("service", ["docdb", "neptune"])
def test_clusters_are_read_with_the_clients_of_their_own_services_too(reader: Reader, service: str) -> None:
    (cluster,) = reader(service).describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"]
    assert cluster["KmsKeyId"] == KEY


def test_a_database_tells_its_key_and_its_tags(reader: Reader) -> None:
    rds = reader("rds")
    (database,) = rds.describe_db_instances()["DBInstances"]
    assert (database["DBInstanceArn"], database["Engine"], database["KmsKeyId"]) == (DATABASE, "postgres", KEY)
    assert database["TagList"] == rds.list_tags_for_resource(ResourceName=DATABASE)["TagList"] == TAGS


def test_database_snapshots_are_the_recovery_points(reader: Reader) -> None:
    rds = reader("rds")
    (snapshot,) = rds.describe_db_snapshots(DBSnapshotIdentifier="awsbackup:job-1")["DBSnapshots"]
    assert (snapshot["DBInstanceIdentifier"], snapshot["KmsKeyId"]) == ("orders", KEY)
    assert (snapshot["Encrypted"], snapshot["SnapshotType"]) == (True, "awsbackup")
    (snapshot,) = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert (snapshot["DBClusterIdentifier"], snapshot["StorageEncrypted"]) == ("ledger", True)


def test_a_table_tells_its_key_if_it_has_one_of_its_own(reader: Reader) -> None:
    dynamodb = reader("dynamodb")
    for named in ("orders", TABLE):
        table = dynamodb.describe_table(TableName=named)["Table"]
        assert (table["TableArn"], table["SSEDescription"]["KMSMasterKeyArn"]) == (TABLE, KEY)
    assert "SSEDescription" not in dynamodb.describe_table(TableName="plain")["Table"]
    assert dynamodb.list_tags_of_resource(ResourceArn=TABLE)["Tags"] == TAGS
    backups = dynamodb.describe_continuous_backups(TableName="orders")["ContinuousBackupsDescription"]
    assert backups["ContinuousBackupsStatus"] == "ENABLED"


def test_a_file_system_of_efs_tells_its_key_its_policy_and_its_tags(reader: Reader) -> None:
    efs = reader("efs")
    for named in ("fs-0a1b", EFS):
        (file_system,) = efs.describe_file_systems(FileSystemId=named)["FileSystems"]
        assert (file_system["FileSystemArn"], file_system["KmsKeyId"]) == (EFS, KEY)
        assert json.loads(efs.describe_file_system_policy(FileSystemId=named)["Policy"]) == POLICY
        assert efs.list_tags_for_resource(ResourceId=named)["Tags"] == TAGS
    assert len(efs.describe_file_systems()["FileSystems"]) == 2


def test_a_file_system_of_fsx_tells_its_key_its_volumes_and_its_backups(reader: Reader) -> None:
    fsx = reader("fsx")
    (file_system,) = fsx.describe_file_systems(FileSystemIds=["fs-0c3d4e5f"])["FileSystems"]
    assert (file_system["FileSystemType"], file_system["Lifecycle"], file_system["KmsKeyId"]) == (
        "WINDOWS",
        "AVAILABLE",
        KEY,
    )
    in_file_system = [{"Name": "file-system-id", "Values": ["fs-0c3d4e5f"]}]
    (volume,) = fsx.describe_volumes(Filters=in_file_system)["Volumes"]
    assert (volume["VolumeId"], volume["FileSystemId"]) == ("fsvol-0c3d", "fs-0c3d4e5f")
    (backup,) = fsx.describe_backups(Filters=in_file_system)["Backups"]
    assert (backup["BackupId"], backup["FileSystem"]["ResourceARN"], backup["KmsKeyId"]) == ("backup-0c3d", FSX, KEY)
    assert fsx.list_tags_for_resource(ResourceARN=FSX)["Tags"] == TAGS


def test_a_bucket_tells_its_policy_its_encryption_its_versioning_and_its_tags(reader: Reader) -> None:
    s3 = reader("s3")
    assert json.loads(s3.get_bucket_policy(Bucket="invoices")["Policy"]) == POLICY
    for bucket, default in (
        ("invoices", {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}),
        ("plain", {"SSEAlgorithm": "AES256"}),
    ):
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"] == default
    assert s3.get_bucket_versioning(Bucket="plain")["Status"] == "Enabled"
    assert s3.get_bucket_tagging(Bucket="invoices")["TagSet"] == TAGS
    assert s3.head_bucket(Bucket="invoices")["BucketRegion"] == REGION
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["invoices", "plain", "first"]


def test_a_bucket_tells_its_region_wherever_it_is_asked(reader: Reader) -> None:
    for region in (REGION, "us-east-1"):
        s3 = reader("s3", region=region)
        assert s3.get_bucket_location(Bucket="invoices")["LocationConstraint"] == REGION
        assert s3.get_bucket_location(Bucket="first").get("LocationConstraint") is None


def test_a_client_that_asks_in_the_wrong_region_is_sent_to_the_right_one(reader: Reader) -> None:
    s3 = reader("s3", region="us-east-1")
    reader.sandbox.reset_calls()
    assert json.loads(s3.get_bucket_policy(Bucket="invoices")["Policy"]) == POLICY
    assert [(call.region, call.code) for call in reader.sandbox.calls] == [
        ("us-east-1", "PermanentRedirect"),
        (REGION, None),
    ]


def test_a_redshift_cluster_tells_its_key(reader: Reader) -> None:
    redshift = reader("redshift")
    for asked in ({}, {"ClusterIdentifier": "warehouse"}):
        (cluster,) = redshift.describe_clusters(**asked)["Clusters"]
        assert (cluster["ClusterIdentifier"], cluster["KmsKeyId"]) == ("warehouse", KEY)


@pytest.mark.parametrize(("name", "mode"), [("shop", "CONFIG_MAP"), ("plain", "API_AND_CONFIG_MAP")])
def test_an_eks_cluster_tells_its_authentication_mode(reader: Reader, name: str, mode: str) -> None:
    cluster = reader("eks").describe_cluster(name=name)["cluster"]
    assert (cluster["name"], cluster["accessConfig"]) == (name, {"authenticationMode": mode})


@pytest.mark.parametrize(("region", "told"), [(REGION, (False, "alias/aws/ebs")), ("us-east-1", (True, KEY))])
def test_a_region_tells_how_new_volumes_are_encrypted(reader: Reader, region: str, told: tuple[bool, str]) -> None:
    ec2 = reader("ec2", region=region)
    by_default = ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
    assert (by_default, ec2.get_ebs_default_kms_key_id()["KmsKeyId"]) == told


@pytest.mark.parametrize(
    ("service", "operation", "asked", "code", "status"),
    [
        ("ec2", "describe_volumes", {"VolumeIds": ["vol-9"]}, "InvalidVolume.NotFound", 400),
        ("ec2", "describe_instances", {"InstanceIds": ["i-9"]}, "InvalidInstanceID.NotFound", 400),
        ("ec2", "describe_snapshots", {"SnapshotIds": ["snap-9"]}, "InvalidSnapshot.NotFound", 400),
        ("ec2", "describe_images", {"ImageIds": ["ami-9"]}, "InvalidAMIID.NotFound", 400),
        ("ec2", "describe_volumes", {"Filters": [{"Name": "mood", "Values": ["x"]}]}, "InvalidParameterValue", 400),
        ("rds", "describe_db_instances", {"DBInstanceIdentifier": "no"}, "DBInstanceNotFound", 404),
        ("rds", "describe_db_clusters", {"DBClusterIdentifier": "no"}, "DBClusterNotFoundFault", 404),
        ("rds", "describe_db_snapshots", {"DBSnapshotIdentifier": "no"}, "DBSnapshotNotFound", 404),
        ("rds", "list_tags_for_resource", {"ResourceName": "no"}, "DBInstanceNotFound", 404),
        ("dynamodb", "describe_table", {"TableName": "nothing"}, "ResourceNotFoundException", 400),
        ("dynamodb", "describe_continuous_backups", {"TableName": "nothing"}, "ResourceNotFoundException", 400),
        ("eks", "describe_cluster", {"name": "no"}, "ResourceNotFoundException", 404),
        ("efs", "describe_file_systems", {"FileSystemId": "fs-00000000"}, "FileSystemNotFound", 404),
        ("efs", "describe_file_system_policy", {"FileSystemId": "fs-0bare"}, "PolicyNotFound", 404),
        ("fsx", "describe_file_systems", {"FileSystemIds": ["fs-00000000000"]}, "FileSystemNotFound", 400),
        ("fsx", "describe_volumes", {"VolumeIds": ["fsvol-00000000000000000"]}, "VolumeNotFound", 400),
        ("fsx", "describe_backups", {"BackupIds": ["backup-00000000"]}, "BackupNotFound", 400),
        ("fsx", "list_tags_for_resource", {"ResourceARN": f"{FSX}9"}, "ResourceNotFound", 400),
        ("s3", "get_bucket_policy", {"Bucket": "nothing"}, "NoSuchBucket", 404),
        ("s3", "get_bucket_policy", {"Bucket": "plain"}, "NoSuchBucketPolicy", 404),
        ("s3", "get_bucket_policy", {"Bucket": "theirs"}, "AccessDenied", 403),
        ("s3", "get_bucket_location", {"Bucket": "theirs"}, "AccessDenied", 403),
        ("s3", "get_bucket_tagging", {"Bucket": "plain"}, "NoSuchTagSet", 404),
        ("s3", "head_bucket", {"Bucket": "nothing"}, "404", 404),
        ("redshift", "describe_clusters", {"ClusterIdentifier": "no"}, "ClusterNotFound", 404),
    ],
)
def test_what_is_not_there_has_its_services_own_code(
    reader: Reader, service: str, operation: str, asked: dict[str, Any], code: str, status: int
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(reader(service), operation)(**asked)
    response = refused.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
