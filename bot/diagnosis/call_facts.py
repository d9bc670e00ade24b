"""All that is known of one denied call of which nothing is left but its error text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import arn
from bot.aws.facts import Facts
from bot.aws.lookup import OWN
from bot.diagnosis.facts.denied_request import collect_denied_request
from bot.diagnosis.facts.documents import TRUST, NamedDocument
from bot.diagnosis.facts.keys import KeyFacts, collect_key
from bot.diagnosis.facts.organization import collect_organization, management_account
from bot.diagnosis.facts.principals import collect_caller, collect_role
from bot.diagnosis.facts.resources import ResourceFacts
from bot.diagnosis.facts.vaults import VaultFacts, collect_vault, is_vault
from bot.diagnosis.reading import Reading
from bot.diagnosis.required_call import ASSUME_ROLE
from bot.diagnosis.subject_facts import SubjectFacts
from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts(SubjectFacts):
    """A denied call and what is known of it; its role is whoever made it."""

    reading: Reading
    """What the text says of it, or what stood behind an encoded one."""
    denied_keys: Mapping[str, str | list[str] | None]
    """Condition keys that the denied request carried, where AWS says so."""
    moment: datetime
    """When it is evaluated."""

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that take part."""
        return frozenset(self.organizations)

    @property
    def key(self) -> KeyFacts | None:
        """The key that was called on."""
        return next(iter(self.named_keys), None)

    @property
    def vault(self) -> VaultFacts | None:
        """The vault that was called on."""
        return self.vaults.get("target")

    @property
    def trust(self) -> NamedDocument | None:
        """The trust policy of the role that was to be assumed."""
        return self.resource.policy if self.resource else None


def collect_call_facts(facts: Facts, said: Reading, settings: Settings, moment: datetime) -> CallFacts | None:
    """Reads what a denied call depends on: the caller's policies, the organization, and the policy of the resource.

    Args:
        facts: What is known so far.
        said: What the error text says.
        settings: For the management account, where it is configured.
        moment: When the text is read.

    Returns:
        The call; None where the text names no caller or no action.
    """
    caller = arn.parse(said.principal)
    denied = collect_denied_request(facts, caller.account if caller else OWN, facts.home, said)
    reading = denied.reading
    principal = collect_caller(facts, reading.principal) if reading.principal else None
    if principal is None or not reading.action:
        return None
    named = arn.parse(reading.resource)
    management = management_account(facts, settings.management_account)
    accounts = filter(None, [principal.account, named.account if named else ""])
    is_key = named is not None and named.service == "kms" and named.resource.startswith("key/")
    return CallFacts(
        role=principal,
        reading=reading,
        denied_keys=denied.keys,
        moment=moment,
        organizations={
            account: collect_organization(facts, account, management) for account in dict.fromkeys(accounts)
        },
        named_keys=(collect_key(facts, named.account, named.region, str(named)),) if named and is_key else (),
        vaults={"target": collect_vault(facts, str(named))} if is_vault(reading.resource) else {},
        resource=_assumed(facts, str(named)) if named and reading.action == ASSUME_ROLE else None,
    )


def _assumed(facts: Facts, role_arn: str) -> ResourceFacts:
    """The role that was to be assumed; its own policy is its trust policy."""
    trust = collect_role(facts, role_arn).trust
    return ResourceFacts(role_arn, "IAM", policy=NamedDocument(TRUST, trust) if trust else None)
