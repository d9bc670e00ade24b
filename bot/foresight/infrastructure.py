"""What a Terraform plan or a CloudFormation template will make of AWS, as far as it decides on backups.

That is roles and their policies, vaults, keys, control policies, and backup plans. How it is laid over what is read
says `bot.foresight.overlay`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot import arn

Json = Mapping[str, Any]

OPEN: Final[Json] = {"Statement": "known only after it is applied"}
"""Stands for a policy that will be there, and that nobody knows yet: what it decides is unknown, and never missing."""

_SERVICE_LINKED: Final = "AWSServiceRoleFor"
"""How the names of service-linked roles begin; nobody can change their policies ("Service-linked roles", IAM)."""


@dataclass(slots=True, kw_only=True)
class RoleToBe:
    """What will be changed of a role, or a role to come."""

    arn: str
    trust: Json | None = None
    """None: as it is."""
    boundary: str | None = None
    """The ARN of the permissions boundary; empty for none, None: as it is."""
    tags: Mapping[str, str] | None = None
    attached: dict[str, bool] = field(default_factory=dict)
    """Managed policies by ARN: whether they will be attached, or detached."""
    inline: dict[str, Json | None] = field(default_factory=dict)
    """Inline policies by name; None for one that will be deleted."""
    is_gone: bool = False


@dataclass(slots=True)
class VaultToBe:
    """A vault to come, or one that will be gone."""

    arn: str
    key: str | None = None
    """The ARN of its key; None for the default one."""
    type: str = "BACKUP_VAULT"
    is_gone: bool = False


@dataclass(slots=True)
class PlanToBe:
    """A backup plan to come."""

    described: Json
    """As GetBackupPlan answers."""
    selections: tuple[Json, ...]
    """As GetBackupSelection answers."""


@dataclass(slots=True)
class Infrastructure:
    """What will be, beside what is."""

    about: str
    roles: dict[str, RoleToBe] = field(default_factory=dict)
    """By account and name, which is unique there whatever the path ("IAM identifiers")."""
    policies: dict[str, Json] = field(default_factory=dict)
    """Managed policies of one's own, by ARN."""
    vaults: dict[str, VaultToBe] = field(default_factory=dict)
    vault_policies: dict[str, Json | None] = field(default_factory=dict)
    keys: dict[str, Json] = field(default_factory=dict)
    """The policies of keys to come, by an ARN that stands for the one that they will have."""
    key_policies: dict[str, Json] = field(default_factory=dict)
    control_policies: dict[str, Json] = field(default_factory=dict)
    """Service and resource control policies, by id."""
    plans: list[PlanToBe] = field(default_factory=list)
    every_role: RoleToBe | None = None
    """What will be changed of every role of which nothing else is said, service-linked roles aside."""
    control_policies_to_add: dict[str, Json] = field(default_factory=dict)
    """Service control policies that will be attached to every account, by name."""
    without: frozenset[str] = frozenset()
    """Policies that will be detached or deleted wherever they are found, by ARN, id or name."""
    found: set[str] = field(default_factory=set)
    """Those of `without` that were found."""
    not_known: list[str] = field(default_factory=list)
    """What the file leaves open until it is applied, in a sentence each."""

    def role(self, role_arn: str) -> RoleToBe:
        """What will be of a role; made where nothing was said of it yet."""
        return self.roles.setdefault(_by_name(role_arn), RoleToBe(arn=role_arn))

    def role_named(self, account: str, name: str) -> RoleToBe | None:
        """What will be of the role of that name; None where nothing is said of it."""
        own = self.roles.get(f"{account}:{name}")
        return own or (None if name.startswith(_SERVICE_LINKED) else self.every_role)

    def keeps(self, *names: str | None) -> bool:
        """Whether a policy of those names stays; that one of `without` was found is remembered."""
        gone = {each for each in self.without if each in names}
        self.found |= gone
        return not gone


def _by_name(role_arn: str) -> str:
    named = arn.parse(role_arn)
    return f"{named.account}:{named.name}" if named else role_arn
