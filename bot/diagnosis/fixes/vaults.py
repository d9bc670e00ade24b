"""Fixes of vaults: making one, letting a copy in, sparing a principal from a deny."""

from bot.diagnosis.facts.vaults import EFS_AUTOMATIC_VAULT
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change


def create_vault(problem: Problem) -> Proposal:
    """The vault that the job names; a plan that names another one is as good."""
    arn = str(problem.cause.resource)
    caution = "If the vault was replaced by another one, name that one in the plan instead."
    if problem.case.is_cross_account or not problem.case.is_fully_managed:
        caution += " The new vault must be under a customer managed key."
    change = Change(kind="create-vault", target=arn)
    return Proposal(f"Create the vault {arn.split(':', 6)[-1]}, or name another vault in the plan.", (change,), caution)


def admit_copies(problem: Problem) -> Proposal:
    """An access policy that lets the job role copy into the vault."""
    principal, vault = str(problem.cause.principal), str(problem.cause.policy)
    statement = {
        "Sid": "CopiesFromAccount" + principal.split(":")[4],
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": list(problem.cause.actions),
        "Resource": "*",
    }
    document = documents.with_statements(problem.document, [statement])
    change = Change(kind="put-vault-access-policy", target=vault, document=document)
    return Proposal(f"Let {principal} use {listed(list(problem.cause.actions))} on the vault.", (change,))


def spare_in_vault_policy(problem: Problem) -> Proposal | None:
    """A denying statement of a vault's access policy that spares the job role."""
    statement = documents.find_statement(problem.document, problem.cause.statement)
    if statement is None:
        return None
    summary = f"Spare {problem.cause.principal} in statement {problem.cause.statement} of the vault's access policy."
    if str(problem.cause.policy).endswith(EFS_AUTOMATIC_VAULT):
        return Proposal(
            "Use a vault of your own in the plan.",
            (),
            "This vault is kept for EFS's own automatic backups, and its access policy can't be changed.",
        )
    changed = documents.excepting_principal(statement, str(problem.cause.principal))
    document = documents.with_changed_statement(problem.document, problem.cause.statement, changed)
    change = Change(kind="put-vault-access-policy", target=str(problem.cause.policy), document=document)
    return Proposal(summary, (change,), "This deny protects the vault: ask its owner for the exception.")
