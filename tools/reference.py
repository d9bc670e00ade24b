"""The parts of the docs that the code decides: the settings, the commands, and how well the needs are known.

`make docs` runs this module, which writes them anew; a test fails while a page differs. In a page that people write, a
generated table stands between `<!-- generated: WHAT -->` and `<!-- end -->`.
"""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import typer

from bot.aws.permissions import operations, permissions, read_policy
from bot.cli import app
from bot.diagnosis.document_schema import schema_of
from bot.settings import Settings
from bot.work.schemas import KINDS
from knowledge import library, table
from knowledge.causes import CauseCode, cause_codes
from tools.diagrams import diagram

ROOT: Final = Path(__file__).parents[1]
_GENERATED: Final = re.compile(r"(<!-- generated: (\w+) ?(.*?) -->\n).*?(<!-- end -->\n)", re.DOTALL)
_ACTIONS: Final = re.compile(r"( +# generated: actions\n).*?( +# end\n)", re.DOTALL)
"""The actions of a CloudFormation template, between two comments."""
_UNSET: Final = " Unset: "
"""What comes after it in the description of a setting is said in place of the default."""
_ABOVE_COMMANDS: Final = """\
# Commands

Every command and option of `backup-why`; `backup-why COMMAND --help` prints the same. This page is generated:
`make docs` writes it, and a test compares it with the code. [Settings](settings.md) has the environment
variables and the exit codes.
"""


_ABOVE_CAUSES: Final = """\
# Causes

Every code of a cause, from `knowledge/causes.yaml` and its entry; `backup-why explain CODE` prints the whole entry.
This page is generated: `make docs` writes it, and a test compares it with the data.

"""
_ABOVE_PERMISSIONS: Final = """\
# Permissions

Exactly the IAM actions that the bot calls; all of them read. `backup-why permissions` prints them, with `--policy` as a
policy document; [deploy/](../../deploy/README.md) has templates of the role. This page is generated: `make docs` writes
it, and a test compares it with the code. What a language model takes is in [its own page](../language-model.md).

"""


def templates() -> Mapping[Path, str]:
    """The parts of the deployment templates that say what the read role may do, as they should be."""
    stack = ROOT / "deploy/cloudformation/read-role.yaml"
    policy = json.dumps(read_policy(), indent=2) + "\n"
    actions = "".join(f"                  - {action}\n" for action in read_policy()["Statement"][0]["Action"])
    return {
        stack: _ACTIONS.sub(lambda part: f"{part[1]}{actions}{part[2]}", stack.read_text(encoding="utf-8")),
        ROOT / "deploy/terraform/read-role/policy.json": policy,
        ROOT / "deploy/terraform/bot/policy.json": policy,
    }


def pages() -> Mapping[Path, str]:
    """Every page that is generated or has generated parts, by its place, as it should be."""
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in ("README.md", "docs/settings.md", "docs/upgrading.md")
    }
    parts: dict[str, Callable[[list[str]], str]] = {
        "settings": settings_table,
        "commands": command_table,
        "kept": kept_table,
    }
    return {
        **{ROOT / name: _GENERATED.sub(lambda part: _anew(part, parts), text) for name, text in texts.items()},
        ROOT / "docs/commands.md": commands_page(),
        ROOT / "docs/images/backup.svg": diagram("backup"),
        ROOT / "docs/images/copy.svg": diagram("copy"),
        ROOT / "docs/images/restore.svg": diagram("restore"),
        ROOT / "docs/reference/causes.md": causes_page(),
        ROOT / "docs/reference/permissions.md": permissions_page(),
        ROOT / "docs/needs.md": table.page(),
        ROOT / "docs/schemas/diagnosis-1.json": _schema("diagnosis"),
        ROOT / "docs/schemas/error-1.json": _schema("error"),
    }


def _schema(document: Literal["diagnosis", "error"]) -> str:
    return json.dumps(schema_of(document), indent=2) + "\n"


def _anew(part: re.Match[str], parts: Mapping[str, Callable[[list[str]], str]]) -> str:
    above, what, names, below = part.groups()
    return f"{above}{parts[what](names.split())}{below}"


def described() -> Mapping[str, str]:
    """What each setting means, by its environment variable: the docstring under its field."""
    (body,) = (node.body for node in ast.parse(inspect.getsource(Settings)).body if isinstance(node, ast.ClassDef))
    meanings: dict[str, str] = {}
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                meanings[Settings.model_fields[name].alias or name] = " ".join(text.split())
    return meanings


def settings_table(variables: list[str]) -> str:
    """The table of some settings.

    Args:
        variables: Their environment variables, in the order of the table.

    Raises:
        KeyError: There is no such setting, or it has no docstring.
    """
    meanings = described()
    defaults = {field.alias: field.default for field in Settings.model_fields.values()}

    def row(variable: str) -> tuple[str, str, str]:
        meaning, _, unset = meanings[variable].partition(_UNSET)
        default = defaults[variable]
        return (
            f"`{variable}`",
            _linked(meaning),
            _linked(unset).removesuffix(".") or (f"`{default}`" if default else "none"),
        )

    return _table(("variable", "meaning", "default"), map(row, variables))


def _linked(text: str) -> str:
    """A text of the code as a part of a page in docs/, with links to the other pages."""
    return re.sub(r"docs/([a-z-]+)\.md", r"[\1](\1.md)", text)


def command_table(_names: list[str]) -> str:
    """The table of all commands, each with the first sentence of its help."""
    return _table(("command", "what it does"), ((f"`{_usage(each)}`", _paragraphs(each)[0]) for each in _commands()))


def kept_table(_names: list[str]) -> str:
    """The table of what is kept in Redis, by kind."""
    rows = (
        (
            f"`{kind.keys}`",
            kind.what,
            str(kind.version),
            str(kind.oldest),
            "never discarded" if kind.loses is None else kind.loses,
        )
        for kind in KINDS
    )
    return _table(("keys", "what", "version", "oldest that is read", "what is lost if it is discarded"), rows)


def causes_page() -> str:
    """The page docs/reference/causes.md."""

    def row(cause: CauseCode) -> tuple[str, ...]:
        entry = library.get(cause.code)
        return f"`{cause.code}`", f"**{entry.title}.** {entry.verdict}", cause.layer, cause.owner

    rows = map(row, cause_codes().values())
    return _ABOVE_CAUSES + _table(("code", "what it is", "layer", "who can change it"), rows)


def permissions_page() -> str:
    """The page docs/reference/permissions.md."""
    rows: dict[str, list[str]] = {}
    for operation in sorted(operations(), key=lambda each: each.permission):
        if operation.permission in permissions():
            rows.setdefault(operation.permission, []).append(operation.reads)
    cells = ((f"`{action}`", "; ".join(dict.fromkeys(reads))) for action, reads in rows.items())
    return _ABOVE_PERMISSIONS + _table(("action", "what it reads"), cells)


def commands_page() -> str:
    """The page docs/commands.md."""
    return _ABOVE_COMMANDS + "".join(_section(command) for command in _commands())


def _commands() -> list[Any]:  # typer has no public type for what it makes of a function
    group: Any = typer.main.get_command(app)
    return list(group.commands.values())


def _section(command: Any) -> str:
    first, *others = _paragraphs(command)
    paragraphs = [first, f"    {_usage(command)}{' [OPTIONS]' if _options(command) else ''}", *others]
    text = f"\n## {command.name}\n\n" + "\n\n".join(paragraphs) + "\n"
    if command.params:
        rows = ((f"`{_written(each)}`", each.help) for each in command.params)
        text += "\n" + _table(("argument or option", "meaning"), rows)
    return text


def _paragraphs(command: Any) -> list[str]:
    """The help of a command as Markdown; what must not be wrapped becomes a block of code."""
    parts = inspect.cleandoc(command.help).split("\n\n")
    blocks = (part.removeprefix("\b\n") if part.startswith("\b") else None for part in parts)
    return [
        " ".join(part.split()) if block is None else "\n".join(f"    {line.strip()}" for line in block.splitlines())
        for part, block in zip(parts, blocks, strict=True)
    ]


def _options(command: Any) -> list[Any]:
    return [each for each in command.params if each.param_type_name == "option"]


def _usage(command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    written = [_written(each) if each.required else f"[{_written(each)}]" for each in arguments]
    return " ".join(["backup-why", command.name, *written])


def _written(parameter: Any) -> str:
    """An argument or option as one writes it: `JOB`, `--json`, `--account ID`."""
    value = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return f"{value}{'…' if parameter.nargs == -1 else ''}"
    return f"{parameter.opts[0]}{'' if parameter.is_flag else f' {value}'}"


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = (tuple(cell.replace("|", r"\|") for cell in row) for row in rows)
    lines = [f"| {' | '.join(heading)} |", "|---" * len(heading) + "|", *(f"| {' | '.join(row)} |" for row in cells)]
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    for page, text in {**pages(), **templates()}.items():
        page.write_text(text, encoding="utf-8")
