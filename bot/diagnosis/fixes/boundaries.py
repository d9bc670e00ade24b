"""Fixes of permissions boundaries: allowing what is missing in one, exempting a principal from its deny."""

from typing import Final

from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.identity import allowing
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, named
from bot.diagnosis.fixes.versions import with_next_version
from bot.diagnosis.subject_facts import SubjectFacts


def allow_in_boundary(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A permissions boundary that allows what is missing too."""
    actions = named(repair.cause.actions)
    if repair.is_of_aws:
        return _other_boundary(repair, f"a policy of the account's own that allows {actions} too")
    document = documents.with_statements(repair.document, list(allowing(repair)))
    return _in_boundary(repair, document, f"Allow {actions} in the permissions boundary.")


def exempt_in_boundary(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of a permissions boundary that exempts this role."""
    if repair.is_of_aws:
        return _other_boundary(repair, f"a policy of the account's own without its statement {repair.cause.statement}")
    document = repair.with_statement(documents.exempting_principal(repair.statement, str(repair.cause.principal)))
    return _in_boundary(
        repair, document, f"Exempt {repair.who} from statement {repair.cause.statement} of the permissions boundary."
    )


def _in_boundary(repair: Repair[SubjectFacts], document: Document, summary: str) -> PlannedFix:
    caution = "A boundary is a guard rail and may apply to other roles, too. Ask its owner."
    return with_next_version(repair, document, summary, caution)


def _other_boundary(repair: Repair[SubjectFacts], which: str) -> PlannedFix:
    """AWS's own policies can't be changed ("Managed policies and inline policies"): another has to take its place."""
    put = f"iam:Put{'User' if repair.facts.role.is_user else 'Role'}PermissionsBoundary"
    return PlannedFix(
        f"Give {repair.who} another permissions boundary: {which}.",
        (),
        f"{repair.cause.policy} is AWS's own policy and can't be changed. Whoever may call "
        f"{put} on {repair.who} can replace it by a copy made in the account.",
    )


FIXES: Final[tuple[MakeFix, ...]] = (
    allow_in_boundary,
    exempt_in_boundary,
)
