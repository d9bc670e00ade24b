"""`backup-why check`: what will be denied, before a job is started."""

import sys
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
    attach: Annotated[
        list[str] | None,
        typer.Option(
            "--attach",
            metavar="ARN",
            help="What if the role had this managed policy? Can be repeated.",
            show_default=False,
        ),
    ] = None,
    with_policy: Annotated[
        list[Path] | None,
        typer.Option(
            "--with-policy",
            metavar="FILE",
            help="What if the role had this policy, a JSON document? Can be repeated.",
            show_default=False,
        ),
    ] = None,
    with_scp: Annotated[
        list[Path] | None,
        typer.Option(
            "--with-scp",
            metavar="FILE",
            help="What if this service control policy were attached to the accounts? Can be repeated.",
            show_default=False,
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="POLICY",
            help="What if this policy of the role, the boundary or the organization were gone? Its ARN, id or name.",
            show_default=False,
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Also write JUnit XML to this file.", show_default=False),
    ] = None,
    sarif: Annotated[
        Path | None,
        typer.Option("--sarif", metavar="FILE", help="Also write SARIF 2.1.0 to this file.", show_default=False),
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
        from bot.commands.asked_check import Asked
        from bot.diagnosis.events import ignore
        from bot.diagnosis.run import Diagnostician
        from bot.replies.terminal import LiveChecklist

        asked = Asked(
            plan=plan,
            selection=selection,
            role=role,
            resource=resource,
            restore=restore,
            resource_type=resource_type,
            vault=vault,
            copy_to=copy_to,
            metadata=tuple(metadata or ()),
            plan_json=plan_json,
            template=template,
            parameters=tuple(parameter or ()),
            attach=tuple(attach or ()),
            policies=tuple(with_policy or ()),
            scps=tuple(with_scp or ()),
            without=frozenset(without or ()),
            account=account,
            region=region,
        )
        errors, diagnostician = Console(stderr=True), Diagnostician(load_settings())
        if errors.is_terminal:
            with LiveChecklist(errors) as checklist:
                forecast = asked.check(diagnostician, checklist)
        else:
            forecast = asked.check(diagnostician, ignore)
    _write(forecast, junit, sarif, plan_json or template)
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


def _write(forecast: Forecast, junit: Path | None, sarif: Path | None, checked: Path | None) -> None:
    """Writes what build servers read.

    Raises:
        BadInputError: A file can't be written.
    """
    from bot.replies import ci

    texts = {
        **({junit: ci.junit(forecast)} if junit else {}),
        **({sarif: ci.sarif(forecast, checked)} if sarif else {}),
    }
    for file, text in texts.items():
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise BadInputError(f"{file} can't be written ({error.strerror}).") from error
