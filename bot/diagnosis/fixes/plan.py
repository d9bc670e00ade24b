"""Plans a fix for each cause and verifies it: applied after those before it, examined again, nothing new refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Generic

from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.roles import ChangePlan
from bot.diagnosis.examination import Examination, Examine
from bot.diagnosis.fixes import boundaries, identity, keys, organization, resources, roles, trust, vaults
from bot.diagnosis.fixes.choices import Choice, Chosen, combined
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, listed
from bot.diagnosis.model import Cause, Certainty, LayerName
from knowledge.causes import cause_codes

FIXES: Final[Mapping[str, MakeFix]] = MappingProxyType(
    {
        make.__name__.replace("_", "-"): make
        for module in (roles, trust, identity, boundaries, vaults, organization, keys, resources)
        for make in module.FIXES
    }
)
"""How a fix is made, by the name that the registry of causes gives it."""

_FIXED_BEFORE: Final = PlannedFix("Nothing more: the change before this one fixes it, too.")
_BY_HAND: Final = "this can't be simulated"
_MAKE_ROOM: Final = "Remove what the policy no longer needs."
_TOO_LARGE: Final = "AWS wouldn't accept a policy of that size"
_STILL_THERE: Final = "evaluated again with this change, it is still denied"

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
    repairs: list[Repair[F]] = []
    chosen: list[Chosen] = []
    for cause in causes:
        repair = state.repair(cause)
        repairs.append(repair)
        if _is_fixed(cause):
            choice, state = _choose(state, repair)
            chosen.append(choice)
    fixes = iter(combined(chosen))
    return tuple(
        cause.model_copy(
            update={
                "fix": next(fixes) if _is_fixed(cause) else None,
                "document": repair.document if isinstance(repair.document, dict) else None,
            }
        )
        for cause, repair in zip(causes, repairs, strict=True)
    )


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

    def after(self, repair: Repair[F], changes: Sequence[PlannedChange]) -> "_State[F] | str":
        """The state after a fix; why it is not known, where it is not."""
        named = dict(self._named)
        facts = [each.facts for each in self._examined]
        for change in changes:
            applied = [change.applied(each) for each in facts]
            facts = [each for each in applied if each]
            if len(facts) < len(applied):
                return change.UNKNOWN
            if isinstance(change, ChangePlan):
                named[repair.cause.principal] = change.target
        return _State([self._examine(each) for each in facts], self._examine, named)

    def new_since(self, before: "_State[F]") -> list[Identity]:
        """What is to be fixed that was not before; what was a role's may be that of the one in its place."""
        known = {(code, self._named.get(principal, principal), *rest) for code, principal, *rest in before.left}
        return [identity for identity in self.left if identity not in known]


def _is_fixed(cause: Cause) -> bool:
    """Whether a cause is known well enough to change something for it."""
    return cause.certainty is not Certainty.POSSIBLE


def _choose(state: _State[F], repair: Repair[F]) -> tuple[Chosen, _State[F]]:
    """The fix of a cause, with its second choice, and the state after it; the same state where it is not verified."""
    cause = repair.cause
    if _identity(cause) not in state.left:
        return Chosen(cause, repair.facts, Choice(_FIXED_BEFORE)), state
    planned: PlannedFix | None = FIXES[str(cause_codes()[cause.code].fix)](repair)
    tried: list[tuple[Choice, _State[F] | None]] = []
    while planned:
        tried.append(_tried(state, repair, planned))
        planned = planned.instead or (None if tried[-1][1] else planned.otherwise)
    verified = [(choice, after) for choice, after in tried if after]
    if not verified:
        return Chosen(cause, repair.facts, tried[-1][0]), state
    (first, after), *others = verified
    return Chosen(cause, repair.facts, first, next((choice for choice, _after in others), None)), after


def _tried(state: _State[F], repair: Repair[F], planned: PlannedFix) -> tuple[Choice, _State[F] | None]:
    """A way to fix a cause, with why it is not verified, or with the state after it."""
    large = list(filter(None, (change.too_large(repair.facts) for change in planned.changes)))
    if large:
        caution = " ".join(filter(None, [*large, _MAKE_ROOM, planned.caution]))
        return Choice(replace(planned, changes=(), caution=caution), _TOO_LARGE), None
    if not planned.changes:
        return Choice(planned, _BY_HAND), None
    after = state.after(repair, planned.changes)
    if isinstance(after, str):
        return Choice(planned, after), None
    if _identity(repair.cause) in after.left:
        return Choice(planned, _STILL_THERE), None
    new = after.new_since(state)
    if new:
        named = listed([_words(code, thing) for code, _principal, thing, *_rest in new])
        return Choice(planned, f"evaluated again with this change, something else denies it: {named}"), None
    return Choice(planned), after


def _words(code: str | None, thing: str | None) -> str:
    """A cause in words: `permission missing`, `vault policy denied (ARN)`."""
    words = str(code).replace("-", " ")
    return f"{words} ({thing})" if thing else words


def _identity(cause: Cause) -> Identity:
    """What makes a cause one thing to fix; a vault or key that can't be used has no policy to know it by."""
    thing = cause.policy or (cause.resource if cause.layer in (LayerName.VAULT, LayerName.KMS) else None)
    return (cause.code, cause.principal, thing, cause.statement, cause.target)
