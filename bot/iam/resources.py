"""The `Resource` and `NotResource` elements: which resources a statement means.

Sources: AWS IAM User Guide, "IAM JSON policy elements: Resource" and "IAM policy elements: Variables and tags". ARNs
are compared segment by segment, upper and lower case being different, but a star that ends a segment runs over the
colons; policy variables stand in the last segment only. A bare `*` means every resource, also a request that names
none. What an ARN of fewer segments lacks may also be anything.
"""

from collections.abc import Sequence

from bot.iam.arn import SEGMENTS, Arn, ResourcePattern, is_anything
from bot.iam.variables import Context, Template, parse_template
from bot.iam.wildcard import Token, tokens_of


class Resources:
    """A compiled `Resource` or `NotResource` element.

    Args:
        values: The element's values as the policy spells them.
        excepting: Whether it is `NotResource`.
        variables: Whether the document's version knows policy variables.
    """

    __slots__ = ("everything", "excepting", "keys", "patterns", "templates", "values")

    def __init__(self, values: Sequence[str], *, excepting: bool, variables: bool) -> None:
        self.values = tuple(values)
        self.excepting = excepting
        self.everything = any(is_anything(tokens_of(value)) for value in values)
        patterns: list[ResourcePattern] = []
        templates: list[_ArnTemplate] = []
        for value in values:
            template = _template(value) if variables else None
            if template is not None:
                templates.append(template)
            elif is_readable(value):
                patterns.append(ResourcePattern(tokens_of(value)))
        self.patterns = tuple(patterns)
        self.templates = tuple(templates)
        self.keys = frozenset[str]().union(*(template.keys for template in templates))

    def matches(self, arn: Arn | None, context: Context) -> bool:
        """Whether the statement means a resource.

        Args:
            arn: The request's resource in its segments, None for a request whose resource is `*`.
            context: The request's condition keys, for policy variables.
        """
        return self._lists(arn, context) is not self.excepting

    def _lists(self, arn: Arn | None, context: Context) -> bool:
        if self.everything:
            return True
        for pattern in self.patterns:
            if pattern(arn):
                return True
        return any(template(arn, context) for template in self.templates)


class _ArnTemplate:
    """A pattern whose last segment holds policy variables."""

    __slots__ = ("_front", "keys", "last")

    def __init__(self, front: Sequence[Token], last: Template) -> None:
        self._front = tuple(front)
        self.last = last
        self.keys = last.keys

    def __call__(self, arn: Arn | None, context: Context) -> bool:
        tokens = self.last.tokens(context)
        return tokens is not None and ResourcePattern([*self._front, *tokens])(arn)


def _template(value: str) -> _ArnTemplate | None:
    segments = value.split(":", SEGMENTS - 1)
    if len(segments) < SEGMENTS:
        return None
    last = parse_template(segments[-1])
    if last is None:
        return None
    return _ArnTemplate(tokens_of(value[: -len(segments[-1])]), last)


def is_readable(value: str) -> bool:
    """Whether a value is a bare `*` or an ARN, with variables, if any, in its sixth segment."""
    if is_anything(tokens_of(value)):
        return True
    segments = value.split(":", SEGMENTS - 1)
    front = segments[: SEGMENTS - 1]
    is_arn = len(segments) == SEGMENTS or value.startswith("arn:")
    return is_arn and not any("${" in segment for segment in front)
