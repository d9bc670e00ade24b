"""Sessions of assumed roles: they end, and what is no session of this estate is refused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import WORKLOAD, Serve

READS: dict[str, Any] = {
    "sts": lambda client: client.get_caller_identity(),
    "kms": lambda client: client.list_keys(),
    "backup": lambda client: client.list_backup_vaults(),
    "ec2": lambda client: client.describe_volumes(),
    "s3": lambda client: client.list_buckets(),
}


class Clock:
    """Seconds since 1970, as far as the sandbox knows."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("sts", "ExpiredToken"),
        ("kms", "ExpiredTokenException"),
        ("backup", "ExpiredTokenException"),
        ("ec2", "RequestExpired"),
        ("s3", "ExpiredToken"),
    ],
)
def test_a_session_is_good_until_its_time_is_over(serve: Serve, service: str, code: str) -> None:
    clock = Clock()
    client = serve(clock=clock)(service)
    clock.now += 3599
    READS[service](client)
    clock.now += 1
    with pytest.raises(ClientError) as refused:
        READS[service](client)
    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("sts", "InvalidClientTokenId"),
        ("kms", "UnrecognizedClientException"),
        ("backup", "UnrecognizedClientException"),
        ("ec2", "AuthFailure"),
        ("s3", "InvalidToken"),
    ],
)
@pytest.mark.parametrize(
    "token", ["sandbox.garbled", "sandbox.WyIxMjMiLCAiYSIsICJiIiwgMV0="], ids=["garbled", "stranger"]
)
def test_a_token_that_the_sandbox_never_gave_out_is_refused(serve: Serve, service: str, code: str, token: str) -> None:
    with pytest.raises(ClientError) as refused:
        READS[service](serve().client(service, token=token))
    assert refused.value.response["Error"]["Code"] == code


def test_a_session_lasts_as_long_as_was_asked(serve: Serve) -> None:
    clock = Clock()
    answer = (
        serve(clock=clock)
        .client("sts")
        .assume_role(
            RoleArn=f"arn:aws:iam::{WORKLOAD}:role/BackupWhyReadOnly", RoleSessionName="tests", DurationSeconds=900
        )
    )
    assert answer["Credentials"]["Expiration"].timestamp() == clock.now + 900


def test_a_token_with_another_sessions_key_is_refused(serve: Serve) -> None:
    reader = serve()
    given = reader.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{WORKLOAD}:role/BackupWhyReadOnly", RoleSessionName="tests"
    )["Credentials"]
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        reader.client("sts", token=given["SessionToken"]).get_caller_identity()


def test_a_session_of_another_estate_is_refused(serve: Serve) -> None:
    stranger = "555566667777"
    here, there = serve(), serve({stranger: {}})
    here.assumed[stranger] = there.credentials(stranger)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        here.client("sts", account=stranger).get_caller_identity()
