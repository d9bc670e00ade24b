"""AWS Backup search: jobs that look for items in recovery points, and those that export what was found."""

from bot.aws.lookup import Lookup, Operation, lookup

_NO_SUCH = frozenset({"ResourceNotFoundException", "ValidationException"})

GET_SEARCH_JOB = Operation(
    "backupsearch", "GetSearchJob", None, _NO_SUCH, action="backup-search:GetSearchJob", reads="the search job"
)
GET_SEARCH_RESULT_EXPORT_JOB = Operation(
    "backupsearch",
    "GetSearchResultExportJob",
    None,
    _NO_SUCH,
    action="backup-search:GetSearchResultExportJob",
    reads="the export job",
)


def search_job(account: str, region: str, job_id: str) -> Lookup:
    """A search job; absent where there is none of that id."""
    return lookup(GET_SEARCH_JOB, account, region, SearchJobIdentifier=job_id)


def export_job(account: str, region: str, job_id: str) -> Lookup:
    """The export of what a search found; absent where there is none of that id."""
    return lookup(GET_SEARCH_RESULT_EXPORT_JOB, account, region, ExportJobIdentifier=job_id)
