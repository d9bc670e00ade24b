"""Jobs of the kinds that are looked for last: scans, which run with a job role, and those that have none to examine.

A report is made with a service-linked role, a search with the caller's own permissions ("Managed policies for AWS
Backup", AWSServiceRolePolicyForBackupReports; "Backup search", Search permissions). An export can be started with a
role ("StartSearchResultExportJob"), which GetSearchResultExportJob does not tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.aws import backup, backup_search
from bot.aws.facts import Facts
from bot.aws.lookup import Lookup
from bot.diagnosis.facts.job import Located
from bot.diagnosis.model import JobType

Place = tuple[str, str]
"""An account and a Region."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of job without a job role."""

    noun: str
    lookup: Callable[[str, str, str], Lookup]
    runs_with: str


@dataclass(frozen=True, slots=True)
class OtherJob:
    """A job without a job role."""

    noun: str
    place: Place
    state: str
    message: str
    runs_with: str

    @property
    def says(self) -> str:
        """What is known of it, in sentences."""
        said = f": {self.message.rstrip('.')}" if self.message else ""
        account, region = self.place
        return f"a {self.noun} in {account} {region}, and its state is {self.state}{said}. {self.runs_with}"


_KINDS: Final = (
    _Kind(
        "report job",
        backup.report_job,
        "Reports are made with the service-linked role AWSServiceRoleForBackupReports, which nobody can change; the "
        "policy of the bucket that a report goes to has to let that role in.",
    ),
    _Kind(
        "search job",
        backup_search.search_job,
        "A search runs with the permissions of whoever started it: ask about the error of that call.",
    ),
    _Kind(
        "search result export job",
        backup_search.export_job,
        "AWS's API doesn't tell the role that an export was started with, and no AWS page says what that role needs; "
        "it writes into a bucket. Compare the role with backup-why needs export S3 --role ARN.",
    ),
)


def find_other_job(facts: Facts, job_id: str, places: Sequence[Place]) -> Located | OtherJob | None:
    """Looks for a job of the other kinds.

    Args:
        facts: What is known so far.
        job_id: The job's id.
        places: Where to look.

    Returns:
        A scan, which is diagnosed; another job, which is told; None where there is neither. What can't be read is left
        out: no diagnosis depends on it.
    """
    found: list[Located | OtherJob] = []
    for account, region in places:
        scan = backup.job(JobType.SCAN.value, account, region, job_id)
        facts.excuse(scan)
        answer = facts.ask(scan)
        if answer.known:
            found.append(Located(JobType.SCAN, account, region, answer.value))
        for kind in _KINDS:
            other = kind.lookup(account, region, job_id)
            facts.excuse(other)
            answer = facts.ask(other)
            if answer.known:
                state, message = answer.value.get("Status") or "not known", answer.value.get("StatusMessage") or ""
                found.append(OtherJob(kind.noun, (account, region), state, message, kind.runs_with))
    return next(iter(found), None)
