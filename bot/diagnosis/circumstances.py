"""What is so of one job: the circumstances under which a need holds, and the names that its ARNs are made of."""

from collections.abc import Mapping
from typing import Final

from bot import arn
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import JobType
from knowledge.need import of_type

UNKNOWN_PART: Final = "{unknown}"
"""Stands for the part of an ARN that is not known, or that does not exist yet. A `*` in the ARNs of needs is what AWS
itself writes in requests for what Amazon EC2 is about to create."""

_CREATES: Final = frozenset({"newfilesystem", "newbucket"})
_POINT_IN_TIME: Final = frozenset({"restoretime", "uselatestrestorabletime"})


def circumstances(facts: JobFacts) -> Mapping[str, bool | None]:
    """Each circumstance that a need may be bound to (`when` in knowledge/needs), and whether it is so.

    Returns:
        For each one True, False, or None where it is not known.
    """
    tags = facts.resource.tags if facts.resource else None
    metadata = {name.casefold(): value for name, value in facts.metadata.items()}
    resource = arn.parse(facts.job.resource_arn)
    point_in_time = any(metadata.get(name) not in (None, "", "false") for name in _POINT_IN_TIME)
    is_volume = resource is not None and resource.resource.startswith("volume/")
    advanced = facts.advanced_dynamodb
    is_restore = facts.job.type is JobType.RESTORE
    source = facts.vaults.get("target" if is_restore else "source")
    destination = facts.vaults.get("destination")
    from_air_gapped = facts.job.is_from_shared_vault or (source is not None and source.is_air_gapped)
    into_air_gapped = destination is not None and destination.is_air_gapped
    return {
        "tagged": None if tags is None else bool(tags),
        "same-account": not facts.is_cross_account,
        "cross-account": facts.is_cross_account,
        "fully-managed": facts.is_fully_managed,
        "from-air-gapped-vault": from_air_gapped,
        "into-air-gapped-vault": into_air_gapped,
        "into-backup-vault": not into_air_gapped,
        "vault-of-another-account": facts.job.is_from_shared_vault or (source is not None and source.is_restore_access),
        "advanced": advanced,
        "basic": None if advanced is None else not advanced,
        "vss": (facts.job.described.get("BackupOptions") or {}).get("WindowsVSS") == "enabled",
        "instance-profile": "iaminstanceprofilename" in metadata,
        "point-in-time": point_in_time,
        "from-snapshot": not point_in_time,
        "new-resource": any(metadata.get(name) == "true" for name in _CREATES),
        "volume": is_volume,
        "file-system": not is_volume,
        "gateway": "gatewayarn" in metadata,
        "no-gateway": "gatewayarn" not in metadata,
    }


def names(facts: JobFacts, region: str) -> Mapping[str, str]:
    """What the names in the ARNs of needs stand for.

    Args:
        facts: The job.
        region: The Region that is called: the source's or the destination's.
    """
    job, metadata = facts.job, facts.metadata
    resource, role = arn.parse(job.resource_arn), arn.parse(job.role_arn)
    table = metadata.get("targetTableName") or metadata.get("TargetTableName")
    bucket = metadata.get("DestinationBucketName") or metadata.get("destinationBucketName")
    file_system = metadata.get("file-system-id")
    is_new = metadata.get("newFileSystem") == "true"
    place = {"partition": facts.partition, "region": region, "account": job.account, "unknown": UNKNOWN_PART}
    own = {
        "destination_account": facts.destination_account,
        "resource": _resource_arn(facts),
        "resource_name": resource.name if resource else UNKNOWN_PART,
        "job_id": job.id.casefold() or UNKNOWN_PART,
        "role_name": role.name if role else UNKNOWN_PART,
        "recovery_point": recovery_point_arn(facts),
        "scanner_role": job.described.get("ScannerRoleArn")
        or f"arn:{facts.partition}:iam::{job.account}:role/{UNKNOWN_PART}",
        "vault": job.vault_arn or _arn(place, "backup", f"backup-vault:{UNKNOWN_PART}"),
        "destination_vault": job.destination_vault_arn or _arn(place, "backup", f"backup-vault:{UNKNOWN_PART}"),
        "instance_role": facts.instance_role or _role_arn(facts),
        "subnet": _ec2(place, "subnet", metadata.get("SubnetId")),
        "restored_table": _arn(place, "dynamodb", f"table/{table or UNKNOWN_PART}"),
        "restored_bucket": f"arn:{facts.partition}:s3:::{bucket}" if bucket else _resource_arn(facts),
        "restored_file_system": _arn(
            place, "elasticfilesystem", f"file-system/{UNKNOWN_PART if is_new or not file_system else file_system}"
        ),
        "metadata_clusterName": metadata.get("clusterName") or UNKNOWN_PART,
        "metadata_DBInstanceIdentifier": metadata.get("DBInstanceIdentifier") or UNKNOWN_PART,
        "metadata_DBClusterIdentifier": metadata.get("DBClusterIdentifier") or UNKNOWN_PART,
    }
    return place | own


def recovery_point_arn(facts: JobFacts) -> str:
    """The ARN by which the protected service knows the recovery point.

    In a logically air-gapped vault it "will have `backup` in place of the underlying resource type", so that the
    service's own is not known beyond its type ("Logically air-gapped vault"). AWS Backup's own is what counts only for
    the types that it manages fully.
    """
    job, own = facts.job, of_type(facts.needs_type)
    known = arn.parse(job.recovery_point_arn)
    of_service = own.recovery_point if own and facts.is_fully_managed is not True else None
    if known and not (of_service and known.service == "backup"):
        return str(job.recovery_point_arn)
    pattern = of_service or "arn:{partition}:backup:{region}:{account}:recovery-point:{unknown}"
    resource = arn.parse(job.resource_arn)
    return pattern.format(
        partition=facts.partition,
        region=job.region,
        account=job.account,
        unknown=UNKNOWN_PART,
        resource_name=resource.name if resource else UNKNOWN_PART,
    )


def _resource_arn(facts: JobFacts) -> str:
    """The protected resource; where the job does not say it, what is known of it by its type."""
    job, own = facts.job, of_type(facts.needs_type)
    if job.resource_arn or own is None:
        return job.resource_arn or "*"
    place = {"partition": facts.partition, "region": job.region, "account": job.account}
    return own.resources[0].format_map(place).replace("*", UNKNOWN_PART)


def request_keys_of_metadata(facts: JobFacts) -> Mapping[str, str]:
    """Condition keys whose values a restore's metadata gives.

    Source: "Actions, resources, and condition keys for Amazon EC2" (Service Authorization Reference).
    """
    if facts.job.type is not JobType.RESTORE or facts.resource_type != "EC2":
        return {}
    place = {"partition": facts.partition, "region": facts.job.region, "account": facts.job.account}
    keys = {
        "ec2:Subnet": _ec2(place, "subnet", facts.metadata.get("SubnetId")),
        "ec2:Vpc": _ec2(place, "vpc", facts.metadata.get("VpcId")),
        "ec2:InstanceType": facts.metadata.get("InstanceType") or UNKNOWN_PART,
    }
    return {key: value for key, value in keys.items() if UNKNOWN_PART not in value}


def _role_arn(facts: JobFacts) -> str:
    """The role of the instance profile, where it could not be read: profiles made by the console share its name."""
    profile = facts.metadata.get("IamInstanceProfileName") or UNKNOWN_PART
    return f"arn:{facts.partition}:iam::{facts.job.account}:role/{profile}"


def _ec2(place: Mapping[str, str], kind: str, identifier: str | None) -> str:
    return _arn(place, "ec2", f"{kind}/{identifier or UNKNOWN_PART}")


def _arn(place: Mapping[str, str], service: str, resource: str) -> str:
    return f"arn:{place['partition']}:{service}:{place['region']}:{place['account']}:{resource}"
