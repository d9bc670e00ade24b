"""Each operation is failed in a diagnosis that needs it: what it reads is then unread, and nothing else is made of it.

That every error of every operation is a fact or unread is tested on the reader (`tests/aws/test_read_errors.py`); what
a diagnosis makes of that depends on the operation alone, so that one error of each is enough here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.aws.backup import DESCRIBE_JOB
from bot.aws.lookup import Operation
from bot.aws.organizations import LIST_ACCOUNTS, LIST_PARENTS
from bot.aws.sts import ASSUME_ROLE, GET_CALLER_IDENTITY
from sandbox.aws.service import AwsError
from tests.aws.failing import GENERIC, OPERATIONS, modelled
from tests.diagnosis.altering import ACCOUNT, Altered
from tests.diagnosis.test_allowed_images import copying
from tests.diagnosis.test_ebs_encryption import ON, restoring
from tests.diagnosis.test_failed_reads import OF_CALLERS, Bench, assert_nothing_is_made_up, incident, operations_named
from tests.sweeps.sampling import sample

TOKEN = "Access Denied with the following authorization id: 0123456789abcdef"


def tagging() -> Altered:
    """A backup under a service control policy that asks for the vault's tags."""
    altered = incident(18)
    asking = {"Null": {"aws:ResourceTag/owner": "true"}}
    statement = {"Effect": "Deny", "Action": "backup:StartBackupJob", "Resource": "*", "Condition": asking}
    organization = altered.estate["organization"]
    content = {"Version": "2012-10-17", "Statement": [statement]}
    organization["policies"].append(
        {"Id": "p-asking", "Name": "Asking", "Type": "SERVICE_CONTROL_POLICY", "Content": content}
    )
    organization["root"]["policies"].append("p-asking")
    return altered


GATEWAY = f"arn:aws:storagegateway:eu-west-1:{ACCOUNT}:gateway/sgw-12A3456B/volume/vol-1122AABBCCDDEEFFG"
CLUSTER = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/orders"
DSQL = f"arn:aws:dsql:eu-west-1:{ACCOUNT}:cluster/abcdefghijklmnopqrstuvwxyz"
INCIDENTS: dict[str, tuple[Callable[[], Altered], tuple[str, ...]]] = {
    "a nested stack": (lambda: incident(36), ("ListBackupJobs",)),
    "a backup with skipped objects": (lambda: incident(35), ("ListCopyJobs",)),
    "a composite restore": (lambda: incident(46, IsParent=True), ("ListRestoreJobs",)),
    "a copy into a vault that is gone": (lambda: incident(10), ("ListBackupVaults",)),
    "a table": (lambda: incident(4), ("DescribeRegionSettings", "DescribeTable", "ListTagsOfResource")),
    "an instance": (lambda: incident(8), ("DescribeInstances", "DescribeVolumes", "GetInstanceProfile")),
    "an encoded message": (lambda: incident(37), ("DecodeAuthorizationMessage", "GetRolePolicy")),
    "an authorization id": (lambda: incident(29, StatusMessage=TOKEN), ("GetRequestAuthorizationDetails",)),
    "an image that is hidden": (lambda: copying({"State": "disabled"}), ("GetAllowedImagesSettings",)),
    "a volume under the default key": (lambda: restoring(ON), ("GetEbsDefaultKmsKeyId", "GetEbsEncryptionByDefault")),
    "a vault whose tags are asked for": (tagging, ("ListTags",)),
    "a default key": (lambda: incident(30), ("ListAliases",)),
    "a database": (lambda: incident(17), ("DescribeDBInstances",)),
    "a cluster": (lambda: incident(34), ("DescribeDBClusters",)),
    "a file system": (lambda: incident(32), ("efs:DescribeFileSystems", "DescribeFileSystemPolicy")),
    "an FSx file system": (lambda: incident(6), ("fsx:DescribeFileSystems",)),
    "a bucket": (lambda: incident(31), ("GetBucketEncryption", "GetBucketPolicy", "GetBucketTagging")),
    "a guard rail": (lambda: incident(6), ("ListPolicyVersions",)),
    "a gateway's volume": (
        lambda: incident(29, ResourceType="Storage Gateway", ResourceArn=GATEWAY),
        ("DescribeCachediSCSIVolumes", "DescribeStorediSCSIVolumes"),
    ),
    "an EKS cluster": (
        lambda: incident(29, ResourceType="EKS", ResourceArn=CLUSTER, StatusMessage="Access denied"),
        ("DescribeCluster",),
    ),
    "a DSQL cluster": (lambda: incident(29, ResourceType="Aurora DSQL", ResourceArn=DSQL), ("GetCluster",)),
}
"""Incidents, each with the operations that it is needed for; all others are failed in a copy across accounts."""

JOB_READS = tuple(operation for operation, _id in DESCRIBE_JOB.values())
ELSEWHERE = (*OF_CALLERS, *JOB_READS, ASSUME_ROLE, GET_CALLER_IDENTITY, LIST_ACCOUNTS, LIST_PARENTS)
"""Operations whose failures have tests of their own."""


def by_incident() -> Iterator[Any]:
    """Each incident with the operations that are failed in it."""
    named = {
        name: (make, operations)
        for name, (make, names) in INCIDENTS.items()
        if (operations := operations_named(*names))
    }
    others = [one for one in OPERATIONS if one not in ELSEWHERE]
    for name, (make, operations) in named.items():
        others = [one for one in others if one not in operations]
        yield pytest.param(make, operations, id=name)
    yield pytest.param(lambda: incident(12), others, id="a copy across accounts")


def fault_of(operation: Operation) -> AwsError:
    """One error of an operation that is no fact; another kind for each, in turn."""
    errors = [error for error in (*modelled(operation), *GENERIC) if error.code not in operation.absent]
    return errors[OPERATIONS.index(operation) % len(errors)]


@pytest.mark.parametrize(("make", "operations"), sample(list(by_incident()), one_in=3))
def test_a_read_that_fails_is_unread_and_ends_nothing(make: Callable[[], Altered], operations: list[Operation]) -> None:
    with Bench(make()).served() as bench:
        known = bench.diagnosed()
        for operation in sample(operations, one_in=3):
            fault = fault_of(operation)
            bench.fails(operation, fault)
            found = bench.diagnosed()
            assert_nothing_is_made_up(known, found)
            unread = [each for each in found.unread if each.what == f"{operation.service}:{operation.name}"]
            assert unread or (found.causes, found.layers) == (known.causes, known.layers), operation
            for each in unread:
                assert each.why == fault.code
                assert each.says.startswith("I couldn't read ")
                assert f" in account {each.account} ({each.region}): " in each.says
                assert fault.code in each.says
                assert (each.permission is not None) == (fault.code in ("AccessDenied", "AccessDeniedException"))


def test_every_operation_is_failed_somewhere() -> None:
    failed = [operation for each in by_incident() for operation in each.values[1]]
    assert set(failed) | set(ELSEWHERE) == set(OPERATIONS)
