"""The newcomer's first try: no Slack, no AWS, no Redis, and yet every real part of the bot at work.

An embedded server for Redis, an incident served as AWS, the real app and the real worker come up in this process; a
signed `/backup-why` is sent over HTTP, and the thread that the bot writes is shown in the terminal.
"""

import asyncio
import os
import shlex
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr
from rich.console import Console
from rich.text import Text

from bot.app import EVENTS_PATH
from bot.console.client import SlackClient
from bot.console.embedded import embedded_redis
from bot.console.server import LOOPBACK, WorkspaceServer
from bot.console.show import show_ephemeral, show_thread
from bot.console.workspace import Channel, Workspace
from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.sandbox.estate import load_estate
from bot.sandbox.model import Estate
from bot.sandbox.server import Sandbox, environment
from bot.serve import serving
from bot.settings import Settings
from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.threads import Threads
from bot.work.worker import make_kit, working

INCIDENT = Path(__file__).parents[1] / "sandbox" / "incidents" / "12-copy-aurora-scp-denies-vault-account.json"
"""What is tried where nothing else is asked for."""

TOKEN = "xoxb-local"  # noqa: S105 — no secret: the workspace is this process's own
SECRET = "local signing secret"  # noqa: S105 — likewise
PATIENCE = 60.0
"""Seconds that the thread may take; a second is usual."""


class DiagnoseWith(Protocol):
    """The diagnosis, as the machine offers it."""

    def __call__(self, job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
        """Diagnoses a job."""


@dataclass(frozen=True, slots=True)
class Tryout:
    """What is up while somebody tries the bot."""

    workspace: Workspace
    slack: SlackClient
    threads: Threads
    channel: Channel
    user: str
    estate: Estate
    exports: Mapping[str, str]
    """What another terminal has to export to read the same AWS."""


async def try_it(diagnose: DiagnoseWith, console: Console, *, incident: Path = INCIDENT, keep: bool = False) -> int:
    """Tries the bot on an incident and shows what happens.

    Args:
        diagnose: The diagnosis.
        console: Where to show it.
        incident: An estate file with a failed job.
        keep: Stay up afterwards, and take commands until the input ends.

    Returns:
        The exit status: 0, or 1 if there was no answer.
    """
    async with trying(diagnose, incident) as tried:
        job = (tried.estate.expect or {})["job"]
        console.print(Text.assemble(("The incident: ", "bold"), tried.estate.about))
        answered = await ask(tried, f"/backup-why {job}", console)
        if keep:
            await _converse(tried, job, console)
        else:
            console.print(
                Text("\nThat was all real but Slack and AWS. `make try KEEP=1` stays up to be asked more.", "dim")
            )
        return 0 if answered else 1


@asynccontextmanager
async def trying(diagnose: DiagnoseWith, incident: Path) -> AsyncIterator[Tryout]:
    """Everything up on loopback, reading the incident as AWS, while the context is open."""
    estate = load_estate(incident)
    async with AsyncExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(estate))
        exports = {**environment(sandbox), "BACKUP_WHY_ROLE_NAME": estate.bot.role_name}
        stack.enter_context(_only(exports))
        redis_url = stack.enter_context(embedded_redis())
        workspace = Workspace()
        server = await stack.enter_async_context(WorkspaceServer(workspace))
        settings = Settings(
            _env_file=None,
            role_name=estate.bot.role_name,
            redis_url=SecretStr(redis_url),
            slack_bot_token=SecretStr(TOKEN),
            slack_signing_secret=SecretStr(SECRET),
            slack_app_token=None,
            slack_api_url=server.api_url,
            cache_seconds=0,
        ).model_copy(update={"port": 0})
        redis = await stack.enter_async_context(connect(redis_url))
        threads = Threads(redis)

        def here(job: JobReference, *, observe: Observer, fresh: bool) -> Diagnosis:
            del fresh  # nothing is cached here
            return diagnose(job, settings, observe=observe)

        kit = make_kit(redis, web_client(TOKEN, server.api_url), here)
        await stack.enter_async_context(working(redis_url, kit))
        url = await stack.enter_async_context(serving(settings, host=LOOPBACK))
        slack = await stack.enter_async_context(SlackClient(f"{url}{EVENTS_PATH}", SECRET, workspace))
        channel, user = workspace.add_channel("backups"), workspace.add_person("you")
        yield Tryout(workspace, slack, threads, channel, user, estate, exports)


async def ask(tried: Tryout, command: str, console: Console) -> bool:
    """Types a slash command, waits for what comes of it and shows it.

    Args:
        tried: What is up.
        command: The command with its text, as typed.
        console: Where to show it.

    Returns:
        Whether the bot answered.
    """
    name, _, text = command.partition(" ")
    seen, told = set(tried.channel.messages), len(tried.workspace.ephemeral)
    console.print(Text.assemble(("\n#backups  you: ", "bold"), command))
    acknowledged = await tried.slack.command(name, text, channel=tried.channel.id, user=tried.user)
    took = f"acknowledged in {acknowledged.seconds * 1000:.0f} ms"
    if acknowledged.status != 200:
        console.print(Text(f"There is no command {name}: try /backup-why or /backup-explain.", "red"))
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            heads = await _settled(tried, seen, told)
    except TimeoutError:
        console.print(Text("No answer came.", "red"))
        return False
    console.print(Text(took, "dim"))
    for head in heads:
        show_thread(tried.workspace, tried.channel.id, head, console)
    for message in tried.workspace.ephemeral[told:]:
        show_ephemeral(message, console)
    return True


async def _settled(tried: Tryout, seen: set[str], told: int) -> list[str]:
    """Waits for the answer to be complete; returns the new messages that head a thread."""
    while True:
        new = [message for ts, message in tried.channel.messages.items() if ts not in seen]
        heads = [message for message in new if "thread_ts" not in message]
        threads = {message["metadata"]["event_payload"]["thread"] for message in heads if "metadata" in message}
        if len(tried.workspace.ephemeral) > told or (heads and all([await tried.threads.finished(t) for t in threads])):
            return [head["ts"] for head in heads]
        await asyncio.sleep(0.05)


async def _converse(tried: Tryout, job: str, console: Console) -> None:
    """Takes commands from the terminal until its input ends."""
    exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in tried.exports.items())
    console.print(
        Text.assemble(
            ("\nStill up. ", "bold"),
            f"Type /backup-why {job} or /backup-explain scp-denied here; Ctrl-D ends it.\n",
            "In another terminal the same incident can be read with the command line:\n",
            (f"  {exports} backup-why diagnose {job}", "cyan"),
        ),
        soft_wrap=True,
    )
    while True:
        try:
            typed = await asyncio.to_thread(console.input, "#backups> ")
        except EOFError:
            return
        if typed.strip():
            await ask(tried, typed.strip(), console)


@contextmanager
def _only(exports: Mapping[str, str]) -> Iterator[None]:
    """This process's environment with no AWS and no bot settings but these: nothing here may read a real account."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("AWS_", "BACKUP_WHY_")):
            del os.environ[name]
    os.environ.update(exports, AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
