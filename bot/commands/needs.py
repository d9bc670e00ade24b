"""`backup-why needs`: what a job or an operation has to be allowed, and what a role or a caller lacks of it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console

from bot.commands.diagnose import reading
from bot.commands.options import AsJson, EstateFile
from bot.errors import BadInputError
from bot.replies.terminal import render_page
from bot.settings import load_settings
from knowledge.callers import CallerOperation, of_operation, operations
from knowledge.need import JobKind, of_type, resource_types
from knowledge.need import needs as needs_of

_KINDS: tuple[JobKind, ...] = get_args(JobKind)


def _kinds_and_operations(incomplete: str) -> list[str]:
    """What WHAT may be and begins so, for the shell's completion."""
    names = [*_KINDS, *(each.operation for each in operations())]
    return [name for name in names if name.startswith(incomplete)]


def _resource_types(incomplete: str) -> list[str]:
    """The types that begin so."""
    return [each.type for each in resource_types() if each.type.startswith(incomplete)]


def needs(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A kind of job (backup, restore, item-restore, copy, scan, index, export), or an operation such as "
            "create-vault.",
            autocompletion=_kinds_and_operations,
        ),
    ],
    resource_type: Annotated[
        str | None,
        typer.Argument(
            metavar="TYPE",
            help="For a job: EBS, EC2, RDS, EFS, S3, …",
            show_default=False,
            autocompletion=_resource_types,
        ),
    ] = None,
    role: Annotated[
        str | None, typer.Option("--role", metavar="ARN", help="Say what this role lacks of it.", show_default=False)
    ] = None,
    caller: Annotated[
        str | None,
        typer.Option(
            "--caller", metavar="ARN", help="Say whether this user or role may call the operation.", show_default=False
        ),
    ] = None,
    estate: EstateFile = None,
    as_json: AsJson = False,
) -> None:
    """Print what a job or an operation needs: which identity, which action, on what, and where that is documented.

    For example:

    \b
      backup-why needs restore EFS
      backup-why needs backup S3 --role arn:aws:iam::222233334444:role/backup-job
      backup-why needs create-vault
      backup-why needs --caller arn:aws:iam::222233334444:user/ana CreateBackupVault
    """
    kind = next((kind for kind in _KINDS if kind == what.casefold()), None)
    operation = of_operation(what)
    if kind and resource_type:
        _refuse(caller, "--caller", "an operation, such as create-vault")
        _of_job(kind, resource_type, role, estate, as_json=as_json)
    elif kind:
        raise BadInputError(f"Say which resource type: backup-why needs {kind} EBS. {_types()}")
    elif operation:
        _refuse(role, "--role", "a kind of job and a resource type, such as backup EBS")
        _of_operation(operation, caller, estate, as_json=as_json)
    else:
        raise BadInputError(
            f"{what!r} is neither a kind of job ({', '.join(_KINDS)}) nor an operation of AWS Backup, such as "
            "create-vault or StartRestoreJob. See backup-why needs --help."
        )


def _refuse(value: str | None, option: str, of: str) -> None:
    if value is not None:
        raise BadInputError(f"{option} goes with {of}.")


def _types() -> str:
    return f"The types are {', '.join(sorted(each.type for each in resource_types()))}."


def _of_job(kind: JobKind, resource_type: str, role: str | None, estate: Path | None, *, as_json: bool) -> None:
    from bot.replies.needs import needs_page, role_page

    known = of_type(resource_type)
    if known is None:
        raise BadInputError(f"There are no needs of {resource_type}. {_types()}")
    wanted = needs_of(kind, resource_type)
    if not wanted:
        raise BadInputError(f"No AWS page and no managed policy names a permission for {kind} {known.type}.")
    if role is None:
        if as_json:
            _print_json([need.model_dump(mode="json") for need in wanted])
        else:
            render_page(needs_page(kind, known.type, wanted), Console())
        return
    from bot.diagnosis.run import Diagnostician

    with reading(estate):
        compared = Diagnostician(load_settings()).compare_role(role, kind, resource_type)
    if as_json:
        _print_json(asdict(compared))
    else:
        render_page(role_page(compared), Console())


def _of_operation(operation: CallerOperation, caller: str | None, estate: Path | None, *, as_json: bool) -> None:
    from bot.replies.answer import head_page, reply_pages
    from bot.replies.needs import operation_page

    if caller is None:
        if as_json:
            _print_json(operation.model_dump(mode="json"))
        else:
            render_page(operation_page(operation), Console())
        return
    from bot.diagnosis.run import Diagnostician

    with reading(estate):
        checked = Diagnostician(load_settings()).check_caller(caller, operation)
    if as_json:
        sys.stdout.write(checked.to_json(indent=2) + "\n")
    else:
        console = Console()
        for page in (head_page(checked), *reply_pages(checked), operation_page(operation)):
            render_page(page, console)


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=2, default=list) + "\n")
