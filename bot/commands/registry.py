"""The subcommands by name, each loaded when it is asked for.

What a command needs takes most of the time that a process takes to start. `backup-why --help` needs none of it: the
first lines of the commands' docstrings are read from their sources.
"""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

FUNCTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "diagnose": "diagnose.diagnose",
        "error": "error.error",
        "failures": "failures.failures",
        "explain": "explain.explain",
        "check": "check.check",
        "needs": "needs.needs",
        "evaluate": "evaluate.evaluate",
        "sandbox": "sandbox.sandbox",
        "try": "processes.try_",
        "serve": "processes.serve",
        "work": "processes.work",
        "audit": "audit.audit",
        "mcp": "mcp.mcp",
        "doctor": "doctor.doctor",
        "permissions": "about.permissions",
        "manifest": "about.manifest",
        "schema": "about.schema",
    }
)
"""The function of each command, in the order of the help: its module in this package, and its name."""


class CommandGroup(TyperGroup):
    """The commands, as Typer wants them."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "commands": _Commands()})

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Lists the commands in the help, without loading them."""
        limit = formatter.width - 6 - max(map(len, FUNCTIONS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, short_help(name, limit)) for name in FUNCTIONS])


class _Commands(Mapping[str, TyperCommand]):
    """The commands by name, each made once and not before."""

    def __init__(self) -> None:
        self._made: dict[str, TyperCommand] = {}

    def __getitem__(self, name: str) -> TyperCommand:
        module, _, function = FUNCTIONS[name].partition(".")
        if name not in self._made:
            callback = getattr(import_module(f"bot.commands.{module}"), function)
            command: Any = get_command_from_info(
                CommandInfo(name=name, callback=callback), pretty_exceptions_short=False, rich_markup_mode=None
            )
            self._made[name] = command
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(FUNCTIONS)

    def __len__(self) -> int:
        return len(FUNCTIONS)


def short_help(name: str, limit: int) -> str:
    """The first sentence of a command's help, as far as there is room for it.

    Args:
        name: The command.
        limit: The most characters.
    """
    module, _, function = FUNCTIONS[name].partition(".")
    spec = find_spec(f"bot.commands.{module}")
    source = Path(str(spec.origin)).read_text(encoding="utf-8") if spec else ""
    found = (each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef) and each.name == function)
    return TyperCommand(name, help=ast.get_docstring(next(found))).get_short_help_str(limit)
