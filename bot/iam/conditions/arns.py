"""ARN operators: each of the six segments is compared on its own, with wildcards.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", Amazon Resource Name (ARN) condition
operators: `ArnEquals` behaves as `ArnLike`, `ArnNotEquals` as `ArnNotLike`. A bare `*` stands for every value.
"""

from collections.abc import Callable, Sequence

from bot.iam.arn import ArnPattern, is_anything, split_arn, split_tokens
from bot.iam.conditions.operator import Matches, Operator, PolicyValue
from bot.iam.conditions.strings import pattern_candidates
from bot.iam.variables import Context, Template
from bot.iam.wildcard import Token, tokens_of


def _like(values: Sequence[PolicyValue]) -> Matches:
    patterns = tuple(_pattern(tokens_of(value.text)) for value in values if value.template is None)
    templates = tuple(value.template for value in values if value.template is not None)
    return lambda value, context: (
        any(pattern(value) for pattern in patterns)
        or any(_template_matches(template, value, context) for template in templates)
    )


def _pattern(tokens: Sequence[Token]) -> Callable[[str], bool]:
    if is_anything(tokens):
        return lambda _value: True
    segments = split_tokens(tokens)
    if segments is None:
        return lambda _value: False
    matches = ArnPattern(segments)
    return lambda value: matches(split_arn(value))


def _template_matches(template: Template, value: str, context: Context) -> bool:
    tokens = template.tokens(context)
    return tokens is not None and _pattern(tokens)(value)


def _accepts(text: str) -> bool:
    return text == "*" or split_tokens(tokens_of(text)) is not None


OPERATORS = tuple(
    Operator(name, _like, pattern_candidates, _accepts, "is like", negated="Not" in name, variables=True, patterns=True)
    for name in ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
)
