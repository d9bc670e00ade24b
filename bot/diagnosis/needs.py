"""From what is known of a job to the requests that it has to be allowed: the heart of a diagnosis.

Each row of `knowledge/needs` that holds for the job becomes a `Requirement` for every action and every resource that
it names. What the job's message or CloudTrail names is added, with the resource that it names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.diagnosis.case import Case
from bot.diagnosis.circumstances import circumstances, names
from bot.diagnosis.configuration import Keys
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.model import Entity, LayerName
from bot.diagnosis.reading import Reading
from bot.diagnosis.requirement import ASSUME_ROLE, EVERY_LAYER, Requirement, kms_requirement, requirement_on
from knowledge.need import JobKind, Need, needs, of_type


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
    for need in needs(kind, case.needs_type):
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
    needs_of_type = of_type(case.needs_type)
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
        needs_of_type = of_type(self.case.needs_type)
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
        needs_of_type = of_type(case.needs_type)
        via = needs_of_type.via if needs_of_type else None
        yield replace(kms_requirement(case, principal, action, key, via, region), is_named=True)
        return
    vault = next((vault for vault in case.vaults.values() if vault.arn == resource), model.vault if model else None)
    requirement = requirement_on(case, principal, action, resource, region)
    merged = {**(model.context if model else {}), **requirement.context, **case.denied_keys}
    yield replace(requirement, context=merged, vault=vault, is_named=True)
