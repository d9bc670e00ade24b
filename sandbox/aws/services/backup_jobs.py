"""AWS Backup's jobs: backup, copy and restore jobs, described one by one and listed with the API's filters."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.aws.model import Region
from sandbox.aws.parts import Record
from sandbox.aws.service import Answer, AwsError, Operation, Parameters, View

Filter = Callable[[Record, Any], bool]


def equal(member: str) -> Filter:
    """Lets through the records whose member is what was asked for; `*` and ANY let all through."""
    return lambda record, asked: asked in {"*", "ANY"} or record.get(member) == asked


def before(member: str) -> Filter:
    """Lets through the records whose time is earlier than the one that was asked for."""
    return lambda record, asked: member in record and record[member] < asked


def after(member: str) -> Filter:
    """Lets through the records whose time is later than the one that was asked for."""
    return lambda record, asked: member in record and record[member] > asked


def select(records: Iterable[Record], filters: Mapping[str, Filter], parameters: Parameters) -> list[Record]:
    """The records that pass every filter for which the caller sent a value.

    Args:
        records: What to choose from.
        filters: The filters by the parameter that asks for them.
        parameters: What the caller sent.
    """
    asked = [(test, parameters[name]) for name, test in filters.items() if name in parameters]
    return [record for record in records if all(test(record, value) for test, value in asked)]


_TIMES: Mapping[str, Filter] = {
    "ByCreatedBefore": before("CreationDate"),
    "ByCreatedAfter": after("CreationDate"),
    "ByCompleteBefore": before("CompletionDate"),
    "ByCompleteAfter": after("CompletionDate"),
    "ByResourceType": equal("ResourceType"),
    "ByParentJobId": equal("ParentJobId"),
}
_BACKUP_FILTERS = {
    **_TIMES,
    "ByState": equal("State"),
    "ByResourceArn": equal("ResourceArn"),
    "ByBackupVaultName": equal("BackupVaultName"),
    "ByMessageCategory": equal("MessageCategory"),
}
_COPY_FILTERS = {
    **_TIMES,
    "ByState": equal("State"),
    "ByResourceArn": equal("ResourceArn"),
    "ByDestinationVaultArn": equal("DestinationBackupVaultArn"),
    "BySourceRecoveryPointArn": equal("SourceRecoveryPointArn"),
    "ByMessageCategory": equal("MessageCategory"),
}
_RESTORE_FILTERS = {**_TIMES, "ByStatus": equal("Status")}


def describe_backup_job(view: View, parameters: Parameters) -> Answer:
    """One backup job."""
    return _find(view.region.backup_job_by_id, parameters["BackupJobId"], "backup")


def describe_copy_job(view: View, parameters: Parameters) -> Answer:
    """One copy job."""
    return {"CopyJob": _find(view.region.copy_job_by_id, parameters["CopyJobId"], "copy")}


def describe_restore_job(view: View, parameters: Parameters) -> Answer:
    """One restore job."""
    return _find(view.region.restore_job_by_id, parameters["RestoreJobId"], "restore")


def describe_scan_job(view: View, parameters: Parameters) -> Answer:
    """One scan job."""
    return _find(view.region.scan_job_by_id, parameters["ScanJobId"], "scan")


def describe_report_job(view: View, parameters: Parameters) -> Answer:
    """One report job."""
    return {"ReportJob": _find(view.region.report_job_by_id, parameters["ReportJobId"], "report")}


def get_restore_job_metadata(view: View, parameters: Parameters) -> Answer:
    """What a restore job was started with."""
    job = _find(view.region.restore_job_by_id, parameters["RestoreJobId"], "restore")
    return {"RestoreJobId": job["RestoreJobId"], "Metadata": job.get("Metadata", {})}


def _list(
    answer_member: str, jobs_of: Callable[[Region], Iterable[Record]], filters: Mapping[str, Filter]
) -> Operation:
    """A list of jobs, the newest first."""

    def operation(view: View, parameters: Parameters) -> Answer:
        regions = (view.estate.account(account).region(view.region_name) for account in _accounts(view, parameters))
        jobs = select((job for region in regions for job in jobs_of(region)), filters, parameters)
        return {answer_member: sorted(jobs, key=lambda job: job["CreationDate"], reverse=True)}

    return operation


def _accounts(view: View, parameters: Parameters) -> list[str]:
    """The accounts whose jobs were asked for: other accounts' only from the organization's management account."""
    asked, organization = parameters.get("ByAccountId", view.account_id), view.estate.organization
    managing = organization is not None and view.account_id == organization.MasterAccountId
    if not managing:
        return [view.account_id] if asked in {view.account_id, "*"} else []
    return list(view.estate.accounts) if asked == "*" else [asked]


def _find(jobs: Mapping[str, Record], job_id: str, kind: str) -> Record:
    job = jobs.get(job_id)
    if job is None:
        raise AwsError("ResourceNotFoundException", f"Cannot find {kind} job with id {job_id}")
    return job


JOB_OPERATIONS: dict[str, Operation] = {
    "DescribeBackupJob": describe_backup_job,
    "DescribeCopyJob": describe_copy_job,
    "DescribeRestoreJob": describe_restore_job,
    "DescribeScanJob": describe_scan_job,
    "DescribeReportJob": describe_report_job,
    "GetRestoreJobMetadata": get_restore_job_metadata,
    "ListBackupJobs": _list("BackupJobs", lambda region: region.backup_jobs, _BACKUP_FILTERS),
    "ListCopyJobs": _list("CopyJobs", lambda region: region.copy_jobs, _COPY_FILTERS),
    "ListRestoreJobs": _list("RestoreJobs", lambda region: region.restore_jobs, _RESTORE_FILTERS),
}
