"""From what is known of a job to the requests that it has to be allowed: the heart of a diagnosis.

Each row of `knowledge/needs` that holds for the job becomes a `Requirement` for every action and every resource that
it names. What the job's message or CloudTrail names is added, with the resource that it names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot import arn
from bot.diagnosis import context
from bot.diagnosis.case import Case, Keys
from bot.diagnosis.circumstances import circumstances, names
from bot.diagnosis.context import Context
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.vaults import VaultFacts
from bot.diagnosis.model import Entity, LayerName
from bot.diagnosis.reading import Reading
from knowledge.need import JobKind, Need, needs, of_type

EVERY_LAYER = frozenset(LayerName)
SERVICE: Final = "backup.amazonaws.com"
"""AWS Backup's service principal."""
ASSUME_ROLE: Final = "sts:AssumeRole"
_SERVICE_FACTS: Final = PrincipalFacts(SERVICE, exists=True, identity_is_complete=True)


@dataclass(frozen=True, slots=True)
class Requirement:
    """An action that a principal has to be allowed on a resource for the job to succeed."""

    principal: PrincipalFacts
    entity: Entity
    action: str
    resource: str
    resource_account: str
    region: str
    context: Context
    judged: frozenset[LayerName] = EVERY_LAYER
    """The layers that are known to matter for it."""
    vault: VaultFacts | None = None
    """The vault whose access policy governs the call."""
    key: KeyFacts | None = None
    policy: NamedDocument | None = None
    """The resource's own policy: a bucket's or a file system's."""
    is_named: bool = False
    """The job's message or CloudTrail names it."""
    source: str = ""
    """Where it is documented."""


def requirements(case: Case) -> tuple[Requirement, ...]:
    """All that a job has to be allowed.

    Args:
        case: What is known of the job.

    Returns:
        The requirements: those that the job's message names first, then those of CloudTrail, then the required rows
        of `knowledge/needs` in their order. Optional rows are there only if they are named.
    """
    readings = named_readings(case)
    named = {reading.action.casefold() for reading in readings if reading.action}
    from_needs = [
        replace(requirement, is_named=requirement.action.casefold() in named)
        for need, is_required in _holding(case)
        for requirement in _of_need(case, need)
        if is_required or requirement.action.casefold() in named
    ]
    extra = [added for reading in readings for added in _of_reading(case, reading, from_needs)]
    return tuple(sorted([*extra, *from_needs], key=lambda requirement: _rank(requirement, readings)))


def assuming(case: Case) -> Requirement:
    """AWS Backup's own sts:AssumeRole of the job role, as the organization sees it.

    The role's trust policy has a check of its own; a resource control policy binds the call beside it.
    """
    role = case.role
    return Requirement(
        principal=_SERVICE_FACTS,
        entity=Entity.JOB_ROLE,
        action=ASSUME_ROLE,
        resource=role.arn,
        resource_account=role.account,
        region=case.job.region,
        context=context.of_assume_role(case),
        judged=frozenset({LayerName.ORGANIZATION}),
    )


def needed_keys(case: Case) -> tuple[Keys | None, ...]:
    """The keys that the job's required needs name; None for those of which it could not be read which they are."""
    holding = [need for need, is_required in _holding(case) if is_required]
    return tuple(case.keys.get(name, ()) for name in dict.fromkeys(need.key for need in holding if need.key))


def named_readings(case: Case) -> tuple[Reading, ...]:
    """What the job's message says, then what CloudTrail says of the calls of its role."""
    denials = (denial.reading for denial in case.denials or ())
    return tuple(reading for reading in (case.reading, *denials) if reading.action and _entity(reading))


def _rank(requirement: Requirement, readings: tuple[Reading, ...]) -> int:
    """The place of the reading that names an action; after all of them if none does."""
    actions = [str(reading.action).casefold() for reading in readings]
    action = requirement.action.casefold()
    return actions.index(action) if action in actions else len(actions)


def _entity(reading: Reading) -> Entity | None:
    """Whose denial a reading tells of, where it is one of the job's own identities."""
    return reading.entity if reading.entity in (Entity.JOB_ROLE, Entity.SERVICE_LINKED_ROLE) else None


def _acting(case: Case, *, is_job_role: bool) -> PrincipalFacts:
    """Who makes a call of the job: its role, or the service-linked role where that is another one."""
    return case.role if is_job_role else case.service_linked_role or case.role


def _holding(case: Case) -> Iterator[tuple[Need, bool]]:
    """The rows that hold for the job, each with whether the job fails without it.

    A row bound to a circumstance that can't be told is like an optional one: it counts only if it is named.
    """
    known = circumstances(case)
    kind: JobKind = case.job.type.value
    for need in needs(kind, case.resource_type):
        truths = [known[circumstance] for circumstance in need.when]
        if False not in truths:
            yield need, need.optional is None and None not in truths


def _of_need(case: Case, need: Need) -> Iterator[Requirement]:
    principal = _acting(case, is_job_role=need.by == "job-role")
    region = case.destination_region if need.region == "destination" else case.job.region
    base = _Base(case, principal, region, need)
    if need.key:
        for key in case.keys.get(need.key) or ():
            yield from base.on_key(key)
        return
    needs_of_type = of_type(case.resource_type)
    known_names = names(case, region)
    own_names = {
        name: pattern.format_map(known_names)
        for name, pattern in (needs_of_type.names if needs_of_type else {}).items()
    }
    for pattern in need.arns:
        yield from base.on_resource(pattern.format_map({**known_names, **own_names}), {**known_names, **own_names})


@dataclass(frozen=True, slots=True)
class _Base:
    """What the requirements of one row share."""

    case: Case
    principal: PrincipalFacts
    region: str
    need: Need

    def on_key(self, key: KeyFacts) -> Iterator[Requirement]:
        """The row's actions on a KMS key."""
        needs_of_type = of_type(self.case.resource_type)
        via = self.need.via or (needs_of_type.via if needs_of_type else None)
        for action in self.need.actions:
            yield kms_requirement(
                self.case, self.principal, action, key, via, self.region, self._judged(), self.need.source
            )

    def on_resource(self, resource: str, known_names: Mapping[str, str]) -> Iterator[Requirement]:
        """The row's actions on an ARN."""
        extra = {key: value.format_map(known_names) for key, value in self.need.context.items()}
        vault = self.case.vaults.get(self.need.vault) if self.need.vault else None
        for action in self.need.actions:
            requirement = requirement_on(self.case, self.principal, action, resource, self.region)
            yield replace(
                requirement,
                context={**requirement.context, **extra},
                judged=self._judged(),
                vault=vault,
                source=self.need.source,
            )

    def _judged(self) -> frozenset[LayerName]:
        judged = self.need.judge
        return EVERY_LAYER if judged is None else frozenset(LayerName(layer) for layer in judged)


def requirement_on(case: Case, principal: PrincipalFacts, action: str, resource: str, region: str) -> Requirement:
    """An action on an ARN, with the context that the call carries."""
    parsed = arn.parse(resource)
    account = (parsed.account if parsed else "") or _owner(case, resource)
    return Requirement(
        principal=principal,
        entity=_entity_of(principal),
        action=action,
        resource=resource,
        resource_account=account,
        region=region,
        context=context.of_call(case, principal, action, resource, account, region),
        policy=_own_policy(case, action, resource),
    )


def kms_requirement(
    case: Case,
    principal: PrincipalFacts,
    action: str,
    key: KeyFacts,
    via: str | None,
    region: str,
    judged: frozenset[LayerName] = EVERY_LAYER,
    source: str = "",
) -> Requirement:
    """An action on a KMS key, with the context that the call carries."""
    account = key.account or case.job.account
    return Requirement(
        principal=principal,
        entity=_entity_of(principal),
        action=action,
        resource=key.arn,
        resource_account=account,
        region=region,
        context={
            **context.of_call(case, principal, action, key.arn, account, region),
            **context.of_kms_call(principal, action, via, region),
        },
        judged=judged,
        key=key,
        source=source,
    )


def _of_reading(case: Case, reading: Reading, known: Iterable[Requirement]) -> Iterator[Requirement]:
    """What a message names and no row does: an action that is in no row, or on a resource that is in none."""
    action, resource = str(reading.action), reading.resource or "*"
    principal = _acting(case, is_job_role=_entity(reading) is Entity.JOB_ROLE)
    same_action = [requirement for requirement in known if requirement.action.casefold() == action.casefold()]
    if action == ASSUME_ROLE:
        return
    if any(reading.resource in (None, requirement.resource) for requirement in same_action):
        return
    model = same_action[0] if same_action else None
    region = model.region if model else case.job.region
    key = next((key for key in case.named_keys if key.arn == resource), None)
    if key:
        needs_of_type = of_type(case.resource_type)
        via = needs_of_type.via if needs_of_type else None
        yield replace(kms_requirement(case, principal, action, key, via, region), is_named=True)
        return
    vault = next((vault for vault in case.vaults.values() if vault.arn == resource), model.vault if model else None)
    requirement = requirement_on(case, principal, action, resource, region)
    merged = {**(model.context if model else {}), **requirement.context, **case.denied_keys}
    yield replace(requirement, context=merged, vault=vault, is_named=True)


def _owner(case: Case, resource: str) -> str:
    """The account of a resource whose ARN has none: a bucket, a snapshot, `*`."""
    parsed = arn.parse(resource)
    if parsed and parsed.service == "ec2" and parsed.region == case.destination_region != case.job.region:
        return case.destination_account
    return case.job.account


def _own_policy(case: Case, action: str, resource: str) -> NamedDocument | None:
    """The bucket's or file system's policy, where the call is on it or on what is in it."""
    own = case.resource
    if own is None or own.policy is None:
        return None
    service = action.partition(":")[0]
    parsed = arn.parse(own.arn)
    is_on_it = resource == own.arn or resource.startswith(f"{own.arn}/")
    return own.policy if parsed and service == parsed.service and is_on_it else None


def _entity_of(principal: PrincipalFacts) -> Entity:
    return Entity.SERVICE_LINKED_ROLE if principal.is_service_linked_role else Entity.JOB_ROLE
