"""The values that an unknown key could have, as far as the policies tell them apart."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from bot.iam.conditions import Condition, Witness
from bot.iam.conditions.strings import OTHER
from bot.iam.grants import ENCRYPTION_CONTEXT, Grant
from bot.iam.patterns import CommonTexts
from bot.iam.request import Request
from bot.iam.statement import Statement
from bot.iam.variables import Context, Template, Value

_MOST_COMBINED = 6
"""Of so many values sets are made, for the set operators."""

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

_ABSENT = Witness(None, "is absent", usual=True)
_UNMENTIONED = Witness(OTHER, "is another value", usual=True)
_EMPTY = Witness("", "is empty")
"""As a policy variable and for `ForAllValues:` an empty text is no value."""


def domain(
    key: str, request: Request, unknown: Collection[str], statements: Sequence[Statement], grants: Sequence[Grant]
) -> list[Witness] | None:
    """The values of a key to try.

    Args:
        key: The key, in lower case.
        request: The request.
        unknown: All unknown keys, in lower case.
        statements: The statements that can mean the action in the layers that bind the request.
        grants: The grants of the key that is asked for.

    Returns:
        A value for each class of values that come to the same; first one that the policies do not mention. None where
        there are too many to find.
    """
    context = {**request.context, **dict.fromkeys(unknown, OTHER)}
    conditions = [
        condition for statement in statements for condition in statement.conditions if condition.key.lower() == key
    ]
    search = CommonTexts()
    witnesses = [
        *_compared(conditions, context),
        *_shared(list(_patterns(conditions, context)), search),
        *_guessed(key, request, context, statements),
        *_granted(key, grants),
    ]
    if search.is_over:
        return None
    if _can_be_several(key) and any(map(_is_of_sets, conditions)):
        witnesses.extend(_sets(witnesses))
    usual = [witness for witness in witnesses if witness.usual]
    mentioned = [witness for witness in witnesses if not witness.usual]
    others = frozenset(unknown) - {key}
    is_compared_alone = not (
        any(others & condition.variables for condition in conditions)
        or any(grant.asks_for(key) for grant in grants)
        or any(key in _variables(statement) for statement in statements)
    )
    classes: dict[object, Witness] = {}
    for witness in (*usual, _ABSENT, *mentioned):
        mark = _answers(key, witness, conditions, request.context) if is_compared_alone else witness.value
        classes[mark] = _joined(classes[mark], witness) if mark in classes else witness
    return list(classes.values())


def _answers(key: str, witness: Witness, conditions: Sequence[Condition], context: Context) -> tuple[bool, ...]:
    """What the conditions on a key say of a value: values of which they say the same come to the same."""
    assumed = {**context, key: witness.value} if witness.value is not None else context
    return tuple(condition.holds(assumed) for condition in conditions)


def _joined(first: Witness, other: Witness) -> Witness:
    """A witness for the values of two, which come to the same."""
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


def _is_of_sets(condition: Condition) -> bool:
    """Whether a condition compares sets: keys of several values hold texts or ARNs."""
    base = condition.base
    return condition.quantifier is not None and base is not None and base.name.startswith(("String", "Arn"))


def _compared(conditions: Sequence[Condition], context: Context) -> Iterator[Witness]:
    """The values on either side of what conditions compare the key with; any, where they only ask if it is there."""
    if all(condition.base is None for condition in conditions):
        yield replace(_UNMENTIONED, phrase="is there")
    for condition in conditions:
        if _is_of_sets(condition):
            yield _EMPTY
        if condition.base is not None and condition.variables:
            yield _UNMENTIONED
        if condition.base is not None:
            for text in _filled(condition, context):
                yield from condition.base.witnesses(text)
                if condition.base.patterns and condition.has_templates:
                    yield Witness(text, f"is {text}")


def _patterns(conditions: Sequence[Condition], context: Context) -> Iterator[str]:
    """The patterns that conditions compare the key with."""
    for condition in conditions:
        if condition.base is not None and condition.base.patterns:
            yield from _filled(condition, context)


def _shared(patterns: Sequence[str], search: CommonTexts) -> Iterator[Witness]:
    """Values that several patterns match at once."""
    for some, text in search.shared(patterns):
        yield Witness(text, " and ".join(f"is like {pattern}" for pattern in some))


def _filled(condition: Condition, context: Context) -> Iterator[str]:
    """A condition's values with their variables put in."""
    for value in condition.values:
        text = value.text if value.template is None else value.template.text(context)
        if text is not None:
            yield text


def _guessed(key: str, request: Request, context: Context, statements: Sequence[Statement]) -> Iterator[Witness]:
    """Values with which a policy variable would give what it is compared with."""
    for statement in statements:
        for condition in statement.conditions:
            if key in condition.variables:
                compared = context.get(condition.key.lower(), ())
                for target in (compared,) if isinstance(compared, str) else compared:
                    for value in condition.values:
                        yield from _guesses(key, value.template, target)
        if statement.resources and key in statement.resources.keys and request.arn:
            for template in statement.resources.templates:
                yield from _guesses(key, template.last, request.arn[5])


def _guesses(key: str, template: Template | None, target: str) -> Iterator[Witness]:
    yield from (_UNMENTIONED, _EMPTY)
    for guess in template.guesses(key, target) if template else ():
        yield Witness(guess, f"is {guess}")


def _granted(key: str, grants: Sequence[Grant]) -> Iterator[Witness]:
    """The values that grants ask for."""
    for grant in grants:
        for wanted, value in grant.wanted():
            if wanted == key:
                yield Witness(value, f"is {value}")


def _sets(witnesses: Sequence[Witness]) -> Iterator[Witness]:
    """Sets of values, for a key that can have several."""
    single: dict[Value, Witness] = {witness.value: witness for witness in witnesses if isinstance(witness.value, str)}
    some = list(single.values())[:_MOST_COMBINED]
    for count in sorted({2, len(some)}):
        for chosen in combinations(some, count) if count > 1 else ():
            values = tuple(witness.value for witness in chosen if isinstance(witness.value, str))
            yield Witness(values, f"is {' and '.join(values)}")
