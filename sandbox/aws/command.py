"""The command `backup-why sandbox`: an estate file served until Ctrl-C, for whatever AWS SDK is pointed at it."""

import contextlib
import sys
import threading
from pathlib import Path
from typing import TextIO

from bot.errors import BadInputError
from sandbox.aws.estate import load_estate
from sandbox.aws.server import Sandbox, environment


def serve(
    path: Path,
    *,
    port: int = 0,
    latency_ms: float = 0,
    page: int | None = None,
    throttle: float = 0.0,
    log: Path | None = None,
) -> None:
    """Serves an estate file until Ctrl-C, and prints one line: what to export so that an AWS SDK reads it.

    Args:
        path: The estate file.
        port: The port; 0 for any free one.
        latency_ms: How long every call takes before it is answered.
        page: The most results on a page.
        throttle: The share of calls, 0 to 1, that is throttled once before it is answered.
        log: A file that gets each call as a line of JSON.

    Raises:
        BadInputError: The file is no estate, the port is taken or the log can't be written.
    """
    estate = load_estate(path)
    with contextlib.ExitStack() as stack:
        lines = stack.enter_context(_opened(log)) if log else None
        sandbox = Sandbox(
            estate,
            port=port,
            latency_ms=latency_ms,
            page=page,
            throttle=throttle,
            on_call=(lambda call: lines.write(call.to_json() + "\n")) if lines else None,
        )
        stack.enter_context(sandbox)
        exports = " ".join(f"{name}={value}" for name, value in environment(sandbox).items())
        sys.stdout.write(f"export {exports}  # {path.name} is served at {sandbox.url} until Ctrl-C\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


def _opened(log: Path) -> TextIO:
    """The log, each line of which is there for a reader as soon as it is written."""
    try:
        return log.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise BadInputError(f"The log {log} can't be written: {error.strerror}.") from error
