"""Who the caller is, and into which accounts it may go."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import BOT, STRANGER, WORKLOAD, Serve

READ_ONLY = f"arn:aws:iam::{WORKLOAD}:role/BackupWhyReadOnly"


def trust(principal: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


def role(**members: Any) -> dict[str, Any]:
    return {WORKLOAD: {"roles": [{"RoleName": "BackupWhyReadOnly", **members}]}}


def test_any_credentials_are_the_bots_own(serve: Serve) -> None:
    identity = serve().client("sts").get_caller_identity()
    assert identity["Account"] == BOT
    assert identity["Arn"] == f"arn:aws:sts::{BOT}:assumed-role/BackupWhyBot/backup-why"


def test_an_assumed_role_reads_as_its_own_account(serve: Serve) -> None:
    identity = serve(role(RoleId="AROAEXAMPLE000000001"))("sts").get_caller_identity()
    assert identity["Account"] == WORKLOAD
    assert identity["Arn"] == f"arn:aws:sts::{WORKLOAD}:assumed-role/BackupWhyReadOnly/tests"
    assert identity["UserId"] == "AROAEXAMPLE000000001:tests"


@pytest.mark.parametrize(
    ("rule", "accounts", "asked", "allowed"),
    [
        ("the bot's role is there unwritten", {}, {}, True),
        ("a role without a trust policy lets in", role(), {}, True),
        ("its account is trusted", role(AssumeRolePolicyDocument=trust({"AWS": BOT})), {}, True),
        ("its root is trusted", role(AssumeRolePolicyDocument=trust({"AWS": [f"arn:aws:iam::{BOT}:root"]})), {}, True),
        ("everyone is trusted", role(AssumeRolePolicyDocument=trust("*")), {}, True),
        ("another account is trusted", role(AssumeRolePolicyDocument=trust({"AWS": STRANGER})), {}, False),
        ("a service is trusted", role(AssumeRolePolicyDocument=trust({"Service": "backup.amazonaws.com"})), {}, False),
        ("the path is another", role(Path="/ops/"), {}, False),
        (
            "the path is told",
            role(Path="/ops/"),
            {"RoleArn": f"arn:aws:iam::{WORKLOAD}:role/ops/BackupWhyReadOnly"},
            True,
        ),
        ("no such role", {}, {"RoleArn": f"arn:aws:iam::{WORKLOAD}:role/Nobody"}, False),
        ("no such account", {}, {"RoleArn": f"arn:aws:iam::{STRANGER}:role/BackupWhyReadOnly"}, False),
        (
            "the external id is missing",
            role(AssumeRolePolicyDocument=trust({"AWS": BOT}, {"StringEquals": {"sts:ExternalId": "s3cret"}})),
            {},
            False,
        ),
        (
            "the external id is wrong",
            role(AssumeRolePolicyDocument=trust({"AWS": BOT}, {"StringEquals": {"sts:ExternalId": "s3cret"}})),
            {"ExternalId": "guess"},
            False,
        ),
        (
            "the external id is right",
            role(AssumeRolePolicyDocument=trust({"AWS": BOT}, {"StringEquals": {"sts:ExternalId": ["a", "s3cret"]}})),
            {"ExternalId": "s3cret"},
            True,
        ),
    ],
)
def test_a_role_is_assumed_where_its_account_lets_the_caller_in(
    serve: Serve, rule: str, accounts: dict[str, Any], asked: dict[str, str], allowed: bool
) -> None:
    sts = serve(accounts).client("sts")
    request = {"RoleArn": READ_ONLY, "RoleSessionName": "tests", **asked}
    if allowed:
        assert sts.assume_role(**request)["Credentials"]["SessionToken"], rule
        return
    with pytest.raises(ClientError) as refused:
        sts.assume_role(**request)
    assert refused.value.response["Error"] == {
        "Type": "Sender",
        "Code": "AccessDenied",
        "Message": f"User: arn:aws:sts::{BOT}:assumed-role/BackupWhyBot/backup-why is not authorized to perform: "
        f"sts:AssumeRole on resource: {request['RoleArn']}",
    }, rule


def test_a_role_arn_that_is_none_is_invalid(serve: Serve) -> None:
    with pytest.raises(ClientError, match=r"ValidationError.*arn:aws:iam::1:user/x is invalid"):
        serve().client("sts").assume_role(RoleArn="arn:aws:iam::1:user/x", RoleSessionName="tests")


def test_an_encoded_message_is_decoded_in_its_own_account_only(serve: Serve) -> None:
    decoded = {"allowed": False, "explicitDeny": True}
    reader = serve({WORKLOAD: {"decoded_messages": {"kZ4t-_": decoded}}})
    answer = reader("sts").decode_authorization_message(EncodedMessage="kZ4t-_")
    assert json.loads(answer["DecodedMessage"]) == decoded
    with pytest.raises(ClientError, match="InvalidAuthorizationMessageException"):
        reader.client("sts").decode_authorization_message(EncodedMessage="kZ4t-_")
