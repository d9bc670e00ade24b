"""What a storm of questions in one channel costs: how soon its verdicts stand there, and what Slack refuses meanwhile.

`python -m benchmarks.storm` starts the web process and two workers as they are run in production, a real server for
Redis, and a stand-in for Slack with the documented rate limits. So many commands, or mentions, come at once in one
channel; each asks about another job, and its diagnosis takes four seconds. All times count from the first command.
`--counts 5` is for a quick look.
"""

import argparse
import asyncio
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.acknowledge import running
from bot.diagnosis.events import STATES, Entered, Left, Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis, read_error
from bot.diagnosis.run import Diagnostician
from bot.diagnosis.what_if import Effects, WhatIf
from bot.replies.thread import REST
from bot.settings import load_settings
from bot.site import EVENTS_PATH, LIVE_PATH
from bot.work.client import web_client
from bot.work.connection import connect
from bot.work.diagnosing import diagnosing
from bot.work.heartbeat import living_workers
from bot.work.worker import work
from sandbox.aws.estate import load_estate
from sandbox.aws.here import only
from sandbox.aws.server import Sandbox, environment
from sandbox.embedded import embedded_redis
from sandbox.slack.client import SlackClient
from sandbox.slack.server import LOOPBACK, WorkspaceServer
from sandbox.slack.tiers import Tiers
from sandbox.slack.workspace import BOT, Call, Workspace
from sandbox.stage import FIRST, SECRET, TOKEN

COUNTS = (1, 5, 20, 50)
DIAGNOSIS_SECONDS = 4.0
WORKERS = 2
QUIET_SECONDS = 2.0
"""When nothing has been called for so long after the last reply of every thread, the storm is over."""

HEADINGS = (
    ("", 12),
    ("verdict, median", 17),
    ("last", 9),
    ("last thread", 13),
    ("calls", 7),
    ("refused", 9),
    ("", 8),
    ("progress edits", 16),
    ("sent twice", 12),
)


@dataclass
class Seen:
    """What the stand-in saw of a storm."""

    begun: float
    verdicts: dict[str, float] = field(default_factory=dict)
    """By the `ts` of the head, when its verdict stood there."""
    last: dict[str, float] = field(default_factory=dict)
    """By the thread, when its newest message was posted or changed."""
    complete: set[str] = field(default_factory=set)
    """The threads whose last reply stands there."""
    calls: int = 0
    refused: int = 0
    progress: int = 0
    """Edits of a head that were not its verdict."""
    repeated: int = 0
    """Edits that changed nothing."""
    latest: float = 0.0
    _shown: dict[str, str] = field(default_factory=lambda: defaultdict(str))

    def see(self, call: Call) -> None:
        """Takes note of a call."""
        now = self.latest = time.monotonic() - self.begun
        self.calls += 1
        if call.response.get("error") == "ratelimited":
            self.refused += 1
            return
        if not call.response["ok"] or call.method not in ("chat.postMessage", "chat.update", "chat.appendStream"):
            return
        ts, shown = str(call.response["ts"]), str(call.args.get("blocks") or call.args.get("chunks"))
        metadata = call.args.get("metadata") or {}
        if metadata.get("event_payload", {}).get("slot", "parent") == "parent":
            if str(call.args.get("text", "")).startswith("Denied."):
                self.verdicts.setdefault(ts, now)
            elif call.method != "chat.postMessage":
                self.progress += 1
            self.repeated += shown == self._shown[ts]
            self._shown[ts] = shown
        thread = metadata.get("event_payload", {}).get("thread")
        if thread:
            self.last[thread] = now
            if metadata["event_payload"]["slot"] == REST:
                self.complete.add(thread)

    def row(self, name: str) -> str:
        """The line of the table."""
        verdicts = sorted(self.verdicts.values())
        return _row(
            name,
            f"{median(verdicts):.1f} s",
            f"{verdicts[-1]:.1f} s",
            f"{max(self.last.values()):.1f} s",
            str(self.calls),
            str(self.refused),
            f"{self.refused / self.calls:.0%}",
            str(self.progress),
            str(self.repeated),
        )


def _row(*cells: str) -> str:
    return "".join(cell.rjust(width) for cell, (_, width) in zip(cells, HEADINGS, strict=True))


async def storm(count: int, *, mentions: bool, answer: Path) -> Seen:
    """Raises one storm; returns what was seen of it."""
    workspace = Workspace(tiers=Tiers(time.monotonic))
    user, channel, port = workspace.add_person("ana"), workspace.add_channel("backups"), random.randint(20_000, 30_000)
    with embedded_redis() as redis_url:
        async with WorkspaceServer(workspace) as server:
            env = {
                "SLACK_BOT_TOKEN": TOKEN,
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_APP_TOKEN": "",
                "SLACK_API_URL": server.api_url,
                "REDIS_URL": redis_url,
                "PORT": str(port),
            }
            url = f"http://{LOOPBACK}:{port}"
            worker = ("benchmarks.storm", "--worker", redis_url, server.api_url, str(answer))
            async with (
                running("bot.cli", "serve", env=env, health=f"{url}{LIVE_PATH}"),
                running(*worker, env=env),
                running(*worker, env=env),
                SlackClient(f"{url}{EVENTS_PATH}", SECRET, workspace) as slack,
            ):
                async with connect(redis_url) as redis:
                    while (await living_workers(redis)).alive < WORKERS:  # noqa: ASYNC110 — Redis tells nobody
                        await asyncio.sleep(0.1)
                seen = Seen(time.monotonic())
                workspace.watch(seen.see)

                async def ask() -> None:
                    job = str(uuid.uuid4())
                    if mentions:
                        await slack.write(channel.id, f"<@{BOT}> {job}", user=user)
                    else:
                        await slack.command("/backup-why", job, channel=channel.id, user=user)

                await asyncio.gather(*(ask() for _ in range(count)))
                await _over(seen, count)
    return seen


async def _over(seen: Seen, count: int) -> None:
    """Waits until every thread is complete and nothing more comes."""
    while len(seen.complete) < count or time.monotonic() - seen.begun - seen.latest < QUIET_SECONDS:  # noqa: ASYNC110
        await asyncio.sleep(0.2)


async def _work(redis_url: str, api_url: str, known: Diagnosis) -> None:
    """A worker whose diagnoses take their time and come to one answer."""

    def diagnose(job: JobReference, *, observe: Observer, fresh: bool) -> Diagnosis:
        del fresh
        for state in STATES:
            observe(Entered(state))
            time.sleep(DIAGNOSIS_SECONDS / len(STATES))
            observe(Left(state, "looked at"))
        return known.model_copy(update={"job": known.job.model_copy(update={"id": job.id})})

    def read_alone(text: str, *, observe: Observer, fresh: bool) -> TextDiagnosis:
        del observe, fresh
        return read_error(text)

    def nothing(subject: JobReference | str, change: WhatIf) -> Effects:
        del subject, change
        return Effects("", applies=True, before=(), after=())

    client = web_client(TOKEN, api_url)
    await work(redis_url, client, diagnosing(diagnose, read_alone), nothing, stopping=asyncio.Event())


def _answer(file: Path) -> None:
    """Writes down the diagnosis of an incident, which every question of a storm is answered with."""
    estate = load_estate(FIRST)
    with Sandbox(estate) as sandbox, only({**environment(sandbox), "BACKUP_WHY_ROLE_NAME": estate.bot.role_name}):
        job = JobReference(id=(estate.expect or {})["job"])
        file.write_text(Diagnostician(load_settings()).diagnose(job).to_json(), encoding="utf-8")


async def measure(counts: Sequence[int], kinds: Sequence[str]) -> None:
    """Raises the storms one after the other, and prints a line for each."""
    with TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        await asyncio.to_thread(_answer, answer)
        print(_row(*(heading for heading, _ in HEADINGS)))
        for kind in kinds:
            for count in counts:
                seen = await storm(count, mentions=kind == "mentions", answer=answer)
                print(seen.row(f"{count} {kind}"), flush=True)


def main() -> None:
    """Reads the arguments."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    arguments.add_argument("--kinds", nargs="+", default=("commands", "mentions"), choices=("commands", "mentions"))
    arguments.add_argument("--worker", nargs=3, metavar=("REDIS", "API", "ANSWER"), help=argparse.SUPPRESS)
    known = arguments.parse_args()
    if known.worker:
        redis_url, api_url, answer = known.worker
        diagnosis = Diagnosis.model_validate_json(Path(answer).read_text(encoding="utf-8"))
        asyncio.run(_work(redis_url, api_url, diagnosis))
    else:
        asyncio.run(measure(known.counts, known.kinds))


if __name__ == "__main__":
    main()
