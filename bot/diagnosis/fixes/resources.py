"""Fixes of the policy of a bucket or file system."""

from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change


def spare_in_own_policy(problem: Problem) -> Proposal:
    """A denying statement of the resource's own policy that spares the job role."""
    principal = str(problem.cause.principal)
    document = problem.with_statement(documents.excepting_principal(problem.statement, principal))
    change = Change(kind="put-resource-policy", target=str(problem.cause.policy), document=document)
    summary = f"Spare {principal} in statement {problem.cause.statement} of the resource's own policy."
    return Proposal(summary, (change,), "This deny protects the data: ask its owner for the exception.")


def admit_in_own_policy(problem: Problem) -> Proposal:
    """The resource's own policy with a statement that lets the job role in."""
    resources = documents.without_repeats(
        resource for action in problem.cause.actions for resource in problem.resources_of(action)
    )
    statement = {
        "Sid": "AllowBackup",
        "Effect": "Allow",
        "Principal": {"AWS": str(problem.cause.principal)},
        "Action": list(problem.cause.actions),
        "Resource": resources,
    }
    document = documents.with_statements(problem.document, [statement])
    change = Change(kind="put-resource-policy", target=str(problem.cause.policy), document=document)
    return Proposal(f"Let {problem.cause.principal} use {listed(list(problem.cause.actions))}.", (change,))
