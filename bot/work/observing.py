"""What is told of each question once it is over: one line of the log, and the counters of `/metrics`.

The line is JSON. It has the question's id, by which it is found in Redis, how it came out, how long it took from its
acceptance to the reply, and what it cost. It names no account, person, job, policy or text.
"""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Final

from bot.diagnosis.model import Cost
from bot.work.meter import AWS_CALLS, CACHED, QUESTIONS, Meter, duration

lines = logging.getLogger("bot.questions")
"""Each of its messages is one line of JSON."""

WORDS: Final = "words"
CHECK_AGAIN: Final = "check-again"


@dataclass(slots=True)
class Observation:
    """A question while a worker is busy with it.

    Args:
        id: The id of its thread.
        kind: job, text, words or check-again; empty while the task has turned out to be none.
        outcome: How it came out.
        aws_calls: The HTTP requests to AWS that it took.
        cached_lookups: The lookups that took none.
        seconds: From its acceptance to the reply.
    """

    id: str = ""
    kind: str = ""
    outcome: str = ""
    aws_calls: int = 0
    cached_lookups: int = 0
    seconds: float = 0.0


_current: ContextVar[Observation | None] = ContextVar("observation", default=None)


@contextmanager
def observing() -> Iterator[Observation]:
    """Observes what is noted while the context is open."""
    observation = Observation()
    token = _current.set(observation)
    try:
        yield observation
    finally:
        _current.reset(token)


def note_cost(cost: Cost) -> None:
    """Notes what an examination has cost."""
    if observation := _current.get():
        observation.aws_calls += cost.aws_calls
        observation.cached_lookups += cost.cache_hits


def note_outcome(thread: str, kind: str, outcome: str) -> None:
    """Notes how a question came out; what comes first counts, since what follows is only said about it."""
    observation = _current.get()
    if observation and not observation.outcome:
        observation.id, observation.kind, observation.outcome = thread, kind, outcome


async def report(observation: Observation, asked_at: float, meter: Meter) -> None:
    """Tells of a question that is over.

    Args:
        observation: The question.
        asked_at: When it was accepted, in seconds since the epoch.
        meter: Counts it.
    """
    observation.seconds = round(max(0.0, time.time() - asked_at), 3)
    lines.info(json.dumps({"event": "question", **asdict(observation)}))
    labels = (observation.kind, observation.outcome)
    await meter.count(
        (
            (QUESTIONS, labels, 1),
            (AWS_CALLS, (), observation.aws_calls),
            (CACHED, (), observation.cached_lookups),
            *duration(observation.kind, observation.seconds),
        )
    )
