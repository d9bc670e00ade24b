"""Mutation testing: does a test notice when one expression of a module is changed?

`make mutants` runs this module on what differs from `main`; see docs/decisions/mutation-testing.md.
`tools/mutants.yaml` says which tests are run for a module, what score is asked of a package, and which mutants nothing
can notice.

Each module is mutated by mutmut in a copy of the checkout under `artifacts/mutants/`, so that nothing in the checkout
itself changes. In the copy, decorators are written as the calls that they stand for: mutmut leaves decorated functions
alone, and every listener of Bolt's is one.
"""

import argparse
import contextlib
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import libcst as cst
import yaml

ROOT: Final = Path(__file__).parents[1]
COPIES: Final = ROOT / "artifacts/mutants"
PRODUCT: Final = ("bot", "handlers")
WORKERS: Final = 2
SECONDS_OF_A_TEST: Final = 10
"""After which a test counts as failed: what a mutant keeps from happening, a test would wait for for ever."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed expression, and what came of it.

    Args:
        name: mutmut's name for it.
        status: mutmut's word for what came of it, such as "survived".
        was: The line as it is.
        became: The line as the mutant has it; empty for a line that is gone.
    """

    name: str
    status: str
    was: str = ""
    became: str = ""

    @property
    def noticed(self) -> bool:
        """Whether a test fails with it, or never ends."""
        return self.status in ("killed", "timeout")

    @property
    def function(self) -> str:
        """The module and function that it is in."""
        return self.name.partition("__mutmut_")[0].replace(".xǁ", ".").replace("ǁ", ".").replace(".x_", ".")


class Undecorated(cst.CSTTransformer):
    """Writes each decorator of a function as the call that it stands for, below the function (PEP 318)."""

    def leave_FunctionDef(  # noqa: N802 — libcst's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        """Takes the decorators of a function apart, but for one that mutmut knows."""
        del original_node
        match [decorator.decorator for decorator in updated_node.decorators]:
            case [] | [cst.Name("staticmethod" | "classmethod")]:
                return updated_node
            case decorators:
                name: cst.BaseExpression = updated_node.name
                for decorator in reversed(decorators):
                    name = cst.Call(decorator, [cst.Arg(name)])
                assigned = cst.Assign([cst.AssignTarget(updated_node.name)], name)
                plain = updated_node.with_changes(decorators=())
                return cst.FlattenSentinel([plain, cst.SimpleStatementLine([assigned])])


def undecorated(code: str) -> str:
    """A module with each decorator of a function written as a call; it does the same."""
    return cst.parse_module(code).visit(Undecorated()).code


def changed() -> list[str]:
    """The modules of the product that differ from `origin/main`, or from `main` where there is no remote."""
    run = partial(subprocess.run, cwd=ROOT, capture_output=True, text=True)
    known = run(["git", "rev-parse", "--verify", "--quiet", "origin/main"]).returncode == 0
    base = run(["git", "merge-base", "HEAD", "origin/main" if known else "main"], check=True).stdout.strip()
    names = run(["git", "diff", "--name-only", "--diff-filter=d", base, "--", *PRODUCT], check=True).stdout
    return [name for name in names.split() if name.endswith(".py")]


def modules_of(place: str) -> list[str]:
    """The modules at a path: one, or all of a package."""
    path = ROOT / place
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [file.relative_to(ROOT).as_posix() for file in files if file.name != "__init__.py"]


def runs_of(modules: Iterable[str], tests: dict[str, list[str]]) -> dict[str, list[str]]:
    """Which modules are mutated together: those that the same entry of `tools/mutants.yaml` has the tests of."""
    runs: dict[str, list[str]] = {}
    for module in modules:
        entries = [entry for entry in tests if module == entry or module.startswith(f"{entry}/")]
        if entries:
            runs.setdefault(max(entries, key=len), []).append(module)
    return runs


def prepare(copy: Path, modules: Sequence[str], tests: Sequence[str]) -> None:
    """Makes a copy of the checkout, set up for mutmut.

    Args:
        copy: Where.
        modules: What is mutated.
        tests: What is run.
    """
    shutil.rmtree(copy, ignore_errors=True)
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    for module in modules:
        (copy / module).write_text(undecorated((copy / module).read_text(encoding="utf-8")), encoding="utf-8")
    settings = {
        "source_paths": list(PRODUCT),
        "only_mutate": list(modules),
        "also_copy": sorted({Path(name).parts[0] for name in names} - {*PRODUCT, "tests", "pyproject.toml", "uv.lock"}),
        "do_not_mutate_patterns": [r"logger\.\w+\("],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", f"--timeout={SECONDS_OF_A_TEST}"],
        "pytest_add_cli_args_test_selection": list(tests),
        "track_dependencies": False,
        "timeout_multiplier": 4.0,
        "timeout_constant": 2.0 * SECONDS_OF_A_TEST,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", "[tool.mutmut]", *lines, ""]))


def drawn(copy: Path, modules: Iterable[str], sample: int, seed: int) -> list[str]:
    """The names of some of the mutants that the modules of a copy have, drawn at random."""
    with contextlib.chdir(copy):
        from mutmut.mutation.file_mutation import mutate_file_contents  # noqa: PLC0415 — reads its settings from there
        from mutmut.utils.format_utils import get_mutant_name  # noqa: PLC0415

        names = [
            get_mutant_name(Path(module), name)
            for module in modules
            for name in mutate_file_contents(module, Path(module).read_text(encoding="utf-8")).mutant_names
        ]
    return sorted(random.Random(seed).sample(names, min(sample, len(names))))  # noqa: S311


def mutate(copy: Path, names: Sequence[str]) -> list[Mutant]:
    """Runs mutmut in a copy, on all mutants or on those that are named; returns what came of each."""
    mutmut = partial(subprocess.run, cwd=copy, text=True)
    program = str(Path(sys.executable).with_name("mutmut"))
    mutmut([program, "run", "--max-children", str(WORKERS), *names], check=True)
    listed = mutmut([program, "results", "--all", "true"], check=True, stdout=subprocess.PIPE).stdout
    results = [line.strip().rpartition(": ")[::2] for line in listed.splitlines()]
    mutants = [Mutant(name, status) for name, status in results if not names or name in names]
    return [each if each.noticed else _with_lines(each, copy, program) for each in mutants]


def _with_lines(mutant: Mutant, copy: Path, program: str) -> Mutant:
    command = [program, "show", mutant.name]
    shown = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=True).stdout.splitlines()
    was = [line[1:].strip() for line in shown if line.startswith("-") and not line.startswith("---")]
    became = [line[1:].strip() for line in shown if line.startswith("+") and not line.startswith("+++")]
    return Mutant(mutant.name, mutant.status, " ".join(was), " ".join(became))


def main(arguments: Sequence[str] | None = None) -> int:
    """Mutates modules, prints what no test noticed, and the score.

    Returns:
        1 where a package has a lower score than is asked of it, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="modules or packages; what differs from main where none is named")
    parser.add_argument("--sample", type=int, default=0, help="how many mutants to draw of each package named")
    parser.add_argument("--seed", type=int, default=1, help="which are drawn")
    chosen = parser.parse_args(arguments)
    known: dict[str, Any] = yaml.safe_load((ROOT / "tools/mutants.yaml").read_text(encoding="utf-8"))
    modules = [module for place in chosen.modules for module in modules_of(place)] or changed()
    found: list[Mutant] = []
    for entry, mutated in runs_of(modules, known["tests"]).items():
        copy = COPIES / entry.replace("/", "-").removesuffix(".py")
        prepare(copy, mutated, known["tests"][entry])
        names = drawn(copy, mutated, chosen.sample, chosen.seed) if chosen.sample else []
        found += mutate(copy, names)
    return report(found, known["unnoticeable"], known["asked"])


def report(mutants: Sequence[Mutant], unnoticeable: Sequence[dict[str, Any]], asked: dict[str, int]) -> int:
    """Prints what no test noticed, and the score of each package; returns as `main`."""
    excused = {(each["in"], each["was"], became) for each in unnoticeable for became in each["became"]}
    noticed, counted, low = Counter[str](), Counter[str](), False
    for mutant in mutants:
        if not mutant.noticed and (mutant.function, mutant.was, mutant.became) in excused:
            continue
        package = "/".join(mutant.name.split(".")[: 2 if mutant.name.startswith("bot.") else 1])
        counted[package] += 1
        noticed[package] += mutant.noticed
        if not mutant.noticed:
            print(f"{mutant.function} ({mutant.name.rpartition('_')[2]}, {mutant.status})")
            print(f"  - {mutant.was}\n  + {mutant.became}")
    for package, count in counted.items():
        score = 100 * noticed[package] / count
        print(f"{package}: {noticed[package]} of {count} mutants noticed, {score:.1f} %")
        low = low or score < asked.get(package, 0)
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
