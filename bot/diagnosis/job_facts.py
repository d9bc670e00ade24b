"""All that is known of one failed job."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from bot import arn
from bot.diagnosis.facts.clusters import ClusterAccess
from bot.diagnosis.facts.images import AllowedImages
from bot.diagnosis.facts.job import Located
from bot.diagnosis.facts.trail import Denial
from bot.diagnosis.model import JobType, LaterChange, Withdrawal
from bot.diagnosis.reading import Reading
from bot.diagnosis.subject_facts import SubjectFacts
from knowledge.need import JobKind, documented_policies, of_type

_OF_FILES: Final = frozenset({"destinationbucketname", "pathstorestore"})
_ENDED_ASIDE: Final = frozenset({"EXPIRED", "ABORTED"})
"""States that a denied permission does not lead to ("Backup job statuses", AWS Backup Developer Guide)."""


def restores_files(job: Located, metadata: Mapping[str, str]) -> bool:
    """Whether a restore job restores single files of an EBS volume into a bucket, and no volume.

    Source: "Restore an Amazon EBS volume", File level restore specifications (AWS Backup Developer Guide): a bucket and
    the paths are required.

    Args:
        job: The job.
        metadata: What it was asked to make.
    """
    is_of_volume = job.type is JobType.RESTORE and job.described.get("ResourceType") == "EBS"
    return is_of_volume and not _OF_FILES.isdisjoint(name.casefold() for name in metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts(SubjectFacts):
    """What is known of one job."""

    WAY: ClassVar[str] = "the setting of AWS Backup's advanced features for DynamoDB"
    """What decides which way a backup is made."""

    job: Located
    reading: Reading
    """What the job's message says, or what stood behind an encoded one."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What a restore was asked to make."""
    recovery_point: Mapping[str, Any] = field(default_factory=dict)
    denied_keys: Mapping[str, str | list[str] | None] = field(default_factory=dict)
    """Condition keys that the denied request carried, where AWS says so."""
    denials: tuple[Denial, ...] | None = None
    """What CloudTrail recorded of the job's session; None where it can't be read."""
    changes: tuple[LaterChange, ...] = ()
    """What has been changed, since the job ended, of that which its message blames."""
    allowed_images: AllowedImages | None = None
    """The Allowed AMIs setting that the job's image meets; None where nothing speaks of it."""
    cluster_access: ClusterAccess | None = None
    """The EKS cluster that the job role needs an access entry in; None where nothing speaks of it."""
    withdrawals: tuple[Withdrawal, ...] = ()
    """By which calls the sharing of what is copied was withdrawn while the job ran, as CloudTrail recorded them."""
    advanced_dynamodb: bool | None = None
    instance_role: str | None = None
    """The role that a restored EC2 instance is given."""
    children_are_known: bool = True
    """The jobs that a composite job is made of could be listed, or it is none."""

    @property
    def account(self) -> str:
        """The job's account, which its role is in too."""
        return self.job.account

    @property
    def destination_account(self) -> str:
        """Where a copy goes; the job's own account for every other job."""
        return self.job.destination_account or self.job.account

    @property
    def is_cross_account(self) -> bool:
        """It is a copy into another account."""
        return self.destination_account != self.job.account

    @property
    def destination_region(self) -> str:
        """Where a copy goes; the job's own Region for every other job."""
        vault = arn.parse(self.job.destination_vault_arn)
        return vault.region if vault else self.job.region

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that take part."""
        places = self.organizations.values()
        management = (place.management_account for place in places if place.management_account)
        return frozenset(
            {self.job.account, self.destination_account, *management, *(key.account for key in self.all_keys)}
        )

    @property
    def resource_type(self) -> str:
        """As AWS Backup spells it."""
        return str(self.job.described.get("ResourceType") or "")

    @property
    def message(self) -> str:
        """What AWS Backup says of the job."""
        return str(self.job.described.get("StatusMessage") or "").strip()

    @property
    def may_be_permission(self) -> bool:
        """The message speaks of a denied permission, or there is none; AWS Backup puts some under a category."""
        is_denied = self.job.described.get("MessageCategory") == "AccessDenied"
        return self.reading.permission or is_denied or not self.message

    @property
    def rules_permissions_out(self) -> bool:
        """The message is about something else than a permission, or there is none and the job's state says it all."""
        return self.reading.rules_permissions_out or (not self.message and self.job.state in _ENDED_ASIDE)

    @property
    def needs_type(self) -> str:
        """The type whose needs are the job's: a Multi-AZ DB cluster is of type RDS, and is called as Aurora's are."""
        named = (arn.parse(self.job.resource_arn), arn.parse(self.job.recovery_point_arn))
        is_cluster = any(each and each.service == "rds" and each.resource.startswith("cluster") for each in named)
        return "Aurora" if is_cluster and self.resource_type == "RDS" else self.resource_type

    @property
    def needs_kind(self) -> JobKind:
        """The kind of job whose needs are the job's: single files of a volume are restored into a bucket."""
        return "item-restore" if restores_files(self.job, self.metadata) else self.job.type.value

    @property
    def is_automatic_efs_backup(self) -> bool:
        """Amazon EFS made it by itself, which it does with the service-linked role ("Automatic backups", EFS)."""
        tags = self.resource.tags if self.resource and self.resource_type == "EFS" else None
        is_tagged = (tags or {}).get("aws:elasticfilesystem:default-backup") == "enabled"
        return is_tagged or (self.job.vault_arn or "").endswith(":aws/efs/automatic-backup-vault")

    @property
    def is_fully_managed(self) -> bool | None:
        """Whether the recovery point is AWS Backup's own, under the vault's key; None where it is not known."""
        needs = of_type(self.needs_type)
        management = needs.fully_managed if needs else "never"
        return self.advanced_dynamodb if management == "advanced" else management == "always"

    @property
    def ways(self) -> tuple["JobFacts", ...]:
        """The job as it is; both ways of a DynamoDB backup where it is not known which one AWS Backup took."""
        if self.resource_type != "DynamoDB" or self.advanced_dynamodb is not None:
            return (self,)
        return replace(self, advanced_dynamodb=True), replace(self, advanced_dynamodb=False)

    @property
    def partition(self) -> str:
        """The partition that the job's Region is in."""
        return arn.partition_of(self.job.region)

    @property
    def documented_policies(self) -> tuple[str, ...]:
        """The ARNs of AWS's own policies that AWS documents for the role of such a job."""
        return documented_policies(self.needs_kind, self.needs_type, self.partition)

    @property
    def needs_own_vault_key(self) -> bool:
        """The job can't write into a vault under the default key ("Creating backup copies across AWS accounts").

        Backups can; a copy only within the account, and of a type that AWS Backup manages fully.
        """
        return self.job.type is JobType.COPY and (self.is_cross_account or self.is_fully_managed is not True)
