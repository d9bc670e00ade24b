"""AWS Backup: jobs, vaults, recovery points and settings."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.aws.lookup import Lookup, Operation, lookup

_NO_SUCH = frozenset({"ResourceNotFoundException"})
_NO_SUCH_JOB = _NO_SUCH | {"InvalidParameterValueException", "MissingParameterValueException"}

DESCRIBE_BACKUP_JOB = Operation("backup", "DescribeBackupJob", None, _NO_SUCH_JOB, reads="the backup job")
DESCRIBE_COPY_JOB = Operation("backup", "DescribeCopyJob", "CopyJob", _NO_SUCH_JOB, reads="the copy job")
DESCRIBE_RESTORE_JOB = Operation("backup", "DescribeRestoreJob", None, _NO_SUCH_JOB, reads="the restore job")
GET_RESTORE_JOB_METADATA = Operation(
    "backup", "GetRestoreJobMetadata", "Metadata", _NO_SUCH_JOB, reads="what the restore was asked to make"
)
DESCRIBE_SCAN_JOB = Operation("backup", "DescribeScanJob", None, _NO_SUCH_JOB, reads="the scan job")
DESCRIBE_REPORT_JOB = Operation("backup", "DescribeReportJob", "ReportJob", _NO_SUCH_JOB, reads="the report job")
LIST_BACKUP_JOBS = Operation("backup", "ListBackupJobs", "BackupJobs", reads="the list of backup jobs")
LIST_COPY_JOBS = Operation("backup", "ListCopyJobs", "CopyJobs", reads="the list of copy jobs")
LIST_RESTORE_JOBS = Operation("backup", "ListRestoreJobs", "RestoreJobs", reads="the list of restore jobs")
DESCRIBE_BACKUP_VAULT = Operation("backup", "DescribeBackupVault", None, _NO_SUCH, reads="the vault")
LIST_BACKUP_VAULTS = Operation("backup", "ListBackupVaults", "BackupVaultList", reads="the list of vaults")
GET_BACKUP_VAULT_ACCESS_POLICY = Operation(
    "backup", "GetBackupVaultAccessPolicy", "Policy", _NO_SUCH, reads="the vault's access policy"
)
DESCRIBE_RECOVERY_POINT = Operation("backup", "DescribeRecoveryPoint", None, _NO_SUCH, reads="the recovery point")
GET_RECOVERY_POINT_RESTORE_METADATA = Operation(
    "backup",
    "GetRecoveryPointRestoreMetadata",
    "RestoreMetadata",
    _NO_SUCH,
    reads="what a restore would start from",
)
LIST_PROTECTED_RESOURCES = Operation("backup", "ListProtectedResources", "Results", reads="the protected resources")
LIST_BACKUP_PLANS = Operation("backup", "ListBackupPlans", "BackupPlansList", reads="the backup plans")
GET_BACKUP_PLAN = Operation("backup", "GetBackupPlan", "BackupPlan", _NO_SUCH_JOB, reads="the backup plan")
LIST_BACKUP_SELECTIONS = Operation(
    "backup", "ListBackupSelections", "BackupSelectionsList", _NO_SUCH_JOB, reads="the plan's selections"
)
GET_BACKUP_SELECTION = Operation(
    "backup", "GetBackupSelection", "BackupSelection", _NO_SUCH_JOB, reads="the plan's selection"
)
LIST_TAGS = Operation("backup", "ListTags", "Tags", _NO_SUCH, reads="the vault's tags")
DESCRIBE_GLOBAL_SETTINGS = Operation(
    "backup", "DescribeGlobalSettings", "GlobalSettings", reads="the organization's settings of AWS Backup"
)
DESCRIBE_REGION_SETTINGS = Operation(
    "backup", "DescribeRegionSettings", None, reads="the Region's settings of AWS Backup"
)

DESCRIBE_JOB: Mapping[str, tuple[Operation, str]] = MappingProxyType(
    {
        "backup": (DESCRIBE_BACKUP_JOB, "BackupJobId"),
        "copy": (DESCRIBE_COPY_JOB, "CopyJobId"),
        "restore": (DESCRIBE_RESTORE_JOB, "RestoreJobId"),
        "scan": (DESCRIBE_SCAN_JOB, "ScanJobId"),
    }
)
"""For each type of job: the call that describes it and the name of its id."""

LIST_JOBS: Mapping[str, Operation] = MappingProxyType(
    {"backup": LIST_BACKUP_JOBS, "copy": LIST_COPY_JOBS, "restore": LIST_RESTORE_JOBS}
)


def job(kind: str, account: str, region: str, job_id: str) -> Lookup:
    """A job of the type `backup`, `copy`, `restore` or `scan`; absent where there is none of that id."""
    operation, parameter = DESCRIBE_JOB[kind]
    return lookup(operation, account, region, **{parameter: job_id})


def report_job(account: str, region: str, job_id: str) -> Lookup:
    """A report job; absent where there is none of that id."""
    return lookup(DESCRIBE_REPORT_JOB, account, region, ReportJobId=job_id)


def jobs(kind: str, account: str, region: str, **filters: object) -> Lookup:
    """The jobs of a type, filtered by the API's own `By…` parameters."""
    return lookup(LIST_JOBS[kind], account, region, **filters)


def restore_metadata(account: str, region: str, job_id: str) -> Lookup:
    """What a restore was asked to make: names and values as the caller gave them."""
    return lookup(GET_RESTORE_JOB_METADATA, account, region, RestoreJobId=job_id)


def vault(account: str, region: str, name: str) -> Lookup:
    """A vault. One that does not exist is refused like one that may not be read: `vaults` tells which it is."""
    return lookup(DESCRIBE_BACKUP_VAULT, account, region, BackupVaultName=name)


def vaults(account: str, region: str) -> Lookup:
    """All vaults of an account in a Region."""
    return lookup(LIST_BACKUP_VAULTS, account, region)


def vault_policy(account: str, region: str, name: str) -> Lookup:
    """A vault's access policy, a JSON text; absent where the vault has none."""
    return lookup(GET_BACKUP_VAULT_ACCESS_POLICY, account, region, BackupVaultName=name)


def vault_tags(account: str, region: str, arn: str) -> Lookup:
    """A vault's tags."""
    return lookup(LIST_TAGS, account, region, ResourceArn=arn)


def recovery_point(account: str, region: str, vault_name: str, arn: str) -> Lookup:
    """A recovery point, with its EncryptionKeyArn."""
    return lookup(DESCRIBE_RECOVERY_POINT, account, region, BackupVaultName=vault_name, RecoveryPointArn=arn)


def global_settings(account: str, region: str) -> Lookup:
    """The settings of the organization, read in its management account."""
    return lookup(DESCRIBE_GLOBAL_SETTINGS, account, region)


def region_settings(account: str, region: str) -> Lookup:
    """Which resource types are opted in, and which are managed by AWS Backup fully."""
    return lookup(DESCRIBE_REGION_SETTINGS, account, region)


def planned_restore_metadata(account: str, region: str, vault_name: str, arn: str) -> Lookup:
    """What a restore of a recovery point would start from, as the caller of StartRestoreJob gets it."""
    return lookup(
        GET_RECOVERY_POINT_RESTORE_METADATA, account, region, BackupVaultName=vault_name, RecoveryPointArn=arn
    )


def protected_resources(account: str, region: str) -> Lookup:
    """The resources that have a recovery point."""
    return lookup(LIST_PROTECTED_RESOURCES, account, region)


def plans(account: str, region: str) -> Lookup:
    """The backup plans."""
    return lookup(LIST_BACKUP_PLANS, account, region)


def plan(account: str, region: str, plan_id: str) -> Lookup:
    """A backup plan with its rules; absent where there is none of that id."""
    return lookup(GET_BACKUP_PLAN, account, region, BackupPlanId=plan_id)


def selections(account: str, region: str, plan_id: str) -> Lookup:
    """The selections of a plan, by name and id."""
    return lookup(LIST_BACKUP_SELECTIONS, account, region, BackupPlanId=plan_id)


def selection(account: str, region: str, plan_id: str, selection_id: str) -> Lookup:
    """One selection of a plan: the role, and which resources."""
    return lookup(GET_BACKUP_SELECTION, account, region, BackupPlanId=plan_id, SelectionId=selection_id)
