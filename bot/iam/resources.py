"""The `Resource` and `NotResource` elements: which resources a statement means.

Sources: AWS IAM User Guide, "IAM JSON policy elements: Resource" and "IAM policy elements: Variables and tags". ARNs
are compared segment by segment, upper and lower case being different, but a star that ends a segment runs over the
colons; policy variables stand in the last segment only. A bare `*` means every resource, also a request that names
none. What an ARN of fewer segments lacks may also be anything.
"""

from collections.abc import Iterator, Sequence

from bot.iam.arn import SEGMENTS, Arn, ResourcePattern, endings, matches_resource
from bot.iam.patterns import CommonTexts, Pattern
from bot.iam.variables import Context, Template, parse_template
from bot.iam.wildcard import Token, tokens_of


class Resources:
    """A `Resource` or `NotResource` element. Its patterns are compiled when a resource first meets them.

    Args:
        values: The element's values as the policy spells them.
        excepting: Whether it is `NotResource`.
        variables: Whether the document's version knows policy variables.
    """

    __slots__ = ("_patterns", "everything", "excepting", "keys", "templates", "values")

    def __init__(self, values: Sequence[str], *, excepting: bool, variables: bool) -> None:
        self.values = tuple(values)
        self.excepting = excepting
        self.everything = any(map(_is_everything, values))
        self.templates = tuple(filter(None, map(_template, values))) if variables else ()
        self.keys = frozenset[str]().union(*(template.keys for template in self.templates))
        self._patterns: tuple[ResourcePattern, ...] | None = None

    def matches(self, resource: str, arn: Arn | None, context: Context) -> bool:
        """Whether the statement means a resource.

        Args:
            resource: The request's resource.
            arn: The same in its segments, None for a request whose resource is `*`.
            context: The request's condition keys, for policy variables.
        """
        listed = self.everything or (arn is not None and self._lists(resource, arn, context))
        return listed is not self.excepting

    def could_match(self, arn: Arn, context: Context) -> bool:
        """Whether the statement may mean a resource of whose ARN a part is not known.

        Args:
            arn: The segments of the ARN; a star in the last one stands for a part that is not known.
            context: The request's condition keys, for policy variables.
        """
        shape = Pattern.of(arn[-1])
        asked = (pattern for patterns in self.asked_of_last_segment(arn, context) for pattern in patterns)
        return self.excepting or any(CommonTexts().find((shape, pattern)) is not None for pattern in asked)

    def asked_of_last_segment(self, arn: Arn, context: Context) -> Iterator[list[Pattern]]:
        """What each of the element's values asks of the last segment of an ARN whose others are known.

        Args:
            arn: The segments of the ARN.
            context: The request's condition keys, for policy variables; where one has no value, nothing matches.

        Yields:
            For each value the patterns one of which the last segment has to match; none that another one covers.
        """
        written = {template.value for template in self.templates}
        plain = [(value, tokens_of(value)) for value in self.values if value not in written and is_readable(value)]
        filled = [(template.value, template.tokens(context)) for template in self.templates]
        for value, tokens in (*plain, *filled):
            patterns: list[Pattern] = []
            for last in endings(tokens, arn[: SEGMENTS - 1]) if tokens else ():
                pattern = Pattern(value, tuple(last))
                if not any(known.covers(pattern) for known in patterns):
                    patterns = [*(known for known in patterns if not pattern.covers(known)), pattern]
            yield patterns

    def _lists(self, resource: str, arn: Arn, context: Context) -> bool:
        if self._patterns is None:
            written = {template.value for template in self.templates}
            plain = (value for value in self.values if value not in written and is_readable(value))
            self._patterns = tuple(map(ResourcePattern, plain))
        for pattern in self._patterns:
            if pattern.matches(resource, arn):
                return True
        return any(template.matches(arn, context) for template in self.templates)


class _ArnTemplate:
    """A pattern whose last segment holds policy variables."""

    __slots__ = ("_front", "keys", "last", "value")

    def __init__(self, value: str, front: Sequence[Token], last: Template) -> None:
        self.value = value
        self._front = tuple(front)
        self.last = last
        self.keys = last.keys

    def matches(self, arn: Arn, context: Context) -> bool:
        """Whether a resource, given in its segments, matches with the variables put in."""
        tokens = self.tokens(context)
        return bool(tokens) and matches_resource(tokens, arn)

    def tokens(self, context: Context) -> tuple[Token, ...]:
        """The pattern with the variables put in; nothing where one has no value."""
        tokens = self.last.tokens(context)
        return () if tokens is None else (*self._front, *tokens)


def _template(value: str) -> _ArnTemplate | None:
    if "${" not in value:
        return None
    segments = value.split(":", SEGMENTS - 1)
    if len(segments) < SEGMENTS:
        return None
    last = parse_template(segments[-1])
    if last is None:
        return None
    return _ArnTemplate(value, tokens_of(value[: -len(segments[-1])]), last)


def is_readable(value: str) -> bool:
    """Whether a value is a bare `*` or an ARN, with variables, if any, in its sixth segment."""
    if _is_everything(value):
        return True
    if value.startswith("arn:") and "${" not in value:
        return True
    segments = value.split(":", SEGMENTS - 1)
    front = segments[: SEGMENTS - 1]
    is_arn = len(segments) == SEGMENTS or value.startswith("arn:")
    return is_arn and not any("${" in segment for segment in front)


def _is_everything(value: str) -> bool:
    return value.startswith("*") and not value.strip("*")
