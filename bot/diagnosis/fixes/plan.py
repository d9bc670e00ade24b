"""Plans a fix for each cause and verifies it: applied after those before it, examined again, nothing new refused."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Generic

from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.roles import ChangePlan
from bot.diagnosis.examination import Examination, Examine
from bot.diagnosis.fixes import boundaries, identity, keys, organization, resources, roles, vaults
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair
from bot.diagnosis.model import Cause, Certainty, Fix, LayerName
from bot.diagnosis.subject_facts import SubjectFacts
from knowledge.causes import cause_codes

FIXES: Final[Mapping[str, MakeFix]] = MappingProxyType(
    {
        make.__name__.replace("_", "-"): make
        for module in (roles, identity, boundaries, vaults, organization, keys, resources)
        for make in module.FIXES
    }
)
"""How a fix is made, by the name that the registry of causes gives it."""

_FIXED_BEFORE: Final = PlannedFix("Nothing more: the change before this one fixes it too.")

Identity = tuple[str | None, ...]


def with_fixes(examined: Sequence[Examination[F]], causes: Sequence[Cause], examine: Examine[F]) -> tuple[Cause, ...]:
    """The causes, each with its fix and the document of its policy.

    A fix is made and verified with the fixes of the causes before it applied, so that all of them together, in this
    order, repair the job or the call.

    Args:
        examined: The failed jobs, or the denied call.
        causes: What was found in them.
        examine: Examines the facts that a fix leads to.
    """
    state = _State(examined, examine)
    fixed: list[Cause] = []
    for cause in causes:
        repair = state.repair(cause)
        fix, state = _fixed(state, repair) if cause.certainty is Certainty.PROVEN else (None, state)
        document = repair.document if isinstance(repair.document, dict) else None
        fixed.append(cause.model_copy(update={"fix": fix, "document": document}))
    return tuple(fixed)


class _State(Generic[F]):
    """The subjects once the fixes so far are made, and what is left to fix.

    Args:
        examined: The subjects as they are then.
        examine: Examines the facts that a fix leads to.
        named: The role that a plan names by now, by the ARN of the one that it named.
    """

    def __init__(
        self,
        examined: Sequence[Examination[F]],
        examine: Examine[F],
        named: Mapping[str | None, str] = MappingProxyType({}),
    ) -> None:
        self._examined = examined
        self._examine = examine
        self._named = named
        self.left = {_identity(cause): each.facts for each in reversed(examined) for cause in each.causes}
        """Each thing to fix, with the facts of the first subject that has it."""

    def repair(self, cause: Cause) -> Repair[F]:
        """The cause, of the role that the plan names by now, with all refusals that it was put together from."""
        meant = cause.model_copy(update={"principal": self._named.get(cause.principal, cause.principal)})
        thing = (meant.code, meant.principal, meant.policy, meant.statement, meant.target)
        refusals = tuple(
            refusal
            for examination in self._examined
            for refusal in examination.refusals
            if (refusal.code, refusal.principal, refusal.policy, refusal.statement, refusal.target) == thing
        )
        return Repair(self.left.get(_identity(meant), self._examined[0].facts), meant, refusals)

    def after(self, repair: Repair[F], changes: Sequence[PlannedChange]) -> "_State[F] | None":
        """The state after a fix; None where nothing is changed or where the result is not known."""
        named = dict(self._named)
        facts: list[F | None] = [each.facts for each in self._examined]
        for change in changes:
            facts = [change.applied(each) if each else None for each in facts]
            if isinstance(change, ChangePlan):
                named[repair.cause.principal] = change.target
        known = [each for each in facts if each]
        if not changes or len(known) < len(facts):
            return None
        return _State([self._examine(each) for each in known], self._examine, named)

    def adds_to(self, before: "_State[F]") -> bool:
        """Something is to be fixed that was not before; what was a role's may be that of the one in its place."""
        return not self.left.keys() <= {
            (code, self._named.get(principal, principal), *rest) for code, principal, *rest in before.left
        }


def _fixed(state: _State[F], repair: Repair[F]) -> tuple[Fix, _State[F]]:
    """The fix of a cause, and the state after it; the same state where the fix is not verified."""
    cause = repair.cause
    if _identity(cause) not in state.left:
        return _fix(_FIXED_BEFORE, cause, is_proven=True), state
    planned = _within_limits(repair.facts, FIXES[str(cause_codes()[cause.code].fix)](repair))
    after = state.after(repair, planned.changes)
    if after is None or _identity(cause) in after.left or after.adds_to(state):
        return _fix(planned, cause, is_proven=False), state
    return _fix(planned, cause, is_proven=True), after


def _within_limits(facts: SubjectFacts, planned: PlannedFix) -> PlannedFix:
    """The planned fix, without its changes where AWS would not take one of them."""
    wrong = list(filter(None, (change.too_large(facts) for change in planned.changes)))
    if not wrong:
        return planned
    return PlannedFix(planned.summary, (), " ".join(filter(None, [*wrong, planned.caution])))


def _identity(cause: Cause) -> Identity:
    """What makes a cause one thing to fix; a vault or key that can't be used has no policy to know it by."""
    thing = cause.policy or (cause.resource if cause.layer in (LayerName.VAULT, LayerName.KMS) else None)
    return (cause.code, cause.principal, thing, cause.statement, cause.target)


def _fix(planned: PlannedFix, cause: Cause, *, is_proven: bool) -> Fix:
    return Fix(
        summary=planned.summary,
        owner=cause_codes()[cause.code].owner,
        changes=tuple(change.to_model() for change in planned.changes),
        cli=tuple(change.cli() for change in planned.changes),
        terraform="\n\n".join(filter(None, (change.terraform() for change in planned.changes))),
        proven=is_proven,
        caution=planned.caution,
    )
