"""Fixes in the organization: narrow exceptions of control policies, and the switch for copies across accounts."""

from typing import Final

from bot.diagnosis.changes.organization import EnableCrossAccountBackup, UpdateOrganizationPolicy
from bot.diagnosis.facts.documents import NamedDocument, statements_of
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, documents_of, listed, named
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.required_call import SERVICE
from bot.diagnosis.subject_facts import SubjectFacts

_CAUTION: Final = (
    "This is a guard rail of the organization and may apply to other accounts, too. Ask its owner for an exception."
)
_STALE_KEYS: Final = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID")
"""Keys whose exempted values name the organization itself: a deny that exempts another one is out of date."""


def exempt_in_control_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of an SCP or RCP with the narrowest exception that it already knows, else for this role."""
    changed, what = _narrowed(repair, repair.statement)
    policy = next(known for known in documents_of(repair.facts) if known.name == repair.cause.policy)
    summary = f"Exempt {what} from statement {repair.cause.statement} of {policy.name}."
    return _planned(policy, repair.with_statement(changed), summary)


def allow_at_level(repair: Repair[SubjectFacts]) -> PlannedFix:
    """The allow list at the level where nothing allows the actions, with them in it.

    It allows them on everything: it only bounds what the accounts below may allow, and an Allow of an SCP that names
    resources is not taken everywhere ("SCP syntax").
    """
    actions, target = named(repair.cause.actions), repair.cause.target
    allow_list = _allow_list(repair)
    if allow_list is None:
        return PlannedFix(
            f"Attach to {target} a service control policy that allows {actions}. It has none.", (), _CAUTION
        )
    statement = {"Effect": "Allow", "Action": list(repair.cause.actions), "Resource": "*"}
    document = documents.with_statements(allow_list.document, [statement])
    return _planned(allow_list, document, f"Allow {actions} in {allow_list.name}, attached to {target}.")


def enable_cross_account_backup(repair: Repair[JobFacts]) -> PlannedFix:
    """The switch in the organization's management account."""
    management = str(repair.facts.organizations[repair.facts.account].management_account)
    change = EnableCrossAccountBackup(target=management)
    return PlannedFix(f"Turn on cross-account backup in the management account {management}.", (change,))


def allow_image_owner(repair: Repair[JobFacts]) -> PlannedFix:
    """No policy repairs it: the setting of the account in Amazon EC2 has to list the owner of the image."""
    images = repair.facts.allowed_images
    owner, place = (images.owner, f"account {images.account} in {images.region}") if images else ("", "")
    return PlannedFix(
        f"Add {owner} to the image providers of the Allowed AMIs setting of {place}.",
        (),
        "It is a setting of Amazon EC2. Where a declarative policy manages it, change that policy instead.",
    )


def call_from_management_account(repair: Repair[SubjectFacts]) -> PlannedFix:
    """No policy repairs it: the call has to be made in another account."""
    management = repair.facts.organizations[repair.facts.account].management_account
    where = f"the management account {management}" if management else "the management account of an organization"
    return PlannedFix(f"Call it with credentials of {where}.", (), "No policy of another account can allow it.")


def join_organization(repair: Repair[JobFacts]) -> PlannedFix:
    """No policy repairs it: both accounts have to be in one organization."""
    other = repair.facts.destination_account
    return PlannedFix(
        f"Copy to a vault in an account of the same organization, or move account {other} into it.",
        (),
        "No policy can allow a copy out of an organization.",
    )


def keep_sharing(repair: Repair[JobFacts]) -> PlannedFix:
    """No policy repairs it: what withdraws the sharing has to leave AWS Backup's alone.

    Source: "Logically air-gapped vault", Considerations for security auto-remediation (AWS Backup Developer Guide).
    """
    return PlannedFix(
        f"Let the automation that called {listed(list(repair.cause.actions))} leave alone what AWS Backup shares: "
        "events whose userIdentity.invokedBy is backup.amazonaws.com. Then start the copy again.",
        (),
        "AWS Backup shares a snapshot or image with the destination account only while it copies.",
    )


def _narrowed(repair: Repair[SubjectFacts], statement: Document) -> tuple[Document, str]:
    resources = documents.without_repeats(refusal.resource for refusal in repair.refusals)
    by_resource = documents.exempting_resources(statement, resources)
    if by_resource:
        return by_resource, listed(resources)
    for key in _STALE_KEYS:
        value = repair.value_of(key.casefold())
        changed = documents.exempting_value(statement, key.casefold(), value) if value else None
        if changed:
            return changed, f"the value {value} of {key}"
    if repair.cause.principal == SERVICE:
        account = repair.facts.account
        return documents.exempting_source_account(statement, account), f"AWS Backup's calls for account {account}"
    principal = str(repair.cause.principal)
    return documents.exempting_principal(statement, principal), principal


def _allow_list(repair: Repair[SubjectFacts]) -> NamedDocument | None:
    """The policy at the level that bars the actions which says most of what is allowed; None where there is none."""
    places = repair.facts.organizations.values()
    levels = (level for place in places for level in place.levels or () if level.target == repair.cause.target)
    attached = [document for level in levels for document in level.scps or ()]
    return max(attached, key=_allows, default=None)


def _allows(policy: NamedDocument) -> int:
    return [statement.get("Effect") for statement in statements_of(policy.document)].count("Allow")


def _planned(policy: NamedDocument, document: Document, summary: str) -> PlannedFix:
    change = UpdateOrganizationPolicy(target=policy.name, name=policy.title, document=document)
    return PlannedFix(summary, (change,), _CAUTION)


FIXES: Final[tuple[MakeFix, ...]] = (
    exempt_in_control_policy,
    allow_at_level,
    enable_cross_account_backup,
    allow_image_owner,
    call_from_management_account,
    join_organization,
    keep_sharing,
)
