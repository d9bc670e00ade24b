"""The newcomer's first try: no Slack, no AWS, no Redis, and yet every real part of the bot at work.

An embedded server for Redis, an incident served as AWS, the real app and the real worker come up in this process; a
signed `/backup-why` is sent over HTTP, and the thread that the bot writes is shown in the terminal.
"""

import asyncio
import shlex
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.replies.screen import Screen
from sandbox.show import show_ephemeral, show_thread
from sandbox.slack.local_page import showing
from sandbox.stage import FIRST, DiagnoseWith, Stage, on_stage

PATIENCE = 60.0
"""Seconds that the thread may take; a second is usual."""


async def try_it(diagnose: DiagnoseWith, console: Console, *, incident: Path = FIRST, keep: bool = False) -> int:
    """Tries the bot on an incident and shows what happens.

    Args:
        diagnose: The diagnosis.
        console: Where to show it.
        incident: An estate file with a failed job.
        keep: Stay up afterwards, and take commands until the input ends.

    Returns:
        The exit status: 0, or 1 if there was no answer.
    """
    async with on_stage(diagnose, incident) as tried:
        job = tried.job
        Screen(console).text(Text.assemble(("The incident: ", "bold"), tried.estate.about))
        answered = await ask(tried, f"/backup-why {job}", console)
        if keep:
            async with showing(tried) as url:
                await _converse(tried, job, url, console)
        else:
            screen = Screen(console)
            screen.text(Text("\nThat was all real but Slack and AWS. This stays up to be asked more:", "dim"))
            screen.verbatim(Text(f"  {program()} try --keep{_option_for(incident)}", "cyan"))
        return 0 if answered else 1


def program() -> str:
    """How to start this command line from any other terminal, where it need not be on the PATH."""
    started = Path(sys.argv[0])
    if started.name == "backup-why":
        return shlex.quote(str(started.absolute()))
    return f"{shlex.quote(sys.executable)} -m bot.cli"


def _option_for(incident: Path) -> str:
    return "" if incident == FIRST else f" --incident {shlex.quote(str(incident.absolute()))}"


async def ask(tried: Stage, command: str, console: Console) -> bool:
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
    screen = Screen(console)
    screen.text(Text.assemble(("\n#backups  you: ", "bold"), command))
    acknowledged = await tried.slack.command(name, text, channel=tried.channel.id, user=tried.user)
    took = f"acknowledged in {acknowledged.seconds * 1000:.0f} ms"
    if acknowledged.status != 200:
        screen.text(Text(f"There is no command {name}: try /backup-why or /backup-explain.", "red"))
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            heads = await _settled(tried, seen, told)
    except TimeoutError:
        screen.text(Text("No answer came.", "red"))
        return False
    screen.text(Text(took, "dim"))
    for head in heads:
        show_thread(tried.workspace, tried.channel.id, head, console)
    for message in tried.workspace.ephemeral[told:]:
        show_ephemeral(message, console)
    return True


async def _settled(tried: Stage, seen: set[str], told: int) -> list[str]:
    """Waits for the answer to be complete; returns the new messages that head a thread."""
    while True:
        new = [message for ts, message in tried.channel.messages.items() if ts not in seen]
        heads = [message for message in new if "thread_ts" not in message]
        threads = {message["metadata"]["event_payload"]["thread"] for message in heads if "metadata" in message}
        if len(tried.workspace.ephemeral) > told or (heads and all([await tried.threads.finished(t) for t in threads])):
            return [head["ts"] for head in heads]
        await asyncio.sleep(0.05)


async def _converse(tried: Stage, job: str, url: str, console: Console) -> None:
    """Takes commands from the terminal until its input ends."""
    exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in tried.exports.items())
    console.print(
        Text.assemble(
            ("\nStill up. ", "bold"),
            "Open ",
            (url, "underline cyan"),
            " in a browser for the whole of it: buttons, forms, every incident.\n",
            f"Or type /backup-why {job} or /backup-explain scp-denied here; Ctrl-D ends it.\n",
            "In another terminal the same incident can be read with the command line:\n",
            (f"  {exports} {program()} diagnose {job}", "cyan"),
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
