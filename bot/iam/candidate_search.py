"""The values of an unknown key that are worth trying: what policies and grants mention, and what is beyond that."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bot.iam.arn import behind_colons
from bot.iam.conditions import CandidateValue, Condition, Operator
from bot.iam.conditions.strings import OTHER, filled_in
from bot.iam.grants import KmsGrant
from bot.iam.patterns import CommonTexts, Pattern
from bot.iam.remembering import Remembered
from bot.iam.request import Request
from bot.iam.statement import Statement
from bot.iam.variables import Context, Template
from bot.iam.wildcard import compile_tokens, tokens_of

_MOST_TEXT = 200_000
"""The characters of patterns of which it is remembered what they have in common."""


class CandidateSearch:
    """Looks for the values of one key.

    Args:
        key: The key, in lower case.
        request: The request.
        unknown: All unknown keys, in lower case.
        statements: The statements that can match the action in the layers that bind the request.
        grants: The grants of the key that is asked for.

    Attributes:
        conditions: The conditions on the key.
        shapes: The patterns one of which its value matches; none where nothing is known of it.
    """

    def __init__(
        self,
        key: str,
        request: Request,
        unknown: Collection[str],
        statements: Sequence[Statement],
        grants: Sequence[KmsGrant],
    ) -> None:
        self.key = key
        self.shapes = tuple(map(Pattern.of, request.shapes.get(key, ())))
        self.conditions = [
            condition for statement in statements for condition in statement.conditions if condition.key.lower() == key
        ]
        self._request = request
        self._unknown = frozenset(unknown)
        self._context: Context = {**request.context, **dict.fromkeys(unknown, OTHER)}
        self._statements = statements
        self._grants = grants

    def find(self) -> list[CandidateValue] | None:
        """The values that could be told apart, absence aside; None where there are too many to find."""
        mentioned = [*self._compared(), *self._guessed(), *self._granted()]
        if not self.shapes:
            shared = _shared(None, list(self._patterns()))
            return None if shared is None else [*mentioned, *shared]
        if not all(map(_compares_texts, self.conditions)):
            return None
        matches = [compile_tokens(shape.tokens) for shape in self.shapes]
        patterns = list(self._patterns())
        found = []
        for shape in self.shapes:
            of_shape = values_of_shape(shape, patterns)
            if of_shape is None:
                return None
            found += of_shape
        return [each for each in (*found, *mentioned) if any(fits(str(each.value)) for fits in matches)]

    def _compared(self) -> Iterator[CandidateValue]:
        """The values on either side of what the key is compared with; any, where it is only asked if it is there."""
        if all(condition.base is None for condition in self.conditions):
            yield replace(_UNMENTIONED, phrase="is there")
        for condition in self.conditions:
            if condition.base is not None:
                if condition.variables:
                    yield _UNMENTIONED
                for value in self._values(condition, condition.base):
                    yield from condition.base.candidate_values(value)

    def _patterns(self) -> Iterator[Pattern]:
        """The patterns that the key is compared with."""
        for condition in self.conditions:
            if condition.base is not None and (condition.base.patterns or condition.base.folded):
                yield from self._values(condition, condition.base)

    def _values(self, condition: Condition, base: Operator) -> Iterator[Pattern]:
        """A condition's values with their variables put in."""
        for value in condition.values:
            if value.template is None:
                yield Pattern(value.text, tokens_of(value.text) if base.patterns else (value.text,), base.folded)
                continue
            text, tokens = value.template.text(self._context), value.template.tokens(self._context)
            if text is not None and tokens is not None:
                yield Pattern(text, tokens if base.patterns else (text,), base.folded)

    def _guessed(self) -> Iterator[CandidateValue]:
        """Values with which a policy variable would give what it is compared with."""
        for statement in self._statements:
            for condition in statement.conditions:
                if self.key in condition.variables:
                    for target in self._compared_with(condition.key.lower()):
                        for value in condition.values:
                            yield from self._guesses(value.template, target)
            if statement.resources and self.key in statement.resources.keys and self._request.arn:
                for template in statement.resources.templates:
                    for target in self._resources(self._request.arn[5]):
                        yield from self._guesses(template.last, target)

    def _resources(self, last: str) -> Iterator[str]:
        """What a variable in a resource is compared with; of a resource that is known in part what policies mention."""
        yield from behind_colons(last)
        if (partial := self._request.partial) is None:
            return
        elements = (statement.resources for statement in self._statements if statement.resources)
        asked = (of_value for element in elements for of_value in element.asked_of_last_segment(partial, self._context))
        for pattern in (pattern for of_value in asked for pattern in of_value):
            yield from filled_in(pattern.tokens)

    def _compared_with(self, key: str) -> Iterator[str]:
        """The values of a key that a variable is compared with; of an unknown one those that policies mention."""
        value = self._context.get(key, ())
        yield from (value,) if isinstance(value, str) else value
        for statement in self._statements if key in self._unknown else ():
            for condition in statement.conditions:
                if condition.key.lower() == key and condition.base is not None:
                    for pattern in self._values(condition, condition.base):
                        yield from filled_in(pattern.tokens)

    def _guesses(self, template: Template | None, target: str) -> Iterator[CandidateValue]:
        yield _UNMENTIONED
        for guess in template.guesses(self.key, target) if template else ():
            yield CandidateValue(guess, f"is {guess}")

    def _granted(self) -> Iterator[CandidateValue]:
        """The values that grants ask for."""
        for grant in self._grants:
            for wanted, value in grant.wanted():
                if wanted == self.key:
                    yield CandidateValue(value, f"is {value}")


def values_of_shape(shape: Pattern, patterns: Sequence[Pattern]) -> list[CandidateValue] | None:
    """The values of a shape that patterns could tell apart.

    Args:
        shape: A pattern that the value is known to match.
        patterns: What it is compared with.

    Returns:
        First one that the patterns do not mention, then those that they match, alone and together; some may be of
        another shape. None where there are too many to find.
    """
    if not shape.is_open:
        return [CandidateValue(shape.text, f"is {shape.text}")]
    shared = _shared(shape, patterns)
    return None if shared is None else [*_within(shape, patterns), *shared]


def _within(shape: Pattern, patterns: Sequence[Pattern]) -> Iterator[CandidateValue]:
    """Values of a shape: one that the policies do not mention, and those that patterns leave open in its middle."""
    *_, other = filled_in(shape.tokens)
    yield replace(_UNMENTIONED, value=other)
    end = shape.tokens[-1] if isinstance(shape.tokens[-1], str) else ""
    for pattern in patterns:
        for rest in pattern.rests(shape.head):
            for text in filled_in(rest):
                yield CandidateValue(shape.head + text, _phrase([pattern]))
                yield CandidateValue(shape.head + text + end, _phrase([pattern]))


def _shared(shape: Pattern | None, patterns: Sequence[Pattern]) -> tuple[CandidateValue, ...] | None:
    """Values that several patterns match at once, and a shape if there is one; None where there are too many to find.

    A diagnosis asks this again for each fix that it verifies, and the next one of much the same policies, so that it is
    remembered.
    """
    asked = shape, tuple(patterns)
    known = _SHARED.get(asked)
    if known is None:
        search = CommonTexts(shape)
        found = tuple(CandidateValue(text, _phrase(some)) for some, text in search.shared(patterns))
        known = (None if search.is_over else found,)
        _SHARED.put(asked, known, sum(len(pattern.text) for pattern in patterns))
    return known[0]


_SHARED: Remembered[tuple[Pattern | None, tuple[Pattern, ...]], tuple[tuple[CandidateValue, ...] | None]] = Remembered(
    _MOST_TEXT
)

_UNMENTIONED = CandidateValue(OTHER, "is another value", usual=True)


def _phrase(patterns: Sequence[Pattern]) -> str:
    return " and ".join(map(_what_matches, patterns))


def _what_matches(pattern: Pattern) -> str:
    if pattern.folded:
        return f"is {pattern.text} in any letters"
    return f"is like {pattern.text}" if pattern.is_open else f"is {pattern.text}"


def _compares_texts(condition: Condition) -> bool:
    """Whether a condition compares values as they are written; one that only asks for their presence does."""
    return condition.base is None or condition.base.name.startswith(("Arn", "String"))
