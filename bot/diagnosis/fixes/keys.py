"""Fixes of KMS keys: letting a principal in, exempting it from a deny, and making a key usable again."""

from typing import Any, Final

from bot.diagnosis.changes.keys import CancelKeyDeletion, EnableKey, PutKeyPolicy
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.naming import where_vault_is_named
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, named
from bot.diagnosis.subject_facts import SubjectFacts

_GRANTS: Final = frozenset({"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"})


def allow_in_key_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A key policy that lets the principal use the key, and make grants for AWS's services only."""
    principal = str(repair.cause.principal)
    uses = [action for action in repair.cause.actions if action not in _GRANTS]
    grants = [action for action in repair.cause.actions if action in _GRANTS]
    added: list[dict[str, Any]] = []
    if uses:
        added.append(_statement("AllowUseByBackup", principal, uses))
    if grants:
        condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        added.append({**_statement("AllowGrantsByBackup", principal, grants), "Condition": condition})
    document = documents.with_statements(repair.document, added)
    return _planned(
        repair, document, f"Allow {principal} to call {named(repair.cause.actions)} in the key policy.", None
    )


def exempt_in_key_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of a key policy that exempts the principal."""
    principal = str(repair.cause.principal)
    document = repair.with_statement(documents.exempting_principal(repair.statement, principal))
    summary = f"Exempt {principal} from statement {repair.cause.statement} of the key policy."
    return _planned(
        repair, document, summary, "Someone added this deny on purpose. Ask the key's owner for an exception."
    )


def make_key_usable(repair: Repair[SubjectFacts]) -> PlannedFix:
    """The key back in use, where its state allows that."""
    key = str(repair.cause.resource)
    state = next((known.state for known in repair.facts.all_keys if known.arn == key), None)
    enable, cancel = EnableKey(target=key), CancelKeyDeletion(target=key)
    changes = {"Disabled": (enable,), "PendingDeletion": (cancel, enable)}.get(str(state))
    if changes is None:
        return PlannedFix(
            "Use another key for the resource or the vault.",
            (),
            f"The key is {state or 'gone'}, and no call can change that.",
        )
    verb = "Cancel the deletion of the key and enable it" if cancel in changes else "Enable the key"
    return PlannedFix(f"{verb}.", changes, "Someone took this key out of use. Ask its owner why.")


def encrypt_anew(repair: Repair[SubjectFacts]) -> PlannedFix:
    """No policy repairs it: the data has to be under a key that can be shared."""
    return PlannedFix(
        "Encrypt the resource with a customer managed key (copy its snapshot with one and restore it), then copy it.",
        (),
        f"The policy of {repair.cause.resource} is AWS's and can't be changed.",
    )


def use_other_vault(repair: Repair[SubjectFacts]) -> PlannedFix:
    """No policy repairs it: a vault's key can't be changed."""
    where = where_vault_is_named(repair)
    return PlannedFix(
        f"Copy to a vault with a customer managed key: create one and name it {where}.",
        (),
        "A vault's key can't be changed after the vault is created.",
    )


def _statement(sid: str, principal: str, actions: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": "*"}


def _planned(repair: Repair[SubjectFacts], document: dict[str, Any], summary: str, caution: str | None) -> PlannedFix:
    change = PutKeyPolicy(target=str(repair.cause.policy), document=document)
    return PlannedFix(summary, (change,), caution)


FIXES: Final[tuple[MakeFix, ...]] = (
    allow_in_key_policy,
    exempt_in_key_policy,
    make_key_usable,
    encrypt_anew,
    use_other_vault,
)
