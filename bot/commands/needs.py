"""`backup-why needs`: what a job has to be allowed, and what a role lacks of it."""

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.diagnose import reading
from bot.commands.options import AsJson, EstateFile
from bot.errors import BadInputError
from bot.replies.terminal import render_page
from bot.settings import load_settings
from knowledge.need import needs as needs_of
from knowledge.need import of_type, resource_types


class Kind(StrEnum):
    """The kinds of jobs."""

    BACKUP = "backup"
    RESTORE = "restore"
    COPY = "copy"


def needs(
    kind: Annotated[Kind, typer.Argument(help="The kind of job: backup, restore or copy.")],
    resource_type: Annotated[str, typer.Argument(metavar="TYPE", help="EBS, EC2, RDS, EFS, S3, …")],
    role: Annotated[
        str | None, typer.Option("--role", metavar="ARN", help="Say what this role lacks of it.", show_default=False)
    ] = None,
    estate: EstateFile = None,
    as_json: AsJson = False,
) -> None:
    """Print what a job needs: which identity, which action, on what, and where that is documented.

    For example:

    \b
      backup-why needs restore EFS
      backup-why needs backup S3 --role arn:aws:iam::222233334444:role/backup-job
    """
    from bot.replies.needs import needs_page, role_page

    known = of_type(resource_type)
    if known is None:
        types = ", ".join(sorted(each.type for each in resource_types()))
        raise BadInputError(f"There are no needs of {resource_type}: the types are {types}.")
    wanted = needs_of(kind.value, resource_type)
    if role is None:
        if as_json:
            _print_json([need.model_dump(mode="json") for need in wanted])
        else:
            render_page(needs_page(kind.value, known.type, wanted), Console())
        return
    from bot.diagnosis.run import Diagnostician

    with reading(estate):
        compared = Diagnostician(load_settings()).compare_role(role, kind.value, resource_type)
    if as_json:
        _print_json(
            {
                "role": compared.role,
                "lacks": compared.lacks,
                "lacks_optional": compared.lacks_optional,
                "beside": compared.beside,
            }
        )
    else:
        render_page(role_page(compared), Console())


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=2, default=list) + "\n")
