"""The values that an unknown key could have, as far as the policies tell them apart."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.iam.arn import Arn, split_arn
from bot.iam.candidate_search import CandidateSearch, values_of_shape
from bot.iam.conditions import CandidateValue
from bot.iam.conditions.strings import OTHER, filled_in
from bot.iam.grants import ENCRYPTION_CONTEXT, KmsGrant
from bot.iam.patterns import Pattern
from bot.iam.request import Request
from bot.iam.statement import Statement
from bot.iam.variables import Context
from bot.iam.wildcard import compile_tokens

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

    def answers(candidate: CandidateValue) -> object:
        """What the conditions say of a value."""
        assumed = {**request.context, key: candidate.value} if candidate.value is not None else request.context
        return tuple(condition.holds(assumed) for condition in candidates.conditions)

    classes = _Classes(answers if is_compared_alone else _itself)
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


def candidate_resources(
    partial: Arn,
    request: Request,
    unknown: Mapping[str, list[CandidateValue] | None],
    statements: Sequence[Statement],
    grants: Sequence[KmsGrant],
) -> list[CandidateValue] | None:
    """The resources to try of which a request's ARN knows a part.

    Args:
        partial: The segments of the ARN; a star in the last one stands for a part that is not known.
        request: The request.
        unknown: All unknown keys, in lower case, each with the values that are tried.
        statements: The statements that can match the action in the layers that bind the request.
        grants: The grants of the key that is asked for.

    Returns:
        A resource for each class of resources that come to the same; None where there are too many to find.
    """
    front, shape = ":".join(partial[:-1]), Pattern.of(partial[-1])
    context: Context = {**request.context, **dict.fromkeys(unknown, OTHER)}
    elements = [statement.resources for statement in statements if statement.resources]
    asked = [
        of_value
        for element in elements
        for assumed in _assuming(context, {key: unknown[key] for key in element.keys & unknown.keys()})
        for of_value in element.asked_of_last_segment(partial, assumed)
    ]
    telling = [of_value for of_value in asked if not any(pattern.covers(shape) for pattern in of_value)]
    patterns = list(dict.fromkeys(pattern for of_value in telling for pattern in of_value))
    patterns += [Pattern.of(f"key/{grant.key}") for grant in grants if grant.key]
    found = values_of_shape(shape, patterns)
    if found is None or len({candidate.value for candidate in found}) * len(patterns) > _MOST_COMPARISONS:
        return None
    is_variable = any(element.keys & unknown.keys() for element in elements)

    def answers(candidate: CandidateValue) -> object:
        """What the statements say of a resource."""
        resource = str(candidate.value)
        arn = split_arn(resource)
        return tuple(element.matches(resource, arn, context) for element in elements)

    classes = _Classes(_itself if is_variable or grants else answers)
    fits = compile_tokens(shape.tokens)
    usual = [CandidateValue(text, "is another value", usual=True) for text in filled_in(shape.tokens)]
    for candidate in (*usual, *found):
        last = str(candidate.value)
        if fits(last) and last.count(":") == shape.text.count(":"):
            classes.add(replace(candidate, value=f"{front}:{last}"))
    return classes.values


def _assuming(context: Context, variables: Mapping[str, list[CandidateValue] | None]) -> Iterator[Context]:
    """Condition keys, in which each of some unknown ones has one after the other of the values that are tried."""
    yield context
    for key, candidates in variables.items():
        for candidate in candidates or ():
            if candidate.value is not None:
                yield {**context, key: candidate.value}


def _itself(candidate: CandidateValue) -> object:
    """A value that comes to the same as no other."""
    return candidate.value if isinstance(candidate.value, str | None) else frozenset(candidate.value)


class _Classes:
    """The values of a key, one for all that come to the same.

    Args:
        mark: What the policies say of a value: values of which they say the same come to the same.
    """

    def __init__(self, mark: Callable[[CandidateValue], object]) -> None:
        self._mark = mark
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
