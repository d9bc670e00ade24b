"""What is refused, each in its service's own spelling: reads that an account forbids, writes, what is not offered."""

import http.client
import json

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import BOT, WORKLOAD, Reader, Serve

LOOKUP = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
SESSION = f"arn:aws:sts::{WORKLOAD}:assumed-role/BackupWhyReadOnly/tests"


def signed(service: str) -> dict[str, str]:
    credential = f"Credential=AKIA/20261124/eu-west-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}


def send(reader: Reader, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection(reader.sandbox.url.removeprefix("http://"))
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("service", "operation", "asked", "code", "status", "action"),
    [
        ("iam", "list_roles", {}, "AccessDenied", 403, "iam:ListRoles"),
        ("rds", "describe_db_instances", {}, "AccessDenied", 403, "rds:DescribeDBInstances"),
        ("redshift", "describe_clusters", {}, "AccessDenied", 403, "redshift:DescribeClusters"),
        ("s3", "list_buckets", {}, "AccessDenied", 403, "s3:ListAllMyBuckets"),
        ("s3", "get_bucket_encryption", {"Bucket": "bucket"}, "AccessDenied", 403, "s3:GetEncryptionConfiguration"),
        ("ec2", "describe_volumes", {}, "UnauthorizedOperation", 403, "ec2:DescribeVolumes"),
        ("kms", "list_keys", {}, "AccessDeniedException", 400, "kms:ListKeys"),
        ("dynamodb", "describe_table", {"TableName": "table"}, "AccessDeniedException", 400, "dynamodb:DescribeTable"),
        ("fsx", "describe_file_systems", {}, "AccessDeniedException", 400, "fsx:DescribeFileSystems"),
        ("cloudtrail", "lookup_events", {}, "AccessDeniedException", 400, "cloudtrail:LookupEvents"),
        ("backup", "list_backup_jobs", {}, "AccessDeniedException", 403, "backup:ListBackupJobs"),
        (
            "efs",
            "describe_file_systems",
            {},
            "AccessDeniedException",
            403,
            "elasticfilesystem:DescribeFileSystems",
        ),
        (
            "sts",
            "decode_authorization_message",
            {"EncodedMessage": "x"},
            "AccessDenied",
            403,
            "sts:DecodeAuthorizationMessage",
        ),
    ],
)
def test_an_unreadable_service_denies_its_reads(
    serve: Serve, service: str, operation: str, asked: dict[str, str], code: str, status: int, action: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(serve({WORKLOAD: {"unreadable": [service]}})(service), operation)(**asked)
    response = refused.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert response["Error"]["Message"].endswith(
        f"User: {SESSION} is not authorized to perform: {action} because no identity-based policy allows the "
        f"{action} action"
    )


def test_unreadable_organizations_are_denied_in_their_own_words(serve: Serve) -> None:
    with pytest.raises(ClientError) as refused:
        serve({WORKLOAD: {"unreadable": ["organizations"]}})("organizations").describe_organization()
    assert refused.value.response["Error"]["Message"] == "You don't have permissions to access this resource."


def test_a_service_can_be_named_by_its_iam_prefix(serve: Serve) -> None:
    with pytest.raises(ClientError, match="AccessDeniedException"):
        serve({WORKLOAD: {"unreadable": ["elasticfilesystem"]}})("efs").describe_file_systems()


def test_only_the_account_that_says_so_is_unreadable(serve: Serve) -> None:
    reader = serve({WORKLOAD: {"unreadable": ["kms"]}})
    reader.client("kms").list_keys()
    reader("backup").list_backup_jobs()


def test_the_caller_may_always_ask_who_it_is(serve: Serve) -> None:
    reader = serve({WORKLOAD: {"unreadable": ["sts"]}, BOT: {"unreadable": ["sts"]}})
    assert reader("sts").get_caller_identity()["Account"] == WORKLOAD


@pytest.mark.parametrize(
    ("service", "operation", "asked", "code"),
    [
        ("iam", "delete_role", {"RoleName": "backup-job"}, "AccessDenied"),
        ("organizations", "detach_policy", {"PolicyId": "p-deny0001", "TargetId": WORKLOAD}, "AccessDeniedException"),
        ("kms", "schedule_key_deletion", {"KeyId": "1"}, "AccessDeniedException"),
        ("backup", "delete_backup_vault", {"BackupVaultName": "prod"}, "AccessDeniedException"),
        ("backup", "stop_backup_job", {"BackupJobId": "1"}, "AccessDeniedException"),
        ("ec2", "delete_volume", {"VolumeId": "vol-0a1b"}, "UnauthorizedOperation"),
        ("s3", "put_bucket_policy", {"Bucket": "bucket", "Policy": "{}"}, "AccessDenied"),
        ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": "x"}, "AccessDeniedException"),
    ],
)
def test_a_write_is_refused(serve: Serve, service: str, operation: str, asked: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError, match="The sandbox is read-only: it refuses") as refused:
        getattr(serve()(service), operation)(**asked)
    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("iam", "get_account_summary", {}),
        ("backup", "list_frameworks", {}),
        ("kms", "get_key_rotation_status", {"KeyId": "1"}),
        ("ec2", "describe_vpcs", {}),
        ("s3", "get_object", {"Bucket": "bucket", "Key": "key"}),
        ("sqs", "list_queues", {}),
    ],
)
def test_a_read_that_is_not_offered_is_not_implemented(
    serve: Serve, service: str, operation: str, asked: dict[str, str]
) -> None:
    reader = serve()
    client = reader(service)
    reader.sandbox.reset_calls()
    with pytest.raises(ClientError, match="The sandbox does not offer") as refused:
        getattr(client, operation)(**asked)
    response = refused.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("NotImplemented", 501)
    assert len(reader.sandbox.calls) == 1


@pytest.mark.parametrize(
    ("rule", "headers", "body", "status", "code"),
    [
        ("not signed", {}, "", 403, "MissingAuthenticationToken"),
        ("signed for nobody", signed("nobody"), "", 501, "NotImplemented"),
        ("no such operation", signed("iam"), "Action=BrewCoffee", 404, "UnknownOperationException"),
        ("no such target", {**signed("kms"), "X-Amz-Target": "TrentService.BrewCoffee"}, "{}", 404, "UnknownOperation"),
        ("no time", {**signed("cloudtrail"), "X-Amz-Target": LOOKUP}, '{"StartTime": "noon"}', 400, "Serialization"),
        ("no object", {**signed("cloudtrail"), "X-Amz-Target": LOOKUP}, "[1]", 400, "SerializationException"),
        ("a member missing", {**signed("kms"), "X-Amz-Target": "TrentService.ListGrants"}, "{}", 400, "ValidationExc"),
        ("another member missing", signed("iam"), "Action=GetRole", 400, "ValidationException"),
    ],
)
def test_a_request_that_no_sdk_would_send_is_told_what_is_wrong(
    serve: Serve, rule: str, headers: dict[str, str], body: str, status: int, code: str
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body.startswith("Action") else {}
    told_status, told = send(serve(), "POST", "/", headers | form, body)
    assert (told_status, code in told) == (status, True), (rule, told)


def test_an_error_with_signs_of_xml_in_it_stays_xml(serve: Serve) -> None:
    with pytest.raises(ClientError) as refused:
        serve()("iam").get_role(RoleName="x@y,z=w")
    assert refused.value.response["Error"]["Message"] == "The role with name x@y,z=w cannot be found."
    status, body = send(
        serve(),
        "POST",
        "/",
        signed("iam") | {"Content-Type": "application/x-www-form-urlencoded"},
        "Action=GetRole&RoleName=%3Cb%3E%26",
    )
    assert (status, "&lt;b&gt;&amp;" in body) == (404, True)


def test_what_the_sandbox_does_not_tell_of_itself_is_not_found(serve: Serve) -> None:
    status, body = send(serve(), "GET", "/_sandbox/secrets", {})
    assert (status, json.loads(body)) == (404, {"message": "The sandbox has no /_sandbox/secrets."})
