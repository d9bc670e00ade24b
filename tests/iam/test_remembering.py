"""What is remembered within a bound."""

from bot.iam.candidate_search import values_of_shape
from bot.iam.patterns import Pattern
from bot.iam.remembering import Remembered


def test_what_was_not_used_for_the_longest_time_is_forgotten() -> None:
    remembered: Remembered[str, int] = Remembered(10)
    remembered.put("a", 1, 4)
    remembered.put("b", 2, 4)
    assert remembered.get("a") == 1
    remembered.put("c", 3, 4)
    assert (remembered.get("a"), remembered.get("b"), remembered.get("c")) == (1, None, 3)
    assert remembered.size == 8


def test_what_is_put_again_counts_once() -> None:
    remembered: Remembered[str, int] = Remembered(10)
    remembered.put("a", 1, 4)
    remembered.put("a", 2, 6)
    assert (remembered.get("a"), remembered.size) == (2, 6)


def test_what_is_larger_than_the_bound_is_not_remembered() -> None:
    remembered: Remembered[str, int] = Remembered(10)
    remembered.put("a", 1, 4)
    remembered.put("b", 2, 11)
    assert (remembered.get("a"), remembered.get("b"), remembered.size) == (None, None, 0)


def test_what_patterns_have_in_common_is_remembered_for_each_shape() -> None:
    patterns = [Pattern.of("a*"), Pattern.of("*b")]
    values = [{one.value for one in values_of_shape(Pattern.of(shape), patterns) or ()} for shape in ("ac*", "ad*") * 2]
    assert "acb" in values[0] - values[1]
    assert "adb" in values[1] - values[0]
    assert values[2:] == values[:2]
