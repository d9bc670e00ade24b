"""Jobs to come that somebody names by their parts: a role and a resource, or a recovery point to restore."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import arn
from bot.arn import Arn
from bot.aws import backup
from bot.aws.facts import Facts
from bot.diagnosis.facts.principals import is_role_arn
from bot.diagnosis.model import JobType
from bot.errors import BadInputError
from bot.foresight.planned import Planned, PlannedJob
from bot.foresight.types import type_of
from knowledge.need import of_type

_DEFAULT_VAULT = "Default"
"""The vault that AWS Backup makes ("Backup vault creation and deletion")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What somebody says of jobs to come.

    Args:
        role: The ARN of the job role.
        resource: The ARN of what is to be backed up; None for a restore.
        recovery_point: The ARN of what is to be restored; None for a backup.
        resource_type: As AWS Backup spells it; None where the ARN says it.
        vault: The name or ARN of the vault that a backup is written to, or that holds the recovery point.
        copy_to: The ARN of the vault that the backup is copied to.
        metadata: What the restore will ask for, over what it would start from.
        region: The Region of a resource whose ARN has none.
    """

    role: str
    region: str
    resource: str | None = None
    recovery_point: str | None = None
    resource_type: str | None = None
    vault: str | None = None
    copy_to: str | None = None
    metadata: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if not is_role_arn(self.role):
            raise BadInputError(
                f"{self.role} is no role's ARN: give one such as arn:aws:iam::222233334444:role/backup-job."
            )
        named = self.resource or self.recovery_point
        if named is None or (self.resource and self.recovery_point):
            raise BadInputError("Say either which resource is backed up or which recovery point is restored.")
        if arn.parse(named) is None:
            raise BadInputError(
                f"{named} is no ARN: give one such as arn:aws:ec2:eu-west-1:222233334444:volume/vol-0a1b."
            )
        if self.resource_type is not None and of_type(self.resource_type) is None:
            raise BadInputError(f"There are no needs of {self.resource_type}.")

    @property
    def account(self) -> str:
        """The account of the job, which is its role's."""
        return _parsed(self.role).account

    @property
    def place(self) -> str:
        """The Region of the job."""
        named = _parsed(self.resource or self.recovery_point or "")
        vault = arn.parse(self.vault)
        return (vault.region if vault and self.recovery_point else named.region) or self.region

    @property
    def vault_arn(self) -> str:
        """The ARN of the vault."""
        if arn.parse(self.vault):
            return str(self.vault)
        place = f"arn:{arn.partition_of(self.place)}:backup:{self.place}:{self.account}:backup-vault:"
        return place + (self.vault or _DEFAULT_VAULT)


def jobs_of_resource(facts: Facts, named: Named) -> Planned:
    """The backup of a resource, and the copy after it where one is wanted; a collector of `bot.aws.facts`."""
    resource = named.resource or ""
    kind = named.resource_type or type_of(facts, named.account, resource)
    about = f"the backup of {resource}"
    if kind is None:
        return Planned(about, (), ("I don't know of which type it is: say it with --type.",))
    backed_up = PlannedJob(
        type=JobType.BACKUP,
        account=named.account,
        region=named.place,
        role=named.role,
        resource=resource,
        resource_type=_spelled(kind),
        vault=named.vault_arn,
    )
    copied = replace(backed_up, type=JobType.COPY, copy_to=named.copy_to)
    return Planned(about, (backed_up, copied) if named.copy_to else (backed_up,))


def jobs_of_restore(facts: Facts, named: Named) -> Planned:
    """The restore of a recovery point; a collector of `bot.aws.facts`.

    What it asks for is what a restore would start from, with what the asker says over it
    ("GetRecoveryPointRestoreMetadata", AWS Backup API Reference).
    """
    point, vault = named.recovery_point or "", _parsed(named.vault_arn)
    name = vault.resource.partition(":")[2]
    described = facts.ask(backup.recovery_point(vault.account, vault.region, name, point))
    metadata = facts.ask(backup.planned_restore_metadata(vault.account, vault.region, name, point))
    about = f"the restore of {point}"
    if described.absent:
        return Planned(
            about,
            (),
            (f"The vault {name} in {vault.region} holds no such recovery point: say which does with --vault.",),
        )
    known = described.value if described.known else {}
    kind = named.resource_type or known.get("ResourceType")
    if kind is None:
        return Planned(about, (), ("I don't know of which type it is: say it with --type.",))
    asked = {**(metadata.value if metadata.known else {}), **(named.metadata or {})}
    not_known = (
        () if metadata.known else ("I couldn't read what the restore would start from: say it with --metadata.",)
    )
    restored = PlannedJob(
        type=JobType.RESTORE,
        account=named.account,
        region=named.place,
        role=named.role,
        resource=known.get("ResourceArn"),
        resource_type=_spelled(kind),
        vault=named.vault_arn,
        recovery_point=point,
        metadata=tuple(asked.items()),
    )
    return Planned(about, (restored,), not_known)


def _spelled(kind: str) -> str:
    """The type as AWS Backup spells it, however it was given."""
    known = of_type(kind)
    if known is None:
        return kind
    return next((each for each in (known.type, *known.also) if each.casefold() == kind.casefold()), kind)


def _parsed(text: str) -> Arn:
    named = arn.parse(text)
    if named is None:
        raise BadInputError(f"{text} is no ARN.")
    return named
