"""Finds texts that several patterns match at once, so that what they ask for together can be tried."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise, takewhile

from bot.iam.arn import SEGMENTS, complete_tokens, is_anything, split_tokens
from bot.iam.wildcard import Places, Token, Wild, compile_tokens, symbols_of, tokens_of

_MOST_PLACES = 1_000_000
"""After so many places of patterns were looked at a search is over; it takes about half a second."""

_PLACES_A_SEARCH = 8
"""What a search takes at the least, also where the first characters exclude each other."""

_NO_LITERAL = "\0"
"""A character that stands in no pattern, so that only a star can match it, which matches any other text too."""

_FILLER = "x"
"""A character for the places where any would do."""


@dataclass(frozen=True)
class Pattern:
    """A pattern with what a search needs to know of it.

    Args:
        text: How it is spelled where it is shown.
        tokens: Its texts and wildcards.
        folded: Whether upper and lower case are the same.
        unfinished: Whether the segments that it lacks as an ARN may be anything.
    """

    text: str
    tokens: tuple[Token, ...]
    folded: bool = False
    unfinished: bool = False

    @classmethod
    def of(cls, text: str) -> "Pattern":
        """A pattern as it stands in a policy."""
        return cls(text, tokens_of(text))

    @property
    def is_open(self) -> bool:
        """Whether it can match more than one text."""
        return self.folded or any(isinstance(token, Wild) for token in self.tokens)

    @cached_property
    def walk(self) -> "_Walk":
        """The places in it, and what leads from one to the next."""
        return _Walk(self)

    @cached_property
    def head(self) -> str:
        """What every text that it matches begins with."""
        first = next(iter(self.tokens), "")
        return "" if self.folded or isinstance(first, Wild) else first

    @cached_property
    def segments(self) -> "tuple[Pattern, ...] | None":
        """The six segments that it matches an ARN by; None where it has fewer, and an empty tuple for a bare `*`."""
        if is_anything(self.tokens):
            return ()
        segments = complete_tokens(self.tokens) if self.unfinished else split_tokens(self.tokens)
        return tuple(Pattern("", tuple(each), self.folded) for each in segments) if segments else None

    def covers(self, other: "Pattern") -> bool:
        """Whether it matches all that another pattern matches; False also where `?` makes that hard to tell."""
        if Wild.ANY in self.tokens or Wild.ANY in other.tokens:
            return self.tokens == other.tokens
        return compile_tokens(self.tokens)(
            "".join(_NO_LITERAL if isinstance(token, Wild) else token for token in other.tokens)
        )

    def rests(self, prefix: str) -> Iterator[tuple[Token, ...]]:
        """What is left of it behind a prefix: one or the other rest has to match what follows."""
        for place in _set_bits(self.walk.after(prefix)):
            yield tuple(self.walk.symbols[place:])


class CommonTexts:
    """A search for texts that several patterns match; over when it has taken too long.

    The patterns are walked side by side, a character at a time. A state is the set of places that each pattern can have
    come to, one bit a place.

    Args:
        shape: A pattern that all texts have to match; None for any text.
    """

    def __init__(self, shape: Pattern | None = None) -> None:
        self._left = _MOST_PLACES
        self._always = (replace(shape, text="", unfinished=True),) if shape else ()
        # The same patterns are walked in many groups: each step is found once, and forgotten with the search.
        self._step = cache(_Walk.step)
        self._offered = cache(_Walk.offered)

    @property
    def is_over(self) -> bool:
        """Whether the search took too long, so that it may have missed a text."""
        return self._left <= 0

    def shared(self, patterns: Sequence[Pattern]) -> Iterator[tuple[tuple[Pattern, ...], str]]:
        """Looks among patterns for those that have texts in common: of some that do, larger groups are tried.

        A pattern that matches nothing but itself is left out. Where the texts have a shape, a pattern alone is a group,
        too.

        Yields:
            The patterns of a group and a text that all of them match.
        """
        distinct = [pattern for pattern in dict.fromkeys(patterns) if pattern.is_open]
        groups: list[tuple[int, ...]] = [()] if self._always else [(place,) for place in range(len(distinct))]
        while groups:
            wider = ((*group, place) for group in groups for place in range(max(group, default=-1) + 1, len(distinct)))
            groups = []
            for group in takewhile(lambda _group: not self.is_over, wider):
                some = tuple(distinct[place] for place in group)
                texts = list(self._find_both((*self._always, *some)))
                groups.extend([group] if texts else [])
                yield from ((some, text) for text in texts)

    def _find_both(self, patterns: Sequence[Pattern]) -> Iterator[str]:
        """Texts that all patterns match as strings and as ARNs, which are matched segment by segment."""
        text = self.find(patterns)
        if text is None:
            return
        yield text
        segments = [pattern.segments for pattern in patterns]
        columns = [each for each in segments if each]
        if None not in segments and columns:
            parts = [part for column in zip(*columns, strict=True) if (part := self.find(column)) is not None]
            if len(parts) == SEGMENTS:
                yield ":".join(parts)

    def find(self, patterns: Sequence[Pattern]) -> str | None:
        """A shortest text that every pattern matches; None where there is none, or the search is over."""
        longest = max(heads := [pattern.head for pattern in patterns], key=len)
        self._left -= _PLACES_A_SEARCH + len(longest)
        if not all(map(longest.startswith, heads)):
            return None
        walks = [pattern.walk for pattern in patterns]
        start = tuple(walk.after(longest) for walk in walks)
        if not all(start):
            return None
        steps: dict[_State, tuple[_State, str] | None] = {start: None}
        queue = deque([start])
        while queue and not self.is_over:
            self._left -= sum(len(walk.symbols) for walk in walks)
            state = queue.popleft()
            places = list(zip(walks, state, strict=True))
            if all(walk.is_over(at) for walk, at in places):
                return longest + _text(steps, state)
            for character in sorted({_FILLER}.union(*(self._offered(walk, at) for walk, at in places))):
                following = tuple(self._step(walk, at, character) for walk, at in places)
                if all(following) and following not in steps:
                    steps[following] = state, character
                    queue.append(following)
        return None


_State = tuple[int, ...]


def _text(steps: Mapping[_State, tuple[_State, str] | None], state: _State) -> str:
    """The characters that led to a state."""
    characters: list[str] = []
    while step := steps[state]:
        state, character = step
        characters.append(character)
    return "".join(reversed(characters))


def _set_bits(number: int) -> Iterator[int]:
    """The places of a number's bits, the lowest first."""
    return (place for place, digit in enumerate(reversed(f"{number:b}")) if digit == "1")


class _Walk:
    """A pattern as the places in it and what leads from one to the next."""

    def __init__(self, pattern: Pattern) -> None:
        symbols = symbols_of(pattern.tokens)
        self.symbols = [
            symbol for before, symbol in pairwise(["", *symbols]) if symbol is not Wild.STAR or before is not Wild.STAR
        ]
        self._end = 1 << len(self.symbols)
        self._places = Places(self.symbols)
        self._spelled = _in_any_case if pattern.folded else _as_it_is

    def after(self, text: str) -> int:
        """The places after a text from the start."""
        places = self._past_stars(1)
        for character in text:
            places = self.step(places, character)
        return places

    def _past_stars(self, places: int) -> int:
        """The places, with those behind the stars that stand there."""
        return places | (places & self._places.stars) << 1

    def step(self, places: int, character: str) -> int:
        """The places after one more character."""
        fitting = 0
        for spelling in self._spelled(character):
            fitting |= self._places.of(spelling)
        return self._past_stars(places & self._places.stars | (places & fitting) << 1)

    def offered(self, places: int) -> set[str]:
        """The characters that lead on, wildcards aside."""
        symbols = (self.symbols[place] for place in _set_bits(places & ~self._end))
        return {spelling for symbol in symbols if isinstance(symbol, str) for spelling in self._spelled(symbol)}

    def is_over(self, places: int) -> bool:
        """Whether the pattern can end here."""
        return bool(places & self._end)


def _as_it_is(character: str) -> tuple[str, ...]:
    return (character,)


def _in_any_case(character: str) -> tuple[str, ...]:
    return tuple({character, character.lower(), character.upper()})
