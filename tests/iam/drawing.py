"""Small draws that the strategies are made of. They shrink towards the first value, and towards False."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
Json = dict[str, Any]


def chance(draw: Draw, of: int) -> bool:
    """True once in so many; False is the simpler."""
    return bool(draw(st.integers(0, of - 1)) == of - 1)


def one_of(draw: Draw, values: Any) -> Any:
    """Any of these, the first being the simplest."""
    return draw(st.sampled_from(values))


def one_or_more(draw: Draw, values: Any) -> Any:
    """One of these by itself, or a list of one or two."""
    if not chance(draw, 3):
        return one_of(draw, values)
    return [one_of(draw, values) for _ in range(draw(st.integers(1, 2)))]


def spelled(draw: Draw, key: str) -> str:
    """The name of a key has no case."""
    return one_of(draw, (key, key, key.lower(), key.upper())) if chance(draw, 4) else key
