"""The registry of causes and the code agree: one function makes each fix that it names, and no code is elsewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.diagnosis.fixes.plan import FIXES
from knowledge.causes import cause_codes

ROOT = Path(__file__).parents[2]


def test_the_registry_names_every_fix_and_only_those() -> None:
    assert {cause.fix for cause in cause_codes().values() if cause.fix} == set(FIXES)


def test_every_cause_that_evaluation_finds_has_a_fix() -> None:
    without = {code: cause.policy for code, cause in cause_codes().items() if cause.fix is None}
    assert without.pop("service-linked-role-of-service-missing") is None  # only a message names this one, and these
    assert set(without.values()) == {"session", "endpoint"}


def test_a_code_is_written_only_where_it_is_found() -> None:
    """Not in replies, handlers, fixes or changes, and nowhere more than once."""
    places = [(code, place) for place in sources() for code in codes_in(place)]
    assert {place.parent.name for _code, place in places} <= {"layers"}
    codes = [code for code, _place in places]
    assert sorted(codes) == sorted(set(codes))


def test_no_code_is_known_by_its_beginning_or_its_end() -> None:
    parts = {f"{code.rpartition('-')[0]}-" for code in cause_codes()} | {
        f"-{code.rpartition('-')[2]}" for code in cause_codes()
    }
    assert [(text, place.name) for place in sources() for text in texts_in(place) if text in parts] == []


def sources() -> Iterator[Path]:
    yield from (path for room in ("bot", "handlers") for path in (ROOT / room).rglob("*.py"))


def texts_in(source: Path) -> Iterator[str]:
    """The texts in a module, parts of f-strings included."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def codes_in(source: Path) -> Iterator[str]:
    return (text for text in texts_in(source) if text in cause_codes())
