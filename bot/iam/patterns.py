"""Finds a text that several patterns match at once, so that what they ask for together can be tried."""

from collections import deque
from collections.abc import Sequence

from bot.iam.wildcard import Wild, tokens_of

_MOST_STATES = 20_000
"""After so many tried states the search gives up: the patterns are taken to have no text in common."""

_FILLER = "x"
"""A character for the places where any would do."""


def common_text(patterns: Sequence[str]) -> str | None:
    """A shortest text that every pattern matches; None where there is none, or it takes too long to find.

    The patterns are walked side by side, a character at a time. A state is the set of places that each pattern can
    have come to, one bit a place.
    """
    walks = [_Walk(pattern) for pattern in patterns]
    start = tuple(walk.start for walk in walks)
    texts = {start: ""}
    queue = deque([start])
    while queue and len(texts) < _MOST_STATES:
        state = queue.popleft()
        steps = list(zip(walks, state, strict=True))
        if all(walk.is_over(places) for walk, places in steps):
            return texts[state]
        for character in sorted({_FILLER}.union(*(walk.offered(places) for walk, places in steps))):
            following = tuple(walk.step(places, character) for walk, places in steps)
            if all(following) and following not in texts:
                texts[following] = texts[state] + character
                queue.append(following)
    return None


class _Walk:
    """One pattern, as the places in it and what leads from one to the next."""

    def __init__(self, pattern: str) -> None:
        symbols: list[str | Wild] = []
        for token in tokens_of(pattern):
            symbols.extend([token] if isinstance(token, Wild) else token)
        self._end = 1 << len(symbols)
        self._stars = sum(1 << place for place, symbol in enumerate(symbols) if symbol is Wild.STAR)
        gaps = sum(1 << place for place, symbol in enumerate(symbols) if symbol is Wild.ANY)
        self._gaps = gaps
        self._places: dict[str, int] = {}
        for place, symbol in enumerate(symbols):
            if isinstance(symbol, str):
                self._places[symbol] = self._places.get(symbol, gaps) | 1 << place
        self.start = self._past_stars(1)

    def _past_stars(self, places: int) -> int:
        """The places, with those behind the stars that stand there."""
        while (more := places | (places & self._stars) << 1) != places:
            places = more
        return places

    def step(self, places: int, character: str) -> int:
        """The places after one more character."""
        onward = (places & self._places.get(character, self._gaps)) << 1
        return self._past_stars(places & self._stars | onward)

    def offered(self, places: int) -> set[str]:
        """The characters that lead on."""
        return {character for character, where in self._places.items() if places & where & ~self._gaps}

    def is_over(self, places: int) -> bool:
        """Whether the pattern can end here."""
        return bool(places & self._end)
