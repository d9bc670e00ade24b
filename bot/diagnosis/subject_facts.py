"""AWS's configuration as far as it was read for a question: what fixes are made from, and what they are proven on."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.organization import OrganizationFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.resources import ResourceFacts
from bot.diagnosis.facts.vaults import VaultFacts
from knowledge.need import KeyOf, VaultOf

Keys = tuple[KeyFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts(ABC):
    """What is known of the identities and policies that a job's or a caller's calls meet."""

    role: PrincipalFacts
    """Whose policies decide first: the job role, or whoever made a call."""
    organizations: Mapping[str, OrganizationFacts]
    """The accounts that take part, each with its place."""
    resource: ResourceFacts | None = None
    vaults: Mapping[VaultOf, VaultFacts] = field(default_factory=dict)
    keys: Mapping[KeyOf, Keys | None] = field(default_factory=dict)
    """For each way in which a need names a key: the keys, or None where which they are could not be read."""
    named_keys: Keys = ()
    """Keys that the message or CloudTrail names."""
    service_linked_role: PrincipalFacts | None = None
    """The destination account's of a copy across accounts, or the own one's where the message names it."""
    default_role: PrincipalFacts | None = None
    """AWS Backup's default service role, where the job's own role can't be a job role."""
    cross_account_backup: bool | None = None

    @property
    def account(self) -> str:
        """The account that is asked about."""
        return self.role.account

    @property
    @abstractmethod
    def accounts(self) -> frozenset[str]:
        """The accounts that take part."""

    @property
    def needs_own_vault_key(self) -> bool:
        """A vault under the default key won't do."""
        return False

    @property
    def all_keys(self) -> Keys:
        """Every key that may be used; one that is used in two ways is there twice."""
        return tuple(key for several in (*self.keys.values(), self.named_keys) for key in several or ())

    @property
    def documented_policies(self) -> tuple[str, ...]:
        """The ARNs of AWS's own policies that the role should have by AWS's documentation."""
        return ()
