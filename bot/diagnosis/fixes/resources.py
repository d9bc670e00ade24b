"""Fixes of the policy of a bucket or file system, or of a role that a caller was to assume."""

from bot.diagnosis.facts.documents import TRUST
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change
from bot.diagnosis.subject_facts import SubjectFacts


def exempt_in_own_policy(problem: Problem[SubjectFacts]) -> Proposal:
    """A denying statement of the resource's own policy that spares the principal."""
    principal = str(problem.cause.principal)
    document = problem.with_statement(documents.excepting_principal(problem.statement, principal))
    change = _change(problem, document)
    summary = f"Spare {principal} in statement {problem.cause.statement} of the resource's own policy."
    return Proposal(summary, (change,), "This deny protects the data: ask its owner for the exception.")


def allow_in_own_policy(problem: Problem[SubjectFacts]) -> Proposal:
    """The resource's own policy with a statement that lets the principal in."""
    resources = documents.without_repeats(
        resource for action in problem.cause.actions for resource in problem.resources_of(action)
    )
    statement: Document = {
        "Sid": "AllowBackup",
        "Effect": "Allow",
        "Principal": {"AWS": str(problem.cause.principal)},
        "Action": list(problem.cause.actions),
        "Resource": resources,
    }
    if problem.cause.policy == TRUST:
        del statement["Resource"]  # a trust policy is that of one role alone
    change = _change(problem, documents.with_statements(problem.document, [statement]))
    return Proposal(f"Let {problem.cause.principal} use {listed(list(problem.cause.actions))}.", (change,))


def _change(problem: Problem[SubjectFacts], document: Document) -> Change:
    """The policy put, which is a role's trust policy where the role was to be assumed."""
    if problem.cause.policy == TRUST:
        return Change(kind="update-assume-role-policy", target=str(problem.cause.resource), document=document)
    return Change(kind="put-resource-policy", target=str(problem.cause.policy), document=document)
