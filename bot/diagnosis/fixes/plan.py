"""Proposes a fix for each cause and proves it: applied after those before it, examined again, nothing new blocked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Generic

from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.fixes import boundaries, identity, keys, organization, resources, roles, vaults
from bot.diagnosis.fixes.apply import C, applied
from bot.diagnosis.fixes.cli import cli
from bot.diagnosis.fixes.limits import too_large
from bot.diagnosis.fixes.proposal import Problem, Proposal, Propose
from bot.diagnosis.fixes.terraform import terraform
from bot.diagnosis.model import Cause, Certainty, Change, Fix, LayerName
from bot.diagnosis.subject_facts import SubjectFacts
from knowledge.causes import cause_codes

PROPOSALS: Final[Mapping[str, Propose]] = {
    "role-missing": roles.create_role,
    "default-role-lookalike": roles.use_found_role,
    "slr-as-job-role": roles.use_job_role,
    "trust-missing": roles.allow_service,
    "trust-condition": roles.allow_service,
    "trust-denied": roles.exempt_account_in_trust,
    "permission-missing": identity.allow,
    "permission-denied": identity.exempt_in_identity_policy,
    "pass-role-missing": identity.allow,
    "boundary-missing": boundaries.allow_in_boundary,
    "boundary-denied": boundaries.exempt_in_boundary,
    "slr-missing": roles.create_service_linked_role,
    "vault-missing": vaults.create_vault,
    "vault-policy-denied": vaults.exempt_in_vault_policy,
    "vault-policy-missing": vaults.allow_copies,
    "scp-denied": organization.exempt_in_control_policy,
    "scp-missing": organization.allow_at_level,
    "rcp-denied": organization.exempt_in_control_policy,
    "cross-account-disabled": organization.enable_cross_account_backup,
    "different-organization": organization.join_organization,
    "key-policy-missing": keys.allow_principal,
    "key-policy-denied": keys.exempt_in_key_policy,
    "key-unusable": keys.make_usable,
    "aws-managed-key": keys.encrypt_anew,
    "vault-default-key": keys.use_other_vault,
    "resource-policy-denied": resources.exempt_in_own_policy,
    "resource-policy-missing": resources.allow_in_own_policy,
}
"""How each cause is mended."""

_MENDED_BEFORE: Final = Proposal("Nothing more: the change before this one mends it too.")

Identity = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Examiner(Generic[C]):
    """How what is known is examined; pure, and asked again of what is known once a fix is made."""

    judge: Callable[[C], Sequence[EvaluatedCall]]
    """Judges all that is to be allowed."""
    examine: Callable[[Sequence[C]], Sequence[Cause]]
    """Finds all causes."""


def with_fixes(cases: Sequence[C], causes: Sequence[Cause], examiner: Examiner[C]) -> tuple[Cause, ...]:
    """The causes, each with its fix and the document of its policy.

    A fix is made and proven with the fixes of the causes before it applied, so that all of them together, in this
    order, mend the job or the call.

    Args:
        cases: What is known of the failed jobs, or of the denied call.
        causes: What evaluation found in them.
        examiner: What found it.
    """
    state = _State(cases, examiner)
    mended: list[Cause] = []
    for cause in causes:
        problem = state.problem(cause)
        fix, state = _mend(state, problem) if cause.certainty is Certainty.PROVEN else (None, state)
        document = problem.document if isinstance(problem.document, dict) else None
        mended.append(cause.model_copy(update={"fix": fix, "document": document}))
    return tuple(mended)


class _State(Generic[C]):
    """What is known once the fixes so far are made, and what is left to mend.

    Args:
        cases: What is known of the failed jobs, or of the denied call.
        examiner: How it is examined.
        named: The role that a plan names by now, by the ARN of the one that it named.
    """

    def __init__(
        self, cases: Sequence[C], examiner: Examiner[C], named: Mapping[str | None, str] = MappingProxyType({})
    ) -> None:
        self._cases = cases
        self._examiner = examiner
        self._named = named
        self.left = {_identity(cause): case for case in reversed(cases) for cause in examiner.examine([case])}
        """Each thing to mend, with the first case that it is in."""

    def problem(self, cause: Cause) -> Problem[C]:
        """The cause, of the role that the plan names by now, with all refusals that it was put together from."""
        meant = cause.model_copy(update={"principal": self._named.get(cause.principal, cause.principal)})
        thing = (meant.code, meant.principal, meant.policy, meant.statement, meant.target)
        refusals = tuple(
            refusal
            for case in self._cases
            for judged in self._examiner.judge(case)
            for refusal in judged.refusals
            if (refusal.code, refusal.principal, refusal.policy, refusal.statement, refusal.target) == thing
        )
        return Problem(self.left.get(_identity(meant), self._cases[0]), meant, refusals)

    def after(self, problem: Problem[C], changes: Sequence[Change]) -> "_State[C] | None":
        """The state after a fix; None where nothing is changed or where what comes of it can't be told."""
        cases, named = list[C | None](self._cases), dict(self._named)
        for change in changes:
            cases = [applied(case, change) if case else None for case in cases]
            if change.kind == "change-plan":
                named[problem.cause.principal] = change.target
        known = [case for case in cases if case]
        return _State(known, self._examiner, named) if changes and len(known) == len(cases) else None

    def adds_to(self, before: "_State[C]") -> bool:
        """Something is to be mended that was not before; what was a role's may be that of the one in its place."""
        return not self.left.keys() <= {
            (code, self._named.get(principal, principal), *rest) for code, principal, *rest in before.left
        }


def _mend(state: _State[C], problem: Problem[C]) -> tuple[Fix, _State[C]]:
    """The fix of a cause, and the state after it; the same state where the fix is not proven."""
    cause = problem.cause
    if _identity(cause) not in state.left:
        return _fix(_MENDED_BEFORE, cause, is_proven=True), state
    proposal = _within_limits(problem.facts, PROPOSALS[cause.code](problem))
    after = state.after(problem, proposal.changes)
    if after is None or _identity(cause) in after.left or after.adds_to(state):
        return _fix(proposal, cause, is_proven=False), state
    return _fix(proposal, cause, is_proven=True), after


def _within_limits(case: SubjectFacts, proposal: Proposal) -> Proposal:
    """The proposal, without its changes where AWS would not take one of them."""
    wrong = list(filter(None, (too_large(case, change) for change in proposal.changes)))
    if not wrong:
        return proposal
    return Proposal(proposal.summary, (), " ".join(filter(None, [*wrong, proposal.caution])))


def _identity(cause: Cause) -> Identity:
    """What makes a cause one thing to mend; a vault or key that stands alone has no policy to tell it by."""
    thing = cause.policy or (cause.resource if cause.layer in (LayerName.VAULT, LayerName.KMS) else None)
    return (cause.code, cause.principal, thing, cause.statement, cause.target)


def _fix(proposal: Proposal, cause: Cause, *, is_proven: bool) -> Fix:
    return Fix(
        summary=proposal.summary,
        owner=cause_codes()[cause.code].owner,
        changes=proposal.changes,
        cli=tuple(cli(change) for change in proposal.changes),
        terraform="\n\n".join(filter(None, (terraform(change) for change in proposal.changes))),
        proven=is_proven,
        caution=proposal.caution,
    )
