"""An action that a job's principal has to be allowed, with the context and the policies that decide it."""

from dataclasses import dataclass
from typing import Final

from bot import arn
from bot.diagnosis import context
from bot.diagnosis.circumstances import UNKNOWN_PART
from bot.diagnosis.context import Context
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.vaults import VaultFacts
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import Entity, Grounds, LayerName

EVERY_LAYER = frozenset(LayerName)
SERVICE: Final = "backup.amazonaws.com"
"""AWS Backup's service principal."""
ASSUME_ROLE: Final = "sts:AssumeRole"
_SERVICE_FACTS: Final = PrincipalFacts(SERVICE, exists=True, identity_is_complete=True)


@dataclass(frozen=True, slots=True)
class RequiredCall:
    """An action that a principal has to be allowed on a resource for the job to succeed."""

    principal: PrincipalFacts
    entity: Entity
    action: str
    resource: str
    resource_account: str
    region: str
    context: Context
    relevant: frozenset[LayerName] = EVERY_LAYER
    """The layers that are known to matter for it."""
    vault: VaultFacts | None = None
    """The vault whose access policy governs the call."""
    key: KeyFacts | None = None
    policy: NamedDocument | None = None
    """The resource's own policy: a bucket's or a file system's."""
    is_partial: bool = False
    """Parts of the resource's ARN are not known: a `*` stands for each of them."""
    grounds: Grounds = Grounds.DOCUMENTED
    """How it is known that the principal makes this call, and so what a denial of it is known from."""
    source: str = ""
    """Where it is documented."""


def call_on(facts: JobFacts, principal: PrincipalFacts, action: str, resource: str, region: str) -> RequiredCall:
    """An action on an ARN, which may have unknown parts, with the context that the call carries."""
    is_partial = UNKNOWN_PART in resource
    resource = resource.replace(UNKNOWN_PART, "*")
    parsed = arn.parse(resource)
    account = (parsed.account if parsed else "") or _owner(facts, resource)
    return RequiredCall(
        principal=principal,
        entity=_entity_of(principal),
        action=action,
        resource=resource,
        resource_account=account,
        region=region,
        context=context.of_call(facts, principal, action, resource, account, region),
        policy=_own_policy(facts, action, resource),
        is_partial=is_partial,
    )


def call_on_key(
    facts: JobFacts,
    principal: PrincipalFacts,
    action: str,
    key: KeyFacts,
    via: str | None,
    region: str,
    relevant: frozenset[LayerName] = EVERY_LAYER,
    source: str = "",
) -> RequiredCall:
    """An action on a KMS key, with the context that the call carries."""
    account = key.account or facts.job.account
    return RequiredCall(
        principal=principal,
        entity=_entity_of(principal),
        action=action,
        resource=key.arn,
        resource_account=account,
        region=region,
        context={
            **context.of_call(facts, principal, action, key.arn, account, region),
            **context.of_kms_call(principal, action, via, region),
        },
        relevant=relevant,
        key=key,
        source=source,
    )


def assuming(facts: JobFacts) -> RequiredCall:
    """AWS Backup's own sts:AssumeRole of the job role, as the organization sees it.

    The role's trust policy has a check of its own; a resource control policy binds the call beside it.
    """
    role = facts.role
    return RequiredCall(
        principal=_SERVICE_FACTS,
        entity=Entity.JOB_ROLE,
        action=ASSUME_ROLE,
        resource=role.arn,
        resource_account=role.account,
        region=facts.job.region,
        context=context.of_assume_role(facts),
        relevant=frozenset({LayerName.ORGANIZATION}),
    )


def _owner(facts: JobFacts, resource: str) -> str:
    """The account of a resource whose ARN has none: a bucket, a snapshot, `*`."""
    parsed = arn.parse(resource)
    if parsed and parsed.service == "ec2" and parsed.region == facts.destination_region != facts.job.region:
        return facts.destination_account
    return facts.job.account


def _own_policy(facts: JobFacts, action: str, resource: str) -> NamedDocument | None:
    """The bucket's or file system's policy, where the call is on it or on what is in it."""
    own = facts.resource
    if own is None or own.policy is None:
        return None
    service = action.partition(":")[0]
    parsed = arn.parse(own.arn)
    is_on_it = resource == own.arn or resource.startswith(f"{own.arn}/")
    return own.policy if parsed and service == parsed.service and is_on_it else None


def _entity_of(principal: PrincipalFacts) -> Entity:
    return Entity.SERVICE_LINKED_ROLE if principal.is_service_linked_role else Entity.JOB_ROLE
