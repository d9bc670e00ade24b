"""`backup-why diagnose`: a job in, the proven answer out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.extra import from_sandbox
from bot.commands.options import Account, AsJson, EstateFile, FailOn, Quiet, Region, Verbose, detail, fail_on
from bot.diagnosis.job_id import JobReference, parse_job_id
from bot.diagnosis.model import Diagnosis
from bot.errors import BadInputError
from bot.settings import load_settings


def diagnose(
    job: Annotated[
        str | None,
        typer.Argument(
            metavar="JOB",
            help="A job id, its ARN, console URL or event in JSON. With --estate, the incident's own by default.",
            show_default=False,
        ),
    ] = None,
    account: Account = None,
    region: Region = None,
    estate: EstateFile = None,
    as_json: AsJson = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Read everything anew, whatever is cached.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    failing: FailOn = None,
) -> None:
    """Show why an AWS Backup job was denied.

    The job is looked for in every account and Region in scope, as a backup, a copy and a restore job. The answer names
    the statement, the policy, the layer and the identity, shows the evidence for each layer, and offers a change.

    For example:

    \b
      backup-why diagnose 6F0C2D1E-3B4A-4C5D-8E9F-0A1B2C3D4E5F
      backup-why diagnose 6F0C2D1E-3B4A-4C5D-8E9F-0A1B2C3D4E5F --account 222233334444 --region eu-west-1 --json
      backup-why diagnose --estate incident.json

    Exit codes: 0 a diagnosis was reached, 1 its outcome is one of --fail-on, 2 bad argument, 3 no such job, 4 AWS can't
    be reached.
    """
    shown = detail(quiet=quiet, verbose=verbose)
    with reading(estate) as incident:
        reference = _reference(job, incident, account, region)
        diagnosis = _run(reference, fresh=fresh)
    if as_json:
        sys.stdout.write(diagnosis.to_json(indent=2) + "\n")
    else:
        from bot.replies.terminal import render

        render(diagnosis, Console(), shown)
    fail_on(diagnosis, failing)


@contextmanager
def reading(estate: Path | None) -> Iterator[JobReference | None]:
    """AWS as the environment says, or an estate file served as AWS while the context is open.

    Yields:
        The job of the estate's own incident, if it has one.

    Raises:
        BadInputError: The file is no estate, or the extra `sandbox` is not installed.
    """
    if estate is None:
        yield None
        return
    with from_sandbox("--estate"):
        from sandbox.aws.here import served
    with served(estate) as sandbox:
        expect = sandbox.estate.expect or {}
        yield JobReference(**{"id": expect["job"], **_place(expect)}) if "job" in expect else None


def _place(expect: dict[str, str]) -> dict[str, str]:
    return {name: expect[name] for name in ("account", "region") if name in expect}


def _reference(job: str | None, incident: JobReference | None, account: str | None, region: str | None) -> JobReference:
    if job is not None:
        reference = parse_job_id(job)
    elif incident is not None:
        reference = incident
    else:
        raise BadInputError("Say which job: backup-why diagnose JOB.")
    said = {name: value for name, value in (("account", account), ("region", region)) if value}
    return reference.model_copy(update=said)


def _run(reference: JobReference, *, fresh: bool) -> Diagnosis:
    """Diagnoses; how far it is is shown on a terminal alone."""
    from bot.diagnosis.run import Diagnostician
    from bot.replies.terminal import LiveChecklist

    errors = Console(stderr=True)
    diagnostician = Diagnostician(load_settings())
    if not errors.is_terminal:
        return diagnostician.diagnose(reference, fresh=fresh)
    with LiveChecklist(errors) as checklist:
        return diagnostician.diagnose(reference, observe=checklist, fresh=fresh)
