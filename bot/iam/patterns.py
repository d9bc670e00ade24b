"""Finds a text that several patterns match at once, so that what they ask for together can be tried."""

from collections import deque
from collections.abc import Sequence

from bot.iam.wildcard import Wild, tokens_of

_MOST_STATES = 20_000
"""After so many tried states the search gives up: the patterns are taken to have no text in common."""

_FILLER = "x"
"""A character for the places where any would do."""

Symbol = str | Wild
"""One character, or a wildcard."""


def common_text(patterns: Sequence[str]) -> str | None:
    """A shortest text that every pattern matches; None where there is none, or it takes too long to find.

    The patterns are walked side by side, a character at a time. A state is the set of places that each pattern can
    have come to.
    """
    symbols = [_symbols(pattern) for pattern in patterns]
    start = tuple(_reached(each, {0}) for each in symbols)
    texts = {start: ""}
    queue = deque([start])
    while queue and len(texts) < _MOST_STATES:
        state = queue.popleft()
        if all(len(each) in places for each, places in zip(symbols, state, strict=True)):
            return texts[state]
        for character in _offered(symbols, state):
            following = tuple(_step(each, places, character) for each, places in zip(symbols, state, strict=True))
            if all(following) and following not in texts:
                texts[following] = texts[state] + character
                queue.append(following)
    return None


def _symbols(pattern: str) -> list[Symbol]:
    symbols: list[Symbol] = []
    for token in tokens_of(pattern):
        symbols.extend([token] if isinstance(token, Wild) else token)
    return symbols


def _reached(symbols: Sequence[Symbol], places: set[int]) -> frozenset[int]:
    """The places, with those behind the stars that stand there."""
    reached: set[int] = set()
    for start in places:
        place = start
        while place < len(symbols) and symbols[place] is Wild.STAR:
            reached.add(place)
            place += 1
        reached.add(place)
    return frozenset(reached)


def _step(symbols: Sequence[Symbol], places: frozenset[int], character: str) -> frozenset[int]:
    """The places after one more character."""
    following: set[int] = set()
    for place in places:
        symbol = symbols[place] if place < len(symbols) else None
        if symbol is Wild.STAR:
            following.add(place)
        elif symbol is Wild.ANY or symbol == character:
            following.add(place + 1)
    return _reached(symbols, following)


def _offered(symbols: Sequence[Sequence[Symbol]], state: Sequence[frozenset[int]]) -> list[str]:
    """The characters that some pattern asks for next, and the filler."""
    offered = {
        symbol
        for each, places in zip(symbols, state, strict=True)
        for place in places
        if place < len(each) and isinstance(symbol := each[place], str)
    }
    return sorted(offered | {_FILLER})
