"""`backup-why serve`, `work` and `try`: the processes of the bot, and all of them at once for a newcomer."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.extra import from_sandbox
from bot.errors import BackupWhyError
from bot.settings import load_settings

logger = logging.getLogger(__name__)

STOP_SECONDS = 8.0
"""How long a process may take to end: Docker and Kubernetes kill it after 10 and 30 seconds."""
LEFT_STATUS = 1


def serve() -> None:
    """Run the web process: Slack over HTTP at /slack/events, or over Socket Mode where SLACK_APP_TOKEN is set.

    It needs SLACK_BOT_TOKEN (or OAuth), SLACK_SIGNING_SECRET or SLACK_APP_TOKEN, and REDIS_URL.
    What each means: docs/settings.md.
    """
    from bot.access.rules import load_rules
    from bot.serve import serve as serve_until_stopped

    settings = load_settings()
    rules = load_rules(settings.access_file) if settings.access_file else None
    run_until_stopped(partial(serve_until_stopped, settings, rules))


def work(
    ping: Annotated[bool, typer.Option("--ping", help="Only check that a worker is alive.")] = False,
) -> None:
    """Run a worker process: it takes questions from the queue, diagnoses, and answers in Slack.

    It needs SLACK_BOT_TOKEN (or OAuth), REDIS_URL and AWS credentials. Run as many as you like.
    """
    from bot.access.rules import load_rules
    from bot.diagnosis.run import Diagnostician
    from bot.doctor.page import checkup_page
    from bot.doctor.run import examine
    from bot.language.model import model_use
    from bot.replies.document import Page
    from bot.serve import WHAT_TO_SET, needed
    from bot.work.client import web_client
    from bot.work.connection import check, connect
    from bot.work.diagnosing import diagnosing
    from bot.work.heartbeat import living_workers
    from bot.work.installations import oauth_app
    from bot.work.worker import work as work_until_stopped

    settings = load_settings()
    redis_url = needed(settings.redis_url, "REDIS_URL", "where Redis is, such as redis://localhost:6379/0")

    async def pinged() -> None:
        async with connect(redis_url) as redis:
            await check(redis)
            workers = await living_workers(redis)
        if not workers.alive:
            raise BackupWhyError(f"No worker is alive; {workers.since}. Start one with `backup-why work`.")

    if ping:
        asyncio.run(pinged())
        return
    oauth = oauth_app(settings)
    token = "" if oauth else needed(settings.slack_bot_token, "SLACK_BOT_TOKEN", WHAT_TO_SET)
    client = web_client(token, settings.slack_api_url)
    rules = load_rules(settings.access_file) if settings.access_file else None
    diagnostician = Diagnostician(settings)
    diagnose = diagnosing(diagnostician.diagnose, diagnostician.diagnose_text)
    effects, failures = diagnostician.effects, diagnostician.failures
    model = model_use(settings)

    async def examined() -> Page:
        return checkup_page(await examine())

    run_until_stopped(
        partial(work_until_stopped, redis_url, client, diagnose, effects, rules, failures, model, examined, oauth)
    )


def run_until_stopped(process: Callable[..., Coroutine[None, None, None]]) -> None:
    """Runs a process until Ctrl-C or SIGTERM, either of which lets it finish what it has begun.

    What is not finished after `STOP_SECONDS` is left as if the process had been killed: tasks are kept in Redis and
    taken up by another worker, and nothing that waits for Redis, Slack or AWS holds up a deployment.

    Args:
        process: Takes `stopping`, the event that it ends by.
    """
    logging.getLogger("bot").setLevel(logging.INFO)
    lines, alone = logging.getLogger("bot.questions"), logging.StreamHandler()  # JSON, which nothing stands before
    lines.addHandler(alone)
    lines.propagate = False

    async def stoppable() -> None:
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()

        def stop() -> None:
            if not stopping.is_set():
                leaving = threading.Timer(STOP_SECONDS, _leave)
                leaving.daemon = True
                leaving.start()
            stopping.set()

        for told in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(told, stop)
        await process(stopping=stopping)

    asyncio.run(stoppable())


def _leave() -> None:
    """Ends the process where it is; threads that wait for an answer would keep it otherwise."""
    logger.warning("stopping takes too long: what is not finished is left to another process")
    logging.shutdown()
    os._exit(LEFT_STATUS)


def try_(
    keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards and take commands.")] = False,
    incident: Annotated[
        Path | None, typer.Option("--incident", metavar="FILE", help="Another estate file.", show_default=False)
    ] = None,
) -> None:
    """Try the bot here and now, with no Slack, no AWS and no Redis installed.

    An embedded server for Redis, an incident served as AWS, the real app and the real worker come up; a signed
    /backup-why is sent over HTTP, and the thread that the bot writes is shown.
    """
    from bot.diagnosis.run import Diagnostician

    with from_sandbox("`try`"):
        from sandbox.stage import FIRST
        from sandbox.tryout import try_it
    status = asyncio.run(
        try_it(
            lambda job, settings, *, observe: Diagnostician(settings).diagnose(job, observe=observe),
            Console(),
            incident=incident or FIRST,
            keep=keep,
        )
    )
    raise typer.Exit(status)
