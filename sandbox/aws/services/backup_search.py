"""AWS Backup search: jobs that look for items in recovery points, and exports of what was found."""

from collections.abc import Mapping

from sandbox.aws.parts import Record
from sandbox.aws.service import REST_JSON_SPELLING, Answer, AwsError, Parameters, Service, View


def get_search_job(view: View, parameters: Parameters) -> Answer:
    """One search job."""
    return _find(view.region.search_job_by_id, parameters["SearchJobIdentifier"])


def get_search_result_export_job(view: View, parameters: Parameters) -> Answer:
    """One export of a search's results."""
    return _find(view.region.export_job_by_id, parameters["ExportJobIdentifier"])


def _find(jobs: Mapping[str, Record], job_id: str) -> Record:
    job = jobs.get(job_id)
    if job is None:
        raise AwsError("ResourceNotFoundException", f"Cannot find job {job_id}", 404)
    return job


BACKUP_SEARCH = Service(
    name="backupsearch",
    prefix="backup-search",
    spelling=REST_JSON_SPELLING,
    operations={"GetSearchJob": get_search_job, "GetSearchResultExportJob": get_search_result_export_job},
    page_size=None,
)
