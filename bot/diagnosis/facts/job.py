"""The job itself: found, described, with the recovery point and the restore's metadata."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot import arn
from bot.aws.facts import is_account
from bot.diagnosis.model import Job, JobType
from bot.errors import AwsUnreachableError

_NOT_FAILED: Final = frozenset({"CREATED", "PENDING", "RUNNING", "COMPLETED", "ABORTING"})
_SUCCESS: Final = "SUCCESS"
PLANNED: Final = "PLANNED"
"""The state of a job that nobody has started yet; AWS Backup has no such one."""


@dataclass(frozen=True, slots=True)
class Located:
    """A job that was found."""

    type: JobType
    account: str
    region: str
    described: Mapping[str, Any]
    """As AWS Backup describes it."""
    metadata: Mapping[str, str] | None = None
    """What a restore that is planned will ask for; None of a job that AWS Backup can be asked about."""

    @property
    def id(self) -> str:
        """The job's id; empty of one that is planned."""
        return str(self.described.get(f"{self.type.value.capitalize()}JobId") or "")

    @property
    def is_planned(self) -> bool:
        """Nobody has started it yet."""
        return self.state == PLANNED

    @property
    def state(self) -> str:
        """Its state; a restore job's is called Status."""
        return str(self.described.get("State") or self.described.get("Status") or "")

    @property
    def has_failed(self) -> bool:
        """It did not do all that it was asked: a job can be COMPLETED and yet say that objects were left out."""
        category = self.described.get("MessageCategory")
        with_issues = self.state == "COMPLETED" and category not in (None, "", _SUCCESS)
        return with_issues or self.state not in _NOT_FAILED

    @property
    def is_parent(self) -> bool:
        """It is a composite job, whose work is done by child jobs."""
        return bool(self.described.get("IsParent"))

    @property
    def created_by(self) -> Mapping[str, Any]:
        """The plan and rule that made it, or of a restore the restore testing plan; empty where nothing is said."""
        return self.described.get("CreatedBy") or {}

    @property
    def resource_arn(self) -> str | None:
        """The protected resource."""
        return self.described.get("ResourceArn") or self.described.get("SourceResourceArn")

    @property
    def recovery_point_arn(self) -> str | None:
        """What is copied or restored, or what a backup made."""
        return self.described.get("SourceRecoveryPointArn") or self.described.get("RecoveryPointArn")

    @property
    def vault_arn(self) -> str | None:
        """The vault that a backup is written to, or that a copy or restore takes from."""
        return self.described.get("SourceBackupVaultArn") or self.described.get("BackupVaultArn")

    @property
    def destination_vault_arn(self) -> str | None:
        """The vault that a copy is written to."""
        return self.described.get("DestinationBackupVaultArn")

    @property
    def is_from_shared_vault(self) -> bool:
        """It takes from another account's vault, which can only be a logically air-gapped one that is shared.

        Sources: "Logically air-gapped vault", Share a logically air-gapped vault; "Creating backup copies across AWS
        accounts": what an ordinary vault holds can't be restored from another account (AWS Backup Developer Guide).
        """
        vault = arn.parse(self.vault_arn)
        return self.type is not JobType.BACKUP and vault is not None and vault.account != self.account

    @property
    def role_arn(self) -> str:
        """The job role.

        Raises:
            AwsUnreachableError: The job does not say it.
        """
        role = self.described.get("IamRoleArn")
        if not role:
            raise AwsUnreachableError(f"The job {self.id} does not tell its role (IamRoleArn): try again in a minute.")
        return str(role)

    @property
    def created(self) -> datetime:
        """When the job was created."""
        created: datetime = self.described["CreationDate"]
        return created

    @property
    def destination_account(self) -> str | None:
        """The account that a copy goes to; None for other jobs, and where the vault's ARN is malformed."""
        vault = arn.parse(self.destination_vault_arn)
        return vault.account if vault and is_account(vault.account) else None

    def to_job(self, children: tuple[str, ...] = ()) -> Job:
        """The job as a part of the diagnosis."""
        described = self.described
        is_copy = self.type is JobType.COPY
        return Job(
            id=self.id,
            type=self.type,
            state=self.state,
            status_message=described.get("StatusMessage"),
            account=self.account,
            region=self.region,
            role=described.get("IamRoleArn"),
            resource=self.resource_arn,
            resource_type=described.get("ResourceType"),
            source_vault=None if self.type is JobType.BACKUP else self.vault_arn,
            destination_vault=self.destination_vault_arn if is_copy else self._written_vault(),
            created=self.created,
            completed=described.get("CompletionDate"),
            message_category=described.get("MessageCategory"),
            children=children,
        )

    def _written_vault(self) -> str | None:
        return self.vault_arn if self.type is JobType.BACKUP else None
