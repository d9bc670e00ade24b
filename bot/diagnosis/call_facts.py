"""All that is known of one denied call of which nothing is left but its error text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import arn
from bot.aws.facts import Facts
from bot.aws.lookup import OWN
from bot.diagnosis.facts.call_parameters import ANY, CallParameters, is_recovery_point, parameters_of
from bot.diagnosis.facts.denied_request import collect_denied_request
from bot.diagnosis.facts.documents import TRUST, NamedDocument
from bot.diagnosis.facts.keys import KeyFacts, collect_key
from bot.diagnosis.facts.organization import OrganizationFacts, collect_organization, management_account
from bot.diagnosis.facts.principals import PrincipalFacts, collect_caller, collect_role
from bot.diagnosis.facts.recovery_points import RecoveryPointFacts, collect_recovery_point
from bot.diagnosis.facts.resources import ResourceFacts
from bot.diagnosis.facts.vaults import VaultFacts, collect_vault, is_vault
from bot.diagnosis.locate import accounts_in_scope
from bot.diagnosis.model import Entity
from bot.diagnosis.reading import Reading
from bot.diagnosis.required_call import ASSUME_ROLE
from bot.diagnosis.subject_facts import SubjectFacts
from bot.settings import Settings
from knowledge.callers import CallerOperation, of_operation

_EXPIRY: Final = "DeleteRecoveryPoint"
"""What AWS Backup does with the role that made a recovery point once its retention is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts(SubjectFacts):
    """A denied call and what is known of it; its role is whoever made it."""

    reading: Reading
    """What the text says of it, or what stood behind an encoded one."""
    parameters: CallParameters
    """What the call was made with, as far as the text says it."""
    denied_keys: Mapping[str, str | list[str] | None]
    """Condition keys that the denied request carried, where AWS says so."""
    moment: datetime
    """When it is evaluated."""
    operation: CallerOperation | None = None
    """The operation of AWS Backup that was called; None where the call is none or of another service."""
    recovery_point: RecoveryPointFacts | None = None
    """The recovery point that was called on."""
    is_expiry: bool = False
    """AWS Backup itself could not delete the recovery point; the role is the one that made it."""
    says_action: bool = False
    """The text names the denied action, not only the operation."""

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that take part."""
        return frozenset(self.organizations)

    @property
    def entity(self) -> Entity:
        """Who was denied."""
        return Entity.JOB_ROLE if self.is_expiry else self.reading.entity or Entity.CALLER

    @property
    def key(self) -> KeyFacts | None:
        """The key that was called on."""
        return next(iter(self.named_keys), None)

    @property
    def vault(self) -> VaultFacts | None:
        """The vault that was called on, or that holds the recovery point."""
        return self.vaults.get("target")

    @property
    def trust(self) -> NamedDocument | None:
        """The trust policy of the role that was to be assumed."""
        return self.resource.policy if self.resource else None

    @property
    def place(self) -> OrganizationFacts | None:
        """The caller's account in its organization."""
        return self.organizations.get(self.account)


def collect_call_facts(
    facts: Facts, said: Reading, text: str, settings: Settings, moment: datetime
) -> CallFacts | None:
    """Reads what a denied call depends on: the caller's policies, the organization, and the policy of the resource.

    Args:
        facts: What is known so far.
        said: What the error text says.
        text: The text.
        settings: For the management account, where it is configured.
        moment: When the text is read.

    Returns:
        The call; None where the text names no caller, or neither an action nor an operation.
    """
    caller = arn.parse(said.principal)
    denied = collect_denied_request(facts, caller.account if caller else OWN, facts.home, said)
    reading = denied.reading.model_copy(
        update={"operation": denied.reading.operation or said.operation, "named": said.named + denied.reading.named}
    )
    operation = of_operation(reading.operation) if reading.operation and reading.entity is Entity.CALLER else None
    management = management_account(facts, settings.management_account)
    scope = (caller.account,) if caller else accounts_in_scope(facts, None, settings, management)
    parameters = parameters_of(text, reading, scope[0] if scope else "", facts.home)
    point = _recovery_point(facts, parameters, scope)
    is_expiry = reading.principal is None and point is not None and point.is_expired
    if is_expiry and point and point.role:
        principal: PrincipalFacts | None = collect_role(facts, point.role)
        operation = of_operation(_EXPIRY)
    else:
        principal = collect_caller(facts, reading.principal) if reading.principal else None
    if principal is None or not (reading.action or operation):
        return None
    named = arn.parse(reading.resource)
    accounts = filter(None, [principal.account, named.account if named else ""])
    vault = point.vault if point else _vault(facts, parameters, operation, reading)
    return CallFacts(
        role=principal,
        reading=reading,
        parameters=parameters,
        denied_keys=denied.keys,
        moment=moment,
        operation=operation,
        recovery_point=point,
        is_expiry=is_expiry,
        says_action=bool(reading.action) and str(reading.action).casefold() in text.casefold(),
        organizations={
            account: collect_organization(facts, account, management) for account in dict.fromkeys(accounts)
        },
        named_keys=_keys(facts, parameters),
        vaults={"target": vault} if vault else {},
        resource=_assumed(facts, str(named)) if named and reading.action == ASSUME_ROLE else None,
    )


def _recovery_point(facts: Facts, parameters: CallParameters, accounts: Sequence[str]) -> RecoveryPointFacts | None:
    """The recovery point that a text names."""
    named = arn.parse(parameters.recovery_point)
    if named is None or not is_recovery_point(named):
        return None
    vault = None if parameters.vault.endswith(ANY) else parameters.vault
    return collect_recovery_point(facts, named, accounts, vault)


def _vault(
    facts: Facts, parameters: CallParameters, operation: CallerOperation | None, reading: Reading
) -> VaultFacts | None:
    """The vault that was called on: a text may name one that the call only makes."""
    is_called_on = is_vault(reading.resource) or (operation is not None and operation.uses_vault_policy)
    is_known = not parameters.vault.endswith(ANY)
    return collect_vault(facts, parameters.vault) if is_called_on and is_known else None


def _keys(facts: Facts, parameters: CallParameters) -> tuple[KeyFacts, ...]:
    """The key that a text names."""
    named = arn.parse(parameters.key)
    if named is None or named.resource.endswith(ANY):
        return ()
    return (collect_key(facts, named.account, named.region, parameters.key),)


def _assumed(facts: Facts, role_arn: str) -> ResourceFacts:
    """The role that was to be assumed; its own policy is its trust policy."""
    trust = collect_role(facts, role_arn).trust
    return ResourceFacts(role_arn, "IAM", policy=NamedDocument(TRUST, trust) if trust else None)
