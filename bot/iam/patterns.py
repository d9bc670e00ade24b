"""Finds texts that several patterns match at once, so that what they ask for together can be tried."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from bot.iam.wildcard import Wild, tokens_of

_MOST_STATES = 20_000
"""After so many tried states a search is over."""

_FILLER = "x"
"""A character for the places where any would do."""


class CommonTexts:
    """A search for texts that several patterns match; over when it has taken too long.

    The patterns are walked side by side, a character at a time. A state is the set of places that each pattern can have
    come to, one bit a place.
    """

    def __init__(self) -> None:
        self._left = _MOST_STATES

    @property
    def is_over(self) -> bool:
        """Whether the search took too long, so that it may have missed a text."""
        return not self._left

    def shared(self, patterns: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
        """Looks among patterns for those that have texts in common: of some that do, larger groups are tried.

        A pattern without a wildcard is left out, for it matches nothing but itself.

        Yields:
            The patterns of a group and a text that all of them match.
        """
        distinct = [pattern for pattern in dict.fromkeys(patterns) if "*" in pattern or "?" in pattern]
        groups: list[tuple[int, ...]] = [(place,) for place in range(len(distinct))]
        while groups and not self.is_over:
            larger: list[tuple[int, ...]] = []
            for group in groups:
                for place in range(group[-1] + 1, len(distinct)):
                    some = tuple(distinct[each] for each in (*group, place))
                    texts = list(self._find_both(some))
                    larger.extend([(*group, place)] if texts else [])
                    yield from ((some, text) for text in texts)
            groups = larger

    def _find_both(self, patterns: Sequence[str]) -> Iterator[str]:
        """Texts that all patterns match as strings and as ARNs, which are matched segment by segment."""
        text = self.find(patterns)
        if text is None:
            return
        yield text
        segments = [pattern.split(":", 5) for pattern in patterns]
        if all(len(each) == 6 for each in segments):
            parts = [part for column in zip(*segments, strict=True) if (part := self.find(column)) is not None]
            if len(parts) == 6:
                yield ":".join(parts)

    def find(self, patterns: Sequence[str]) -> str | None:
        """A shortest text that every pattern matches; None where there is none, or the search is over."""
        longest = max(heads := [_head(pattern) for pattern in patterns], key=len)
        if not all(map(longest.startswith, heads)):
            return None
        walks = [_Walk(pattern) for pattern in patterns]
        start = tuple(walk.start for walk in walks)
        steps: dict[_State, tuple[_State, str] | None] = {start: None}
        queue = deque([start])
        while queue and self._left:
            self._left -= 1
            state = queue.popleft()
            places = list(zip(walks, state, strict=True))
            if all(walk.is_over(at) for walk, at in places):
                return _text(steps, state)
            for character in sorted({_FILLER}.union(*(walk.offered(at) for walk, at in places))):
                following = tuple(walk.step(at, character) for walk, at in places)
                if all(following) and following not in steps:
                    steps[following] = state, character
                    queue.append(following)
        return None


def _head(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.partition("*")[0].partition("?")[0]


_State = tuple[int, ...]


def _text(steps: Mapping[_State, tuple[_State, str] | None], state: _State) -> str:
    """The characters that led to a state."""
    characters: list[str] = []
    while step := steps[state]:
        state, character = step
        characters.append(character)
    return "".join(reversed(characters))


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
