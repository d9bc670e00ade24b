"""Text with the wildcards `*` (any characters) and `?` (one character), matched without backtracking.

A pattern is a sequence of tokens, so that what a policy variable stands for can be put in literally. Matching takes
the pieces between the stars from left to right, each at its first place: time grows with the text, not with the
number of ways to cut it. No regular expression is made of a pattern.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum

Matcher = Callable[[str], bool]


class Wild(Enum):
    """The two wildcards."""

    STAR = "*"
    ANY = "?"


Token = str | Wild
"""A literal text or a wildcard."""

_FREQUENT = 16
"""A character that stands at so many places of a pattern has them put together once."""


def tokens_of(pattern: str) -> tuple[Token, ...]:
    """Cuts a pattern into literal texts and wildcards."""
    return tuple(_cut(pattern))


def _cut(pattern: str) -> Iterator[Token]:
    start = 0
    for place, character in enumerate(pattern):
        if character in "*?":
            if place > start:
                yield pattern[start:place]
            yield Wild(character)
            start = place + 1
    if start < len(pattern):
        yield pattern[start:]


def join_tokens(segments: Iterable[Sequence[Token]]) -> list[Token]:
    """Puts a colon between patterns."""
    joined: list[Token] = []
    for place, tokens in enumerate(segments):
        joined.extend([":", *tokens] if place else tokens)
    return joined


def compile_wildcard(pattern: str) -> Matcher:
    """Makes the test whether a whole text matches a pattern, upper and lower case being different."""
    return compile_tokens(tokens_of(pattern))


def compile_tokens(tokens: Sequence[Token]) -> Matcher:
    """Makes the test whether a whole text matches a sequence of tokens."""
    if not any(isinstance(token, Wild) for token in tokens):
        return "".join(token for token in tokens if isinstance(token, str)).__eq__
    pieces = [_piece(tokens) for tokens in _between_stars(tokens)]
    if len(pieces) == 1:
        return _Whole(pieces[0])
    if all(isinstance(piece, _Literal) and not piece.text for piece in pieces):
        return _anything
    head, *middle, tail = pieces
    if not middle and isinstance(head, _Literal) and isinstance(tail, _Literal) and not tail.text:
        return _Prefix(head.text)
    return _Pieces(head, tuple(piece for piece in middle if piece.length), tail)


def _between_stars(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """The runs of tokens before, between and after the stars; a run can be empty."""
    run: list[Token] = []
    for token in tokens:
        if token is Wild.STAR:
            yield run
            run = []
        else:
            run.append(token)
    yield run


def _piece(tokens: Sequence[Token]) -> "_Literal | _Gapped":
    if all(isinstance(token, str) for token in tokens):
        return _Literal("".join(token for token in tokens if isinstance(token, str)))
    return _Gapped(tokens)


def _anything(_text: str) -> bool:
    return True


class _Prefix:
    """`text*`."""

    __slots__ = ("prefix",)

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __call__(self, text: str) -> bool:
        return text.startswith(self.prefix)


class _Whole:
    """A pattern without a star."""

    __slots__ = ("piece",)

    def __init__(self, piece: "_Literal | _Gapped") -> None:
        self.piece = piece

    def __call__(self, text: str) -> bool:
        return len(text) == self.piece.length and self.piece.is_at(text, 0)


class _Pieces:
    """A pattern with stars: what is before the first, between them and after the last."""

    __slots__ = ("head", "middle", "shortest", "tail")

    def __init__(
        self, head: "_Literal | _Gapped", middle: "tuple[_Literal | _Gapped, ...]", tail: "_Literal | _Gapped"
    ) -> None:
        self.head = head
        self.middle = middle
        self.tail = tail
        self.shortest = head.length + tail.length + sum(piece.length for piece in middle)

    def __call__(self, text: str) -> bool:
        end = len(text) - self.tail.length
        if len(text) < self.shortest or not self.head.is_at(text, 0) or not self.tail.is_at(text, end):
            return False
        place = self.head.length
        for piece in self.middle:
            found = piece.find(text, place, end)
            if found < 0:
                return False
            place = found + piece.length
        return True


class _Literal:
    """A piece without `?`."""

    __slots__ = ("length", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.length = len(text)

    def is_at(self, text: str, place: int) -> bool:
        return text.startswith(self.text, place)

    def find(self, text: str, start: int, end: int) -> int:
        return text.find(self.text, start, end)


class _Gapped:
    """A piece with `?`, searched with one bit a place (the shift-and method)."""

    __slots__ = ("last", "length", "places")

    def __init__(self, tokens: Iterable[Token]) -> None:
        symbols = symbols_of(tokens)
        self.length = len(symbols)
        self.last = 1 << (self.length - 1)
        self.places = Places(symbols)

    def is_at(self, text: str, place: int) -> bool:
        return self.find(text, place, place + self.length) == place

    def find(self, text: str, start: int, end: int) -> int:
        state = 0
        for place in range(start, min(end, len(text))):
            state = (state << 1 | 1) & self.places.of(text[place])
            if state & self.last:
                return place + 1 - self.length
        return -1


def symbols_of(tokens: Iterable[Token]) -> list[Token]:
    """Cuts tokens into characters and wildcards."""
    symbols: list[Token] = []
    for token in tokens:
        symbols.extend([token] if isinstance(token, Wild) else token)
    return symbols


class Places:
    """Where in a pattern a character can stand: itself or `?`, one bit a place.

    Args:
        symbols: The characters and wildcards of the pattern.

    Attributes:
        gaps: Where a `?` stands.
        stars: Where a `*` stands.
    """

    __slots__ = ("_frequent", "_rare", "gaps", "stars")

    def __init__(self, symbols: Sequence[Token]) -> None:
        found: dict[Token, list[int]] = defaultdict(list)
        for place, symbol in enumerate(symbols):
            found[symbol].append(place)
        self.gaps = _bits(found.pop(Wild.ANY, ()), len(symbols))
        self.stars = _bits(found.pop(Wild.STAR, ()), len(symbols))
        self._rare = {symbol: places for symbol, places in found.items() if len(places) < _FREQUENT}
        self._frequent = {
            symbol: self.gaps | _bits(places, len(symbols))
            for symbol, places in found.items()
            if len(places) >= _FREQUENT
        }

    def of(self, character: str) -> int:
        """The places where a character can stand."""
        known = self._frequent.get(character)
        if known is not None:
            return known
        bits = self.gaps
        for place in self._rare.get(character, ()):
            bits |= 1 << place
        return bits


def _bits(places: Sequence[int], length: int) -> int:
    """A number with a bit for each place, made in a time that grows with the length alone."""
    digits = bytearray(b"0" * (length + 1))
    for place in places:
        digits[length - place] = ord("1")
    return int(digits, 2)
