"""The ways that were chosen to fix each cause, put together: each document is changed by one command.

Two causes may be in one document, such as two statements of a trust policy. Its first change then writes what comes
out at last, since the commands put whole documents and the job fails until both changes are made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.fixes.deleted_principals import without_deleted_principals
from bot.diagnosis.fixes.documents import without_repeats
from bot.diagnosis.fixes.repair import PlannedFix
from bot.diagnosis.model import Cause, Fix
from bot.diagnosis.subject_facts import SubjectFacts
from knowledge.causes import cause_codes

_TOGETHER: Final = "One command makes these changes, and all of them are needed."

Thing = tuple[str, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to fix a cause."""

    planned: PlannedFix
    not_proven: str | None = None
    """Why it is not verified; None where it is."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a cause is fixed."""

    cause: Cause
    facts: SubjectFacts
    """What is known where it is fixed."""
    first: Choice
    second: Choice | None = None
    """Another way, which is verified too."""

    @property
    def changes(self) -> tuple[PlannedChange, ...]:
        """The changes that count on those of the fixes before, and that those after it count on."""
        return () if self.first.not_proven else self.first.planned.changes


def combined(chosen: Sequence[Chosen]) -> list[Fix]:
    """The fixes in their order, with each document changed by the first of them that changes it."""
    result = {_thing(change): change for each in chosen for change in each.changes}
    writers = {_thing(change): number for number, each in reversed(_numbered(chosen)) for change in each.changes}
    return [_fix(_together(number, chosen, result, writers)) for number, _each in _numbered(chosen)]


def _numbered(chosen: Sequence[Chosen]) -> list[tuple[int, Chosen]]:
    """The fixes with the numbers by which people know them."""
    return list(enumerate(chosen, start=1))


def _together(
    number: int, chosen: Sequence[Chosen], result: Mapping[Thing, PlannedChange], writers: Mapping[Thing, int]
) -> Chosen:
    """A fix with the changes that later ones make in its documents, and without those that an earlier one makes.

    Args:
        number: Which fix.
        chosen: All of them.
        result: For each thing, the change after which it is as all fixes want it.
        writers: For each thing, the number of the fix that makes this change.
    """
    own = chosen[number - 1]
    joined = [each.first.planned for at, each in _numbered(chosen) if at > number and number in _by(each, writers)]
    if not joined and set(_by(own, writers)) <= {number}:
        return own
    planned = own.first.planned
    changes = tuple(result[_thing(change)] for change in own.changes if writers[_thing(change)] == number)
    if not changes:
        summary = f"Nothing more: the command of fix {_by(own, writers)[0]} makes this change, too."
        return replace(own, first=Choice(PlannedFix(summary)), second=None)
    cautions = without_repeats(filter(None, [planned.caution, *(each.caution for each in joined)]))
    summary = " ".join([planned.summary, *(each.summary for each in joined), _TOGETHER])
    together = replace(planned, summary=summary, changes=changes, caution=" ".join(cautions) or None)
    return replace(own, first=Choice(together), second=None)


def _by(each: Chosen, writers: Mapping[Thing, int]) -> list[int]:
    """The numbers of the fixes that make the changes of one."""
    return [writers[_thing(change)] for change in each.changes]


def _thing(change: PlannedChange) -> Thing:
    """What a change changes: two changes of one thing are one, the later of which says what comes out."""
    return (change.KIND, change.target, change.name, change.document.get("PolicyArn"))


def _fix(chosen: Chosen) -> Fix:
    second = _told(chosen, chosen.second, None) if chosen.second else None
    return _told(chosen, chosen.first, second)


def _told(chosen: Chosen, choice: Choice, alternative: Fix | None) -> Fix:
    """One way to fix a cause, as a part of the diagnosis."""
    planned = without_deleted_principals(choice.planned, chosen.facts)
    return Fix(
        summary=planned.summary,
        owner=cause_codes()[chosen.cause.code].owner,
        changes=tuple(change.to_model() for change in planned.changes),
        cli=tuple(change.cli() for change in planned.changes),
        terraform="\n\n".join(filter(None, (change.terraform() for change in planned.changes))),
        proven=choice.not_proven is None,
        not_proven=choice.not_proven,
        caution=planned.caution,
        alternative=alternative,
    )
