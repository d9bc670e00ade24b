"""Pages: each service's own tokens and limits, until everything was read once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import BOT, MANAGEMENT, REGION, WORKLOAD, Serve

COUNT = 7
DOCUMENT = {"Version": "2012-10-17", "Statement": []}
ESTATE: dict[str, Any] = {
    BOT: {},
    WORKLOAD: {
        "roles": [
            {"RoleName": f"role-{number}", "InlinePolicies": {f"inline-{each}": DOCUMENT for each in range(COUNT)}}
            for number in range(COUNT)
        ],
        "regions": {
            REGION: {
                "keys": [
                    {
                        "KeyId": f"key-{number}",
                        "Aliases": [f"alias/{number}"],
                        "Grants": [{"GrantId": f"{number}-{each}"} for each in range(COUNT)],
                    }
                    for number in range(COUNT)
                ],
                "vaults": [{"BackupVaultName": f"vault-{number}"} for number in range(COUNT)],
                "backup_jobs": [{"BackupJobId": f"job-{number}"} for number in range(COUNT)],
                "cloudtrail": [
                    {"eventID": str(number), "eventTime": "2026-11-20T05:00:00Z"} for number in range(COUNT)
                ],
                "resources": [
                    {"ResourceArn": f"arn:aws:{arn}{number}", "ResourceType": kind}
                    for number in range(COUNT)
                    for kind, arn in {
                        "EBS": f"ec2:{REGION}:{WORKLOAD}:volume/vol-",
                        "EC2": f"ec2:{REGION}:{WORKLOAD}:instance/i-",
                        "RDS": f"rds:{REGION}:{WORKLOAD}:db:",
                        "EFS": f"elasticfilesystem:{REGION}:{WORKLOAD}:file-system/fs-",
                        "FSx": f"fsx:{REGION}:{WORKLOAD}:file-system/fs-",
                        "S3": "s3:::bucket-",
                    }.items()
                ],
            }
        },
    },
}
PAGED: list[tuple[str, str, str, dict[str, str]]] = [
    ("iam", "list_roles", "Roles", {}),
    ("iam", "list_role_policies", "PolicyNames", {"RoleName": "role-1"}),
    ("kms", "list_keys", "Keys", {}),
    ("kms", "list_aliases", "Aliases", {}),
    ("kms", "list_grants", "Grants", {"KeyId": "key-1"}),
    ("backup", "list_backup_vaults", "BackupVaultList", {}),
    ("backup", "list_backup_jobs", "BackupJobs", {}),
    ("cloudtrail", "lookup_events", "Events", {}),
    ("ec2", "describe_volumes", "Volumes", {}),
    ("ec2", "describe_instances", "Reservations", {}),
    ("rds", "describe_db_instances", "DBInstances", {}),
    ("efs", "describe_file_systems", "FileSystems", {}),
    ("fsx", "describe_file_systems", "FileSystems", {}),
    ("s3", "list_buckets", "Buckets", {}),
]


@pytest.mark.parametrize(("service", "operation", "member", "asked"), PAGED)
def test_small_pages_bring_everything_once(
    serve: Serve, service: str, operation: str, member: str, asked: dict[str, str]
) -> None:
    whole = getattr(serve(ESTATE)(service), operation)(**asked)[member]
    pages = list(serve(ESTATE, page=3)(service).get_paginator(operation).paginate(**asked))
    assert [len(page[member]) for page in pages] == [3, 3, 1]
    assert [thing for page in pages for thing in page[member]] == whole


@pytest.mark.parametrize(
    ("service", "operation", "member", "limit"),
    [
        ("iam", "list_roles", "Roles", {"MaxItems": 2}),
        ("kms", "list_keys", "Keys", {"Limit": 2}),
        ("backup", "list_backup_jobs", "BackupJobs", {"MaxResults": 2}),
        ("cloudtrail", "lookup_events", "Events", {"MaxResults": 2}),
        ("ec2", "describe_volumes", "Volumes", {"MaxResults": 2}),
        ("efs", "describe_file_systems", "FileSystems", {"MaxItems": 2}),
    ],
)
def test_the_callers_limit_is_kept(
    serve: Serve, service: str, operation: str, member: str, limit: dict[str, int]
) -> None:
    assert len(getattr(serve(ESTATE)(service), operation)(**limit)[member]) == 2


def test_organizations_tells_twenty_accounts_a_page(serve: Serve) -> None:
    members = {f"{number:012}": ["p-FullAWSAccess"] for number in range(45)}
    organization = {
        "Id": "o-a1b2c3d4e5",
        "MasterAccountId": MANAGEMENT,
        "root": {"Id": "r-a1b2", "accounts": {MANAGEMENT: [], **members}},
    }
    organizations = serve({MANAGEMENT: {}}, organization).client("organizations", account=MANAGEMENT)
    pages = list(organizations.get_paginator("list_accounts").paginate())
    assert [len(page["Accounts"]) for page in pages] == [20, 20, 6]


def test_a_page_that_holds_everything_has_no_next(serve: Serve) -> None:
    assert "NextToken" not in serve(ESTATE, page=COUNT)("backup").list_backup_jobs()


def test_iam_says_whether_there_is_more(serve: Serve) -> None:
    iam = serve(ESTATE)("iam")
    first = iam.list_roles(MaxItems=4)
    assert first["IsTruncated"] is True
    last = iam.list_roles(MaxItems=4, Marker=first["Marker"])
    assert last["IsTruncated"] is False
    assert "Marker" not in last


@pytest.mark.parametrize(
    ("service", "operation", "token", "code"),
    [
        ("iam", "list_roles", {"Marker": "junk"}, "ValidationError"),
        ("kms", "list_keys", {"Marker": "junk"}, "InvalidMarkerException"),
        ("backup", "list_backup_jobs", {"NextToken": "junk"}, "InvalidParameterValueException"),
        ("backup", "list_backup_jobs", {"NextToken": "bGlzdDphYmM="}, "InvalidParameterValueException"),
        ("cloudtrail", "lookup_events", {"NextToken": "junk"}, "InvalidNextTokenException"),
    ],
)
def test_a_token_that_was_never_given_out_is_refused(
    serve: Serve, service: str, operation: str, token: dict[str, str], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(serve(ESTATE)(service), operation)(**token)
    assert refused.value.response["Error"]["Code"] == code


def test_a_token_of_another_operation_is_refused(serve: Serve) -> None:
    kms = serve(ESTATE, page=3)("kms")
    token = kms.list_keys()["NextMarker"]
    with pytest.raises(ClientError, match="InvalidMarkerException"):
        kms.list_aliases(Marker=token)
