"""Fixes of vaults: making one, letting a copy in, exempting a principal from a deny."""

from typing import Any, Final

from bot.diagnosis.changes.vaults import CreateVault, PutVaultAccessPolicy
from bot.diagnosis.facts.vaults import EFS_AUTOMATIC_VAULT
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, listed
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.subject_facts import SubjectFacts
from bot.iam import Decision, Policy, PolicySet, Request, evaluate

_PUT: Final = "backup:PutBackupVaultAccessPolicy"
_DELETE: Final = "backup:DeleteBackupVaultAccessPolicy"
_WHOEVER: Final = ("*", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid")
"""The keys that distinguish one principal of an account from another, and all others."""


def create_vault(repair: Repair[JobFacts]) -> PlannedFix:
    """The vault that the job names; a plan that names another one is as good."""
    vault = str(repair.cause.resource)
    caution = "If the vault was replaced by another one, name that one in the plan instead."
    if repair.facts.needs_own_vault_key:
        caution += " The new vault must be under a customer managed key."
    change = CreateVault(target=vault)
    return PlannedFix(
        f"Create the vault {vault.split(':', 6)[-1]}, or name another vault in the plan.", (change,), caution
    )


def allow_copies(repair: Repair[SubjectFacts]) -> PlannedFix:
    """An access policy that lets the job role copy into the vault."""
    principal = str(repair.cause.principal)
    statement = {
        "Sid": "CopiesFromAccount" + principal.split(":")[4],
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": list(repair.cause.actions),
        "Resource": "*",
    }
    document = documents.with_statements(repair.document, [statement])
    return _putting(repair, document, f"Let {principal} use {listed(list(repair.cause.actions))} on the vault.")


def exempt_in_vault_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of a vault's access policy that exempts the job role."""
    principal = str(repair.cause.principal)
    document = repair.with_statement(documents.exempting_principal(repair.statement, principal))
    summary = f"Exempt {principal} from statement {repair.cause.statement} of the vault's access policy."
    return _putting(repair, document, summary, "This deny protects the vault: ask its owner for the exception.")


def _putting(repair: Repair[SubjectFacts], document: Document, summary: str, caution: str = "") -> PlannedFix:
    """The new policy, as far as the old one lets anybody put it."""
    vault, policy = str(repair.cause.policy), repair.document
    is_shut = _denies_all(vault, policy, _PUT)
    if vault.endswith(EFS_AUTOMATIC_VAULT) or (is_shut and _denies_all(vault, policy, _DELETE)):
        kept = "it is kept for EFS's own automatic backups" if vault.endswith(EFS_AUTOMATIC_VAULT) else "it denies that"
        caution = f"Nobody can change the access policy of this vault: {kept}."
        return PlannedFix("Use another vault of your own in the plan.", (), caution)
    first = f"The policy denies everybody {_PUT}: call {_DELETE.partition(':')[2]} first." if is_shut else ""
    change = PutVaultAccessPolicy(target=vault, document=document)
    return PlannedFix(summary, (change,), " ".join(filter(None, [caution, first])) or None)


def _denies_all(vault: str, policy: Any, action: str) -> bool:
    """Whether a vault's policy denies an action to everybody in its account, whoever it is."""
    _, partition, _, _, account, *_ = vault.split(":")
    request = Request(f"arn:{partition}:iam::{account}:root", action, vault, unknown=_WHOEVER)
    policies = PolicySet(resource=Policy.compile(vault, policy) if policy else None)
    return evaluate(request, policies).decision is Decision.EXPLICIT_DENY


FIXES: Final[tuple[MakeFix, ...]] = (
    create_vault,
    allow_copies,
    exempt_in_vault_policy,
)
