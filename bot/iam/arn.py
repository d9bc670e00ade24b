"""Amazon Resource Names: six segments between colons, of which only the last may hold further colons.

Sources: AWS IAM User Guide, "IAM ARNs", "IAM JSON policy elements: Condition operators" (each of the six segments is
checked separately) and "IAM JSON policy elements: Resource" (a star that ends a segment runs over the colons).
"""

from collections.abc import Iterator, Sequence

from bot.iam.wildcard import Matcher, Token, Wild, compile_tokens, join_tokens

SEGMENTS = 6

Arn = tuple[str, str, str, str, str, str]
"""arn, partition, service, region, account, resource."""


def split_arn(text: str) -> Arn | None:
    """Cuts an ARN into its six segments; None for a text that is none."""
    if not text.startswith("arn:"):
        return None
    segments = text.split(":", SEGMENTS - 1)
    if len(segments) < SEGMENTS:
        return None
    prefix, partition, service, region, account, resource = segments
    return prefix, partition, service, region, account, resource


def split_tokens(tokens: Sequence[Token]) -> list[list[Token]] | None:
    """Cuts a pattern at its first five colons, so that no wildcard reaches over one of them.

    Returns:
        The tokens of each of the six segments, None where there are fewer.
    """
    segments = _cut(tokens)
    return segments if len(segments) == SEGMENTS else None


def complete_tokens(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cuts a pattern in the same way; each segment that it lacks becomes a star.

    Source: AWS IAM User Guide, "IAM ARNs" (an incomplete ARN: `arn:aws:sqs` is `arn:aws:sqs:*:*:*`).
    """
    segments = _cut(tokens)
    return segments + [[Wild.STAR] for _ in range(SEGMENTS - len(segments))]


def _cut(tokens: Sequence[Token]) -> list[list[Token]]:
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Wild):
            segments[-1].append(token)
            continue
        first, *more = token.split(":", SEGMENTS - len(segments))
        segments[-1].extend([first] if first else [])
        segments.extend([text] if text else [] for text in more)
    return segments


class ArnPattern:
    """A pattern of six segments, each with wildcards of its own."""

    __slots__ = ("checks",)

    def __init__(self, segments: Sequence[Sequence[Token]]) -> None:
        self.checks: tuple[tuple[int, Matcher], ...] = tuple(
            (place, compile_tokens(tokens)) for place, tokens in enumerate(segments) if not is_anything(tokens)
        )

    def __call__(self, arn: Arn | None) -> bool:
        """Whether an ARN, given in its segments, matches; what is no ARN never does."""
        return arn is not None and all(matches(arn[place]) for place, matches in self.checks)


class ResourcePattern:
    """A pattern of a `Resource` element, whose stars can run over colons.

    A wildcard stays within its segment, except that a star that is the last character of a segment "can expand to match
    beyond the colon boundaries": `arn:aws:kms:*:key/*` means every key of every Region and account. The segments that
    an ARN lacks may also be anything.

    Source: AWS IAM User Guide, "IAM JSON policy elements: Resource", Using wildcards in resource ARNs.

    Args:
        tokens: The pattern.
    """

    __slots__ = ("_expanding",)

    def __init__(self, tokens: Sequence[Token]) -> None:
        segments = _cut(tokens)
        spellings = [segments] if len(segments) == SEGMENTS else [segments, complete_tokens(tokens)]
        self._expanding = tuple(_Expanding(each) for each in spellings)

    def __call__(self, arn: Arn | None) -> bool:
        """Whether a resource, given in its segments, matches; what is no ARN never does."""
        return arn is not None and any(matches(arn) for matches in self._expanding)


class _Expanding:
    """A pattern in segments, each of which matches one segment of an ARN, or several where a star ends it."""

    __slots__ = ("_behind_colons", "_expands", "_last", "_rests", "_segments")

    def __init__(self, segments: Sequence[Sequence[Token]]) -> None:
        self._last = len(segments) - 1
        self._segments = tuple(compile_tokens(tokens) for tokens in segments)
        self._expands = tuple(bool(tokens) and tokens[-1] is Wild.STAR for tokens in segments)
        rests = [join_tokens(segments[place:]) for place in range(len(segments))]
        self._rests = tuple(compile_tokens(tokens) for tokens in rests)
        self._behind_colons = tuple(compile_tokens([Wild.STAR, ":", *tokens]) for tokens in rests)

    def __call__(self, arn: Arn) -> bool:
        return self._matches(arn, 0, 0)

    def _matches(self, arn: Arn, place: int, at: int) -> bool:
        """Whether the pattern from one of its segments on matches an ARN from one of its segments on."""
        if at == SEGMENTS - 1:
            return self._rests[place](arn[at])
        if not self._segments[place](arn[at]):
            return False
        expands, following = self._expands[place], place + 1
        if place == self._last:
            return expands
        if self._matches(arn, following, at + 1):
            return True
        if not expands:
            return False
        if any(self._matches(arn, following, further) for further in range(at + 2, SEGMENTS)):
            return True
        return self._behind_colons[following](arn[-1])


def behind_colons(text: str) -> Iterator[str]:
    """A text, and what follows each of its colons: what the last segment of a pattern can be compared with."""
    yield text
    while colon := text.find(":") + 1:
        text = text[colon:]
        yield text


def is_anything(tokens: Sequence[Token]) -> bool:
    """Whether a pattern is a bare `*`, which stands for every resource and every ARN."""
    return bool(tokens) and all(token is Wild.STAR for token in tokens)
