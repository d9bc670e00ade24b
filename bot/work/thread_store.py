"""What is known of each thread, in Redis: its question, which message stands in which slot, and its answer.

It outlives every process: a button pressed next week, a task that is delivered twice and a worker that was killed all
find here what has been posted already.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis
from bot.work.question import AskedText, Question

logger = logging.getLogger(__name__)

KEPT_SECONDS = 30 * 24 * 3600
"""How long a thread's buttons work."""

SAME_SECONDS = 15 * 60
"""How long after an answer the same question is pointed to it. Slack's own repeats of a delivery come sooner."""

STOP_SECONDS = 60
"""How long a press of Stop counts, for an examination that has not begun yet."""

LATEST = 20
"""How many threads a user's Home tab shows."""

OPEN = "backup-why:open"
"""The threads that are not finished, by when they were accepted."""

_RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a thread.

    Args:
        ts: The message that stands there; None as long as nothing is known to.
        begun: When a message was first sent there, in seconds since the epoch; None if never.
        digest: Of what the message shows; None where that is not known.
    """

    ts: str | None = None
    begun: float | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a kept answer comes from.

    Args:
        id: The press of "Check again" that asked for it; empty for the first answer.
        note: What it has changed.
    """

    id: str
    note: str


class ThreadStore:
    """The threads of one Redis.

    Args:
        redis: A client that decodes its responses.
        installation: The installation whose threads these are; empty with one bot token. Threads of another one are
            not known here.
    """

    def __init__(self, redis: Redis, installation: str = "") -> None:
        self._redis = redis
        self._installation = installation
        self._scope = f"{installation}:" if installation else ""

    @staticmethod
    def open(pipe: Pipeline, question: Question, thread: str) -> None:
        """Adds to a transaction that a thread has a question and is open, and that it claims the question.

        Args:
            pipe: The transaction.
            question: The question.
            thread: The id of the thread that wants to answer it.
        """
        pipe.hsetnx(_key(thread), "question", question.to_json())
        pipe.hsetnx(_key(thread), "asked_at", f"{time.time():.3f}")
        pipe.expire(_key(thread), KEPT_SECONDS)
        pipe.set(_claim(question), thread, nx=True, ex=KEPT_SECONDS)
        pipe.zadd(OPEN, {thread: time.time()}, nx=True)

    @staticmethod
    def hear(pipe: Pipeline, thread: str) -> None:
        """Adds to a transaction that a thread is about something in words, which nothing is claimed for."""
        pipe.hset(_key(thread), "heard", "1")
        pipe.hsetnx(_key(thread), "asked_at", f"{time.time():.3f}")
        pipe.expire(_key(thread), KEPT_SECONDS)

    async def is_known(self, thread: str) -> bool:
        """Whether a thread was opened or heard already: its delivery is a repeated one."""
        known: Any = await self._redis.hmget(_key(thread), ["question", "heard"])
        return any(member is not None for member in known)

    async def asked_at(self, thread: str) -> float | None:
        """When a thread was opened or heard, in seconds since the epoch; None where that is not known."""
        at = _text(await self._redis.hget(_key(thread), "asked_at"))
        return None if at is None else float(at)

    async def claim(self, question: Question, thread: str) -> str:
        """The thread that answers a question: the first one that claimed it, or the given one if none has."""
        held: Any = await self._redis.set(_claim(question), thread, nx=True, get=True, ex=KEPT_SECONDS)
        return _text(held) or thread

    async def release(self, question: Question, thread: str) -> None:
        """Gives up a claim, so that the question can be asked again at once."""
        await self._redis.eval(_RELEASE, 1, _claim(question), thread)

    async def question(self, thread: str) -> Question | None:
        """The question of a thread; None for a thread that is not known (any more)."""
        return self._mine(_question(_text(await self._redis.hget(_key(thread), "question"))))

    async def asked_in(self, thread: str) -> str:
        """The installation that a thread's question was asked through, whichever it is."""
        question = _question(_text(await self._redis.hget(_key(thread), "question")))
        return question.place.installation if question else ""

    async def keep(self, thread: str, answer: AnyDiagnosis, *, look: str = "", note: str = "") -> None:
        """Keeps what the thread's messages are rendered from.

        Args:
            thread: The thread's id.
            answer: The answer.
            look: What asked for it, if it is not the first: a press of "Check again".
            note: What that look has changed.
        """
        kept = ("diagnosis", answer.to_json(), "look", look, "note", note)
        await self._redis.hset(_key(thread), items=list(kept))

    async def look(self, thread: str) -> Look:
        """What the kept answer comes from."""
        known = await self._redis.hmget(_key(thread), ["look", "note"])
        return Look(*(_text(value) or "" for value in known))

    async def answer(self, thread: str) -> AnyDiagnosis | None:
        """The answer that was kept last."""
        kept, asked = await self._redis.hmget(_key(thread), ["diagnosis", "question"])
        text, question = _text(kept), self._mine(_question(_text(asked)))
        if text is None or question is None:
            return None
        document = TextDiagnosis if isinstance(question.subject, AskedText) else Diagnosis
        try:
            return document.model_validate_json(text)
        except ValidationError:
            logger.warning("the answer of thread %s is of another version and is not read", thread)
            return None

    def finish(self, pipe: Pipeline, question: Question, thread: str, *, latest: bool) -> None:
        """Adds to a transaction that everything of the answer has been posted.

        Args:
            pipe: The transaction.
            question: The question.
            thread: The thread's id.
            latest: Whether the asker has it among their latest answers.
        """
        now = time.time()
        pipe.hset(_key(thread), "finished", f"{now:.0f}")
        pipe.zrem(OPEN, thread)
        pipe.expire(_claim(question), SAME_SECONDS)
        if latest:
            mine = self._latest(question.place.user)
            pipe.zadd(mine, {thread: now})
            pipe.zremrangebyrank(mine, 0, -LATEST - 1)
            pipe.expire(mine, KEPT_SECONDS)

    async def close(self, thread: str) -> None:
        """Takes a thread off those that are open: it is finished, or not known any more."""
        await self._redis.zrem(OPEN, thread)

    async def drop(self, thread: str) -> None:
        """Forgets a thread whose question another thread answers."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(_key(thread))
            pipe.zrem(OPEN, thread)
            await pipe.execute()

    async def latest(self, user: str) -> list[str]:
        """The ids of the threads that answered a user, newest first."""
        threads: Any = await self._redis.zrevrange(self._latest(user), 0, -1)
        return list(threads)

    async def finished(self, thread: str) -> bool:
        """Whether everything of the answer has been posted."""
        return bool(await self._redis.hexists(_key(thread), "finished"))

    async def left_open(self, seconds: float) -> list[str]:
        """The threads that were accepted so long ago and are not finished, oldest first."""
        threads: Any = await self._redis.zrangebyscore(OPEN, "-inf", time.time() - seconds)
        return list(threads)

    async def slot(self, thread: str, name: str) -> Slot:
        """What stands in a slot."""
        known = await self._redis.hmget(_key(thread), [f"ts:{name}", f"begun:{name}", f"digest:{name}"])
        ts, begun, digest = map(_text, known)
        return Slot(ts, None if begun is None else float(begun), digest)

    async def begin(self, thread: str, name: str) -> None:
        """Notes that a message is about to be sent to a slot."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(_key(thread), f"begun:{name}", f"{time.time():.6f}")
            pipe.expire(_key(thread), KEPT_SECONDS)
            await pipe.execute()

    async def not_begun(self, thread: str, name: str) -> None:
        """Notes that nothing was sent to a slot after all."""
        await self._redis.hdel(_key(thread), f"begun:{name}")

    async def fill(self, thread: str, name: str, ts: str, digest: str = "") -> None:
        """Notes the message that stands in a slot, and what it shows."""
        await self._redis.hset(_key(thread), items=[f"ts:{name}", ts, f"digest:{name}", digest])

    async def stop(self, thread: str) -> None:
        """Notes that what runs for a thread is to be stopped."""
        await self._redis.set(f"backup-why:stop:{thread}", "1", ex=STOP_SECONDS)

    async def is_stopped(self, thread: str) -> bool:
        """Whether what runs for a thread is to be stopped; a note counts once."""
        return bool(await self._redis.delete(f"backup-why:stop:{thread}"))

    async def link(self, thread: str, ts: str) -> str | None:
        """The permalink of a message, if it is kept; empty for one that Slack gives none of."""
        return _text(await self._redis.hget(_key(thread), f"link:{ts}"))

    async def keep_link(self, thread: str, ts: str, link: str) -> None:
        """Keeps the permalink of a message."""
        await self._redis.hset(_key(thread), f"link:{ts}", link)

    async def filled(self, thread: str) -> list[str]:
        """The slots in which something stands."""
        names = [str(_text(name)) for name in await self._redis.hkeys(_key(thread))]
        return [name.removeprefix("ts:") for name in names if name.startswith("ts:")]

    async def place(self, thread: str, channel: str, *messages: str) -> None:
        """Notes which messages a thread can be found by: its head, and the message it replies to."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for ts in messages:
                pipe.set(f"backup-why:at:{self._scope}{channel}:{ts}", thread, ex=KEPT_SECONDS)
            await pipe.execute()

    async def at(self, channel: str, ts: str) -> str | None:
        """The newest thread that has, or replies to, a message."""
        return _text(await self._redis.get(f"backup-why:at:{self._scope}{channel}:{ts}"))

    def _mine(self, question: Question | None) -> Question | None:
        return question if question and question.place.installation == self._installation else None

    def _latest(self, user: str) -> str:
        return f"backup-why:latest:{self._scope}{user}"


def _key(thread: str) -> str:
    return f"backup-why:thread:{thread}"


def _question(text: str | None) -> Question | None:
    """A question as it was kept; None for none, and for one of another version of this program."""
    if text is None:
        return None
    try:
        return Question.from_json(text)
    except ValidationError:
        logger.warning("a kept question is of another version and is not read")
        return None


def _claim(question: Question) -> str:
    return f"backup-why:asked:{question.fingerprint}"


def _text(value: bytes | str | None) -> str | None:
    """A response of a client that decodes, which redis-py's types do not know of."""
    return value.decode() if isinstance(value, bytes) else value
