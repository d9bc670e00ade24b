"""Throttling: the share that was asked for, in each service's own spelling, and never twice in a row."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.throttle import Throttle
from tests.sandbox.aws.conftest import Serve


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("sts", "get_caller_identity", "Throttling", 400),
        ("iam", "list_roles", "Throttling", 400),
        ("organizations", "describe_organization", "TooManyRequestsException", 400),
        ("kms", "list_keys", "ThrottlingException", 400),
        ("backup", "list_backup_jobs", "ThrottlingException", 429),
        ("cloudtrail", "lookup_events", "ThrottlingException", 400),
        ("ec2", "describe_volumes", "RequestLimitExceeded", 503),
        ("rds", "describe_db_instances", "Throttling", 400),
        ("s3", "list_buckets", "SlowDown", 503),
    ],
)
def test_a_throttled_call_is_refused_in_its_services_spelling(
    serve: Serve, service: str, operation: str, code: str, status: int
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(serve(throttle=1.0).client(service, retries={"total_max_attempts": 1}), operation)()
    response = refused.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("iam", "list_roles"),
        ("kms", "list_keys"),
        ("backup", "list_backup_jobs"),
        ("ec2", "describe_volumes"),
        ("s3", "list_buckets"),
    ],
)
def test_a_client_that_tries_again_wins(serve: Serve, service: str, operation: str) -> None:
    reader = serve(throttle=1.0)
    client = reader.client(service, retries={"mode": "standard"})
    getattr(client, operation)()
    assert [call.status == 200 for call in reader.sandbox.calls] == [False, True]


def test_the_share_is_kept_and_the_same_calls_meet_the_same_fate() -> None:
    first, second = Throttle(0.3), Throttle(0.3)
    fates = [first.refuses(number) for number in range(2000)]
    assert fates == [second.refuses(number) for number in range(2000)]
    assert 0.25 < sum(fates) / len(fates) < 0.35


def test_no_call_is_refused_twice_in_a_row() -> None:
    throttle = Throttle(1.0)
    calls: list[Any] = [throttle.refuses(name) for name in ("a", "b", "a", "b", "a")]
    assert calls == [True, True, False, False, True]
