"""An estate as it is written down: an organization, its accounts, their roles, vaults, keys and jobs.

Members are spelled as AWS's APIs spell them. Where a part stands for something that an API describes, members that are
not named here are kept and served, so that an estate can say whatever the API can.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from sandbox.aws.organization import Organization
from sandbox.aws.parts import AccountId, Described, Document, Frame, Record, TrailEvent, record_with


class Identity(Described):
    """What roles, users and groups have in common."""

    Path: str = "/"
    AttachedPolicies: tuple[str, ...] = ()
    InlinePolicies: dict[str, Document] = Field(default_factory=dict)


class Role(Identity):
    """An IAM role."""

    RoleName: str
    RoleId: str | None = None
    AssumeRolePolicyDocument: Document = Field(default_factory=dict)
    PermissionsBoundary: str | None = None
    Tags: dict[str, str] = Field(default_factory=dict)


class User(Identity):
    """An IAM user."""

    UserName: str
    UserId: str | None = None
    PermissionsBoundary: str | None = None
    Groups: tuple[str, ...] = ()
    Tags: dict[str, str] = Field(default_factory=dict)


class Group(Identity):
    """An IAM group."""

    GroupName: str
    GroupId: str | None = None


class CustomerPolicy(Described):
    """A managed policy that the account's owner wrote."""

    Arn: str
    Document: Document
    Versions: tuple[str, ...] = ()
    """The ids of all its versions; the document is that of `DefaultVersionId`, or else of v1."""


class Key(Described):
    """A KMS key."""

    KeyId: str
    KeyManager: str = "CUSTOMER"
    KeyState: str = "Enabled"
    MultiRegion: bool = False
    Aliases: tuple[str, ...] = ()
    Policy: Document | None = None
    Grants: tuple[Record, ...] = ()
    Tags: dict[str, str] = Field(default_factory=dict)


class Vault(Described):
    """A backup vault."""

    BackupVaultName: str
    VaultType: str = "BACKUP_VAULT"
    EncryptionKeyArn: str | None = None
    AccessPolicy: Document | None = None
    Locked: bool = False
    Tags: dict[str, str] = Field(default_factory=dict)


class Resource(Described):
    """Something that is backed up or restored."""

    ResourceArn: str
    ResourceType: str
    KmsKeyArn: str | None = None
    Tags: dict[str, str] = Field(default_factory=dict)
    VolumeArns: tuple[str, ...] = ()
    InstanceProfileRoleArn: str | None = None
    Policy: Document | None = None

    @property
    def name(self) -> str:
        """The last part of its ARN: `vol-0a1b`, a table's or a bucket's name."""
        return self.ResourceArn.replace("/", ":").rsplit(":", 1)[-1]


def _by(member: str, things: Iterable[Any]) -> dict[str, Any]:
    return {thing[member] if isinstance(thing, dict) else getattr(thing, member): thing for thing in things}


class Region(Frame):
    """What an account has in one Region."""

    keys: tuple[Key, ...] = ()
    vaults: tuple[Vault, ...] = ()
    resources: tuple[Resource, ...] = ()
    recovery_points: tuple[Annotated[Record, record_with("RecoveryPointArn")], ...] = ()
    backup_plans: tuple[Annotated[Record, record_with("BackupPlanId")], ...] = ()
    backup_jobs: tuple[Annotated[Record, record_with("BackupJobId")], ...] = ()
    copy_jobs: tuple[Annotated[Record, record_with("CopyJobId")], ...] = ()
    restore_jobs: tuple[Annotated[Record, record_with("RestoreJobId")], ...] = ()
    scan_jobs: tuple[Annotated[Record, record_with("ScanJobId")], ...] = ()
    report_jobs: tuple[Annotated[Record, record_with("ReportJobId")], ...] = ()
    search_jobs: tuple[Annotated[Record, record_with("SearchJobIdentifier")], ...] = ()
    export_jobs: tuple[Annotated[Record, record_with("ExportJobIdentifier")], ...] = ()
    region_settings: dict[str, bool] = Field(default_factory=dict)
    ebs_encryption: Record = Field(default_factory=dict)
    allowed_images: Record = Field(default_factory=lambda: {"State": "disabled"})
    cloudtrail: tuple[TrailEvent, ...] = ()

    @cached_property
    def key_by_id(self) -> dict[str, Key]:
        """Keys by their id."""
        return _by("KeyId", self.keys)

    @cached_property
    def key_by_alias(self) -> dict[str, Key]:
        """Keys by each of their aliases."""
        return {alias: key for key in self.keys for alias in key.Aliases}

    @cached_property
    def vault_by_name(self) -> dict[str, Vault]:
        """Vaults by their name."""
        return _by("BackupVaultName", self.vaults)

    @cached_property
    def resource_by_arn(self) -> dict[str, Resource]:
        """Resources by their ARN."""
        return _by("ResourceArn", self.resources)

    @cached_property
    def recovery_point_by_arn(self) -> dict[str, Record]:
        """Recovery points by their ARN."""
        return _by("RecoveryPointArn", self.recovery_points)

    @cached_property
    def backup_plan_by_id(self) -> dict[str, Record]:
        """Backup plans by their id."""
        return _by("BackupPlanId", self.backup_plans)

    @cached_property
    def backup_job_by_id(self) -> dict[str, Record]:
        """Backup jobs by their id."""
        return _by("BackupJobId", self.backup_jobs)

    @cached_property
    def copy_job_by_id(self) -> dict[str, Record]:
        """Copy jobs by their id."""
        return _by("CopyJobId", self.copy_jobs)

    @cached_property
    def restore_job_by_id(self) -> dict[str, Record]:
        """Restore jobs by their id."""
        return _by("RestoreJobId", self.restore_jobs)

    @cached_property
    def scan_job_by_id(self) -> dict[str, Record]:
        """Scan jobs by their id."""
        return _by("ScanJobId", self.scan_jobs)

    @cached_property
    def report_job_by_id(self) -> dict[str, Record]:
        """Report jobs by their id."""
        return _by("ReportJobId", self.report_jobs)

    @cached_property
    def search_job_by_id(self) -> dict[str, Record]:
        """Search jobs by their id."""
        return _by("SearchJobIdentifier", self.search_jobs)

    @cached_property
    def export_job_by_id(self) -> dict[str, Record]:
        """Exports of search results by their id."""
        return _by("ExportJobIdentifier", self.export_jobs)


class Account(Frame):
    """An AWS account."""

    Name: str | None = None
    unreadable: frozenset[str] = frozenset()
    global_settings: dict[str, str] = Field(default_factory=dict)
    decoded_messages: dict[str, Record] = Field(default_factory=dict)
    authorization_details: dict[str, Record] = Field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    policies: tuple[CustomerPolicy, ...] = ()
    regions: dict[str, Region] = Field(default_factory=dict)

    @cached_property
    def role_by_name(self) -> dict[str, Role]:
        """Roles by their name, which is unique whatever the path."""
        return _by("RoleName", self.roles)

    @cached_property
    def user_by_name(self) -> dict[str, User]:
        """Users by their name."""
        return _by("UserName", self.users)

    @cached_property
    def group_by_name(self) -> dict[str, Group]:
        """Groups by their name."""
        return _by("GroupName", self.groups)

    @cached_property
    def policy_by_arn(self) -> dict[str, CustomerPolicy]:
        """Customer managed policies by their ARN."""
        return _by("Arn", self.policies)

    @cached_property
    def instance_profiles(self) -> dict[str, str]:
        """The ARN of an instance profile's role by the profile's name, which is the role's."""
        return {
            arn.rsplit("/", 1)[-1]: arn
            for region in self.regions.values()
            for resource in region.resources
            if (arn := resource.InstanceProfileRoleArn)
        }

    def region(self, name: str) -> Region:
        """What the account has in a Region: nothing where the estate doesn't name it."""
        return self.regions.get(name) or Region()


class Bot(Frame):
    """Whose credentials the bot starts with, and the role that it assumes in every other account."""

    account: AccountId
    region: str = "us-east-1"
    role_name: str = "BackupWhyReadOnly"


class Estate(Frame):
    """A small AWS estate."""

    about: str = ""
    bot: Bot
    organization: Organization | None = None
    accounts: dict[AccountId, Account]
    expect: Record | None = None

    @cached_property
    def partition(self) -> str:
        """The partition that the whole estate is in, told from the bot's Region."""
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for prefix, name in prefixes.items() if self.bot.region.startswith(prefix)), "aws")

    def account(self, account_id: str) -> Account:
        """An account: an empty one where the estate doesn't list it."""
        return self.accounts.get(account_id) or Account()

    @cached_property
    def buckets(self) -> dict[str, tuple[str, str, Resource]]:
        """Every S3 bucket by its name, with the account and Region that it is in: bucket names are global."""
        return {
            resource.name: (account_id, region_name, resource)
            for account_id, account in self.accounts.items()
            for region_name, region in account.regions.items()
            for resource in region.resources
            if resource.ResourceType == "S3"
        }
