"""What a role is allowed of what jobs need: each row of `needs` put to policies, on a resource of its type."""

from collections.abc import Iterable, Iterator, Mapping

from bot.iam import Decision, Policy, PolicySet, Request, evaluate
from knowledge.managed import managed_policy
from knowledge.need import JobKind, Need, ResourceTypeNeeds, needs, resource_types

ACCOUNT, REGION = "111122223333", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup/nightly"
LINKED_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
VOLUME = f"arn:aws:fsx:{REGION}:{ACCOUNT}:volume/fs-0a1b/fsvol-0a1b"
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
        "unknown": "*",
        "region": REGION,
        "account": ACCOUNT,
        "destination_account": ACCOUNT,
        "resource": RESOURCES[kind],
        "resource_name": "orders",
        "job_id": "be59cf2a-2343-4402-bd8b-226993d23453",
        "role_name": "nightly",
        "recovery_point": recovery_point,
        "vault": f"arn:aws:backup:{place}:backup-vault:daily",
        "destination_vault": f"arn:aws:backup:{place}:backup-vault:dr",
        "instance_role": f"arn:aws:iam::{ACCOUNT}:role/web",
        "subnet": f"arn:aws:ec2:{place}:subnet/subnet-1",
        "restored_table": f"arn:aws:dynamodb:{place}:table/Orders-restored",
        "restored_bucket": "arn:aws:s3:::orders-restored",
        "restored_file_system": f"arn:aws:elasticfilesystem:{place}:file-system/*",
        "metadata_clusterName": "restored",
        "metadata_DBInstanceIdentifier": "restored",
        "metadata_DBClusterIdentifier": "restored",
    }
    return {**known, **{name: pattern.format_map(known) for name, pattern in resource_type.names.items()}}


def lacking(
    resource_type: ResourceTypeNeeds, need: Need, documents: Iterable[Mapping[str, object]]
) -> list[tuple[str, str]]:
    """The actions and resources of a row that a principal with these identity policies and no others is not allowed."""
    compiled = [Policy.compile(f"policy-{number}", document) for number, document in enumerate(documents)]
    principal = LINKED_ROLE if need.by == "destination-service-linked-role" else ROLE
    context = request_context(resource_type, need)
    return [
        (action, resource)
        for resource in resources(resource_type, need)
        for action in need.actions
        if evaluate(Request(principal, action, resource, context=context), PolicySet(identity=compiled)).decision
        is not Decision.ALLOWED
    ]


def request_context(resource_type: ResourceTypeNeeds, need: Need) -> Mapping[str, str | list[str]]:
    """The condition keys that a row's calls carry."""
    known, via = names(resource_type), need.via or resource_type.via
    context: dict[str, str | list[str]] = {key: value.format_map(known) for key, value in need.context.items()}
    context |= {"aws:ResourceAccount": ACCOUNT}
    if need.key:
        context |= {"kms:ViaService": f"{via}.{REGION}.amazonaws.com", "kms:GrantIsForAWSResource": "true"}
        context |= {"kms:EncryptionContextKeys": ENCRYPTION_CONTEXT[str(via)]} if via in ENCRYPTION_CONTEXT else {}
    return context


def resources(resource_type: ResourceTypeNeeds, need: Need) -> list[str]:
    """The ARNs that a row's actions are called on; the resource of a row for volumes is a volume."""
    known = dict(names(resource_type))
    if "volume" in need.when:
        known["resource"] = VOLUME
    return [pattern.format_map(known) for pattern in need.arns or (KEY,)]


def managed_documents(policies: Iterable[str]) -> list[Mapping[str, object]]:
    """The documents of managed policies by their ARNs."""
    found = [managed_policy(policy) for policy in policies]
    return [policy.document for policy in found if policy]
