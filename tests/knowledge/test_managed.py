"""AWS's managed policies, found by their ARN in every partition."""

import json

import pytest

from knowledge.managed import managed_policies, managed_policy

BACKUP = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"


def test_every_copy_can_be_found_by_its_arn() -> None:
    assert len(managed_policies()) == 20
    for arn, policy in managed_policies().items():
        assert managed_policy(arn) is policy
        assert arn == f"arn:aws:iam::aws:policy{policy.path}{policy.name}"
        assert policy.document["Statement"]


def test_a_policy_tells_its_version_and_when_it_was_published() -> None:
    policy = managed_policy(BACKUP)
    assert policy is not None
    assert (policy.name, policy.path, policy.version) == (
        "AWSBackupServiceRolePolicyForBackup",
        "/service-role/",
        "v30",
    )
    assert policy.updated.tzinfo is not None


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_in_another_partition_its_arns_are_that_partitions(partition: str) -> None:
    policy = managed_policy(BACKUP.replace("arn:aws:", f"arn:{partition}:"))
    assert policy is not None
    text = json.dumps(policy.document)
    assert policy.arn.startswith(f"arn:{partition}:")
    assert '"arn:aws:' not in text
    assert f'"arn:{partition}:dynamodb:' in text


@pytest.mark.parametrize(
    ("partition", "endpoint"),
    [("aws", "ec2.*.amazonaws.com"), ("aws-us-gov", "ec2.*.amazonaws.com"), ("aws-cn", "ec2.*.amazonaws.com.cn")],
)
def test_regional_endpoints_are_chinas_in_china_only(partition: str, endpoint: str) -> None:
    policy = managed_policy(BACKUP.replace("arn:aws:", f"arn:{partition}:"))
    assert policy is not None
    assert f'"{endpoint}"' in json.dumps(policy.document)


def test_a_service_principal_is_the_same_in_china() -> None:
    arn = "arn:aws-cn:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
    policy = managed_policy(arn)
    assert policy is not None
    assert '"ec2.amazonaws.com"' in json.dumps(policy.document)


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::222233334444:policy/ops", "ops"]
)
def test_any_other_arn_is_unknown(arn: str) -> None:
    assert managed_policy(arn) is None
