"""All that is known of one denied call of which nothing is left but its error text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import arn
from bot.aws.facts import Facts
from bot.aws.lookup import OWN
from bot.diagnosis.configuration import Configuration
from bot.diagnosis.facts.denied_request import gather_denied_request
from bot.diagnosis.facts.documents import TRUST, NamedDocument
from bot.diagnosis.facts.keys import KeyFacts, gather_key
from bot.diagnosis.facts.organization import gather_organization, management_account
from bot.diagnosis.facts.principals import gather_caller, gather_role
from bot.diagnosis.facts.resources import ResourceFacts
from bot.diagnosis.facts.vaults import VaultFacts, gather_vault, is_vault
from bot.diagnosis.reading import Reading, read
from bot.diagnosis.requirement import ASSUME_ROLE
from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Configuration):
    """A denied call and what is known of it; its role is whoever made it."""

    reading: Reading
    """What the text says of it, or what stood behind an encoded one."""
    denied_keys: Mapping[str, str | list[str] | None]
    """Condition keys that the denied request carried, where AWS tells."""
    moment: datetime
    """When it is judged."""

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


def gather_call(facts: Facts, text: str, settings: Settings, moment: datetime) -> Call | None:
    """Reads what a denied call hangs on: the caller's policies, the organization, and the policy of the resource.

    Args:
        facts: What is known so far.
        text: The error text.
        settings: For the management account, where it is configured.
        moment: When the text is read.

    Returns:
        The call; None where the text names no caller or no action.
    """
    caller = arn.parse(read(text).principal)
    denied = gather_denied_request(facts, caller.account if caller else OWN, facts.home, text)
    reading = denied.reading
    principal = gather_caller(facts, reading.principal) if reading.principal else None
    if principal is None or not reading.action:
        return None
    named = arn.parse(reading.resource)
    management = management_account(facts, settings.management_account)
    accounts = filter(None, [principal.account, named.account if named else ""])
    is_key = named is not None and named.service == "kms" and named.resource.startswith("key/")
    return Call(
        role=principal,
        reading=reading,
        denied_keys=denied.keys,
        moment=moment,
        organizations={account: gather_organization(facts, account, management) for account in dict.fromkeys(accounts)},
        named_keys=(gather_key(facts, named.account, named.region, str(named)),) if named and is_key else (),
        vaults={"target": gather_vault(facts, str(named))} if is_vault(reading.resource) else {},
        resource=_assumed(facts, str(named)) if named and reading.action == ASSUME_ROLE else None,
    )


def _assumed(facts: Facts, role_arn: str) -> ResourceFacts:
    """The role that was to be assumed; its own policy is its trust policy."""
    trust = gather_role(facts, role_arn).trust
    return ResourceFacts(role_arn, "IAM", policy=NamedDocument(TRUST, trust) if trust else None)
