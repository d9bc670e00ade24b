"""From what is known of a job to the requests that it has to be allowed: the heart of a diagnosis.

Each row of `knowledge/needs` that holds for the job becomes a `RequiredCall` for every action and every resource that
it names. What the job's message or CloudTrail names is added, with the resource that it names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.diagnosis.circumstances import UNKNOWN_PART, circumstances, names
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import Entity, Grounds, LayerName
from bot.diagnosis.reading import Reading
from bot.diagnosis.required_call import ASSUME_ROLE, EVERY_LAYER, RequiredCall, call_on, call_on_key
from bot.diagnosis.subject_facts import Keys
from knowledge.need import Need, needs, of_type


def required_calls(facts: JobFacts) -> tuple[RequiredCall, ...]:
    """All that a job has to be allowed.

    Args:
        facts: What is known of the job.

    Returns:
        The calls: those that the job's message names first, then those of CloudTrail, then the required rows
        of `knowledge/needs` in their order. Optional rows are there only if they are named.
    """
    readings = named_readings(facts)
    from_needs = [
        replace(call, grounds=Grounds.NAMED if is_named else grounds_of(facts, need))
        for need, is_required in _holding(facts)
        for call in _of_need(facts, need)
        if (is_named := any(_names(facts, reading, call) for reading in readings)) or is_required
    ]
    extra = [added for reading in readings for added in _of_reading(facts, reading, from_needs)]
    return tuple(sorted([*extra, *from_needs], key=lambda call: _rank(call, readings)))


def unevaluated_actions(facts: JobFacts) -> tuple[str, ...]:
    """The actions that a job may call and that were not evaluated: it succeeds without them, or may not make them."""
    evaluated = {call.action for call in required_calls(facts)}
    skipped = (action for need, is_required in _holding(facts) if not is_required for action in need.actions)
    return tuple(dict.fromkeys(action for action in skipped if action not in evaluated))


def needed_keys(facts: JobFacts) -> tuple[Keys | None, ...]:
    """The keys that the job's required needs name; None for those of which it could not be read which they are."""
    holding = [need for need, is_required in _holding(facts) if is_required]
    return tuple(facts.keys.get(name, ()) for name in dict.fromkeys(need.key for need in holding if need.key))


def named_readings(facts: JobFacts) -> tuple[Reading, ...]:
    """What the job's message says, then what CloudTrail says of the calls of its role."""
    denials = (denial.reading for denial in facts.denials or ())
    return tuple(reading for reading in (facts.reading, *denials) if reading.action and _entity(reading))


def grounds_of(facts: JobFacts, need: Need) -> Grounds:
    """How it is known that the job makes the calls of a row that nothing names.

    What AWS's managed policies alone imply counts for less where the job failed of something else.
    """
    if need.basis == "documented":
        return Grounds.DOCUMENTED
    if need.basis == "assumed":
        return Grounds.ASSUMED
    return Grounds.IMPLIED if facts.may_be_permission else Grounds.IMPLIED_ASIDE


def _names(facts: JobFacts, reading: Reading, call: RequiredCall) -> bool:
    """Whether a reading names a call: its action, its principal where it says one, and its key where it says one."""
    is_action = str(reading.action).casefold() == call.action.casefold()
    is_principal = reading.principal is None or _entity(reading) is call.entity
    is_on_other_key = call.key is not None and any(
        key.arn == reading.resource for key in facts.all_keys if key.arn != call.key.arn
    )
    return is_action and is_principal and not is_on_other_key


def _rank(call: RequiredCall, readings: tuple[Reading, ...]) -> int:
    """The place of the reading that names an action; after all of them if none does."""
    actions = [str(reading.action).casefold() for reading in readings]
    action = call.action.casefold()
    return actions.index(action) if action in actions else len(actions)


def _entity(reading: Reading) -> Entity | None:
    """Whose denial a reading is about, where it is one of the job's own identities."""
    return reading.entity if reading.entity in (Entity.JOB_ROLE, Entity.SERVICE_LINKED_ROLE) else None


def _acting(facts: JobFacts, *, is_job_role: bool) -> PrincipalFacts:
    """Who makes a call of the job: its role, or the service-linked role where that is another one."""
    return facts.role if is_job_role else facts.service_linked_role or facts.role


def _holding(facts: JobFacts) -> Iterator[tuple[Need, bool]]:
    """The rows that hold for the job, each with whether the job fails without it.

    A row bound to a circumstance that is not known is like an optional one: it counts only if it is named.
    """
    known = circumstances(facts)
    for need in needs(facts.needs_kind, facts.needs_type):
        truths = [known[circumstance] for circumstance in need.when]
        if False not in truths:
            yield need, need.optional is None and None not in truths


def _of_need(facts: JobFacts, need: Need) -> Iterator[RequiredCall]:
    principal = _acting(facts, is_job_role=need.by == "job-role")
    region = facts.destination_region if need.region == "destination" else facts.job.region
    base = _Base(facts, principal, region, need)
    if need.key:
        for key in facts.keys.get(need.key) or ():
            yield from base.on_key(key)
        return
    needs_of_type = of_type(facts.needs_type)
    known_names = names(facts, region)
    own_names = {
        name: pattern.format_map(known_names)
        for name, pattern in (needs_of_type.names if needs_of_type else {}).items()
    }
    for pattern in need.arns:
        yield from base.on_resource(pattern.format_map({**known_names, **own_names}), {**known_names, **own_names})


@dataclass(frozen=True, slots=True)
class _Base:
    """What the calls of one row share."""

    facts: JobFacts
    principal: PrincipalFacts
    region: str
    need: Need

    def on_key(self, key: KeyFacts) -> Iterator[RequiredCall]:
        """The row's actions on a KMS key."""
        needs_of_type = of_type(self.facts.needs_type)
        via = self.need.via or (needs_of_type.via if needs_of_type else None)
        for action in self.need.actions:
            yield call_on_key(
                self.facts, self.principal, action, key, via, self.region, self._relevant(), self.need.source
            )

    def on_resource(self, resource: str, known_names: Mapping[str, str]) -> Iterator[RequiredCall]:
        """The row's actions on an ARN."""
        written = {key: value.format_map(known_names) for key, value in self.need.context.items()}
        extra = {key: value for key, value in written.items() if UNKNOWN_PART not in value}
        vault = self.facts.vaults.get(self.need.vault) if self.need.vault else None
        for action in self.need.actions:
            call = call_on(self.facts, self.principal, action, resource, self.region)
            yield replace(
                call,
                context={**call.context, **extra},
                relevant=self._relevant(),
                vault=vault,
                source=self.need.source,
            )

    def _relevant(self) -> frozenset[LayerName]:
        relevant = self.need.judge
        return EVERY_LAYER if relevant is None else frozenset(LayerName(layer) for layer in relevant)


def _of_reading(facts: JobFacts, reading: Reading, known: Iterable[RequiredCall]) -> Iterator[RequiredCall]:
    """What a message names and no row does: an action that is in no row, or on a resource that is in none."""
    action, resource = str(reading.action), reading.resource or "*"
    principal = _acting(facts, is_job_role=_entity(reading) is Entity.JOB_ROLE)
    same_action = [call for call in known if call.action.casefold() == action.casefold()]
    if action == ASSUME_ROLE:
        return
    if any(reading.resource in (None, call.resource) for call in same_action):
        return
    model = same_action[0] if same_action else None
    region = model.region if model else facts.job.region
    key = next((key for key in facts.named_keys if key.arn == resource), None)
    if key:
        needs_of_type = of_type(facts.needs_type)
        via = needs_of_type.via if needs_of_type else None
        yield replace(call_on_key(facts, principal, action, key, via, region), grounds=Grounds.NAMED)
        return
    vault = next((vault for vault in facts.vaults.values() if vault.arn == resource), model.vault if model else None)
    call = call_on(facts, principal, action, resource, region)
    merged = {**(model.context if model else {}), **call.context, **facts.denied_keys}
    yield replace(call, context=merged, vault=vault, grounds=Grounds.NAMED)
