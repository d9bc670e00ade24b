"""The jobs that failed lately, listed from the sandbox over HTTP."""

from datetime import UTC, datetime

import pytest

from bot.aws.cache import LookupCache
from bot.aws.facts import Facts, collect
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.diagnosis import failures
from bot.diagnosis.failures import FailedJob, recent_failures
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


def test_a_diagnostician_lists_them_in_its_own_scope() -> None:
    with served(INCIDENTS / "12-copy-aurora-scp-denies-vault-account.json"):
        jobs = Diagnostician(Settings(_env_file=None, cache_seconds=0)).failures()
    assert all(job.job.region == "us-east-1" for job in jobs)
