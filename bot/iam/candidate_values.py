"""The values that an unknown key could have, as far as the policies tell them apart."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.iam.candidate_search import CandidateSearch
from bot.iam.conditions import CandidateValue, Condition
from bot.iam.grants import ENCRYPTION_CONTEXT, KmsGrant
from bot.iam.request import Request
from bot.iam.statement import Statement
from bot.iam.variables import Context

_MOST_COMPARISONS = 1_000_000
"""With so many comparisons it is found out which values come to the same; they take less than a second."""

_MOST_SETS = 256
"""So many sets of values that do not come to the same are told apart, for the set operators."""

_MOST_PHRASES = 3
"""So many of the values that come to the same are named."""

_MULTIVALUED = frozenset(
    [
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
    ]
)
"""The global keys that can have several values: AWS IAM User Guide, "AWS global condition context keys"."""

_ABSENT = CandidateValue(None, "is absent", usual=True)


def candidate_values(
    key: str, request: Request, unknown: Collection[str], statements: Sequence[Statement], grants: Sequence[KmsGrant]
) -> list[CandidateValue] | None:
    """The values of a key to try.

    Args:
        key: The key, in lower case.
        request: The request.
        unknown: All unknown keys, in lower case.
        statements: The statements that can match the action in the layers that bind the request.
        grants: The grants of the key that is asked for.

    Returns:
        A value for each class of values that come to the same; first one that the policies do not mention. None where
        there are too many to find.
    """
    candidates = CandidateSearch(key, request, unknown, statements, grants)
    found = candidates.find()
    compared = sum(len(condition.values) for condition in candidates.conditions)
    if found is None or len({candidate.value for candidate in found}) * compared > _MOST_COMPARISONS:
        return None
    others = frozenset(unknown) - {key}
    is_compared_alone = not (
        any(others & condition.variables for condition in candidates.conditions)
        or any(grant.asks_for(key) for grant in grants)
        or any(key in _variables(statement) for statement in statements)
    )
    classes = _Classes(key, request.context, candidates.conditions if is_compared_alone else None)
    for candidate in found:
        if candidate.usual:
            classes.add(candidate)
    if key not in request.shapes:
        classes.add(_ABSENT)
    for candidate in found:
        if not candidate.usual:
            classes.add(candidate)
    if _can_be_several(key) and any(condition.quantifier for condition in candidates.conditions):
        return classes.values if classes.add_sets() else None
    return classes.values


class _Classes:
    """The values of a key, one for all that come to the same.

    Args:
        key: The key, in lower case.
        context: The other keys.
        conditions: The conditions on the key, where nothing else tells its values apart; else None.
    """

    def __init__(self, key: str, context: Context, conditions: Sequence[Condition] | None) -> None:
        self._key = key
        self._context = context
        self._conditions = conditions
        self._found: dict[object, CandidateValue] = {}
        self._single: dict[object, CandidateValue] = {}

    @property
    def values(self) -> list[CandidateValue]:
        """A value of each class."""
        return list(self._found.values())

    def add(self, candidate: CandidateValue) -> None:
        """Takes a value, where none comes to the same."""
        mark = self._mark(candidate)
        self._found[mark] = _joined(self._found[mark], candidate) if mark in self._found else candidate
        if isinstance(candidate.value, str):
            self._single.setdefault(mark, candidate)

    def add_sets(self) -> bool:
        """Takes the sets of the values, for a key that can have several; False where there are too many.

        A set is made of one more value and a smaller set. What the set operators say of it follows from what they say
        of these two, so that of smaller sets that come to the same one is enough.
        """
        reached = dict(self._single)
        sets = list(reached.values())
        for some in sets:
            for one in self._single.values():
                both = _union(some, one)
                mark = self._mark(both)
                if mark not in reached:
                    reached[mark] = both
                    sets.append(both)
                    self.add(both)
            if len(sets) > _MOST_SETS:
                return False
        return True

    def _mark(self, candidate: CandidateValue) -> object:
        """What the conditions say of a value: values of which they say the same come to the same."""
        if self._conditions is None:
            return candidate.value if isinstance(candidate.value, str | None) else frozenset(candidate.value)
        assumed = {**self._context, self._key: candidate.value} if candidate.value is not None else self._context
        return tuple(condition.holds(assumed) for condition in self._conditions)


def _union(some: CandidateValue, one: CandidateValue) -> CandidateValue:
    """The values of both; itself where one has all of the other."""
    values = tuple(dict.fromkeys([*_listed(some), *_listed(one)]))
    return CandidateValue(values, f"is {' and '.join(values)}") if len(values) > len(_listed(some)) else some


def _listed(candidate: CandidateValue) -> Sequence[str]:
    return (candidate.value,) if isinstance(candidate.value, str) else candidate.value or ()


def _joined(first: CandidateValue, other: CandidateValue) -> CandidateValue:
    """A candidate for the values of two, which come to the same."""
    phrases = first.phrase.split(" or ")
    if first.usual or other.usual or other.phrase in phrases or len(phrases) > _MOST_PHRASES:
        return first
    more = other.phrase if len(phrases) < _MOST_PHRASES else "so on"
    return replace(first, phrase=f"{first.phrase} or {more}")


def _variables(statement: Statement) -> frozenset[str]:
    """The keys, in lower case, that stand in a statement as policy variables."""
    variables = frozenset[str]().union(*(condition.variables for condition in statement.conditions))
    return variables | statement.resources.keys if statement.resources else variables


def _can_be_several(key: str) -> bool:
    """Whether a key can have several values: of those of services it is taken from how policies ask for them."""
    return key in _MULTIVALUED or not key.startswith(("aws:", ENCRYPTION_CONTEXT))
