"""How fast the web process acknowledges a slash command, beside a Bolt app that does nothing else.

`python -m benchmarks.acknowledge` starts one web process as it is run in production, and a bare Bolt app in a process
of its own, and sends signed commands at a fixed rate to one and the other in turn, in slices of a few seconds, so that
both meet the same machine. Every command asks about another job, so each is claimed, noted and put into the queue.
Then a worker diagnoses incidents from the sandbox on the same cores while the commands go on.

A command is timed from the moment at which it was due, not from when it was sent: what waits behind a slow one counts.
`--seconds 3` is for a quick look.
"""

import argparse
import asyncio
import os
import random
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import quantiles

from aiohttp import ClientError, ClientSession, web
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.site import EVENTS_PATH, LIVE_PATH
from bot.work.client import web_client
from bot.work.connection import connect
from sandbox.aws.estate import load_estate
from sandbox.aws.server import Sandbox, environment
from sandbox.embedded import embedded_redis
from sandbox.slack.client import SlackClient
from sandbox.slack.server import LOOPBACK, WorkspaceServer
from sandbox.slack.workspace import Workspace
from sandbox.stage import FIRST, SECRET, TOKEN

RATE = 100
SLICE = 5.0
CALM, BUSY = 0.050, 1.0
RATIO = 1.5
"""What is promised: the 99th percentile with idle workers, the slowest with busy ones, and the former beside bare."""


@dataclass
class Times:
    """What was measured of one app, in seconds."""

    name: str
    seconds: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return quantiles(self.seconds, n=100)[98]

    def __str__(self) -> str:
        cuts = quantiles(self.seconds, n=100)
        told = "  ".join(f"{name} {value * 1000:6.1f} ms" for name, value in (("p50", cuts[49]), ("p99", cuts[98])))
        return f"{self.name:28}{len(self.seconds):6} acks  {told}  max {max(self.seconds) * 1000:6.1f} ms"


async def send(slack: SlackClient, times: Times, workspace: Workspace, seconds: float, job: str = "") -> None:
    """Sends commands at the fixed rate for some seconds, whether or not the ones before are answered.

    Args:
        slack: Sends them.
        times: What is measured.
        workspace: Each command is sent in a channel of its own, so that none is the same question.
        seconds: For how long.
        job: The job that all of them ask about; each about another one that does not exist by default.
    """
    user = next(iter(workspace.people))

    async def one(due: float) -> None:
        await asyncio.sleep(due - time.perf_counter())
        channel = workspace.add_channel("backups").id
        answer = await slack.command("/backup-why", job or str(uuid.uuid4()), channel=channel, user=user)
        times.seconds.append(time.perf_counter() - due)
        times.refused += answer.status != 200

    begun = time.perf_counter() + 0.05
    await asyncio.gather(*(one(begun + number / RATE) for number in range(int(seconds * RATE))))


@asynccontextmanager
async def running(*command: str, env: dict[str, str], health: str = "") -> AsyncIterator[None]:
    """A process, up once its health page answers."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, env={**os.environ, **env})
    try:
        async with ClientSession() as session:
            if health:
                await _up(session, health)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _up(session: ClientSession, url: str) -> None:
    for _ in range(100):
        try:
            async with session.get(url):
                return
        except ClientError:
            await asyncio.sleep(0.1)
    raise TimeoutError(f"nothing answers at {url}")


async def bare(port: int, api_url: str) -> None:
    """A Bolt app that acknowledges one command and does nothing else."""
    app = AsyncApp(client=web_client(TOKEN, api_url), signing_secret=SECRET)

    @app.command("/backup-why")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack(response_type="in_channel")

    runner = web.AppRunner(app.web_app(EVENTS_PATH), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    await asyncio.Event().wait()


async def measure(seconds: float) -> bool:
    """Measures, prints, and says whether what is promised is kept."""
    ours_port, bare_port = random.sample(range(20_000, 30_000), 2)
    workspace = Workspace()
    workspace.add_person("ana")
    estate = load_estate(FIRST)
    with embedded_redis() as redis_url, Sandbox(estate) as sandbox:
        async with WorkspaceServer(workspace) as server:
            slack_env = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": server.api_url}
            ours_env = {**slack_env, "REDIS_URL": redis_url, "PORT": str(ours_port), "SLACK_APP_TOKEN": ""}
            ours_url, bare_url = (f"http://{LOOPBACK}:{port}" for port in (ours_port, bare_port))
            bare_command = ("benchmarks.acknowledge", "--bare", str(bare_port), server.api_url)
            async with (
                running("bot.cli", "serve", env=ours_env, health=f"{ours_url}{LIVE_PATH}"),
                running(*bare_command, env={}, health=bare_url),
                SlackClient(f"{ours_url}{EVENTS_PATH}", SECRET, workspace) as ours,
                SlackClient(f"{bare_url}{EVENTS_PATH}", SECRET, workspace) as plain,
            ):
                for slack in (ours, plain):
                    await send(slack, Times("warming up"), workspace, 1)
                calm, beside, busy = (
                    Times("backup-why, workers idle"),
                    Times("bare Bolt"),
                    Times("backup-why, diagnosing"),
                )
                for _ in range(max(1, round(seconds / SLICE))):
                    await send(plain, beside, workspace, min(SLICE, seconds))
                    await send(ours, calm, workspace, min(SLICE, seconds))
                async with connect(redis_url) as redis:
                    await redis.flushall()  # what was asked so far is about jobs that do not exist
                aws = {**environment(sandbox), "BACKUP_WHY_ROLE_NAME": estate.bot.role_name}
                async with running("bot.cli", "work", env={**ours_env, **aws}):
                    await send(ours, busy, workspace, seconds, job=(estate.expect or {})["job"])
    print(calm, beside, busy, sep="\n")
    print(f"backup-why / bare, p99: {calm.p99 / beside.p99:.2f}")
    made = sum(call.args["text"].startswith("Denied.") for call in workspace.calls_of("chat.update"))
    print(f"diagnoses made meanwhile: {made}")
    kept = calm.p99 <= CALM and calm.p99 <= RATIO * beside.p99 and max(busy.seconds) <= BUSY
    return kept and not calm.refused and not busy.refused


def main() -> None:
    """Reads the arguments."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--bare", nargs=2, metavar=("PORT", "API_URL"), help=argparse.SUPPRESS)
    known = arguments.parse_args()
    if known.bare:
        asyncio.run(bare(int(known.bare[0]), known.bare[1]))
    elif not asyncio.run(measure(known.seconds)):
        sys.exit("what is promised was not kept")


if __name__ == "__main__":
    main()
