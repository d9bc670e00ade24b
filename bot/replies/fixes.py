"""A fix as a person applies it: in words, as commands, as Terraform, and as the documents that result."""

import json
from collections.abc import Mapping
from typing import Final

from bot.diagnosis.model import Change, DiagnosisDocument, Fix
from bot.replies.causes import VERIFIED, capital, is_made_by_another, names_of, not_verified
from bot.replies.document import Heading, Line, Page, Paragraph, Part, Verbatim, code, line, strong
from bot.replies.naming import Names

FIX: Final = "fix"
"""The slot of the fix in a thread."""
FORMS: Final[Mapping[str, str]] = {"cli": "AWS CLI", "terraform": "Terraform", "json": "JSON"}
"""The forms in which a fix can be shown."""


def fix_page(answer: DiagnosisDocument) -> tuple[Page, ...]:
    """Every fix, in the order in which they are to be made, as commands of the AWS CLI; none where there is no fix.

    What the head says is not repeated; a second choice is named here, and its commands are behind the button.
    """
    fixed, names = [(number, fix) for number, fix in fixes_of(answer) if not is_made_by_another(fix)], names_of(answer)
    if not fixed:
        return ()
    single = len(fixed) == 1
    heading = f"The fix, for the {fixed[0][1].owner}" if single else f"The {len(fixed)} fixes, in this order"
    parts: list[Part] = []
    for number, fix in fixed:
        if not single:
            parts.append(Paragraph(line(strong(f"{number}. {capital(fix.owner)}"))))
        parts += [*_caution(fix, names), *_form(fix, "cli", f"fix-{number}")]
        if fix.alternative:
            parts.append(Paragraph(line(strong("Or instead: "), *names.sentence(fix.alternative.summary))))
    return (Page(FIX, f"{heading}: {fixed[0][1].summary}", (Heading(heading), *parts)),)


def forms_of(answer: DiagnosisDocument) -> tuple[str, ...]:
    """The forms that at least one fix of an answer has."""
    fixes = [fix for _number, fix in fixes_of(answer)]
    return tuple(
        form
        for form in FORMS
        if any({"cli": f.cli, "terraform": f.terraform, "json": _policies(f)}[form] for f in fixes)
    )


def fixes_of(answer: DiagnosisDocument) -> list[tuple[int, Fix]]:
    """The fixes, with the numbers by which people know them."""
    return list(enumerate((cause.fix for cause in answer.causes if cause.fix), start=1))


def fix_parts(answer: DiagnosisDocument, *forms: str) -> list[Part]:
    """Every fix in some forms, with its second choice.

    Args:
        answer: The answer.
        forms: `cli`, `terraform` or `json`.
    """
    names, fixed = names_of(answer), fixes_of(answer)
    parts: list[Part] = []
    for number, fix in fixed:
        parts.append(Paragraph(_who(fix, names, f"{number}. " if len(fixed) > 1 else "")))
        if is_made_by_another(fix):
            continue
        parts += _way(fix, forms, f"fix-{number}", names)
        if fix.alternative:
            parts.append(Paragraph(line(strong("Or instead: "), *names.sentence(fix.alternative.summary))))
            parts += _way(fix.alternative, forms, f"fix-{number}-instead", names)
    return parts or [Paragraph(line("I have no fix for this."))]


def _who(fix: Fix, names: Names, number: str) -> Line:
    says = VERIFIED if fix.proven else not_verified(fix)
    return (*line(strong(f"{number}{capital(fix.owner)}: ")), *names.sentence(f"{fix.summary} {says}"))


def _way(fix: Fix, forms: tuple[str, ...], name: str, names: Names) -> list[Part]:
    """How to make a fix, in some forms."""
    return [*_caution(fix, names), *(part for form in forms for part in _form(fix, form, name))]


def _caution(fix: Fix, names: Names) -> list[Part]:
    if not fix.caution:
        return []
    return [Paragraph(line(strong("Before you change it: "), *names.sentence(fix.caution)))]


def _form(fix: Fix, form: str, name: str) -> list[Part]:
    """A fix in one form; a sentence where it does not have that form."""
    if form == "cli":
        return [Verbatim("AWS CLI", f"{name}.sh", "\n".join(fix.cli))] if fix.cli else _none("AWS CLI commands")
    if form == "terraform":
        return [Verbatim("Terraform", f"{name}.tf", fix.terraform)] if fix.terraform else _none("Terraform form")
    parts: list[Part] = []
    for position, change in enumerate(_policies(fix), start=1):
        parts.append(Paragraph(line("The whole policy ", code(change.name or change.target), " after the change:")))
        parts.append(Verbatim("JSON", f"{name}-{position}.json", json.dumps(change.document, indent=2)))
    return parts or _none("policy document")


def _policies(fix: Fix) -> list[Change]:
    """The changes whose document is a policy: that of another one only names what is attached."""
    return [change for change in fix.changes if "Statement" in change.document]


def _none(form: str) -> list[Part]:
    return [Paragraph(line(f"This fix has no {form}."))]
