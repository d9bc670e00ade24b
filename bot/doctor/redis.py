"""Redis: whether what is accepted is kept, whether this user may do what the bot does, and whether workers are alive.

Sources: "Key eviction" and "Redis persistence" (Redis documentation); "INFO", whose members stand-ins and managed
services have too, where CONFIG is refused.
"""

import re
import statistics
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from bot.doctor.clocks import compare_clock
from bot.doctor.findings import SetupFinding, broken, ok, unknown, warning
from bot.errors import BadInputError, RedisUnreachableError
from bot.settings import Settings
from bot.work.connection import check, connect
from bot.work.heartbeat import living_workers
from bot.work.queue import DEAD_LETTERS
from bot.work.schemas import versions

OLDEST: Final = (6, 2)
"""Redis 6.2 has XAUTOCLAIM, by which a dead worker's tasks are given to another."""
SLOW_MS: Final = 50
_PINGS: Final = 20
_KEY: Final = "backup-why:doctor"
_KEY_SECONDS: Final = "60"
_TRIED: Final = (
    ("DEL", (_KEY, f"{_KEY}:set")),
    ("XADD", (_KEY, "MAXLEN", "1", "*", "a", "1")),
    ("XRANGE", (_KEY, "-", "+")),
    ("EVAL", ("return redis.call('EXPIRE', KEYS[1], ARGV[1])", "1", _KEY, _KEY_SECONDS)),
    ("ZADD", (f"{_KEY}:set", "1", "a")),
    ("EXPIRE", (f"{_KEY}:set", _KEY_SECONDS)),
    ("SCAN", ("0", "MATCH", f"{_KEY}*")),
    ("PUBLISH", (_KEY, "")),
    ("DEL", (_KEY, f"{_KEY}:set")),
)
"""Commands of each kind that the bot uses, with arguments."""


async def check_redis(settings: Settings) -> AsyncIterator[SetupFinding]:
    """Looks at Redis and at the workers, which write there that they are alive."""
    if settings.redis_url is None:
        do = "Set REDIS_URL, such as redis://localhost:6379/0."
        yield broken("redis.reached", "REDIS_URL is not set: the queue and the audit trail need Redis.", do)
        return
    try:
        async with connect(settings.redis_url.get_secret_value()) as redis:
            await check(redis)
            async for finding in _looked_at(redis):
                yield finding
    except (BadInputError, RedisUnreachableError) as error:
        yield broken("redis.reached", error.message, "Correct REDIS_URL or REDIS_PASSWORD, or start Redis.")
    except RedisError as error:
        reason = " ".join(str(error).split())
        yield broken("redis.reached", f"Redis stopped answering ({reason}).", "Look at its log, and run this again.")


async def _looked_at(redis: Redis) -> AsyncIterator[SetupFinding]:
    info = await _info(redis)
    if info is None:
        do = "Allow this user INFO: `ACL SETUSER … +info`."
        yield unknown("redis.version", "Redis doesn't let this user read INFO: version, memory and persistence.", do)
    else:
        yield _version(info)
        yield _eviction(info)
        yield await _persistence(redis, info)
    looks = {
        "redis.acl": _rights,
        "redis.latency": _latency,
        "redis.clock": _clock,
        "workers.alive": _workers,
        "queue.dead-letters": _dead_letters,
        "redis.schemas": _schemas,
    }
    for name, look in looks.items():
        try:
            yield await look(redis)
        except NoPermissionError as error:
            yield unknown(
                name, f"Redis doesn't let this user look ({' '.join(str(error).split())}).", "Change its ACL."
            )


async def _clock(redis: Redis) -> SetupFinding:
    seconds, microseconds = await redis.time()
    there = datetime.fromtimestamp(int(seconds) + int(microseconds) / 1e6, UTC)
    return compare_clock("redis.clock", "Redis", there, datetime.now(UTC))


async def _info(redis: Redis) -> dict[str, Any] | None:
    try:
        return dict(await redis.info())
    except NoPermissionError:
        return None


def _version(info: dict[str, Any]) -> SetupFinding:
    server = "Valkey" if info.get("valkey_version") else "Redis"
    said = str(info.get("redis_version", ""))
    numbers = tuple(map(int, re.findall(r"\d+", said)[:2]))
    if numbers < OLDEST:
        do = "Run Redis 7 or newer, or Valkey."
        return broken("redis.version", f"Redis is version {said or 'unknown'}; 6.2 is the oldest that works.", do)
    name = f"Valkey {info['valkey_version']}" if server == "Valkey" else f"Redis {said}"
    return ok("redis.version", f"The server is {name}.")


def _eviction(info: dict[str, Any]) -> SetupFinding:
    policy, limit = info.get("maxmemory_policy"), int(info.get("maxmemory", 0))
    if policy is None:
        return unknown("redis.eviction", "Redis doesn't say what it does when its memory is full.")
    if policy != "noeviction":
        says = f"Redis discards keys when its memory is full (maxmemory-policy {policy}): questions can be lost."
        return broken("redis.eviction", says, "Set maxmemory-policy to noeviction.")
    used = int(info.get("used_memory", 0))
    if limit and used > 0.8 * limit:
        says = f"Redis uses {100 * used // limit} % of its memory; when it is full it takes no more questions."
        return warning("redis.eviction", says, "Give it more memory, or trim the stream backup-why:audit.")
    return ok("redis.eviction", "Redis discards nothing when its memory is full (noeviction).")


async def _persistence(redis: Redis, info: dict[str, Any]) -> SetupFinding:
    if int(info.get("aof_enabled", 0)):
        if info.get("aof_last_write_status", "ok") != "ok":
            says = "Redis can't write its append-only file: what it accepts now is lost when it restarts."
            return broken("redis.persistence", says, "Look at its log and disk.")
        return ok("redis.persistence", "Redis writes an append-only file: what was accepted survives a restart.")
    try:
        snapshots = (await redis.config_get("save")).get("save", "")
    except ResponseError:  # managed services refuse CONFIG, and keep what they have by replicas or logs of their own
        says = "Redis writes no append-only file and doesn't show its snapshots, as managed services do."
        return unknown("redis.persistence", says, "Make sure that it has a replica in another zone.")
    if snapshots:
        says = "Redis keeps snapshots only: what was accepted since the last one is lost when it crashes."
        return warning("redis.persistence", says, "Set appendonly to yes.")
    says = "Redis keeps nothing on disk: accepted questions and the audit trail are lost when it restarts."
    return broken("redis.persistence", says, "Set appendonly to yes.")


async def _rights(redis: Redis) -> SetupFinding:
    """Whether the user may run the kinds of commands that the bot runs, tried on keys of the doctor's own."""
    refused = [command for command, arguments in _TRIED if not await _allows(redis, command, *arguments)]
    if refused:
        do = "Allow them in the user's ACL, on the keys and channels backup-why*."
        return broken("redis.acl", f"Redis doesn't allow this user {', '.join(dict.fromkeys(refused))}.", do)
    return ok("redis.acl", "Redis allows this user what the bot does.")


async def _allows(redis: Redis, command: str, *arguments: str) -> bool:
    try:
        await redis.execute_command(command, *arguments)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    except NoPermissionError:
        return False
    return True


async def _latency(redis: Redis) -> SetupFinding:
    waits = []
    for _ in range(_PINGS):
        began = time.perf_counter()
        await redis.ping()
        waits.append(1000 * (time.perf_counter() - began))
    median = statistics.median(waits)
    if median > SLOW_MS:
        says = f"Redis takes {median:.0f} ms for an answer: a question may not be kept in the time that Slack allows."
        return warning("redis.latency", says, "Run it near the bot, and look at its load.")
    return ok("redis.latency", f"Redis answers in {median:.1f} ms (median of {_PINGS}).")


async def _workers(redis: Redis) -> SetupFinding:
    workers = await living_workers(redis)
    if not workers.alive:
        says = f"No worker is alive; {workers.since}. Questions are kept, and nobody answers them."
        return broken("workers.alive", says, "Start one: backup-why work.")
    return ok("workers.alive", f"{workers.alive} worker{'s are' if workers.alive > 1 else ' is'} alive.")


async def _schemas(redis: Redis) -> SetupFinding:
    newer = [kind.what for kind, there in (await versions(redis)).items() if there > kind.version]
    if newer:
        says = f"A newer release wrote {', '.join(newer)}: what this one can't read it leaves out."
        return warning("redis.schemas", says, "Run one release only: docs/upgrading.md says how to go back.")
    return ok("redis.schemas", "What is in Redis is of schemas that this release reads.")


async def _dead_letters(redis: Redis) -> SetupFinding:
    letters = int(await redis.xlen(DEAD_LETTERS))
    if letters:
        says = f"{letters} entries of the queue could not be read."
        do = f"Look at them (XRANGE {DEAD_LETTERS} - +): another version or program wrote them. Then delete the stream."
        return warning("queue.dead-letters", says, do)
    return ok("queue.dead-letters", "Every entry of the queue could be read.")
