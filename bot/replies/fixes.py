"""A fix as a person applies it: in words, as commands, as Terraform, and as the documents that result."""

import json
from collections.abc import Iterable

from bot.diagnosis.model import Cause, Change, Fix
from bot.replies.document import Heading, Line, Note, Page, Pairs, Paragraph, Part, Verbatim, code, line, strong


def fix_pages(causes: Iterable[Cause]) -> tuple[Page, ...]:
    """A page for each fix, in the order in which they are to be made."""
    fixed = [(cause, cause.fix) for cause in causes if cause.fix]
    return tuple(_fix_page(cause, fix, number, len(fixed)) for number, (cause, fix) in enumerate(fixed, start=1))


def _fix_page(cause: Cause, fix: Fix, number: int, total: int) -> Page:
    heading = "The fix" if total == 1 else f"Fix {number} of {total}"
    parts: list[Part] = [
        Heading(heading),
        Paragraph(line(fix.summary)),
        Pairs((("Who can make it", line(fix.owner)), ("Proof", _proof(fix)), ("Fixes", line(code(cause.code))))),
    ]
    parts += _way(fix, f"fix-{number}")
    if fix.alternative:
        parts.append(Paragraph(line(strong("Or instead: "), fix.alternative.summary)))
        parts += _way(fix.alternative, f"fix-{number}-instead")
    return Page(f"fix:{number}", f"{heading}: {fix.summary}", tuple(parts))


def _way(fix: Fix, name: str) -> list[Part]:
    """How to make a fix: what to think of, the commands, the Terraform and the documents."""
    parts: list[Part] = []
    if fix.caution:
        parts.append(Paragraph(line(strong("Think of this first: "), fix.caution)))
    if fix.cli:
        parts.append(Verbatim("With the AWS CLI", f"{name}.sh", "\n".join(fix.cli)))
    if fix.terraform:
        parts.append(Verbatim("With Terraform", f"{name}.tf", fix.terraform))
    for position, change in enumerate(fix.changes, start=1):
        parts += _change(change, f"{name}-{position}.json")
    return parts


def _proof(fix: Fix) -> Line:
    if fix.proven:
        return line("evaluated again with this change: this cause is gone and nothing new is blocked")
    return line(f"not proven: {fix.not_proven or 'an older version of this program did not say why'}")


def _change(change: Change, name: str) -> list[Part]:
    """What is changed, and the whole document that results where it is a policy."""
    what: Part = Note(line(f"{change.kind} on ", code(change.target)))
    if "Statement" not in change.document:
        return [what]
    return [what, Verbatim("The whole document after the change", name, json.dumps(change.document, indent=2))]
