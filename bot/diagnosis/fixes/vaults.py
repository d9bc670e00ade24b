"""Fixes of vaults: making one, letting a copy in, exempting a principal from a deny."""

from difflib import get_close_matches
from typing import Any, Final

from bot.diagnosis.changes.vaults import CreateVault, PutVaultAccessPolicy
from bot.diagnosis.facts.vaults import EFS_AUTOMATIC_VAULT
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.naming import where_vault_is_named
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, named
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.subject_facts import SubjectFacts
from bot.iam import Decision, Policy, PolicySet, Request, evaluate

_PUT: Final = "backup:PutBackupVaultAccessPolicy"
_DELETE: Final = "backup:DeleteBackupVaultAccessPolicy"
_WRITING: Final = frozenset({"backup:StartBackupJob", "backup:CopyIntoBackupVault"})
_WHOEVER: Final = ("*", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid")
"""The keys that distinguish one principal of an account from another, and all others."""


def create_vault(repair: Repair[JobFacts]) -> PlannedFix:
    """The vault that the job names; a plan that names another one is as good.

    AWS Backup has no renaming of vaults, so that one of a like name may be the one that is meant.
    """
    vault = next(known for known in repair.facts.vaults.values() if known.arn == repair.cause.resource)
    where, place = where_vault_is_named(repair), f"account {vault.account} in {vault.region}"
    look_alike = next(iter(get_close_matches(vault.name, vault.others, n=1)), None)
    other = f"the existing vault {look_alike}, whose name is similar," if look_alike else "another vault"
    caution = f"Ask whether {look_alike or 'another vault'} has replaced it. If so, name that one and create none."
    if repair.facts.needs_own_vault_key:
        caution += " A new vault must be under a customer managed key."
    summary = f"Create the vault {vault.name} for {place}, or name {other} {where}."
    return PlannedFix(summary, (CreateVault(target=vault.arn),), caution)


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
    return _putting(
        repair, document, f"Allow {principal} to call {named(repair.cause.actions)} in the vault's access policy."
    )


def exempt_in_vault_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of a vault's access policy that exempts the job role."""
    principal = str(repair.cause.principal)
    document = repair.with_statement(documents.exempting_principal(repair.statement, principal))
    summary = f"Exempt {principal} from statement {repair.cause.statement} of the vault's access policy."
    return _putting(repair, document, summary, "This deny protects the vault. Ask its owner for an exception.")


def _putting(repair: Repair[SubjectFacts], document: Document, summary: str, caution: str = "") -> PlannedFix:
    """The new policy, as far as the old one lets anybody put it.

    The policy of the vault of EFS's own automatic backups can be put too, but that does not let others write into it:
    "How AWS Backup works with supported AWS services", Working with Amazon EFS.
    """
    vault, policy = str(repair.cause.policy), repair.document
    is_written = not _WRITING.isdisjoint(repair.cause.actions) and not repair.facts.role.is_service_linked_role
    if vault.endswith(EFS_AUTOMATIC_VAULT) and is_written:
        caution = "AWS keeps this vault for EFS's own automatic backups. Other jobs fail, whatever its policy says."
        return PlannedFix(f"Name a vault of your own {where_vault_is_named(repair)}.", (), caution)
    is_shut = _denies_all(vault, policy, _PUT)
    if is_shut and _denies_all(vault, policy, _DELETE):
        caution = "Nobody can change the access policy of this vault: it denies that."
        return PlannedFix(f"Name another vault {where_vault_is_named(repair)}.", (), caution)
    first = f"The policy denies {_PUT} to everybody, so it has to be deleted first." if is_shut else ""
    change = PutVaultAccessPolicy(vault, document, delete_first=is_shut)
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
