"""Everything up in this process, on loopback: a workspace, the real app and worker, Redis, and an incident as AWS."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from pydantic import SecretStr

from bot.diagnosis.events import Observer
from bot.diagnosis.failures import FailedJob
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis
from bot.diagnosis.run import Diagnostician
from bot.diagnosis.what_if import Effects, WhatIf
from bot.serve import serving
from bot.settings import Settings
from bot.site import EVENTS_PATH
from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.diagnosing import diagnosing
from bot.work.thread_store import ThreadStore
from bot.work.worker import make_duties, working
from sandbox.aws.estate import INCIDENTS, load_estate
from sandbox.aws.here import only
from sandbox.aws.model import Estate
from sandbox.aws.parts import moment
from sandbox.aws.server import Sandbox, environment
from sandbox.embedded import embedded_redis
from sandbox.slack.client import SlackClient
from sandbox.slack.server import LOOPBACK, WorkspaceServer
from sandbox.slack.workspace import Channel, Workspace

FIRST = INCIDENTS / "12-copy-aurora-scp-denies-vault-account.json"
"""What is played where nothing else is asked for."""

TOKEN = "xoxb-local"  # noqa: S105 — no secret: the workspace is this process's own
SECRET = "local signing secret"  # noqa: S105 — likewise


class DiagnoseWith(Protocol):
    """The diagnosis, as the machine offers it."""

    def __call__(self, job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
        """Diagnoses a job."""


@dataclass(slots=True)
class Stage:
    """What is up."""

    workspace: Workspace
    server: WorkspaceServer
    slack: SlackClient
    threads: ThreadStore
    channel: Channel
    user: str
    settings: Settings
    estate: Estate
    sandbox: Sandbox
    incident: Path
    """The file of the estate."""

    @property
    def job(self) -> str:
        """The id of the job that the incident is about; empty for an estate without one."""
        return str((self.estate.expect or {}).get("job", ""))

    @property
    def exports(self) -> Mapping[str, str]:
        """What another terminal has to export to read the same AWS."""
        return _exports(self.sandbox)

    async def play(self, incident: Path) -> None:
        """Serves another incident as AWS, at the same address.

        Raises:
            BadInputError: The file is no estate.
        """
        estate = await asyncio.to_thread(load_estate, incident)
        port = int(self.sandbox.url.rpartition(":")[2])
        await asyncio.to_thread(self.sandbox.__exit__, None, None, None)
        self.estate, self.sandbox, self.incident = estate, Sandbox(estate, port=port), incident
        await asyncio.to_thread(self.sandbox.__enter__)
        self.settings = self.settings.model_copy(update=_scope(estate))
        os.environ.update(self.exports)
        self.announce()

    def announce(self) -> None:
        """Lets another app alert the channel to the failed job: something to try the message shortcut on."""
        if self.job:
            text = f"A backup job has failed: {self.job}. {self.estate.about}"
            self.workspace.write(self.channel.id, "B0ALERTS", text, bot_id="B0ALERTS", username="aws-alerts")


@asynccontextmanager
async def on_stage(diagnose: DiagnoseWith, incident: Path = FIRST, port: int = 0) -> AsyncIterator[Stage]:
    """Everything up while the context is open.

    Args:
        diagnose: The diagnosis.
        incident: An estate file with a failed job.
        port: The port of the workspace, or 0 for any free one.

    Raises:
        BadInputError: The file is no estate, or the port is taken.
    """
    estate = load_estate(incident)
    async with AsyncExitStack() as stack:
        sandbox = Sandbox(estate)
        sandbox.__enter__()
        stack.enter_context(only(_exports(sandbox)))
        redis_url = stack.enter_context(embedded_redis())
        workspace = Workspace()
        server = await stack.enter_async_context(WorkspaceServer(workspace, port))
        settings = Settings(
            _env_file=None,
            **_scope(estate),
            redis_url=SecretStr(redis_url),
            redis_password=None,  # the environment may have one, and a PORT, for something else
            port=1,
            slack_bot_token=SecretStr(TOKEN),
            slack_signing_secret=SecretStr(SECRET),
            slack_app_token=None,
            slack_api_url=server.api_url,
            cache_seconds=0,
        ).model_copy(update={"port": 0})
        redis = await stack.enter_async_context(connect(redis_url))
        url = await stack.enter_async_context(serving(settings, host=LOOPBACK))
        slack = await stack.enter_async_context(SlackClient(f"{url}{EVENTS_PATH}", SECRET, workspace))
        channel, user = workspace.add_channel("backups"), workspace.add_person("you")
        workspace.add_person("olga")
        workspace.direct_message(user)
        stage = Stage(workspace, server, slack, ThreadStore(redis), channel, user, settings, estate, sandbox, incident)
        stack.callback(lambda: stage.sandbox.__exit__(None, None, None))

        def here(job: JobReference, *, observe: Observer, fresh: bool) -> Diagnosis:
            del fresh  # nothing is cached here
            return diagnose(job, stage.settings, observe=observe)

        def failures() -> list[FailedJob]:
            return Diagnostician(stage.settings).failures(_evening_of(stage.estate))

        def of_text(text: str, *, observe: Observer, fresh: bool) -> TextDiagnosis:
            return Diagnostician(stage.settings).diagnose_text(text, observe=observe, fresh=fresh)

        def effects(subject: JobReference | str, change: WhatIf) -> Effects:
            return Diagnostician(stage.settings).effects(subject, change)

        client = web_client(TOKEN, server.api_url)
        duties = make_duties(redis, client, diagnosing(here, of_text), effects, failures=failures)
        await stack.enter_async_context(working(redis_url, redis, duties))
        stage.announce()
        yield stage


def _scope(estate: Estate) -> dict[str, Any]:
    """The settings by which all of an estate is in scope: its accounts, and every Region that it has something in."""
    regions = {region for account in estate.accounts.values() for region in account.regions}
    return {
        "role_name": estate.bot.role_name,
        "accounts": tuple(sorted(estate.accounts)),
        "regions": tuple(sorted(regions | {estate.bot.region})),
    }


def _evening_of(estate: Estate) -> datetime | None:
    """An hour after the last job of an estate was created: its present, whatever day it is played on."""
    regions = [region for account in estate.accounts.values() for region in account.regions.values()]
    jobs = [job for region in regions for job in (*region.backup_jobs, *region.copy_jobs, *region.restore_jobs)]
    created = [moment(job["CreationDate"]) for job in jobs if "CreationDate" in job]
    return max(created) + timedelta(hours=1) if created else None


def _exports(sandbox: Sandbox) -> dict[str, str]:
    scope = _scope(sandbox.estate)
    return {
        **environment(sandbox),
        "BACKUP_WHY_ROLE_NAME": scope["role_name"],
        "BACKUP_WHY_ACCOUNTS": ",".join(scope["accounts"]),
        "BACKUP_WHY_REGIONS": ",".join(scope["regions"]),
    }
