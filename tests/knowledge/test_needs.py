"""What jobs need, held against AWS's own policies: a documented role lacks nothing, and no action goes unmentioned."""

import re
from collections.abc import Iterator, Mapping

import pytest

from bot.iam import Decision, Policy, PolicySet, Request, evaluate
from knowledge.managed import managed_policies, managed_policy
from knowledge.need import JobKind, Need, ResourceTypeNeeds, documented_policies, needs, of_type, resource_types

ACCOUNT, REGION = "111122223333", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup/nightly"
LINKED_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
KINDS: tuple[JobKind, ...] = ("backup", "restore", "copy")
RESOURCES = {
    "EBS": f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-0a1b",
    "EC2": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-0a1b",
    "RDS": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders",
    "Aurora": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:orders",
    "DynamoDB": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Orders",
    "EFS": f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-0a1b",
    "FSx": f"arn:aws:fsx:{REGION}:{ACCOUNT}:file-system/fs-0a1b",
    "S3": "arn:aws:s3:::orders",
    "Storage Gateway": f"arn:aws:storagegateway:{REGION}:{ACCOUNT}:gateway/sgw-1/volume/vol-1",
    "Redshift": f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:orders",
    "Redshift Serverless": f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:namespace/1111",
    "Timestream": f"arn:aws:timestream:{REGION}:{ACCOUNT}:database/d/table/t",
    "SAP HANA on Amazon EC2": f"arn:aws:ssm-sap:{REGION}:{ACCOUNT}:HANA/app/DB/db",
    "VirtualMachine": f"arn:aws:backup-gateway:{REGION}:{ACCOUNT}:vm/vm-1",
    "CloudFormation": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/orders/1111",
    "EKS": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/orders",
    "Aurora DSQL": f"arn:aws:dsql:{REGION}:{ACCOUNT}:cluster/abc",
}
RECOVERY_POINTS = {
    "EBS": f"arn:aws:ec2:{REGION}::snapshot/snap-0a1b",
    "EC2": f"arn:aws:ec2:{REGION}::image/ami-0a1b",
    "RDS": f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:awsbackup:job-1",
    "Aurora": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster-snapshot:awsbackup:job-1",
    "DynamoDB": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Orders/backup/01",
    "FSx": f"arn:aws:fsx:{REGION}:{ACCOUNT}:backup/backup-0a1b",
    "Storage Gateway": f"arn:aws:ec2:{REGION}::snapshot/snap-0a1b",
    "Redshift": f"arn:aws:redshift:{REGION}:{ACCOUNT}:snapshot:orders/awsbackup",
}
ENCRYPTION_CONTEXT = {"ec2": ["aws:ebs:id"], "dsql": ["aws:dsql:ClusterId"]}


def rows() -> Iterator[tuple[ResourceTypeNeeds, JobKind, Need]]:
    """Every row that holds for every resource type."""
    for resource_type in resource_types():
        for kind in KINDS:
            if resource_type.of(kind) or kind != "copy":
                yield from ((resource_type, kind, need) for need in needs(kind, resource_type.type))


def names(resource_type: ResourceTypeNeeds) -> Mapping[str, str]:
    """What the names in ARNs stand for."""
    kind, place = resource_type.type, f"{REGION}:{ACCOUNT}"
    recovery_point = RECOVERY_POINTS.get(kind, f"arn:aws:backup:{place}:recovery-point:1111")
    known = {
        "partition": "aws",
        "region": REGION,
        "account": ACCOUNT,
        "destination_account": ACCOUNT,
        "resource": RESOURCES[kind],
        "resource_name": "orders",
        "recovery_point": recovery_point,
        "vault": f"arn:aws:backup:{place}:backup-vault:daily",
        "destination_vault": f"arn:aws:backup:{place}:backup-vault:dr",
        "instance_role": f"arn:aws:iam::{ACCOUNT}:role/web",
        "subnet": f"arn:aws:ec2:{place}:subnet/subnet-1",
        "restored_table": f"arn:aws:dynamodb:{place}:table/Orders-restored",
        "restored_bucket": "arn:aws:s3:::orders-restored",
        "restored_file_system": f"arn:aws:elasticfilesystem:{place}:file-system/*",
        "metadata_DBInstanceIdentifier": "restored",
        "metadata_DBClusterIdentifier": "restored",
    }
    return {**known, **{name: pattern.format_map(known) for name, pattern in resource_type.names.items()}}


def decision(resource_type: ResourceTypeNeeds, need: Need, action: str, resource: str, policies: list[str]) -> Decision:
    """What a role with these managed policies and no others is told."""
    known, via = names(resource_type), need.via or resource_type.via
    context: dict[str, str | list[str]] = {key: value.format_map(known) for key, value in need.context.items()}
    context |= {"aws:ResourceAccount": ACCOUNT}
    if need.key:
        context |= {"kms:ViaService": f"{via}.{REGION}.amazonaws.com", "kms:GrantIsForAWSResource": "true"}
        context |= {"kms:EncryptionContextKeys": ENCRYPTION_CONTEXT[str(via)]} if via in ENCRYPTION_CONTEXT else {}
    found = [managed_policy(policy) for policy in policies]
    compiled = [Policy.compile(policy.name, policy.document) for policy in found if policy]
    principal = LINKED_ROLE if need.by == "destination-service-linked-role" else ROLE
    return evaluate(Request(principal, action, resource, context=context), PolicySet(identity=compiled)).decision


def test_a_role_with_the_policies_that_aws_documents_lacks_nothing() -> None:
    lacking = [
        (resource_type.type, kind, action, resource)
        for resource_type, kind, need in rows()
        if need.judge is None
        for resource in _resources(resource_type, need)
        for action in need.actions
        if decision(resource_type, need, action, resource, _documented(resource_type, kind, need))
        is not Decision.ALLOWED
    ]
    assert lacking == []


def _resources(resource_type: ResourceTypeNeeds, need: Need) -> list[str]:
    return [pattern.format_map(names(resource_type)) for pattern in need.arns or (KEY,)]


def _documented(resource_type: ResourceTypeNeeds, kind: JobKind, need: Need) -> list[str]:
    if need.by == "destination-service-linked-role":
        return ["arn:aws:iam::aws:policy/aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"]
    return list(documented_policies(kind, resource_type.type))


@pytest.mark.parametrize(
    "name",
    [
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBackupServiceRolePolicyForS3Backup",
        "AWSBackupServiceRolePolicyForS3Restore",
    ],
)
def test_every_action_of_the_job_policies_is_a_need_or_an_optional_one(name: str) -> None:
    kinds: tuple[JobKind, ...] = ("backup", "copy") if name.endswith("Backup") else ("restore",)
    mentioned = {action.casefold() for _type, kind, need in rows() if kind in kinds for action in need.actions}
    document = next(policy.document for policy in managed_policies().values() if policy.name == name)
    unmentioned = [action for action in _actions(document) if action.casefold() not in mentioned]
    assert unmentioned == []


def _actions(document: Mapping[str, object]) -> Iterator[str]:
    statements = document["Statement"]
    assert isinstance(statements, list)
    for statement in statements:
        actions = statement["Action"]
        yield from [actions] if isinstance(actions, str) else actions


def test_every_need_says_where_it_is_documented_and_every_sid_that_it_names_exists() -> None:
    sids = {
        (policy.name, statement.get("Sid") or str(position))
        for policy in managed_policies().values()
        for position, statement in enumerate(policy.document["Statement"])
    }
    for resource_type, _kind, need in rows():
        for named, listed in re.findall(r"(AWSBackup\w+) ([\w, ]+)", need.source):
            for sid in listed.split(", "):
                assert (named, sid) in sids, (resource_type.type, need.source)


@pytest.mark.parametrize("spelling", ["EBS", "ebs", "DocumentDB", "SAP HANA", "SAP HANA on Amazon EC2", "VMware"])
def test_a_type_is_found_however_it_is_spelled(spelling: str) -> None:
    assert of_type(spelling) is not None


def test_a_type_that_is_not_known_has_the_needs_of_every_type_only() -> None:
    assert of_type("Abacus") is None
    assert [need.actions for need in needs("copy", "Abacus")][:2] == [
        ("backup:CopyFromBackupVault",),
        ("backup:CopyIntoBackupVault",),
    ]
