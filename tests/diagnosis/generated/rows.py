"""The actions that AWS documents for a job of a resource type, as a person writes them into a policy: a row a job.

Calls of AWS KMS stand in the tables of `needs`. Every row is the whole of what a role is said to need.
"""

_ANY = ("tag:GetResources", "backup:DescribeBackupVault")
_CLUSTER = ("rds:CreateDBClusterSnapshot", "rds:AddTagsToResource", "rds:DescribeDB*")
_RESTORED_CLUSTER = ("rds:RestoreDBClusterFromSnapshot", "rds:RestoreDBClusterToPointInTime", "rds:AddTagsToResource")
_COPY = ("backup:CopyFromBackupVault", "backup:CopyIntoBackupVault")
_BUCKET = ("GetInventoryConfiguration", "PutInventoryConfiguration", "ListBucketVersions", "GetBucketVersioning")
_BUCKET_TOO = ("GetBucketNotification", "PutBucketNotification", "GetBucketAcl", "GetBucketTagging", "GetObject*")
_NEW_BUCKET = ("CreateBucket", "PutObject", "PutObjectAcl", "PutObjectVersionAcl", "PutObjectTagging", "List*")

_BACKUP: dict[str, tuple[str, ...]] = {
    "ebs": (
        "ec2:CreateSnapshot",
        "ec2:CreateTags",
        "ec2:DeleteSnapshot",
        "ec2:DescribeVolumes",
        "ec2:DescribeSnapshots",
        "ec2:DescribeTags",
    ),
    "ec2": ("ec2:CreateImage", "ec2:CreateTags", "ec2:Describe*"),
    "rds": ("rds:CreateDBSnapshot", "rds:AddTagsToResource", "rds:DescribeDB*"),
    "aurora": _CLUSTER,
    "documentdb": _CLUSTER,
    "neptune": _CLUSTER,
    "dynamodb": ("dynamodb:CreateBackup", "dynamodb:DescribeTable"),
    "dynamodb-advanced": (
        "dynamodb:StartAwsBackupJob",
        "dynamodb:ListTagsOfResource",
        "dynamodb:DescribeTable",
        "backup:TagResource",
    ),
    "efs": ("elasticfilesystem:Backup", "elasticfilesystem:DescribeTags", "backup:TagResource"),
    "fsx": (
        "fsx:CreateBackup",
        "fsx:DescribeFileSystems",
        "fsx:DescribeVolumes",
        "fsx:DescribeBackups",
        "fsx:TagResource",
    ),
    "s3": (
        *(f"s3:{name}" for name in (*_BUCKET, *_BUCKET_TOO, "ListAllMyBuckets", "ListTagsForResource")),
        "events:*",
        "cloudwatch:GetMetricData",
        "backup:TagResource",
    ),
    "redshift": ("redshift:CreateClusterSnapshot", "redshift:CreateTags", "redshift:Describe*"),
    "timestream": ("timestream:StartAwsBackupJob", "timestream:GetAwsBackupStatus", "timestream:Describe*"),
    "cloudformation": (
        "cloudformation:ListStacks",
        "cloudformation:GetTemplate",
        "cloudformation:DescribeStacks",
        "cloudformation:ListStackResources",
    ),
    "redshift-serverless": (
        "redshift-serverless:CreateSnapshot",
        "redshift-serverless:TagResource",
        "redshift-serverless:GetNamespace",
    ),
    "storage-gateway": (
        "storagegateway:CreateSnapshot",
        "storagegateway:ListTagsForResource",
        "ec2:CreateTags",
        "ec2:DeleteSnapshot",
        "ec2:DescribeSnapshots",
    ),
    "sap-hana": ("ssm-sap:BackupDatabase", "ssm-sap:GetDatabase", "ssm-sap:UpdateHanaBackupSettings"),
    "eks": ("eks:Describe*", "eks:List*", "eks:CreateAccessEntry", "eks:AssociateAccessPolicy"),
    "vmware": ("backup-gateway:Backup", "backup-gateway:ListTagsForResource"),
}

_RESTORE: dict[str, tuple[str, ...]] = {
    "ebs": ("ec2:CreateVolume", "ec2:Describe*", "ec2:CreateTags"),
    "ec2": ("ec2:RunInstances", "ec2:CreateTags", "ec2:Describe*", "iam:PassRole"),
    "rds": (
        "rds:RestoreDBInstanceFromDBSnapshot",
        "rds:RestoreDBInstanceToPointInTime",
        "rds:AddTagsToResource",
        "rds:CreateDBInstance",
    ),
    "aurora": (*_RESTORED_CLUSTER, "rds:CreateDBInstance"),
    "documentdb": (*_RESTORED_CLUSTER, "rds:CreateDBInstance"),
    "neptune": (*_RESTORED_CLUSTER, "rds:CreateDBInstance"),
    "dynamodb": (
        "dynamodb:RestoreTableFromBackup",
        "dynamodb:Scan",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
    ),
    "dynamodb-advanced": ("dynamodb:RestoreTableFromAwsBackup",),
    "efs": (
        "elasticfilesystem:Restore",
        "elasticfilesystem:CreateFilesystem",
        "elasticfilesystem:DescribeFilesystems",
        "elasticfilesystem:DeleteFilesystem",
        "elasticfilesystem:TagResource",
    ),
    "fsx": (
        "fsx:CreateFileSystemFromBackup",
        "fsx:CreateVolumeFromBackup",
        "fsx:TagResource",
        "ds:DescribeDirectories",
    ),
    "s3": tuple(f"s3:{name}" for name in (*_NEW_BUCKET, "PutBucketVersioning", "PutBucketOwnershipControls")),
    "redshift": ("redshift:RestoreFromClusterSnapshot", "redshift:RestoreTableFromClusterSnapshot"),
    "timestream": ("timestream:StartAwsRestoreJob", "timestream:GetAwsRestoreStatus"),
    "cloudformation": (
        "cloudformation:CreateChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:TagResource",
        "cloudformation:UntagResource",
    ),
}

_MOVE = {
    "ebs": ("ec2:CopySnapshot",),
    "ec2": ("ec2:CopyImage",),
    "rds": ("rds:CopyDBSnapshot",),
    **dict.fromkeys(("aurora", "documentdb", "neptune"), ("rds:CopyDBClusterSnapshot",)),
    "fsx": ("fsx:CopyBackup",),
}

_SHARE = {
    "ebs": ("ec2:ModifySnapshotAttribute",),
    "ec2": ("ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute"),
    "rds": ("rds:ModifyDBSnapshotAttribute",),
    **dict.fromkeys(("aurora", "documentdb", "neptune"), ("rds:ModifyDBClusterSnapshotAttribute",)),
    "fsx": ("fsx:ManageBackupPrincipalAssociations",),
}


def row(job: str, kind: str) -> tuple[str, ...]:
    """Every action, those of AWS KMS aside, that AWS documents for a job of a resource type."""
    if job in ("backup", "restore"):
        return (*(_BACKUP if job == "backup" else _RESTORE)[kind], *_ANY)
    return (*_COPY, *(_MOVE if job == "copy" else _SHARE).get(kind, ()), *_ANY)
