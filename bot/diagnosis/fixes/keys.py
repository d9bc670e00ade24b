"""Fixes of KMS keys: letting a principal in, sparing it from a deny, and making a key usable again."""

from typing import Any, Final

from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change
from bot.diagnosis.subject_facts import SubjectFacts

_GRANTS: Final = frozenset({"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"})


def allow_principal(problem: Problem[SubjectFacts]) -> Proposal:
    """A key policy that lets the principal use the key, and make grants for AWS's services only."""
    principal = str(problem.cause.principal)
    uses = [action for action in problem.cause.actions if action not in _GRANTS]
    grants = [action for action in problem.cause.actions if action in _GRANTS]
    added: list[dict[str, Any]] = []
    if uses:
        added.append(_statement("AllowUseByBackup", principal, uses))
    if grants:
        condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        added.append({**_statement("AllowGrantsByBackup", principal, grants), "Condition": condition})
    document = documents.with_statements(problem.document, added)
    return _proposal(problem, document, f"Let {principal} use {listed(list(problem.cause.actions))}.", None)


def exempt_in_key_policy(problem: Problem[SubjectFacts]) -> Proposal:
    """A denying statement of a key policy that spares the principal."""
    principal = str(problem.cause.principal)
    document = problem.with_statement(documents.excepting_principal(problem.statement, principal))
    summary = f"Spare {principal} in statement {problem.cause.statement} of the key policy."
    return _proposal(problem, document, summary, "Somebody meant this deny: ask the key's owner for the exception.")


def make_usable(problem: Problem[SubjectFacts]) -> Proposal:
    """The key back in use, where its state allows that."""
    key = str(problem.cause.resource)
    state = next((known.state for known in problem.facts.all_keys if known.arn == key), None)
    enable, cancel = Change(kind="enable-key", target=key), Change(kind="cancel-key-deletion", target=key)
    changes = {"Disabled": (enable,), "PendingDeletion": (cancel, enable)}.get(str(state))
    if changes is None:
        return Proposal(
            "Put the resource or the vault under another key.", (), f"The key is {state or 'gone'}: no call mends it."
        )
    verb = "Cancel the deletion of the key and enable it" if cancel in changes else "Enable the key"
    return Proposal(f"{verb}.", changes, "Somebody took this key out of use: ask its owner why.")


def encrypt_anew(problem: Problem[SubjectFacts]) -> Proposal:
    """No policy mends it: the data has to be under a key that can be shared."""
    return Proposal(
        "Encrypt the resource with a customer managed key (copy its snapshot under one and restore), then copy.",
        (),
        f"The policy of {problem.cause.resource} is AWS's and can't be changed.",
    )


def use_other_vault(_problem: Problem[SubjectFacts]) -> Proposal:
    """No policy mends it: a vault's key can't be changed."""
    return Proposal(
        "Copy into a vault that is under a customer managed key: make one and name it in the plan.",
        (),
        "The key of a vault can't be changed after the vault was made.",
    )


def _statement(sid: str, principal: str, actions: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": "*"}


def _proposal(problem: Problem[SubjectFacts], document: dict[str, Any], summary: str, caution: str | None) -> Proposal:
    change = Change(kind="put-key-policy", target=str(problem.cause.policy), document=document)
    return Proposal(summary, (change,), caution)
