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


OTHERS = [
    (
        "report_jobs",
        {"ReportJobId": UNKNOWN, "Status": "FAILED", "StatusMessage": "No access to the bucket."},
        "report",
    ),
    ("search_jobs", {"SearchJobIdentifier": UNKNOWN, "Status": "STOPPED"}, "search"),
    ("export_jobs", {"ExportJobIdentifier": UNKNOWN, "Status": "FAILED", "StatusMessage": "Denied"}, "export"),
]


@pytest.mark.parametrize(("member", "job", "noun"), OTHERS)
def test_a_job_without_a_job_role_is_named_with_its_state_and_what_it_runs_with(
    member: str,
    job: dict[str, str],
    noun: str,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    altered = Altered(38)
    altered.region[member] = [job]
    served_estate(altered.text)
    reference = JobReference(id=UNKNOWN, account=ACCOUNT, region="eu-central-1")
    with pytest.raises(JobNotFoundError) as error:
        diagnostician().diagnose(reference)
    said = str(error.value)
    assert f"{UNKNOWN} is a {'search result ' if noun == 'export' else ''}{noun} job in {ACCOUNT} eu-central-1" in said
    assert f"its state is {job['Status']}" in said
    assert job.get("StatusMessage", "").rstrip(".") in said
    assert "no job role" in said


SCANNER = f"arn:aws:iam::{ACCOUNT}:role/scanner"
SCAN = "6f0c2d1e-5b7a-4c3d-9e8f-0a1b2c3d4e5f"


def scanning(*policies: str, state: str = "FAILED") -> Altered:
    """Incident 38 with a scan of its recovery point by its role."""
    altered = Altered(38)
    job = altered.job
    altered.role["AttachedPolicies"] = list(policies)
    altered.region["scan_jobs"] = [
        {
            "ScanJobId": SCAN,
            "State": state,
            "StatusMessage": "Access denied.",
            "AccountId": ACCOUNT,
            "ResourceType": "EBS",
            "ScannerRoleArn": SCANNER,
            **{name: job[name] for name in ("IamRoleArn", "ResourceArn", "BackupVaultArn", "CreationDate")},
        }
    ]
    altered.expect = {**altered.expect, "job": SCAN}
    return altered


def test_a_scan_is_found_and_its_role_is_evaluated(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(scanning(), served_estate, diagnostician)
    assert diagnosis.job.type is JobType.SCAN
    causes = {cause.code: cause.actions for cause in diagnosis.causes}
    assert causes == {
        "permission-missing": ("guardduty:StartMalwareScan", "guardduty:GetMalwareScan"),
        "pass-role-missing": ("iam:PassRole",),
    }
    assert SCANNER in {cause.resource for cause in diagnosis.causes}


def test_a_scan_with_awss_policy_lacks_nothing(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = scanning("arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForScans")
    assert diagnosed(altered, served_estate, diagnostician).causes == ()


def test_a_scan_is_found_by_its_kind_alone(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = scanning(state="COMPLETED")
    served_estate(altered.text)
    reference = JobReference(id=SCAN, account=ACCOUNT, region=altered.expect["region"], type=JobType.SCAN)
    assert diagnostician().diagnose(reference).outcome == "not-failed"


def test_a_scan_that_is_not_there_is_said_not_to_be(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Altered(38).text)
    reference = JobReference(id=UNKNOWN, account=ACCOUNT, region="eu-central-1", type=JobType.SCAN)
    with pytest.raises(JobNotFoundError, match=f"No scan job {UNKNOWN} in"):
        diagnostician().diagnose(reference)


def test_kinds_of_jobs_that_can_not_be_read_stand_in_no_ones_way(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = scanning()
    reference = JobReference(id=SCAN, account=ACCOUNT, region=altered.expect["region"])
    with refusing(served_estate(altered.text), "/audit/report-jobs/", "/search-jobs/", "/export-search-jobs/"):
        assert diagnostician().diagnose(reference).unread == ()
