"""What `make mutants` needs to know is there, and taking decorators apart changes nothing."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.mutants import Mutant, modules_of, report, runs_of, undecorated

ROOT = Path(__file__).parents[2]
KNOWN: dict[str, Any] = yaml.safe_load((ROOT / "tools/mutants.yaml").read_text(encoding="utf-8"))
DECORATED = """
from contextlib import contextmanager
from functools import cached_property

def twice(do):
    return lambda *given: 2 * do(*given)

class Thing:
    @property
    def one(self):
        return 1

    @cached_property
    def two(self):
        return 2

    @staticmethod
    def three():
        return 3

    @classmethod
    @twice
    def two_fours(cls):
        return 4

def register(handlers):
    @handlers.append
    @twice
    def five(number):
        return number * 5

@contextmanager
def six():
    yield 6
"""


def values(code: str) -> list[int]:
    """What the functions of the example come to."""
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 — the text above
    thing, handlers = names["Thing"](), list[Any]()
    names["register"](handlers)
    with names["six"]() as six:
        return [thing.one, thing.two, thing.three(), thing.two_fours(), handlers[0](1), six]


def test_a_module_without_decorators_does_the_same() -> None:
    code = undecorated(DECORATED)
    assert code.count("@") == 1, "mutmut knows static methods"
    assert values(code) == values(DECORATED) == [1, 2, 3, 8, 10, 6]


def test_every_module_that_a_score_is_asked_of_has_tests() -> None:
    for package in KNOWN["asked"]:
        modules = [module for module in modules_of(package) if "def " in (ROOT / module).read_text(encoding="utf-8")]
        assert sorted(module for run in runs_of(modules, KNOWN["tests"]).values() for module in run) == modules


def test_the_longest_path_that_fits_decides() -> None:
    tests = {"bot/work": ["a"], "bot/work/queue.py": ["b"]}
    modules = ["bot/work/queue.py", "bot/work/queue_like.py", "bot/worker.py"]
    assert runs_of(modules, tests) == {"bot/work/queue.py": [modules[0]], "bot/work": [modules[1]]}


@pytest.mark.parametrize("entry", KNOWN["tests"])
def test_the_tests_of_a_module_are_there(entry: str) -> None:
    assert (ROOT / entry).exists()
    assert [test for test in KNOWN["tests"][entry] if not (ROOT / test.partition("::")[0]).exists()] == []


@pytest.mark.parametrize("each", KNOWN["unnoticeable"], ids=lambda each: each["in"])
def test_what_nothing_can_notice_is_still_there(each: dict[str, Any]) -> None:
    parts = each["in"].split(".")
    module = next(file for end in range(len(parts)) if (file := ROOT / f"{'/'.join(parts[: end + 1])}.py").is_file())
    assert " ".join(each["was"].split()) in " ".join(module.read_text(encoding="utf-8").split())
    assert each["became"]
    assert each["why"]


def test_a_score_below_what_is_asked_fails(capsys: pytest.CaptureFixture[str]) -> None:
    excused = {"in": "handlers.home.register", "was": "a = 1", "became": ["a = 2"], "why": "nobody sees it"}
    mutants = [
        *(Mutant(f"handlers.home.x_register__mutmut_{number}", "killed") for number in range(17)),
        *(
            Mutant(f"handlers.home.x_register__mutmut_{number}", "survived", "b = 1", "b = 2")
            for number in range(17, 20)
        ),
        Mutant("handlers.home.x_register__mutmut_20", "survived", "a = 1", "a = 2"),
    ]
    assert report(mutants, [excused], {"handlers": 85}) == 0
    assert "handlers: 17 of 20 mutants noticed, 85.0 %" in capsys.readouterr().out
    assert report(mutants, [], {"handlers": 85}) == 1
    assert "handlers.home.register (20, survived)" in capsys.readouterr().out


def test_a_mutant_is_named_by_where_it_is() -> None:
    assert Mutant("bot.access.audit.xǁAuditǁexport__mutmut_7", "killed").function == "bot.access.audit.Audit.export"
    assert Mutant("handlers.home.x_register__mutmut_7", "timeout").function == "handlers.home.register"
