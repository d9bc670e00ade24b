"""Ids of principals that were deleted: no fix writes one back, since AWS refuses a policy that names one.

What is left of the ARN of a deleted role or user is its unique id. A new role of the same name has another one, so that
the statement means nobody any more ("AWS JSON policy elements: Principal", IAM User Guide).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.diagnosis.facts.documents import statements_of
from bot.diagnosis.fixes.documents import Document, without_repeats
from bot.diagnosis.fixes.repair import PlannedFix, listed
from bot.diagnosis.subject_facts import SubjectFacts
from bot.iam import is_unique_id

_ELEMENTS: Final = ("Principal", "NotPrincipal")
_KIND: Final = "AWS"


def without_deleted_principals(planned: PlannedFix, facts: SubjectFacts) -> PlannedFix:
    """The planned fix with no id of a deleted principal in what it writes; says which it leaves out.

    Args:
        planned: The fix.
        facts: What is known, with the ids of the roles at hand, which are not deleted.
    """
    living = {role.unique_id for role in (facts.role, facts.service_linked_role) if role and role.unique_id}
    gone = without_repeats(name for change in planned.changes for name in deleted_principals(change.document, living))
    if not gone:
        return planned
    changes = tuple(replace(change, document=_without(change.document, gone)) for change in planned.changes)
    says = (
        f"The policy still names {listed(gone)}, the id of a principal that was deleted. It means nobody, not even a "
        "role that was created again under its name, and AWS refuses a policy with it: the change leaves it out."
    )
    return replace(planned, changes=changes, caution=" ".join(filter(None, [planned.caution, says])))


def deleted_principals(document: Any, living: Collection[str] = ()) -> list[str]:
    """The unique ids by which the statements of a document name principals that are gone, each once.

    Args:
        document: A policy document as AWS shows it.
        living: The ids of principals that are known to be there.
    """
    named = (name for statement in statements_of(document) for name in _named(statement))
    return without_repeats(name for name in named if is_unique_id(name) and name not in living)


def _named(statement: Document) -> Iterator[str]:
    for element in _ELEMENTS:
        principals = statement.get(element)
        named = principals.get(_KIND, []) if isinstance(principals, Mapping) else []
        yield from [named] if isinstance(named, str) else named


def _without(document: Mapping[str, Any], gone: Collection[str]) -> Document:
    """The document without the ids; a statement that names nobody else goes with them."""
    statements = (_narrowed(statement, gone) for statement in statements_of(document))
    return {**document, "Statement": [statement for statement in statements if statement]}


def _narrowed(statement: Document, gone: Collection[str]) -> Document | None:
    """The statement without the ids; None where nobody is left whom it means.

    An exception for nobody (`NotPrincipal`) leaves everybody.
    """
    if not set(gone).intersection(_named(statement)):
        return statement
    element = next(name for name in _ELEMENTS if name in statement)
    principals = dict(statement[element])
    left = [name for name in _named(statement) if name not in gone]
    principals.pop(_KIND)
    if left:
        principals[_KIND] = left
    if principals:
        return {**statement, element: principals}
    if element == "Principal":
        return None
    return {**{name: part for name, part in statement.items() if name != element}, "Principal": "*"}
