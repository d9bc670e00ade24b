"""Fixes in the organization: narrow exceptions of control policies, and the switch for copies across accounts."""

from typing import Final

from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change
from bot.diagnosis.needs import SERVICE

_FULL_ACCESS: Final = "p-FullAWSAccess"
_LIMITS: Final = {"scp": 5_120, "rcp": 5_120}
"""Characters of a control policy ("Quotas for AWS Organizations")."""
_STALE_KEYS: Final = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID")
"""Keys whose spared values name the organization itself: a deny that spares another one is out of date."""


def spare_in_control_policy(problem: Problem) -> Proposal | None:
    """A denying statement of an SCP or RCP with the narrowest exception that it already knows, else for this role."""
    statement = documents.find_statement(problem.document, problem.cause.statement)
    if statement is None:
        return None
    changed, what = _narrowed(problem, statement)
    document = documents.with_changed_statement(problem.document, problem.cause.statement, changed)
    summary = f"Spare {what} in statement {problem.cause.statement} of {problem.cause.policy}."
    return _proposal(problem, str(problem.cause.policy), document, summary)


def allow_at_level(problem: Problem) -> Proposal | None:
    """The allow list at the level where nothing allows the actions, with them in it."""
    place = problem.case.organizations.get(str(problem.cause.principal).split(":")[4])
    levels = place.levels if place else None
    level = next((level for level in levels or () if level.target == problem.cause.target), None)
    own = [document for document in (level.scps if level else None) or () if document.name != _FULL_ACCESS]
    if not own:
        return None
    resources = documents.without_repeats(
        resource for action in problem.cause.actions for resource in problem.resources_of(action)
    )
    statement = {"Effect": "Allow", "Action": list(problem.cause.actions), "Resource": resources}
    document = documents.with_statements(own[0].document, [statement])
    summary = f"Allow {listed(list(problem.cause.actions))} in {own[0].name}, attached at {problem.cause.target}."
    return _proposal(problem, own[0].name, document, summary)


def enable_cross_account_backup(problem: Problem) -> Proposal | None:
    """The switch in the organization's management account."""
    management = problem.case.organizations[problem.case.job.account].management_account
    if management is None:
        return None
    change = Change(kind="enable-cross-account-backup", target=management)
    return Proposal(f"Switch cross-account backup on in the management account {management}.", (change,))


def join_organization(problem: Problem) -> Proposal:
    """No policy mends it: both accounts have to be in one organization."""
    other = problem.case.destination_account
    return Proposal(
        f"Copy to a vault in an account of the same organization, or bring account {other} into it.",
        (),
        "No policy can allow a copy out of an organization.",
    )


def _narrowed(problem: Problem, statement: Document) -> tuple[Document, str]:
    resources = documents.without_repeats(block.resource for block in problem.blocks)
    by_resource = documents.sparing_resources(statement, resources)
    if by_resource:
        return by_resource, listed(resources)
    for key in _STALE_KEYS:
        value = problem.value_of(key.casefold())
        changed = documents.admitting(statement, key.casefold(), value) if value else None
        if changed:
            return changed, f"the value {value} of {key}"
    if problem.cause.principal == SERVICE:
        account = problem.case.job.account
        return documents.excepting_source_account(statement, account), f"AWS Backup's calls for account {account}"
    principal = str(problem.cause.principal)
    return documents.excepting_principal(statement, principal), principal


def _proposal(problem: Problem, policy: str, document: Document, summary: str) -> Proposal:
    change = Change(kind="update-organization-policy", target=policy, document=document)
    caution = "This is a guard rail of the organization: ask for the exception, it binds every account below."
    limit = _LIMITS[problem.cause.code[:3]]
    if documents.size_of(document) > limit:
        return Proposal(summary, (), f"The policy would be larger than {limit} characters. {caution}")
    return Proposal(summary, (change,), caution)
