"""How long a cold diagnosis reads AWS over a network, against reading the same one by one.

Each incident is served by a process of its own with 80 ms of latency. Both sides make the same calls with new
sessions and an empty cache; the median of three runs is told.

    python -m benchmarks.reading
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bot.aws.cache import LookupCache
from bot.aws.declared import read_models_ahead
from bot.aws.lookup import Answer, Lookup
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.diagnosis.events import ignore
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.job_subject import JobSubject
from bot.diagnosis.machine import Machine
from bot.diagnosis.model import Diagnosis
from bot.settings import load_settings
from sandbox.aws.estate import INCIDENTS, load_estate
from sandbox.aws.here import only

LATENCY_MS = 80
RUNS = 3
NUMBERS = ("17", "31", "37", "12", "30", "36")


class OneByOne(Reader):
    """Reads the lookups of a round one after another."""

    def read_all(self, lookups: list[Lookup]) -> dict[Lookup, Answer]:
        """Reads them all, each when the one before has been answered."""
        answers: dict[Lookup, Answer] = {}
        for lookup in lookups:
            answers |= super().read_all([lookup])
        return answers


@contextmanager
def served(incident: Path) -> Iterator[None]:
    """An incident served by another process, as the only AWS of this one."""
    command = [sys.executable, "-m", "bot.cli", "sandbox", str(incident), "--latency-ms", str(LATENCY_MS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        exported = (process.stdout or sys.stdin).readline().removeprefix("export ").partition("  #")[0]
        with only(dict(setting.split("=", 1) for setting in exported.split())):
            yield
        process.terminate()


def timed(reader_class: type[Reader], reference: JobReference) -> tuple[Diagnosis, float]:
    """A cold diagnosis and the milliseconds it took."""
    settings = load_settings()
    sessions = Sessions(settings)
    read_models_ahead()
    started = time.perf_counter()
    reader = reader_class(sessions, LookupCache(None, 300, "benchmark"))
    subject = JobSubject(reference, settings, sessions.region)
    diagnosis = Machine(subject, settings, reader, sessions.region, ignore).run()
    return diagnosis, (time.perf_counter() - started) * 1000


def main() -> None:
    """Prints the table."""
    table = Table("incident", "calls", "round trips", "ms", "bound, ms", "one by one, ms", "times faster")
    for number in NUMBERS:
        incident = next(INCIDENTS.glob(f"{number}-*.json"))
        expected = load_estate(incident).expect or {}
        reference = JobReference(id=expected["job"], account=expected["account"], region=expected["region"])
        with served(incident):
            runs = [timed(Reader, reference) for _ in range(RUNS)]
            slow = median(ms for _, ms in (timed(OneByOne, reference) for _ in range(RUNS)))
        cost, ms = runs[0][0].cost, median(ms for _, ms in runs)
        bound = 8 * LATENCY_MS + 600
        row = (incident.stem, cost.aws_calls, cost.round_trips, f"{ms:.0f}", bound, f"{slow:.0f}", f"{slow / ms:.1f}")
        table.add_row(*map(str, row))
    Console(width=140).print(table)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, latency {LATENCY_MS} ms, median of {RUNS}")


if __name__ == "__main__":
    main()
