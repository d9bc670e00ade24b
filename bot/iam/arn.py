"""Amazon Resource Names: six segments between colons, of which only the last may hold further colons.

Sources: AWS IAM User Guide, "IAM ARNs", and "IAM JSON policy elements: Condition operators" (each of the six
segments is checked separately).
"""

from collections.abc import Sequence

from bot.iam.wildcard import Matcher, Token, Wild, compile_tokens

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
        segments[-1].append(first)
        segments.extend([text] for text in more)
    return segments


class ArnPattern:
    """A pattern of six segments, each with wildcards of its own."""

    __slots__ = ("checks",)

    def __init__(self, segments: Sequence[Sequence[Token]]) -> None:
        self.checks: tuple[tuple[int, Matcher], ...] = tuple(
            (place, compile_tokens(tokens))
            for place, tokens in enumerate(segments)
            if not all(token in (Wild.STAR, "") for token in tokens) or Wild.STAR not in tokens
        )

    def __call__(self, arn: Arn | None) -> bool:
        """Whether an ARN, given in its segments, matches; what is no ARN never does."""
        return arn is not None and all(matches(arn[place]) for place, matches in self.checks)


def is_anything(tokens: Sequence[Token]) -> bool:
    """Whether a pattern is a bare `*`, which stands for every resource and every ARN."""
    return bool(tokens) and all(token is Wild.STAR for token in tokens)
