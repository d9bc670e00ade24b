"""What a job needs, and what a role lacks of it, as pages."""

import re
from collections.abc import Sequence

from bot.diagnosis.role_needs import RoleNeeds
from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, code, line, strong
from knowledge.need import JobKind, Need

_KEYS = {
    "resource": "the resource's KMS key",
    "vault": "the vault's KMS key",
    "recovery-point": "the recovery point's KMS key",
    "restore": "the KMS key to restore under",
    "destination-vault": "the destination vault's KMS key",
}


def needs_page(kind: JobKind, resource_type: str, wanted: Sequence[Need]) -> Page:
    """All that a job needs: who has to be allowed what on what, and why.

    Args:
        kind: The kind of job.
        resource_type: As it was asked for.
        wanted: The rows that hold for it.
    """
    title = f"What a {kind} of {resource_type} needs"
    required = tuple(_row(need) for need in wanted if need.optional is None)
    optional = tuple(_row(need) for need in wanted if need.optional is not None)
    parts: list[Heading | Paragraph | Bullets | Note] = [Heading(title), Bullets(required)]
    if optional:
        parts += [Paragraph(line(strong("Optional:"))), Bullets(optional)]
    return Page("needs", f"{title}.", tuple(parts))


def _row(need: Need) -> Line:
    who = "" if need.by == "job-role" else " by the destination's service-linked role"
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
    verdict = (
        f"{compared.role} lacks {len(compared.lacks)} required actions."
        if compared.lacks
        else (f"{compared.role} names every required action.")
    )
    groups = (
        ("Lacks, required:", compared.lacks),
        ("Lacks, optional:", compared.lacks_optional),
        ("Allows beside what this job needs:", compared.beside),
    )
    parts: list[Heading | Paragraph | Bullets | Note] = [Heading(verdict)]
    for title, actions in groups:
        if actions:
            parts += [Paragraph(line(strong(title))), Bullets(tuple(line(code(action)) for action in actions))]
    parts.append(Note(line("Actions only: on which resources and under which conditions, a diagnosis of a job shows.")))
    return Page("role", verdict, tuple(parts))
