"""What is known of each thread, in Redis: its question, which message stands in which slot, and its diagnosis.

It outlives every process: a button pressed next week, a task that is delivered twice and a worker that was killed all
find here what has been posted already.
"""

import time
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.diagnosis.model import Diagnosis
from bot.work.question import Question

KEPT_SECONDS = 30 * 24 * 3600
"""How long a thread's buttons work."""

SAME_SECONDS = 15 * 60
"""How long after an answer the same question is pointed to it. Slack's own repeats of a delivery come sooner."""

LATEST = 20
"""How many threads a user's Home tab tells of."""

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
    """

    ts: str | None = None
    begun: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a kept diagnosis comes from.

    Args:
        id: The press of "Check again" that asked for it; empty for the first diagnosis.
        note: What it has changed.
    """

    id: str
    note: str


class Threads:
    """The threads of one Redis.

    Args:
        redis: A client that decodes its responses.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def claim(self, question: Question, thread: str) -> str:
        """Lets one thread answer a question.

        Args:
            question: The question.
            thread: The id of the thread that wants to answer it.

        Returns:
            The id of the thread that does: `thread` itself, or one that was first.
        """
        key = _key(thread)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(key, "question", question.to_json())
            pipe.expire(key, KEPT_SECONDS)
            pipe.set(_asked(question), thread, nx=True, get=True, ex=SAME_SECONDS)
            *_, held = await pipe.execute()
        return held or thread

    async def first(self, delivery: str) -> bool:
        """Whether this is the first time that a delivery is asked about."""
        return bool(await self._redis.set(f"backup-why:heard:{delivery}", "1", nx=True, ex=3600))

    async def release(self, question: Question, thread: str) -> None:
        """Gives up a claim, so that the question can be asked again at once."""
        await self._redis.eval(_RELEASE, 1, _asked(question), thread)

    async def question(self, thread: str) -> Question | None:
        """The question of a thread; None for a thread that is not known (any more)."""
        text = _text(await self._redis.hget(_key(thread), "question"))
        return None if text is None else Question.from_json(text)

    async def keep(self, thread: str, diagnosis: Diagnosis, *, look: str = "", note: str = "") -> None:
        """Keeps what the thread's answer is drawn from.

        Args:
            thread: The thread's id.
            diagnosis: The diagnosis.
            look: What asked for it, if it is not the first: a press of "Check again".
            note: What that look has changed.
        """
        kept = ("diagnosis", diagnosis.to_json(), "look", look, "note", note)
        await self._redis.hset(_key(thread), items=list(kept))

    async def look(self, thread: str) -> Look:
        """The look at the job that the kept diagnosis comes from."""
        known = await self._redis.hmget(_key(thread), ["look", "note"])
        return Look(*(_text(value) or "" for value in known))

    async def diagnosis(self, thread: str) -> Diagnosis | None:
        """The diagnosis that was kept last."""
        text = _text(await self._redis.hget(_key(thread), "diagnosis"))
        return None if text is None else Diagnosis.model_validate_json(text)

    async def finish(self, question: Question, thread: str) -> None:
        """Notes that everything of the answer has been posted, and that the asker has it among their latest."""
        latest = f"backup-why:latest:{question.place.user}"
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(_key(thread), "finished", f"{time.time():.0f}")
            pipe.expire(_asked(question), SAME_SECONDS)
            pipe.zadd(latest, {thread: time.time()})
            pipe.zremrangebyrank(latest, 0, -LATEST - 1)
            pipe.expire(latest, KEPT_SECONDS)
            await pipe.execute()

    async def latest(self, user: str) -> list[str]:
        """The ids of the threads that answered a user, newest first."""
        threads: Any = await self._redis.zrevrange(f"backup-why:latest:{user}", 0, -1)
        return list(threads)

    async def finished(self, thread: str) -> bool:
        """Whether everything of the answer has been posted."""
        return bool(await self._redis.hexists(_key(thread), "finished"))

    async def slot(self, thread: str, name: str) -> Slot:
        """What stands in a slot."""
        ts, begun = await self._redis.hmget(_key(thread), [f"ts:{name}", f"begun:{name}"])
        return Slot(_text(ts), None if begun is None else float(begun))

    async def begin(self, thread: str, name: str) -> None:
        """Notes that a message is about to be sent to a slot."""
        await self._redis.hsetnx(_key(thread), f"begun:{name}", f"{time.time():.6f}")

    async def fill(self, thread: str, name: str, ts: str) -> None:
        """Notes the message that stands in a slot."""
        await self._redis.hset(_key(thread), f"ts:{name}", ts)

    async def filled(self, thread: str) -> list[str]:
        """The slots in which something stands."""
        names = [str(_text(name)) for name in await self._redis.hkeys(_key(thread))]
        return [name.removeprefix("ts:") for name in names if name.startswith("ts:")]

    async def place(self, thread: str, channel: str, *messages: str) -> None:
        """Notes which messages a thread can be found by: its head, and the message it replies to."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for ts in messages:
                pipe.set(f"backup-why:at:{channel}:{ts}", thread, ex=KEPT_SECONDS)
            await pipe.execute()

    async def at(self, channel: str, ts: str) -> str | None:
        """The newest thread that has, or replies to, a message."""
        return _text(await self._redis.get(f"backup-why:at:{channel}:{ts}"))


def _key(thread: str) -> str:
    return f"backup-why:thread:{thread}"


def _text(value: bytes | str | None) -> str | None:
    """A response of a client that decodes, which redis-py's types do not know of."""
    return value.decode() if isinstance(value, bytes) else value


def _asked(question: Question) -> str:
    return f"backup-why:asked:{question.fingerprint}"
