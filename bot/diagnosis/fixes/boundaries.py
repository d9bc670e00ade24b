"""Fixes of permissions boundaries: allowing what is missing in one, sparing a principal from its deny."""

from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.identity import allowing
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change
from bot.diagnosis.subject_facts import SubjectFacts


def allow_in_boundary(problem: Problem[SubjectFacts]) -> Proposal:
    """A permissions boundary that allows what is missing too."""
    actions = listed(list(problem.cause.actions))
    if problem.is_of_aws:
        return _other_boundary(problem, f"a policy of the account's own that allows {actions} too")
    document = documents.with_statements(problem.document, list(allowing(problem)))
    return _boundary_proposal(problem, document, f"Allow {actions} in the boundary.")


def exempt_in_boundary(problem: Problem[SubjectFacts]) -> Proposal:
    """A denying statement of a permissions boundary that spares this role."""
    if problem.is_of_aws:
        return _other_boundary(
            problem, f"a policy of the account's own without its statement {problem.cause.statement}"
        )
    document = problem.with_statement(documents.excepting_principal(problem.statement, str(problem.cause.principal)))
    return _boundary_proposal(problem, document, f"Spare {problem.who} in statement {problem.cause.statement}.")


def _boundary_proposal(problem: Problem[SubjectFacts], document: Document, summary: str) -> Proposal:
    change = Change(kind="put-policy-version", target=str(problem.cause.policy), document=document)
    return Proposal(
        summary, (change,), "A boundary is a guard rail, and it may be that of other roles too: ask its owner."
    )


def _other_boundary(problem: Problem[SubjectFacts], which: str) -> Proposal:
    """AWS's own policies can't be changed ("Managed policies and inline policies"): another has to take its place."""
    put = f"iam:Put{'User' if problem.facts.role.is_user else 'Role'}PermissionsBoundary"
    return Proposal(
        f"Give {problem.who} another permissions boundary: {which}.",
        (),
        f"{problem.cause.policy} is AWS's own policy and can't be changed. Whoever may call "
        f"{put} on {problem.who} can replace it by a copy made in the account.",
    )
