"""What is kept in Redis, in which version of its schema, and what becomes of what another version left there.

Each process compares at its start the versions that Redis says with its own (`settle`). What is older than it can read
is discarded, so that nothing is misread; the audit trail never is, so that its schema may only grow. What is newer was
written by a newer release: it stays, since that release may still run or come back, and the log says so. The readers
themselves are strict as well: a task, question or answer that is not of their form is left out, never guessed at.

Whoever changes what is kept raises the version here, and `oldest` too where what is there can't be read any more;
`tests/work/test_left_behind.py` reads what earlier versions left.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis

logger = logging.getLogger(__name__)

SCHEMAS: Final = "backup-why:schemas"
"""A hash: the version of each kind of thing that is kept."""
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class KeptKind:
    """A kind of thing that is kept.

    Args:
        name: As the hash `SCHEMAS` has it.
        keys: The keys, as SCAN takes a pattern.
        what: What it is, for people.
        version: The version that this release writes.
        oldest: The oldest version that it reads.
        loses: What people lose where it is discarded; None for what never is.
    """

    name: str
    keys: str
    what: str
    version: int = 1
    oldest: int = 1
    loses: str | None = ""


KINDS: Final = (
    KeptKind("audit", "backup-why:audit", "the audit trail", loses=None),
    KeptKind("queue", "backup-why-queue*", "tasks", loses="nothing: open questions get new ones"),
    KeptKind("threads", "backup-why:thread:*", "questions and answers", loses="open questions, buttons of old threads"),
    KeptKind("claims", "backup-why:asked:*", "claims of questions", loses="the pointer to an earlier answer"),
    KeptKind("places", "backup-why:at:*", "places of threads", loses="follow-up questions in old threads"),
    KeptKind("latest", "backup-why:latest:*", "the latest answers of a person", loses="the list in the Home tab"),
    KeptKind("open", "backup-why:open", "threads that are not finished", loses="the search for lost tasks"),
    KeptKind("votes", "backup-why:votes:*", "votes on answers", loses="votes"),
    KeptKind("comments", "backup-why:comments", "comments on answers", loses="comments"),
    KeptKind("limits", "backup-why:limit:*", "what is left of Slack's rate limits", loses="nothing: it fills up again"),
    KeptKind("token", "backup-why:token-refused", "whether Slack takes the token", loses="nothing: it is noted again"),
    KeptKind("installations", "backup-why:installation*", "where the app is installed", loses="installations"),
    KeptKind("stops", "backup-why:stop:*", "presses of Stop", loses="a Stop of the last minute"),
    KeptKind("model", "backup-why:language-model:*", "what a language model wrote", loses="nothing: it is asked again"),
    KeptKind("lookups", "backup-why:lookup:*", "what AWS answered", loses="nothing: it is read again"),
    KeptKind("metrics", "backup-why:metrics", "counters", loses="the counts so far"),
    KeptKind("workers", "backup-why:workers", "when workers were alive", loses="nothing: it is written again"),
    KeptKind("dead-letters", "backup-why:dead-letters", "unreadable entries of the queue", loses="them"),
)
"""Everything that is kept."""


async def settle(redis: Redis, kinds: tuple[KeptKind, ...] = KINDS) -> list[str]:
    """Compares what Redis has with what this release reads, and discards what it can't.

    Args:
        redis: A client that decodes its responses.
        kinds: What is kept.

    Returns:
        The names of what was discarded.
    """
    discarded = []
    for kind, there in (await versions(redis, kinds)).items():
        if there > kind.version:
            logger.warning("a newer release wrote %s: what this one can't read is left out", kind.what)
        elif 0 < there < kind.oldest and kind.loses is not None:
            logger.warning("discarded of an older release: %s (schema %s)", kind.what, there)
            await _discard(redis, kind.keys)
            discarded.append(kind.name)
        if there < kind.version:
            await redis.hset(SCHEMAS, kind.name, str(kind.version))
    return discarded


async def versions(redis: Redis, kinds: tuple[KeptKind, ...] = KINDS) -> Mapping[KeptKind, int]:
    """The version in which each kind of thing is in Redis; 1 for what the first releases left, and 0 for nothing."""
    said: Any = await redis.hgetall(SCHEMAS)
    return {kind: int(said.get(kind.name, 0)) or await _unsaid(redis, kind.keys) for kind in kinds}


async def _unsaid(redis: Redis, keys: str) -> int:
    """The version of what is there without a word of it."""
    async for _ in redis.scan_iter(match=keys, count=_BATCH):
        return 1
    return 0


async def _discard(redis: Redis, keys: str) -> None:
    found = []
    async for key in redis.scan_iter(match=keys, count=_BATCH):
        found.append(key)
        if len(found) == _BATCH:
            await redis.unlink(*found)
            found.clear()
    if found:
        await redis.unlink(*found)
