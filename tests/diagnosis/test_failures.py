"""The jobs that failed lately, listed from the sandbox over HTTP."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.aws.cache import LookupCache
from bot.aws.facts import Facts, collect
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.diagnosis import failures
from bot.diagnosis.failures import FailedJob, Where, recent_failures
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.run import Diagnostician
from bot.settings import Settings
from sandbox.aws.estate import INCIDENTS
from sandbox.aws.here import served

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def listed(incident: str, region: str, now: datetime = NOW) -> list[FailedJob]:
    """What is listed of an incident in one Region."""
    settings = Settings(_env_file=None, regions=(region,), cache_seconds=0)
    with served(INCIDENTS / incident):
        reader = Reader(Sessions(settings), LookupCache(None, 0, ""))
        return collect(lambda facts: recent_failures(facts, settings, region, now), Facts(region), reader)


@pytest.mark.parametrize(
    ("incident", "region", "kind"),
    [
        ("01-restore-rds-default-role-absent.json", "us-east-1", "restore"),
        ("12-copy-aurora-scp-denies-vault-account.json", "us-east-1", "copy"),
        ("06-backup-fsx-guardrail-policy-denies.json", "eu-west-1", "backup"),
    ],
)
def test_a_failed_job_of_each_type_is_listed_with_where_it_is(incident: str, region: str, kind: str) -> None:
    (failed,) = listed(incident, region)
    assert failed.job.type == kind
    assert failed.job.region == region
    assert failed.job.account
    assert failed.resource.startswith("arn:")
    assert failed.state == "FAILED"


def test_the_newest_comes_first_and_a_parent_stands_beside_its_child() -> None:
    jobs = listed("36-backup-stack-nested-dynamodb-job-failed.json", "us-east-1")
    assert {job.state for job in jobs} == {"FAILED", "PARTIAL"}
    assert [job.created for job in jobs] == sorted((job.created for job in jobs), reverse=True)


def test_what_failed_long_ago_and_what_has_not_failed_is_not_listed() -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert listed("12-copy-aurora-scp-denies-vault-account.json", "us-east-1", later) == []
    assert listed("23-backup-fsx-still-running.json", "us-east-1") == []


def test_only_so_many_places_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "MOST_PLACES", 0)
    assert listed("12-copy-aurora-scp-denies-vault-account.json", "us-east-1") == []


def test_what_could_not_be_listed_is_told_by_account_and_region() -> None:
    since = datetime(2026, 11, 20, tzinfo=UTC)
    with served(INCIDENTS / "36-backup-stack-nested-dynamodb-job-failed.json"):
        found = Diagnostician(Settings(_env_file=None, cache_seconds=0)).failed_jobs(since, Where())
    assert [job.state for job in found.jobs] == ["FAILED", "PARTIAL"]
    assert found.jobs[0].message.startswith("User: arn:aws:sts::444455556666:assumed-role/stack-backup/")
    assert found.regions == ("us-east-1",)
    assert {each.account for each in found.unlisted} < set(found.accounts)
    assert {each.why for each in found.unlisted} == {"AWS denies sts:AssumeRole (AccessDenied)."}


def test_an_account_whose_jobs_are_denied_is_told_by_the_call(tmp_path: Path) -> None:
    estate = json.loads((INCIDENTS / "12-copy-aurora-scp-denies-vault-account.json").read_text(encoding="utf-8"))
    estate["accounts"]["777788889999"]["unreadable"] = ["backup"]
    (tmp_path / "estate.json").write_text(json.dumps(estate), encoding="utf-8")
    since = datetime(2026, 11, 20, tzinfo=UTC)
    settings = Settings(_env_file=None, cache_seconds=0, accounts=("444455556666", "777788889999"))
    with served(tmp_path / "estate.json"):
        found = Diagnostician(settings).failed_jobs(since, Where(region="us-east-1"))
    assert [job.job.account for job in found.jobs] == ["444455556666"]
    (missing,) = found.unlisted
    assert (missing.account, missing.region) == ("777788889999", "us-east-1")
    assert "backup:ListBackupJobs" in missing.why


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:ec2:eu-west-1:222233334444:volume/vol-0a1b", "vol-0a1b"),
        ("arn:aws:rds:eu-west-1:222233334444:db:ledger", "ledger"),
        (f"arn:aws:cloudformation:eu-west-1:222233334444:stack/shop/{'0' * 8}-0000-4000-8000-{'0' * 12}", "shop"),
        ("", "a resource"),
    ],
)
def test_a_resource_is_named_by_the_last_part_of_its_arn_that_means_something(arn: str, name: str) -> None:
    failed = FailedJob(JobReference(id="x"), "FAILED", NOW, "EBS", arn)
    assert failed.resource_name == name


def test_a_diagnostician_lists_them_in_its_own_scope() -> None:
    with served(INCIDENTS / "12-copy-aurora-scp-denies-vault-account.json"):
        jobs = Diagnostician(Settings(_env_file=None, cache_seconds=0)).failures()
    assert all(job.job.region == "us-east-1" for job in jobs)
