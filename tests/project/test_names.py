"""No name of a class means two things: each public class of the product is defined in one module."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "handlers", "knowledge")


def classes() -> Iterator[tuple[str, str]]:
    """Every public class at the top of a module of the product, with the module."""
    for folder in PRODUCT:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    yield node.name, file.relative_to(ROOT).as_posix()


def test_a_name_of_a_class_is_given_once() -> None:
    places = defaultdict(list)
    for name, module in classes():
        places[name].append(module)
    assert len(places) > 100
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}
