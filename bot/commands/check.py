"""`backup-why check`: what will be denied, before a job is started."""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.diagnose import reading
from bot.commands.options import Account, AsJson, EstateFile, Quiet, Region
from bot.diagnosis.model import Outcome
from bot.errors import BadInputError
from bot.foresight.forecast import Forecast
from bot.settings import load_settings

_DENIED = 1
"""The exit code where a job would be denied, or where what `--fail-on` names is so."""


def check(
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="PLAN", help="A backup plan: its id, ARN or name.", show_default=False),
    ] = None,
    selection: Annotated[
        str | None,
        typer.Option(
            "--selection", metavar="NAME", help="Only this selection of the plan: its name or id.", show_default=False
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", metavar="ARN", help="The role that the job will run with.", show_default=False),
    ] = None,
    resource: Annotated[
        str | None,
        typer.Option("--resource", metavar="ARN", help="What will be backed up with it.", show_default=False),
    ] = None,
    restore: Annotated[
        str | None,
        typer.Option(
            "--restore", metavar="ARN", help="The recovery point that will be restored with it.", show_default=False
        ),
    ] = None,
    resource_type: Annotated[
        str | None,
        typer.Option(
            "--type", metavar="TYPE", help="EBS, RDS, S3, … where the ARN leaves it open.", show_default=False
        ),
    ] = None,
    vault: Annotated[
        str | None,
        typer.Option(
            "--vault",
            metavar="VAULT",
            help="The vault, by name or ARN: of a backup where to, of a restore where from. Default: Default.",
            show_default=False,
        ),
    ] = None,
    copy_to: Annotated[
        str | None,
        typer.Option(
            "--copy-to", metavar="ARN", help="The vault that the backup will be copied to.", show_default=False
        ),
    ] = None,
    metadata: Annotated[
        list[str] | None,
        typer.Option(
            "--metadata",
            metavar="NAME=VALUE",
            help="What the restore will ask for, over what AWS Backup proposes. Can be repeated.",
            show_default=False,
        ),
    ] = None,
    plan_json: Annotated[
        Path | None,
        typer.Option(
            "--plan-json",
            metavar="FILE",
            help="Check against AWS as it will be after this Terraform plan: what terraform show -json prints of it.",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="FILE",
            help="Check against AWS as it will be with the stack of this CloudFormation template.",
            show_default=False,
        ),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            metavar="NAME=VALUE",
            help="A parameter of the template. Can be repeated.",
            show_default=False,
        ),
    ] = None,
    account: Account = None,
    region: Region = None,
    estate: EstateFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    failing: Annotated[
        list[Outcome] | None,
        typer.Option(
            "--fail-on",
            metavar="OUTCOME",
            help="Exit with 1 on this outcome. Default: denied. Add undetermined to be strict. Can be repeated.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show what would deny a backup, copy or restore, before it is started.

    Every call that the jobs to come need is evaluated in every layer and account, as for a job that has failed. The
    answer names the policy and the statement, and offers a change that was verified.

    For example:

    \b
      backup-why check --plan daily-backups
      backup-why check --role arn:aws:iam::222233334444:role/backup-job --resource arn:aws:s3:::invoices
      backup-why check --role arn:aws:iam::222233334444:role/restore-job --vault prod --restore ARN

    Exit codes: 0 nothing would be denied, 1 something would, 2 bad argument, 4 AWS can't be reached.
    """
    with reading(estate):
        forecast = _run(
            plan=plan,
            selection=selection,
            role=role,
            resource=resource,
            restore=restore,
            resource_type=resource_type,
            vault=vault,
            copy_to=copy_to,
            metadata=metadata or (),
            plan_json=plan_json,
            template=template,
            parameters=parameter or (),
            account=account,
            region=region,
            quiet=as_json or quiet,
        )
    if as_json:
        sys.stdout.write(forecast.to_json(indent=2) + "\n")
    else:
        from bot.replies.forecast import forecast_head, forecast_pages
        from bot.replies.terminal import render_page

        console = Console()
        pages = (forecast_head(forecast),) if quiet else forecast_pages(forecast, "backup-why explain")
        for page in pages:
            render_page(page, console)
    if forecast.outcome in (failing or [Outcome.DENIED]):
        raise typer.Exit(_DENIED)


def _run(
    *,
    plan: str | None,
    selection: str | None,
    role: str | None,
    account: str | None,
    region: str | None,
    metadata: Sequence[str],
    plan_json: Path | None,
    template: Path | None,
    parameters: Sequence[str],
    quiet: bool,
    resource: str | None,
    restore: str | None,
    resource_type: str | None,
    vault: str | None,
    copy_to: str | None,
) -> Forecast:
    from bot.aws.facts import AS_IT_IS
    from bot.diagnosis.run import Diagnostician
    from bot.foresight.cloudformation import of_cloudformation
    from bot.foresight.named import Named, jobs_of_resource, jobs_of_restore
    from bot.foresight.overlay import ToBe
    from bot.foresight.planned import FindJobs
    from bot.foresight.plans import PlanName, jobs_of_plan, jobs_to_be, leaving_open
    from bot.foresight.run import check as run_check
    from bot.foresight.terraform import of_terraform
    from bot.replies.terminal import LiveChecklist

    diagnostician, errors = Diagnostician(load_settings()), Console(stderr=True)
    here = region or diagnostician.region
    where = account or diagnostician.own_account()
    if plan_json and template:
        raise BadInputError("--template can't be given beside --plan-json: check one after the other.")
    will_be = None
    if plan_json:
        will_be = of_terraform(text_of(plan_json, "--plan-json"), where, here)
    elif template:
        said = dict(_pair("--parameter", each) for each in parameters)
        will_be = of_cloudformation(text_of(template, "--template"), where, here, said)
    find: FindJobs
    if plan:
        for_jobs = {
            "--role": role,
            "--resource": resource,
            "--restore": restore,
            "--vault": vault,
            "--copy-to": copy_to,
        }
        _refuse(for_jobs, "--plan, which says it itself")
        name = PlanName.of(plan, where, here, selection)
        find = partial(jobs_of_plan, plan=name)
    elif role:
        _refuse({"--selection": selection}, "--role; it goes with --plan")
        named = Named(
            role=role,
            region=here,
            resource=resource,
            recovery_point=restore,
            resource_type=resource_type,
            vault=vault,
            copy_to=copy_to,
            metadata=dict(_pair("--metadata", each) for each in metadata),
        )
        find = partial(jobs_of_restore if restore else jobs_of_resource, named=named)
    elif will_be:
        find = partial(jobs_to_be, will_be=will_be, account=where, region=here)
    else:
        raise BadInputError(
            "Say what to check: --plan PLAN, --role ARN with --resource ARN, --role ARN with --restore ARN, "
            "--plan-json FILE or --template FILE."
        )
    overlay = ToBe(will_be) if will_be else AS_IT_IS
    find = leaving_open(find, will_be.not_known) if will_be else find
    if quiet and not errors.is_terminal:
        return run_check(diagnostician, find, overlay=overlay)
    with LiveChecklist(errors) as checklist:
        return run_check(diagnostician, find, observe=checklist, overlay=overlay)


def text_of(file: Path, option: str) -> str:
    """The text of a file.

    Raises:
        BadInputError: It can't be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{option}: {file} can't be read ({error}).") from error


def _refuse(given: Mapping[str, str | None], beside: str) -> None:
    """Refuses options that say something else than another one.

    Raises:
        BadInputError: One of them was given.
    """
    for option, value in given.items():
        if value is not None:
            raise BadInputError(f"{option} can't be given beside {beside}.")


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadInputError(f"{option}: {text!r} is no NAME=VALUE, such as DBInstanceIdentifier=orders-2.")
    return name, value
