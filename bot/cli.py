"""`backup-why`: the command line. Every error is one line on stderr that says what to do, with an exit code of its own.

Exit codes: 0 done · 1 unexpected · 2 bad argument or malformed file · 3 no such job in scope · 4 AWS or its
credentials can't be reached · 5 Redis is needed and can't be reached.
"""

import logging
import os
import sys
import traceback
import uuid
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bot import __version__
from bot.commands.registry import FUNCTIONS, CommandGroup
from bot.errors import BackupWhyError

_USAGE_ERROR = 2
_INTERRUPTED = 130

app = typer.Typer(
    name="backup-why",
    cls=CommandGroup,
    help="Show an on-call engineer why an AWS Backup job was denied: job id in, proven answer out. It only reads.",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        sys.stdout.write(f"backup-why {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        sys.stdout.write(f"{context.get_help()}\n")


def main() -> None:
    """Runs the command line, and ends the process with its exit code."""
    logging.basicConfig(level=logging.WARNING, format="backup-why: %(message)s", stream=sys.stderr)
    logging.getLogger("botocore.credentials").setLevel(logging.CRITICAL)  # a role that can't be assumed is an answer
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command.

    Args:
        arguments: What was typed after `backup-why`.

    Returns:
        The exit code.
    """
    try:
        return app(arguments, prog_name="backup-why", standalone_mode=False) or 0
    except BackupWhyError as trouble:
        return _tell(trouble.message, trouble.exit_code)
    except TyperException as wrong:
        asked = " ".join(["backup-why", *(name for name in arguments[:1] if name in FUNCTIONS)])
        return _tell(f"{_sentence(wrong.format_message())} See {asked} --help.", _USAGE_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except Exception as unexpected:  # noqa: BLE001 — the one place where what nobody foresaw becomes a sentence
        return _tell_unexpected(unexpected)


def _sentence(message: str) -> str:
    """What Typer says of a wrong argument, without the marks that pydantic left in it, ended as a sentence is."""
    text = message.replace("Value error, ", "").rstrip(".")
    return text if text.endswith("?") else f"{text}."


def _tell(sentence: str, code: int) -> int:
    sys.stderr.write(f"backup-why: {' '.join(sentence.split())}\n")
    return code


def _tell_unexpected(unexpected: Exception) -> int:
    reference = uuid.uuid4().hex[:8]
    if os.environ.get("BACKUP_WHY_DEBUG"):
        traceback.print_exception(unexpected)
    return _tell(
        f"Something went wrong that nobody foresaw ({type(unexpected).__name__}, reference {reference}): "
        "run it again with BACKUP_WHY_DEBUG=1 and report what it prints.",
        1,
    )


if __name__ == "__main__":
    main()
