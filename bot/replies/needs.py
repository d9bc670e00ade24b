"""What a job needs, and what a role lacks of it, as pages."""

import re
from collections.abc import Mapping, Sequence

from bot.diagnosis.role_needs import DenyingStatement, LackedWhen, PolicyKind, RoleNeeds
from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, code, line, strong
from knowledge.callers import CallerNeed, CallerOperation, MayCall
from knowledge.need import JobKind, Need

_KEYS = {
    "resource": "the resource's KMS key",
    "vault": "the vault's KMS key",
    "recovery-point": "the recovery point's KMS key",
    "restore": "the KMS key to restore under",
    "destination-vault": "the destination vault's KMS key",
}

_MAY_CALL: Mapping[MayCall, str] = {
    "any-account": "Any account may call it.",
    "vault-owner": "Only the account that owns the vault may call it.",
    "management-account": "Only the organization's management account may call it.",
}
_POLICY_KINDS: Mapping[PolicyKind, str] = {
    "identity": "the identity policy",
    "boundary": "the permissions boundary",
    "scp": "the service control policy",
}


def needs_page(kind: JobKind, resource_type: str, wanted: Sequence[Need]) -> Page:
    """All that a job needs: who has to be allowed what on what, and why.

    Args:
        kind: The kind of job.
        resource_type: As it was asked for.
        wanted: The rows that hold for it.
    """
    title = f"What {'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('-', ' ')} of {resource_type} needs"
    required = tuple(_row(need) for need in wanted if need.optional is None)
    optional = tuple(_row(need) for need in wanted if need.optional is not None)
    parts: list[Heading | Paragraph | Bullets | Note] = [Heading(title), Bullets(required)]
    if optional:
        parts += [Paragraph(line(strong("Optional:"))), Bullets(optional)]
    return Page("needs", f"{title}.", tuple(parts))


def operation_page(operation: CallerOperation) -> Page:
    """All that an operation asks its caller for, and who may call it at all.

    Args:
        operation: The operation.
    """
    title = f"What {operation.operation} asks its caller for"
    required = tuple(_caller_row(need) for need in operation.needs if need.optional is None)
    optional = tuple(_caller_row(need) for need in operation.needs if need.optional is not None)
    parts: list[Heading | Paragraph | Bullets | Note] = [Heading(title), Bullets(required)]
    if optional:
        parts += [Paragraph(line(strong("Optional:"))), Bullets(optional)]
    if operation.may_call_source:
        parts.append(Note(line(f"{_MAY_CALL[operation.may_call]} Source: {operation.may_call_source}.")))
    if operation.also:
        parts.append(Note(line(operation.also)))
    if operation.uses_vault_policy:
        parts.append(Note(line("The vault's access policy can deny it.")))
    return Page("needs", f"{title}.", tuple(parts))


def _caller_row(need: CallerNeed) -> Line:
    on = ", ".join(_told(pattern) for pattern in need.arns)
    of = f" (if its ARN has {' or '.join(need.of)} in it)" if need.of else ""
    why = f": {need.optional}" if need.optional else ""
    return line(code(", ".join(need.actions)), f" on {on}{of}{why}. Source: {need.source}.")


def _row(need: Need) -> Line:
    who = "" if need.by == "job-role" else " by the service-linked role of the destination account"
    on = _KEYS[need.key] if need.key else ", ".join(_told(pattern) for pattern in need.arns)
    when = f" (if {', '.join(sorted(need.when)).replace('-', ' ')})" if need.when else ""
    why = f": {need.optional}" if need.optional else ""
    return line(code(", ".join(need.actions)), f" on {on}{who}{when}{why}. Source: {need.source}.")


def _told(pattern: str) -> str:
    """An ARN as a reader without a job takes it: `{vault}` is the vault, a name within an ARN stands in capitals."""
    whole = re.fullmatch(r"\{(\w+)\}", pattern)
    if whole:
        return f"the {whole[1].replace('_', ' ')}"
    return re.sub(r"\{(\w+)\}", lambda name: name[1].upper(), pattern)


def role_page(compared: RoleNeeds) -> Page:
    """What a role lacks of a job's needs and what it has beside them.

    Args:
        compared: The role, compared.
    """
    certain = [statement for statement in compared.denied if statement.always]
    if compared.lacks:
        verdict = f"{compared.role} lacks {len(compared.lacks)} required actions."
    elif certain:
        verdict = f"{compared.role} is denied required actions, whatever else allows them."
    else:
        verdict = f"{compared.role} is allowed every action that all such jobs need."
    groups = (
        ("Lacks, required:", tuple(line(code(action)) for action in compared.lacks)),
        ("Lacks, required by some jobs:", tuple(_lacked_when(each) for each in compared.lacks_when)),
        ("Denied:", tuple(_denied(statement) for statement in compared.denied)),
        ("Lacks, optional:", tuple(line(code(action)) for action in compared.lacks_optional)),
        ("Allows, though this job doesn't need it:", tuple(line(code(action)) for action in compared.beside)),
    )
    parts: list[Heading | Paragraph | Bullets | Note] = [Heading(verdict)]
    for title, rows in groups:
        if rows:
            parts += [Paragraph(line(strong(title))), Bullets(rows)]
    if not compared.scps_are_known:
        parts.append(Note(line("I couldn't read the service control policies that apply to the role.")))
    parts.append(Note(line("This compares actions only. The diagnosis of a job also checks resources and conditions.")))
    return Page("role", verdict, tuple(parts))


def _lacked_when(lacked: LackedWhen) -> Line:
    return line(code(lacked.action), f" (if {', '.join(lacked.when).replace('-', ' ')})")


def _denied(statement: DenyingStatement) -> Line:
    where = f" by statement {statement.statement} of {_POLICY_KINDS[statement.kind]} "
    how = "" if statement.always else ", on some resources or under a condition"
    return line(code(", ".join(statement.actions)), where, code(statement.policy), f"{how}.")
