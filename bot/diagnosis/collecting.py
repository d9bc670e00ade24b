"""Collects the case of one failed job: all that its diagnosis looks at is read here, once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot import arn
from bot.aws import backup
from bot.aws.facts import Facts
from bot.diagnosis.facts.changes import Suspects, collect_changes
from bot.diagnosis.facts.clusters import collect_cluster_access
from bot.diagnosis.facts.denied_request import collect_denied_request
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.ebs_encryption import default_keys, is_under_default_key
from bot.diagnosis.facts.former_ids import collect_former_ids
from bot.diagnosis.facts.images import AIR_GAPPED_OWNER, AllowedImages, collect_allowed_images
from bot.diagnosis.facts.job import Located
from bot.diagnosis.facts.keys import collect_key
from bot.diagnosis.facts.organization import (
    OrganizationFacts,
    collect_organization,
    cross_account_backup,
    management_account,
)
from bot.diagnosis.facts.principals import (
    PrincipalFacts,
    collect_job_role,
    collect_role,
    default_role_arn,
    service_linked_role_arn,
)
from bot.diagnosis.facts.resources import ResourceFacts, collect_resource, instance_profile_role
from bot.diagnosis.facts.sharing import collect_withdrawals
from bot.diagnosis.facts.trail import LONGEST_LOOK, Denial, collect_denials
from bot.diagnosis.facts.vaults import VaultFacts, collect_vault, encryption_key, with_tags
from bot.diagnosis.job_facts import JobFacts, restores_files
from bot.diagnosis.model import Entity, JobType
from bot.diagnosis.reading import Reading, read
from bot.diagnosis.subject_facts import Keys
from bot.settings import Settings
from knowledge.need import KeyOf, VaultOf, of_type

_KEY_MEMBERS: Final = frozenset({"kmskeyid", "kmskeyarn", "kmsmasterkeyarn", "kmskey", "encryptionkeyarn"})
"""How restore metadata of the various services names the key to restore under, in lower case."""
_HIDDEN_IMAGES: Final = frozenset({"allowed-images", "image-storage-not-accessible"})
"""The forms of messages about an image that is not found, or not accessible, where it is used."""


def collect_job_facts(facts: Facts, job: Located, settings: Settings) -> JobFacts:
    """Reads all that a job's diagnosis looks at.

    Args:
        facts: What is known so far.
        job: The job.
        settings: For the management account, where it is configured.
    """
    metadata, recovery_point = _metadata(facts, job), _recovery_point(facts, job)
    resource = _resource(facts, job, metadata)
    vaults = _vaults(facts, job)
    message = str(job.described.get("StatusMessage") or "")
    denied = collect_denied_request(facts, job.account, job.region, read(message))
    reading = denied.reading
    denials = _denials(facts, job)
    other = job.destination_account if job.destination_account not in (None, job.account) else None
    management = management_account(facts, settings.management_account)
    accounts = (job.account, other) if other else (job.account,)
    keys = _keys(facts, job, _Known(resource, vaults, recovery_point, metadata, reading))
    named_keys = _named_keys(facts, job, (reading, *(denial.reading for denial in denials or ())))
    owners = (key.account for several in (*keys.values(), named_keys) for key in several or ())
    organizations = {
        account: collect_organization(facts, account, management)
        for account in dict.fromkeys((*accounts, *filter(None, owners)))
    }
    home_management = organizations[job.account].management_account
    role = collect_job_role(facts, job.role_arn, job.account)
    deciding = (*_policies(role, organizations.values()), *(vault.policy for vault in vaults.values() if vault.policy))
    written: VaultOf = "destination" if job.type is JobType.COPY else "target"
    vaults |= {name: with_tags(facts, vault, deciding) for name, vault in vaults.items() if name == written}
    suspects = Suspects(
        role,
        vaults=tuple(vault.arn for vault in vaults.values()),
        keys=tuple(dict.fromkeys(key.arn for several in keys.values() for key in several or ())),
        management_account=home_management,
    )
    owned = (*(key for several in (*keys.values(), named_keys) for key in several or ()), *vaults.values(), resource)
    policies = [each.policy for each in owned if each]
    return JobFacts(
        job=job,
        role=replace(role, former_ids=collect_former_ids(facts, role, policies, job.created)),
        default_role=_default_role(facts, job) if role.is_service_linked_role else None,
        resource=resource,
        vaults=vaults,
        keys=keys,
        named_keys=named_keys,
        organizations=organizations,
        reading=reading,
        service_linked_role=_service_linked_role(facts, job, other, reading),
        cross_account_backup=cross_account_backup(facts, home_management) if other and home_management else None,
        metadata=metadata,
        recovery_point=recovery_point,
        denied_keys=denied.keys,
        denials=denials,
        changes=collect_changes(facts, job, reading, suspects),
        allowed_images=_allowed_images(facts, job, reading, vaults),
        cluster_access=collect_cluster_access(facts, job, metadata, reading),
        withdrawals=collect_withdrawals(facts, job, role.name) if job.has_failed and not job.is_planned else (),
        advanced_dynamodb=_advanced_dynamodb(facts, job, reading),
        instance_role=_instance_role(facts, job, metadata),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """Where the ids of keys are found."""

    resource: ResourceFacts | None
    vaults: Mapping[VaultOf, VaultFacts]
    recovery_point: Mapping[str, Any]
    metadata: Mapping[str, str]
    reading: Reading


def _metadata(facts: Facts, job: Located) -> Mapping[str, str]:
    if job.type is not JobType.RESTORE:
        return {}
    if job.metadata is not None:
        return job.metadata
    answer = facts.ask(backup.restore_metadata(job.account, job.region, job.id))
    return answer.value or {} if answer.known else {}


def _recovery_point(facts: Facts, job: Located) -> Mapping[str, Any]:
    vault = arn.parse(job.vault_arn)
    if job.type is JobType.BACKUP or vault is None or job.recovery_point_arn is None:
        return {}
    name = vault.resource.partition(":")[2]
    answer = facts.ask(backup.recovery_point(vault.account, vault.region, name, job.recovery_point_arn))
    return answer.value if answer.known else {}


def _resource(facts: Facts, job: Located, metadata: Mapping[str, str]) -> ResourceFacts | None:
    """The protected resource; of a restore of files, or into a bucket or file system that is there, that one."""
    resource_type = str(job.described.get("ResourceType") or "")
    bucket = metadata.get("DestinationBucketName") or metadata.get("destinationBucketName")
    file_system = metadata.get("file-system-id") if metadata.get("newFileSystem") != "true" else None
    partition = arn.partition_of(job.region)
    in_bucket = f"arn:{partition}:s3:::{bucket}" if bucket else None
    if in_bucket and restores_files(job, metadata):
        return collect_resource(facts, job.account, job.region, in_bucket, "S3")
    targets = {
        "S3": in_bucket,
        "EFS": f"arn:{partition}:elasticfilesystem:{job.region}:{job.account}:file-system/{file_system}"
        if file_system
        else None,
    }
    resource_arn = targets.get(resource_type) or job.resource_arn
    return collect_resource(facts, job.account, job.region, resource_arn, resource_type) if resource_arn else None


def _service_linked_role(facts: Facts, job: Located, other: str | None, reading: Reading) -> PrincipalFacts | None:
    account = other or (job.account if reading.entity is Entity.SERVICE_LINKED_ROLE else None)
    return collect_role(facts, service_linked_role_arn(account, arn.partition_of(job.region))) if account else None


def _default_role(facts: Facts, job: Located) -> PrincipalFacts:
    return collect_role(facts, default_role_arn(job.account, arn.partition_of(job.region)))


def _named_keys(facts: Facts, job: Located, readings: tuple[Reading, ...]) -> Keys:
    named = (arn.parse(reading.resource) for reading in readings)
    ids = [str(key) for key in named if key and key.service == "kms" and key.resource.startswith("key/")]
    return tuple(collect_key(facts, job.account, job.region, key) for key in dict.fromkeys(ids))


def _vaults(facts: Facts, job: Located) -> dict[VaultOf, VaultFacts]:
    named: dict[VaultOf, str | None] = {"target": job.vault_arn}
    if job.type is JobType.COPY:
        named = {"source": job.vault_arn, "destination": job.destination_vault_arn}
    return {role: collect_vault(facts, vault_arn) for role, vault_arn in named.items() if vault_arn}


def _policies(role: PrincipalFacts, places: Iterable[OrganizationFacts]) -> Iterator[NamedDocument]:
    """The policies that can deny the role a call on a vault, those of vaults aside."""
    yield from role.identity
    yield from [role.boundary] if role.boundary else []
    for level in (level for place in places for level in place.levels or ()):
        yield from level.scps or ()


def _keys(facts: Facts, job: Located, known: _Known) -> dict[KeyOf, Keys | None]:
    """The keys that needs may name, each read once."""
    ids: dict[KeyOf, tuple[str, ...] | None] = {
        "resource": known.resource.keys if known.resource else (),
        "vault": _vault_keys(known.vaults.get("target")),
        "destination-vault": _vault_keys(known.vaults.get("destination")),
    }
    if job.type is not JobType.BACKUP:
        ids["recovery-point"] = _recovery_point_keys(job, known)
    if job.type is JobType.RESTORE:
        ids["restore"] = _restore_keys(facts, job, known, ids["recovery-point"])
    return {
        name: None if keys is None else tuple(collect_key(facts, job.account, job.region, key) for key in keys)
        for name, keys in ids.items()
    }


def _vault_keys(vault: VaultFacts | None) -> tuple[str, ...] | None:
    """A vault's key; a logically air-gapped vault may be under a key that AWS owns, which needs no permission."""
    if vault is None or vault.exists is False:
        return ()
    if vault.exists is None:
        return None
    return (vault.key_arn,) if vault.key_arn else ()


def _recovery_point_keys(job: Located, known: _Known) -> tuple[str, ...] | None:
    """The key of the recovery point; of an image also those of the instance's volumes, one each."""
    own = encryption_key(known.recovery_point)
    if own != known.recovery_point.get("EncryptionKeyArn"):
        return ()
    of_resource = known.resource.keys if known.resource else None
    if job.described.get("ResourceType") == "EC2" and of_resource:
        return tuple(dict.fromkeys([*((own,) if own else ()), *of_resource]))
    if own:
        return (own,)
    vault = known.vaults.get("source" if job.type is JobType.COPY else "target")
    if job.is_from_shared_vault or (vault and vault.is_air_gapped):
        return _vault_keys(vault)  # "Logically air-gapped vault": its own key encrypts all that is in it
    if known.recovery_point.get("IsEncrypted") is False:
        return ()
    return None if restores_files(job, known.metadata) else of_resource  # the resource that is known is the bucket


def _restore_keys(
    facts: Facts, job: Located, known: _Known, of_recovery_point: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    """The key that the restore asks for, else the recovery point's where the service keeps it, else the default one."""
    asked = tuple(value for name, value in known.metadata.items() if name.casefold() in _KEY_MEMBERS and value)
    if asked:
        return asked
    if restores_files(job, known.metadata):
        return _bucket_keys(known)
    if of_recovery_point == () and is_under_default_key(job, known.recovery_point, known.reading):
        return default_keys(facts, job, known.metadata)
    needs = of_type(str(job.described.get("ResourceType") or ""))
    if job.described.get("ResourceType") == "S3":
        return known.resource.keys if known.resource else ()
    return () if needs and needs.fully_managed == "always" else of_recovery_point


def _bucket_keys(known: _Known) -> tuple[str, ...] | None:
    """The key that files are restored under where none is asked for: the bucket's, unless Amazon S3's own is asked for.

    Source: "Restore an Amazon EBS volume", File level restore specifications (AWS Backup Developer Guide).
    """
    asked = next((value for name, value in known.metadata.items() if name.casefold() == "encryptiontype"), "")
    return () if asked == "SSE-S3" else known.resource.keys if known.resource else None


def _denials(facts: Facts, job: Located) -> tuple[Denial, ...] | None:
    if job.is_planned:
        return ()
    end = job.described.get("CompletionDate") or job.created + LONGEST_LOOK
    return collect_denials(facts, job.account, job.region, job.role_arn, (job.created, end))


def _advanced_dynamodb(facts: Facts, job: Located, reading: Reading) -> bool | None:
    """Whether AWS Backup manages a table's backups fully: by the recovery point, the setting, or the denied action."""
    if job.described.get("ResourceType") != "DynamoDB":
        return None
    recovery_point = arn.parse(job.recovery_point_arn)
    if recovery_point:
        return recovery_point.service == "backup"
    settings = facts.ask(backup.region_settings(job.account, job.region))
    managed = (settings.value.get("ResourceTypeManagementPreference") or {}) if settings.known else {}
    by_action = {"dynamodb:startawsbackupjob": True, "dynamodb:createbackup": False}
    return managed.get("DynamoDB", by_action.get((reading.action or "").casefold()))


def _allowed_images(
    facts: Facts, job: Located, reading: Reading, vaults: Mapping[VaultOf, VaultFacts]
) -> AllowedImages | None:
    """The Allowed AMIs setting where an image is copied or restored, if the message speaks of an image that is hidden.

    Sources: "Logically air-gapped vault" and "Creating backup copies across AWS accounts" (AWS Backup Developer Guide).
    """
    if reading.form not in _HIDDEN_IMAGES or job.type is JobType.BACKUP:
        return None
    source = vaults.get("source" if job.type is JobType.COPY else "target")
    destination = vaults.get("destination")
    owner = AIR_GAPPED_OWNER if source and source.is_air_gapped else job.account
    account, region = job.destination_account or job.account, destination.region if destination else job.region
    return None if owner == account else collect_allowed_images(facts, account, region, owner)


def _instance_role(facts: Facts, job: Located, metadata: Mapping[str, str]) -> str | None:
    """The role in the instance profile that a restore of an EC2 instance asks for."""
    profile = metadata.get("IamInstanceProfileName")
    if job.described.get("ResourceType") != "EC2" or not profile:
        return None
    return instance_profile_role(facts, job.account, profile)
