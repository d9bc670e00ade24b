"""What a job calls, as AWS documents it: the derivation that the contract of causes points to, a row a job and type.

Only what a job can't do without stands here. An action is followed by the things that it is asked for on: names of the
scene, or `*`.
"""

Calls = tuple[tuple[str, ...], ...]

_DATABASE_CLUSTER: Calls = (
    ("rds:CreateDBClusterSnapshot", "resource", "point"),
    ("rds:AddTagsToResource", "point"),
    ("rds:DescribeDBClusters", "*"),
    ("rds:DescribeDBClusterSnapshots", "*"),
)

BACKUP: dict[str, Calls] = {
    "ebs": (
        ("ec2:CreateSnapshot", "resource", "point"),
        ("ec2:CreateTags", "point"),
        ("ec2:DescribeVolumes", "*"),
        ("ec2:DescribeSnapshots", "*"),
    ),
    "ec2": (
        ("ec2:CreateImage", "resource", "point"),
        ("ec2:CreateTags", "point"),
        ("ec2:DescribeInstances", "*"),
        ("ec2:DescribeImages", "*"),
    ),
    "rds": (
        ("rds:CreateDBSnapshot", "resource", "point"),
        ("rds:AddTagsToResource", "point"),
        ("rds:DescribeDBInstances", "*"),
        ("rds:DescribeDBSnapshots", "*"),
    ),
    "aurora": _DATABASE_CLUSTER,
    "documentdb": _DATABASE_CLUSTER,
    "neptune": _DATABASE_CLUSTER,
    "dynamodb": (("dynamodb:CreateBackup", "resource"), ("dynamodb:DescribeTable", "resource")),
    "dynamodb-advanced": (
        ("dynamodb:StartAwsBackupJob", "resource"),
        ("dynamodb:ListTagsOfResource", "resource"),
        ("dynamodb:DescribeTable", "resource"),
        ("backup:TagResource", "point"),
    ),
    "efs": (
        ("elasticfilesystem:Backup", "resource"),
        ("elasticfilesystem:DescribeTags", "resource"),
        ("backup:TagResource", "point"),
    ),
    "fsx": (
        ("fsx:CreateBackup", "resource", "point"),
        ("fsx:DescribeFileSystems", "resource"),
        ("fsx:DescribeBackups", "point"),
        ("fsx:TagResource", "point"),
    ),
    "s3": (
        ("s3:GetBucketVersioning", "resource"),
        ("s3:GetInventoryConfiguration", "resource"),
        ("s3:PutInventoryConfiguration", "resource"),
        ("s3:ListBucketVersions", "resource"),
        ("s3:GetBucketNotification", "resource"),
        ("s3:PutBucketNotification", "resource"),
        ("s3:GetBucketAcl", "resource"),
        ("s3:GetBucketTagging", "resource"),
        ("s3:GetObject", "object"),
        ("s3:GetObjectVersion", "object"),
        ("events:PutRule", "rule"),
        ("cloudwatch:GetMetricData", "*"),
        ("backup:TagResource", "point"),
    ),
    "redshift": (
        ("redshift:CreateClusterSnapshot", "point"),
        ("redshift:CreateTags", "point"),
    ),
    "timestream": (
        ("timestream:StartAwsBackupJob", "resource"),
        ("timestream:GetAwsBackupStatus", "resource"),
        ("timestream:DescribeEndpoints", "*"),
    ),
    "cloudformation": (
        ("cloudformation:GetTemplate", "resource"),
        ("cloudformation:DescribeStacks", "resource"),
        ("cloudformation:ListStackResources", "resource"),
        ("cloudformation:ListStacks", "resource"),
    ),
    "redshift-serverless": (
        ("redshift-serverless:CreateSnapshot", "resource"),
        ("redshift-serverless:TagResource", "point"),
        ("redshift-serverless:GetNamespace", "resource"),
    ),
    "storage-gateway": (
        ("storagegateway:CreateSnapshot", "resource"),
        ("storagegateway:ListTagsForResource", "resource"),
        ("ec2:CreateTags", "point"),
        ("ec2:DescribeSnapshots", "*"),
    ),
    "sap-hana": (
        ("ssm-sap:BackupDatabase", "resource"),
        ("ssm-sap:GetDatabase", "resource"),
        ("ssm-sap:UpdateHanaBackupSettings", "resource"),
    ),
    "eks": (
        ("eks:DescribeCluster", "resource"),
        ("eks:ListNodegroups", "resource"),
        ("eks:ListPodIdentityAssociations", "resource"),
        ("eks:CreateAccessEntry", "resource"),
    ),
    "vmware": (("backup-gateway:Backup", "resource"), ("backup-gateway:ListTagsForResource", "resource")),
}

_RESTORED_CLUSTER: Calls = (
    ("rds:RestoreDBClusterFromSnapshot", "restored"),
    ("rds:AddTagsToResource", "restored"),
)
_TABLE_CALLS = ("Scan", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")

RESTORE: dict[str, Calls] = {
    "ebs": (("ec2:CreateVolume", "restored"), ("ec2:CreateTags", "restored"), ("ec2:DescribeVolumes", "*")),
    "ec2": (
        ("ec2:RunInstances", "restored", "point"),
        ("ec2:CreateTags", "restored"),
        ("iam:PassRole", "profile"),
        ("ec2:DescribeInstances", "*"),
        ("ec2:DescribeImages", "*"),
    ),
    "rds": (
        ("rds:RestoreDBInstanceFromDBSnapshot", "restored"),
        ("rds:AddTagsToResource", "restored"),
    ),
    "aurora": _RESTORED_CLUSTER,
    "documentdb": _RESTORED_CLUSTER,
    "neptune": _RESTORED_CLUSTER,
    "dynamodb": (
        ("dynamodb:RestoreTableFromBackup", "point"),
        *((f"dynamodb:{call}", "restored") for call in _TABLE_CALLS),
    ),
    "dynamodb-advanced": (("dynamodb:RestoreTableFromAwsBackup", "restored"),),
    "efs": (
        ("elasticfilesystem:Restore", "restored"),
        ("elasticfilesystem:CreateFilesystem", "restored"),
        ("elasticfilesystem:DescribeFilesystems", "restored"),
        ("elasticfilesystem:TagResource", "restored"),
    ),
    "fsx": (
        ("fsx:CreateFileSystemFromBackup", "restored", "point"),
        ("fsx:TagResource", "restored"),
    ),
    "s3": (
        ("s3:CreateBucket", "restored"),
        ("s3:PutObject", "restored object"),
        ("s3:PutObjectAcl", "restored object"),
        ("s3:PutObjectTagging", "restored object"),
        ("s3:PutBucketVersioning", "restored"),
        ("s3:PutBucketOwnershipControls", "restored"),
        ("s3:ListBucket", "restored"),
    ),
    "redshift": (("redshift:RestoreFromClusterSnapshot", "point", "restored"),),
    "timestream": (
        ("timestream:StartAwsRestoreJob", "restored"),
        ("timestream:GetAwsRestoreStatus", "restored"),
    ),
    "cloudformation": (
        ("cloudformation:CreateChangeSet", "restored"),
        ("cloudformation:DescribeChangeSet", "restored"),
    ),
}

MOVE: dict[str, Calls] = {
    "ebs": (("ec2:CopySnapshot", "copied"),),
    "ec2": (("ec2:CopyImage", "copied"),),
    "rds": (("rds:CopyDBSnapshot", "copied"),),
    "aurora": (("rds:CopyDBClusterSnapshot", "copied"),),
    "documentdb": (("rds:CopyDBClusterSnapshot", "copied"),),
    "neptune": (("rds:CopyDBClusterSnapshot", "copied"),),
    "fsx": (("fsx:CopyBackup", "copied"),),
}
"""The call that moves the data within one account; types that are fully managed have none of their own."""

SHARE: dict[str, Calls] = {
    "ebs": (("ec2:ModifySnapshotAttribute", "point"),),
    "ec2": (("ec2:ModifyImageAttribute", "point"),),
    "rds": (("rds:ModifyDBSnapshotAttribute", "point"),),
    "aurora": (("rds:ModifyDBClusterSnapshotAttribute", "point"),),
    "documentdb": (("rds:ModifyDBClusterSnapshotAttribute", "point"),),
    "neptune": (("rds:ModifyDBClusterSnapshotAttribute", "point"),),
    "fsx": (("fsx:ManageBackupPrincipalAssociations", "point"),),
}
"""The call that shows the snapshot to the destination account, whose service-linked role then pulls it."""

_EBS_KEY = ("DescribeKey", "CreateGrant", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo")
_GRANT = ("DescribeKey", "CreateGrant")
_TABLE_KEY = ("Decrypt", "GenerateDataKey")

BACKUP_KEY: dict[str, tuple[str, ...]] = {
    "ebs": _EBS_KEY,
    "ec2": _EBS_KEY,
    **dict.fromkeys(("rds", "aurora", "documentdb", "neptune", "fsx"), _GRANT),
    **dict.fromkeys(("dynamodb", "dynamodb-advanced"), _TABLE_KEY),
    "s3": ("Decrypt", "DescribeKey"),
}
"""What the job role does with the resource's own key in a backup."""

RESTORE_KEY: dict[str, tuple[str, ...]] = {
    "ebs": _EBS_KEY,
    "ec2": _EBS_KEY,
    **dict.fromkeys(("rds", "aurora", "documentdb", "neptune"), _GRANT),
    "fsx": ("CreateGrant",),
    **dict.fromkeys(("dynamodb", "dynamodb-advanced"), ("Decrypt",)),
    "efs": ("DescribeKey", "GenerateDataKeyWithoutPlaintext", "CreateGrant"),
    "s3": ("DescribeKey", "GenerateDataKey", "Decrypt"),
}
"""What it does with the key that is chosen for the restored resource."""

COPY_KEYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("ebs", "ec2"), _GRANT),
    **dict.fromkeys(("rds", "aurora", "documentdb", "neptune", "fsx"), _GRANT),
}
"""What it does with the source's key and the destination vault's in a copy within one account."""

PULL_KEY = ("DescribeKey", "CreateGrant")
"""What the destination's service-linked role does with the source's key, of what its own policy lets it do."""
