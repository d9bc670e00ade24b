"""Proposes a fix for each cause and proves it: applied after those before it, examined again, nothing new blocked."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.diagnosis.case import Case
from bot.diagnosis.examine import examine, judge_case
from bot.diagnosis.fixes import keys, organization, resources, roles, vaults
from bot.diagnosis.fixes.apply import applied
from bot.diagnosis.fixes.commands import cli, terraform
from bot.diagnosis.fixes.proposal import Problem, Proposal, Propose
from bot.diagnosis.model import Cause, Certainty, Change, Fix, LayerName
from knowledge.causes import cause_codes

PROPOSALS: Final[Mapping[str, Propose]] = {
    "role-missing": roles.create_role,
    "default-role-lookalike": roles.use_found_role,
    "slr-as-job-role": roles.use_job_role,
    "trust-missing": roles.admit_service,
    "trust-condition": roles.admit_service,
    "trust-denied": roles.spare_account_in_trust,
    "permission-missing": roles.allow,
    "permission-denied": roles.spare_in_identity_policy,
    "pass-role-missing": roles.allow,
    "boundary-missing": roles.allow_in_boundary,
    "boundary-denied": roles.spare_in_boundary,
    "slr-missing": roles.create_service_linked_role,
    "vault-missing": vaults.create_vault,
    "vault-policy-denied": vaults.spare_in_vault_policy,
    "vault-policy-missing": vaults.admit_copies,
    "scp-denied": organization.spare_in_control_policy,
    "scp-missing": organization.allow_at_level,
    "rcp-denied": organization.spare_in_control_policy,
    "cross-account-disabled": organization.enable_cross_account_backup,
    "different-organization": organization.join_organization,
    "key-policy-missing": keys.admit_principal,
    "key-policy-denied": keys.spare_in_key_policy,
    "key-unusable": keys.make_usable,
    "aws-managed-key": keys.encrypt_anew,
    "vault-default-key": keys.use_other_vault,
    "resource-policy-denied": resources.spare_in_own_policy,
    "resource-policy-missing": resources.admit_in_own_policy,
}
"""How each cause is mended."""

Identity = tuple[str | None, ...]


def with_fixes(cases: Sequence[Case], causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """The causes, each with its fix and the document of its policy.

    A fix is made and proven with the fixes of the causes before it applied, so that all of them together, in this
    order, mend the job.

    Args:
        cases: What is known of the failed jobs.
        causes: What evaluation found in them.
    """
    now = list(cases)
    standing = {_identity(cause) for cause in causes}
    mended: list[Cause] = []
    for cause in causes:
        problem = _problem(now, cause)
        proposal = PROPOSALS[cause.code](problem) if cause.certainty is Certainty.PROVEN else None
        after = _after(now, proposal.changes) if proposal else None
        left = {_identity(each) for each in examine(after)} if after else None
        is_proven = left is not None and _identity(cause) not in left and left <= standing
        if after and left is not None and is_proven:
            now, standing = after, left
        fix = _fix(proposal, cause, is_proven=is_proven) if proposal else None
        document = problem.document if isinstance(problem.document, dict) else None
        mended.append(cause.model_copy(update={"fix": fix, "document": document}))
    return tuple(mended)


def _problem(cases: Sequence[Case], cause: Cause) -> Problem:
    """The cause with the case that it is in and the refusals that it was put together from."""
    for case in cases:
        blocks = tuple(
            block
            for judged in judge_case(case)
            for block in judged.blocks
            if (block.code, block.principal, block.policy, block.statement, block.target)
            == (cause.code, cause.principal, cause.policy, cause.statement, cause.target)
        )
        if blocks:
            return Problem(case, cause, blocks)
    return Problem(cases[0], cause, ())


def _after(cases: Sequence[Case], changes: Sequence[Change]) -> list[Case] | None:
    """The cases with all changes made; None where there are none or that can't be told."""
    now: list[Case] = list(cases)
    for change in changes:
        changed = [applied(case, change) for case in now]
        known = [case for case in changed if case is not None]
        if len(known) != len(changed):
            return None
        now = known
    return now if changes else None


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
