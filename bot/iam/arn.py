"""Amazon Resource Names: six segments between colons, of which only the last may hold further colons.

Sources: AWS IAM User Guide, "IAM ARNs", "IAM JSON policy elements: Condition operators" (each of the six segments is
checked separately) and "IAM JSON policy elements: Resource" (a star that ends a segment runs over the colons).
"""

from collections.abc import Iterator, Sequence

from bot.iam.wildcard import Matcher, Token, Wild, compile_tokens, join_tokens, tokens_of

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

    __slots__ = ("_last", "checks")

    def __init__(self, segments: Sequence[Sequence[Token]]) -> None:
        self._last = segments[-1]
        self.checks: tuple[tuple[int, Matcher], ...] = tuple(
            (place, compile_tokens(tokens)) for place, tokens in enumerate(segments) if not is_anything(tokens)
        )

    def __call__(self, arn: Arn | None) -> bool:
        """Whether an ARN, given in its segments, matches; what is no ARN never does."""
        return arn is not None and all(matches(arn[place]) for place, matches in self.checks)

    def endings(self, front: Sequence[str]) -> Iterator[Sequence[Token]]:
        """The pattern that the last segment has to match, if the others, which are given, match."""
        if all(matches(front[place]) for place, matches in self.checks if place < len(front)):
            yield self._last


class ResourcePattern:
    """A pattern of a `Resource` element, whose stars can run over colons. It is compiled when it is first needed.

    A wildcard stays within its segment, except that a star that is the last character of a segment "can expand to match
    beyond the colon boundaries": `arn:aws:kms:*:key/*` means every key of every Region and account. The segments that
    an ARN lacks may also be anything.

    Source: AWS IAM User Guide, "IAM JSON policy elements: Resource", Using wildcards in resource ARNs.

    Args:
        text: The pattern, without policy variables.
    """

    __slots__ = ("_compiled", "_head", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._head = text.partition("*")[0].partition("?")[0]
        self._compiled: tuple[ArnPattern | _Expanding, ...] | None = None

    def matches(self, resource: str, arn: Arn) -> bool:
        """Whether a resource, given also in its segments, matches."""
        if not resource.startswith(self._head):
            return False
        if self._compiled is None:
            self._compiled = _matchers(tokens_of(self._text))
        return any(matches(arn) for matches in self._compiled)


def matches_resource(tokens: Sequence[Token], arn: Arn) -> bool:
    """Whether a resource, given in its segments, matches a pattern in the same way."""
    return any(matches(arn) for matches in _matchers(tokens))


def endings(tokens: Sequence[Token], front: Sequence[str]) -> "Iterator[Sequence[Token]]":
    """Of a pattern of resources, the patterns one of which the last segment of an ARN has to match.

    Args:
        tokens: The pattern.
        front: The first five segments of the ARN.
    """
    for matcher in _matchers(tokens):
        yield from matcher.endings(front)


def _matchers(tokens: Sequence[Token]) -> "tuple[ArnPattern | _Expanding, ...]":
    """The tests of a pattern, one of which a resource has to pass."""
    written, completed = _cut(tokens), complete_tokens(tokens)
    spellings = [completed] if len(written) == SEGMENTS else [completed, written]
    expanding = (segments for segments in spellings if any(map(_expands, segments[: SEGMENTS - 1])))
    return ArnPattern(completed), *map(_Expanding, expanding)


def _expands(tokens: Sequence[Token]) -> bool:
    """Whether a star is the last character of a segment."""
    return bool(tokens) and tokens[-1] is Wild.STAR


class _Expanding:
    """A pattern in segments, each of which matches one segment of an ARN, or several where a star ends it."""

    __slots__ = ("_expands", "_last", "_segments", "_tokens")

    def __init__(self, segments: Sequence[Sequence[Token]]) -> None:
        self._tokens = segments
        self._last = len(segments) - 1
        self._segments = tuple(map(compile_tokens, segments))
        self._expands = tuple(map(_expands, segments))

    def __call__(self, arn: Arn | None) -> bool:
        return arn is not None and any(compile_tokens(tokens)(arn[-1]) for tokens in self.endings(arn))

    def endings(self, front: Sequence[str], place: int = 0, at: int = 0) -> Iterator[Sequence[Token]]:
        """The patterns one of which the last segment of an ARN has to match.

        Args:
            front: The first five segments of the ARN; what follows them is not looked at.
            place: The segment from which on the pattern has to match.
            at: The segment of the ARN from which on it has to.
        """
        if at == SEGMENTS - 1:
            yield self._rest(place)
            return
        if not self._segments[place](front[at]):
            return
        expands, following = self._expands[place], place + 1
        if place == self._last:
            yield from [[Wild.STAR]] if expands else []
            return
        for further in range(at + 1, SEGMENTS if expands else at + 2):
            yield from self.endings(front, following, further)
        if expands:
            yield [Wild.STAR, ":", *self._rest(following)]

    def _rest(self, place: int) -> list[Token]:
        """The pattern from one of its segments on."""
        return join_tokens(self._tokens[place:])


def behind_colons(text: str) -> Iterator[str]:
    """A text, and what follows each of its colons: what the last segment of a pattern can be compared with."""
    yield text
    while colon := text.find(":") + 1:
        text = text[colon:]
        yield text


def is_anything(tokens: Sequence[Token]) -> bool:
    """Whether a pattern is a bare `*`, which stands for every resource and every ARN."""
    return bool(tokens) and all(token is Wild.STAR for token in tokens)
