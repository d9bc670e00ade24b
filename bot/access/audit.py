"""The audit trail: every question, answer, refusal and button, in an append-only Redis Stream, with its export."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

_Lines = Any
"""What a client that decodes gives for lines of a stream, which redis-py's types do not know of."""

STREAM = "backup-why:audit"
PAGE = 500


class Act(StrEnum):
    """What was done."""

    QUESTION = "question"
    ANSWER = "answer"
    REFUSAL = "refusal"
    BUTTON = "button"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the trail.

    Args:
        act: What was done.
        user: The Slack id of who did it, or for whom it was done.
        channel: Where.
        about: The job, the topic or the button.
        account: The AWS account that was told about; empty where none was.
        outcome: What came of it, in a word.
        at: When, as Redis noted it; empty before it is written.
    """

    act: Act
    user: str
    channel: str
    about: str
    account: str = ""
    outcome: str = ""
    at: str = ""

    def to_json(self) -> str:
        """The line as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


class Audit:
    """Writes and reads the trail. It is never trimmed here: how long it is kept is for whoever runs Redis to decide.

    Args:
        redis: A client that decodes its responses.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def write(self, entry: Entry) -> None:
        """Writes a line."""
        await self._redis.xadd(STREAM, _members(entry))

    @staticmethod
    def add(pipe: Pipeline, entry: Entry) -> None:
        """Adds a line to a transaction, so that what is done and its line are there together or not at all."""
        pipe.xadd(STREAM, _members(entry))

    async def last(self, count: int) -> list[Entry]:
        """The newest lines, newest first."""
        lines: _Lines = await self._redis.xrevrange(STREAM, count=count)
        return [_entry(line) for line in lines]

    async def export(self) -> AsyncIterator[Entry]:
        """Every line, oldest first, read in pages."""
        after = "-"
        while True:
            lines: _Lines = await self._redis.xrange(STREAM, min=after, count=PAGE)
            for line in lines:
                yield _entry(line)
            if len(lines) < PAGE:
                return
            after = f"({lines[-1][0]}"


def _members(entry: Entry) -> dict[Any, Any]:
    return {name: value for name, value in asdict(entry).items() if name != "at"}


def _entry(line: tuple[str, dict[str, str]]) -> Entry:
    """A line as Redis keeps it: its id begins with the milliseconds since 1970."""
    number, members = line
    at = datetime.fromtimestamp(int(number.partition("-")[0]) / 1000, UTC).isoformat(timespec="milliseconds")
    return Entry(
        Act(members["act"]),
        members["user"],
        members["channel"],
        members["about"],
        members["account"],
        members["outcome"],
        at,
    )
