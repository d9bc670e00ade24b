"""Where a job is looked for, and what is said where it is not found."""

import pytest

from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import JobType
from bot.errors import AwsUnreachableError, JobNotFoundError
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, diagnosed
from tests.diagnosis.incidents import differences
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

UNKNOWN = "00000000-0000-4000-8000-000000000000"
JOBS = ("/backup-jobs/", "/copy-jobs/", "/restore-jobs/")


def test_an_unknown_job_is_told_with_where_it_was_looked_for(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Altered(38).text)
    reference = JobReference(id=UNKNOWN, account=ACCOUNT, region="eu-central-1")
    with pytest.raises(JobNotFoundError) as error:
        diagnostician().diagnose(reference)
    assert str(error.value) == (
        f"No backup, copy or restore job {UNKNOWN} in {ACCOUNT} eu-central-1. "
        "Check the id, or give the job's ARN or console URL, which say where it is."
    )


def test_accounts_that_could_not_be_searched_are_named(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_estate(Altered(38).text)
    monkeypatch.setenv("BACKUP_WHY_ACCOUNTS", f"{ACCOUNT},123123123123")
    with pytest.raises(
        JobNotFoundError, match=r"in 444455556666 us-east-1\. Could not search 123123123123 us-east-1\. "
    ):
        diagnostician().diagnose(JobReference(id=UNKNOWN))


def test_where_no_jobs_can_be_read_at_all_the_permissions_are_named(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    reference = JobReference(id=altered.expect["job"], account=ACCOUNT, region="eu-central-1")
    with (
        refusing(served_estate(altered.text), *JOBS),
        pytest.raises(AwsUnreachableError, match=f"jobs of {ACCOUNT} eu-central-1 can't be read: .*DescribeBackupJob"),
    ):
        diagnostician().diagnose(reference)


def test_a_job_is_found_where_only_its_own_type_may_be_read(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(29)
    reference = JobReference(id=altered.expect["job"], account=ACCOUNT, region=altered.expect["region"])
    with refusing(served_estate(altered.text), *JOBS[1:]):
        assert differences(diagnostician().diagnose(reference), altered.expect) == []


def test_a_text_that_says_which_type_a_job_is_has_only_that_one_asked_for(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(29)
    sandbox = served_estate(altered.text)
    reference = JobReference(
        id=altered.expect["job"], account=ACCOUNT, region=altered.expect["region"], type=JobType.BACKUP
    )
    assert differences(diagnostician().diagnose(reference), altered.expect) == []
    described = {call.operation for call in sandbox.calls if call.operation.startswith("Describe")}
    assert described.isdisjoint({"DescribeCopyJob", "DescribeRestoreJob"})


def test_a_job_that_does_not_tell_when_it_ended_is_diagnosed_none_the_less(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(31)
    del altered.job["CompletionDate"]
    assert differences(diagnosed(altered, served_estate, diagnostician), altered.expect) == []


def test_a_job_that_does_not_tell_its_role_is_one_clear_sentence(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(31)
    del altered.job["IamRoleArn"]
    with pytest.raises(AwsUnreachableError, match=r"does not tell its role \(IamRoleArn\): try again in a minute"):
        diagnosed(altered, served_estate, diagnostician)
