"""The protected resource: under which KMS keys it is, how it is tagged, and whether it has a policy of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from bot import arn
from bot.arn import Arn
from bot.aws import iam, storage
from bot.aws.facts import Facts
from bot.aws.lookup import Answer
from bot.diagnosis.facts.documents import NamedDocument, parsed


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """A resource that AWS Backup protects and what is known of it."""

    arn: str
    type: str
    exists: bool | None = None
    keys: tuple[str, ...] | None = None
    """The ids, ARNs or aliases of the KMS keys that its data is under; None where that can't be read."""
    tags: Mapping[str, str] | None = None
    policy: NamedDocument | None = None
    policy_is_known: bool = True
    """The resource's own policy could be read, or there is none; true for types that have none."""
    instance_role: str | None = None
    """The role of an EC2 instance's profile."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A resource and where it is read."""

    facts: Facts
    account: str
    region: str
    arn: Arn


Collector = Callable[[_Place, ResourceFacts], ResourceFacts]


def collect_resource(facts: Facts, account: str, region: str, resource_arn: str, resource_type: str) -> ResourceFacts:
    """Reads what the resource's own service says of it.

    Args:
        facts: What is known so far.
        account: The job's account; a resource's own where its ARN says another.
        region: The job's Region, likewise.
        resource_arn: The resource.
        resource_type: As AWS Backup spells it.

    Returns:
        What is known; of a type without keys or tags of its own that matter, just that.
    """
    named = arn.parse(resource_arn)
    resource = ResourceFacts(resource_arn, resource_type)
    collector = COLLECTORS.get(resource_type)
    if named is None or collector is None:
        return replace(resource, keys=())
    return collector(_Place(facts, named.account or account, named.region or region, named), resource)


def _ebs(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    answer = place.facts.ask(storage.volumes(place.account, place.region, [place.arn.name]))
    return _of(resource, answer, lambda volumes: volumes[0], "KmsKeyId", "Tags")


def _ec2(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    answer = place.facts.ask(storage.instances(place.account, place.region, place.arn.name))
    if not answer.known or not answer.value:
        return replace(resource, exists=False if answer.absent or answer.known else None)
    instance = answer.value[0]["Instances"][0]
    volume_ids = sorted(
        mapping["Ebs"]["VolumeId"] for mapping in instance.get("BlockDeviceMappings") or () if "Ebs" in mapping
    )
    volumes = place.facts.ask(storage.volumes(place.account, place.region, volume_ids)) if volume_ids else None
    profile = arn.parse((instance.get("IamInstanceProfile") or {}).get("Arn"))
    if volumes is None:
        keys: tuple[str, ...] | None = ()
    else:
        keys = _keys(volumes.value, "KmsKeyId") if volumes.known else None
    return replace(
        resource,
        exists=True,
        keys=keys,
        tags=_tags(instance.get("Tags")),
        instance_role=instance_profile_role(place.facts, place.account, profile.name) if profile else None,
    )


def instance_profile_role(facts: Facts, account: str, name: str) -> str | None:
    """The ARN of the role in an instance profile; None where it can't be read or there is none."""
    answer = facts.ask(iam.instance_profile(account, facts.home, name))
    roles = answer.value["Roles"] if answer.known else ()
    return roles[0]["Arn"] if roles else None


def _rds(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    if place.arn.resource.startswith("cluster"):
        return _cluster(place, resource)
    answer = place.facts.ask(storage.db_instances(place.account, place.region, place.arn.name))
    return _of(resource, answer, lambda found: found[0], "KmsKeyId", "TagList")


def _cluster(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    answer = place.facts.ask(storage.db_clusters(place.account, place.region, place.arn.name))
    return _of(resource, answer, lambda found: found[0], "KmsKeyId", "TagList")


def _dynamodb(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    answer = place.facts.ask(storage.table(place.account, place.region, place.arn.name))
    tags = place.facts.ask(storage.table_tags(place.account, place.region, resource.arn))
    described = _of(resource, answer, lambda table: table.get("SSEDescription") or {}, "KMSMasterKeyArn", None)
    return replace(described, tags=_tags(tags.value) if tags.known else None)


def _efs(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    name = place.arn.name
    answer = place.facts.ask(storage.file_systems(place.account, place.region, name))
    policy = place.facts.ask(storage.file_system_policy(place.account, place.region, name))
    return _with_policy(_of(resource, answer, lambda found: found[0], "KmsKeyId", "Tags"), policy)


def _fsx(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    file_system = place.arn.resource.partition("/")[2].partition("/")[0]  # a volume's has its own id after it
    answer = place.facts.ask(storage.fsx_file_systems(place.account, place.region, file_system))
    return _of(resource, answer, lambda found: found[0], "KmsKeyId", "Tags")


def _s3(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    bucket = place.arn.resource
    encryption = place.facts.ask(storage.bucket_encryption(place.account, place.region, bucket))
    tags = place.facts.ask(storage.bucket_tags(place.account, place.region, bucket))
    policy = place.facts.ask(storage.bucket_policy(place.account, place.region, bucket))
    described = replace(
        resource,
        exists=True if encryption.known or policy.known else None,
        keys=_bucket_keys(encryption),
        tags=_tags(tags.value) if tags.known else ({} if tags.absent else None),
    )
    return _with_policy(described, policy)


def _bucket_keys(encryption: Answer) -> tuple[str, ...] | None:
    """The key of default encryption; without a named one, SSE-KMS uses the AWS managed key of Amazon S3."""
    if not encryption.known:
        return () if encryption.absent else None
    rules = [rule.get("ApplyServerSideEncryptionByDefault") or {} for rule in encryption.value.get("Rules") or ()]
    return tuple(
        rule.get("KMSMasterKeyID") or "alias/aws/s3"
        for rule in rules
        if rule.get("SSEAlgorithm", "").startswith("aws:kms")
    )


def _storage_gateway(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    cached = place.facts.ask(storage.cached_volumes(place.account, place.region, resource.arn))
    stored = place.facts.ask(storage.stored_volumes(place.account, place.region, resource.arn))
    answer = cached if cached.known else stored
    return _of(resource, answer, lambda found: found[0], "KMSKey", None)


def _dsql(place: _Place, resource: ResourceFacts) -> ResourceFacts:
    answer = place.facts.ask(storage.dsql_cluster(place.account, place.region, place.arn.name))
    described = _of(resource, answer, lambda found: found.get("encryptionDetails") or {}, "kmsKeyArn", None)
    return replace(described, tags=answer.value.get("tags") or {} if answer.known else None)


COLLECTORS: Final[Mapping[str, Collector]] = MappingProxyType(
    {
        "EBS": _ebs,
        "EC2": _ec2,
        "RDS": _rds,
        "Aurora": _cluster,
        "DocumentDB": _cluster,
        "Neptune": _cluster,
        "DynamoDB": _dynamodb,
        "EFS": _efs,
        "FSx": _fsx,
        "S3": _s3,
        "Storage Gateway": _storage_gateway,
        "Aurora DSQL": _dsql,
    }
)
"""How a resource is read, by its type as AWS Backup spells it. The types that are missing have no key of their own
that a job role must use: their recovery points are under the vault's key, or the service encrypts by itself."""


def _of(
    resource: ResourceFacts,
    answer: Answer,
    described: Callable[[Any], Mapping[str, Any]],
    key_member: str,
    tags_member: str | None,
) -> ResourceFacts:
    """Takes key and tags out of a service's description."""
    if not answer.known or not answer.value:
        return replace(resource, exists=False if answer.absent or answer.known else None)
    found = described(answer.value)
    tags = _tags(found.get(tags_member)) if tags_member else None
    return replace(resource, exists=True, keys=_keys([found], key_member), tags=tags)


def _keys(described: Sequence[Mapping[str, Any]], member: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[member] for found in described if found.get(member)))


def _tags(tags: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags or ()}


def _with_policy(resource: ResourceFacts, policy: Answer) -> ResourceFacts:
    document = NamedDocument(resource.arn, parsed(policy.value)) if policy.known else None
    return replace(resource, policy=document, policy_is_known=policy.known or policy.absent)
