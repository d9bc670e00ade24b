"""String operators: exact, without regard to case, and with wildcards.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", String condition operators.
"""

from collections.abc import Iterator, Sequence

from bot.iam.conditions.operator import CandidateValue, Matches, Operator, PolicyValue, accepts_any
from bot.iam.patterns import Pattern
from bot.iam.variables import Context, Template
from bot.iam.wildcard import Token, Wild, compile_tokens, tokens_of

OTHER = "(another value)"
"""A text that no policy mentions."""


def _equals(values: Sequence[PolicyValue]) -> Matches:
    texts = frozenset(value.text for value in values if value.template is None)
    templates = _templates(values)
    if not templates:
        return lambda value, _context: value in texts
    return lambda value, context: value in texts or any(template.text(context) == value for template in templates)


def _equals_ignoring_case(values: Sequence[PolicyValue]) -> Matches:
    texts = frozenset(value.text.casefold() for value in values if value.template is None)
    templates = _templates(values)

    def matches(value: str, context: Context) -> bool:
        folded = value.casefold()
        return folded in texts or any(
            text.casefold() == folded for template in templates if (text := template.text(context)) is not None
        )

    return matches


def _like(values: Sequence[PolicyValue]) -> Matches:
    patterns = tuple(compile_tokens(tokens_of(value.text)) for value in values if value.template is None)
    templates = _templates(values)
    if not templates and len(patterns) == 1:
        (only,) = patterns
        return lambda value, _context: only(value)
    return lambda value, context: (
        any(pattern(value) for pattern in patterns)
        or any(_template_is_like(template, value, context) for template in templates)
    )


def _templates(values: Sequence[PolicyValue]) -> tuple[Template, ...]:
    return tuple(value.template for value in values if value.template is not None)


def _template_is_like(template: Template, value: str, context: Context) -> bool:
    tokens = template.tokens(context)
    return tokens is not None and compile_tokens(tokens)(value)


def _exact_candidates(value: Pattern) -> Iterator[CandidateValue]:
    yield CandidateValue(value.text, f"is {value.text}")
    yield CandidateValue(OTHER, "is another value", usual=True)


def _folded_candidates(value: Pattern) -> Iterator[CandidateValue]:
    yield CandidateValue(value.text.swapcase(), f"is {value.text} in other letters")
    yield from _exact_candidates(value)


def pattern_candidates(value: Pattern) -> Iterator[CandidateValue]:
    """Values that a pattern matches, and one that it does not."""
    phrase = f"is like {value.text}" if value.is_open else f"is {value.text}"
    for text in filled_in(value.tokens):
        yield CandidateValue(text, phrase)
    yield CandidateValue(OTHER, "is another value", usual=True)


def filled_in(tokens: Sequence[Token]) -> Iterator[str]:
    """Two texts that a pattern matches: a short one, and one that hardly any other pattern matches."""
    for star, gap in (("", "x"), (OTHER, "y")):
        fillings: dict[Token, str] = {Wild.STAR: star, Wild.ANY: gap}
        yield "".join(token if isinstance(token, str) else fillings[token] for token in tokens)


OPERATORS = (
    Operator("StringEquals", _equals, _exact_candidates, accepts_any, "is", variables=True),
    Operator("StringNotEquals", _equals, _exact_candidates, accepts_any, "is", variables=True, negated=True),
    Operator(
        "StringEqualsIgnoreCase",
        _equals_ignoring_case,
        _folded_candidates,
        accepts_any,
        "is",
        variables=True,
        folded=True,
    ),
    Operator(
        "StringNotEqualsIgnoreCase",
        _equals_ignoring_case,
        _folded_candidates,
        accepts_any,
        "is",
        variables=True,
        negated=True,
        folded=True,
    ),
    Operator("StringLike", _like, pattern_candidates, accepts_any, "is like", variables=True, patterns=True),
    Operator(
        "StringNotLike", _like, pattern_candidates, accepts_any, "is like", variables=True, patterns=True, negated=True
    ),
)
