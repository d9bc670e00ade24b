"""What if something were changed: the facts of a subject are examined as they are and with the change, as fixes are.

Every call that the job or the caller needs is evaluated again on every resource, so that what a change would leave
denied, or deny anew, is in the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from bot import arn
from bot.aws.facts import Facts, collect
from bot.aws.reader import Reader
from bot.diagnosis.causes import thing
from bot.diagnosis.changes.change import F
from bot.diagnosis.changes.roles import AttachRolePolicy, with_identity_policy, with_role
from bot.diagnosis.examination import Examination, layers_of_all
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.organization import Level, OrganizationFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.vaults import VaultFacts
from bot.diagnosis.machine import Subject
from bot.diagnosis.model import Cause, DiagnosisDocument

D = TypeVar("D", bound=DiagnosisDocument)

BOUNDARY: Final = "permissions boundary"
VAULT_POLICY: Final = "vault access policy"
_ADDED: Final = "what-if"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change that somebody thinks of.

    Args:
        verb: What is done: a managed policy attached, a policy removed, or an action allowed.
        name: The end of the managed policy's ARN (`service-role/…`); the removed policy's ARN, id or name, `BOUNDARY`
            or `VAULT_POLICY`; the action.
    """

    verb: Literal["attach", "remove", "add"]
    name: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change would do."""

    principal: str
    """Whose policies it is made in, where it is one of theirs."""
    applies: bool
    """There is something to change: a policy of that name is read among those that decide."""
    before: tuple[Cause, ...]
    """What denies as things are."""
    after: tuple[Cause, ...]
    """What would deny with the change."""

    @property
    def fixed(self) -> tuple[Cause, ...]:
        """What would be gone."""
        return _without(self.before, self.after)

    @property
    def new(self) -> tuple[Cause, ...]:
        """What would be denied that is not now."""
        return _without(self.after, self.before)

    def left_of(self, cause: Cause) -> Cause | None:
        """What would be left of a cause; None where it would be gone."""
        return next((left for left in self.after if thing(left) == thing(cause)), None)


def effects_of(subject: Subject[F, D], change: WhatIf, reader: Reader, region: str) -> Effects:
    """Examines a subject as it is and with a change.

    Args:
        subject: The job, or the call that a text names.
        change: The change.
        reader: Reads AWS; what was read for the answer is taken from the cache as long as that holds.
        region: The session's Region.

    Raises:
        BackupWhyError: There is no such subject any more, or it can't be read.
    """
    facts = Facts(region)
    subject.locate(facts, reader)
    collected = list(subject.to_examine(collect(subject.collect, facts, reader)))
    changed = [with_change(each, change) for each in collected]
    before = [subject.examine(each) for each in collected]
    after = [subject.examine(each) for each in changed]
    return Effects(
        principal=collected[0].role.arn if collected else "",
        applies=changed != collected,
        before=_causes(before),
        after=_causes(after),
    )


def _causes(examined: Sequence[Examination[F]]) -> tuple[Cause, ...]:
    layers = layers_of_all(examined) if examined else ()
    return tuple(cause for layer in layers for cause in layer.causes)


def with_change(facts: F, change: WhatIf) -> F:
    """The facts with a change made; the same where there is nothing of that name.

    Args:
        facts: What is known of a subject.
        change: The change.
    """
    role = facts.role
    if change.verb == "attach":
        parsed = arn.parse(role.arn)
        policy = f"arn:{parsed.partition if parsed else 'aws'}:iam::aws:policy/{change.name}"
        is_attached = any(known.name == policy for known in role.identity)
        attached = AttachRolePolicy(target=role.arn, document={"PolicyArn": policy})
        return facts if is_attached else attached.applied(facts) or facts
    if change.verb == "add":
        statement = {"Effect": "Allow", "Action": change.name, "Resource": "*"}
        added = NamedDocument(_ADDED, {"Version": "2012-10-17", "Statement": [statement]})
        return with_role(facts, role.arn, lambda known: with_identity_policy(known, added))
    return _without_policy(facts, change.name)


def _without_policy(facts: F, name: str) -> F:
    vaults = {of: _without_vault_policy(vault, name) for of, vault in facts.vaults.items()}
    organizations = {account: _without_control(place, name) for account, place in facts.organizations.items()}
    changed = with_role(facts, facts.role.arn, lambda role: _without_identity(role, name))
    return replace(changed, vaults=vaults, organizations=organizations)


def _without_identity(role: PrincipalFacts, name: str) -> PrincipalFacts:
    identity = tuple(policy for policy in role.identity if not _is_named(policy.name, name))
    is_boundary = role.boundary_arn is not None and (name == BOUNDARY or _is_named(role.boundary_arn, name))
    unbound = replace(role, boundary_arn=None, boundary=None) if is_boundary else role
    return replace(unbound, identity=identity)


def _without_vault_policy(vault: VaultFacts, name: str) -> VaultFacts:
    is_meant = vault.policy is not None and (name == VAULT_POLICY or _is_named(vault.arn, name))
    return replace(vault, policy=None) if is_meant else vault


def _without_control(place: OrganizationFacts, name: str) -> OrganizationFacts:
    """The place without a control policy; what else is attached at a level stays."""
    levels = None if place.levels is None else tuple(_level_without(level, name) for level in place.levels)
    return replace(place, levels=levels)


def _level_without(level: Level, name: str) -> Level:
    scps, rcps = (
        None if known is None else tuple(policy for policy in known if not _is_named(policy.name, name))
        for known in (level.scps, level.rcps)
    )
    return replace(level, scps=scps, rcps=rcps)


def _is_named(policy: str, name: str) -> bool:
    """Whether a policy or vault is meant by a name: by its whole ARN or id, or by the last part of it."""
    last = policy.rpartition("/")[2].rpartition(":")[2]
    return name.casefold() in (policy.casefold(), last.casefold())


def _without(some: Sequence[Cause], others: Sequence[Cause]) -> tuple[Cause, ...]:
    known = {thing(cause) for cause in others}
    return tuple(cause for cause in some if thing(cause) not in known)
