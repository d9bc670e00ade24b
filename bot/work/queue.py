"""The durable queue: docket on Redis Streams, with payloads that can't run code.

docket writes arguments with cloudpickle, so that whoever can write to its Redis could run code in a worker. Here every
payload is JSON: `_JsonPayloads` stands in docket's modules in cloudpickle's place. An entry that can't be read is moved
to the stream `DEAD_LETTERS`, where docket alone would stop the worker. docs/decisions/queue.md says why it is docket.

A task is written as a part of the transaction that writes what it is about (`enqueue`), so that neither is without the
other. A key has one task at a time: enqueueing it again while it waits or runs changes nothing.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self, cast
from urllib.parse import urlencode, urlsplit

import docket.docket
import docket.execution
import docket.strikelist
import docket.worker
from docket import CurrentExecution, Docket, ExponentialRetry, Worker
from docket._execution_scripts import _schedule
from docket.execution import Execution
from pydantic import Field, TypeAdapter, ValidationError
from redis.asyncio.client import Pipeline

from bot.work.tasks import Task

logger = logging.getLogger(__name__)

QUEUE = "backup-why-queue"
DEAD_LETTERS = "backup-why:dead-letters"
MOST_DEAD_LETTERS = 1_000

CONCURRENCY = 60
"""Tasks at a time in a worker, most of which wait for Slack."""

REDELIVERY = timedelta(seconds=30)
"""How long after a worker's death its tasks are given to another. A living worker renews its claim to them."""

ANSWER_SECONDS = 5
"""How long Redis may take for one answer; docket itself waits for ever. No read of ours waits in Redis for longer than
`POLL`."""

MOST_CONNECTIONS = 500
"""docket's pool does not wait for a free connection, it fails: more than its worker and its tasks ever have."""

POLL = timedelta(milliseconds=50)
"""How long a task may lie before it is taken up."""

RECONNECT = timedelta(seconds=1)

RETRY = ExponentialRetry(attempts=200, minimum_delay=timedelta(seconds=1), maximum_delay=timedelta(minutes=5))
"""How a task is tried again after a fault that passes: for hours, since outages of Slack last that long."""

_EXECUTION: Execution = CurrentExecution()

Run = Callable[[Task], Awaitable[None]]

_TASKS: TypeAdapter[Task] = TypeAdapter(Annotated[Task, Field(discriminator="kind")])


class UnreadableError(Exception):
    """A payload is not what this version of the program writes."""


class _JsonPayloads:
    """JSON in the place of cloudpickle, for the two functions of it that docket calls."""

    @staticmethod
    def dumps(value: Any) -> bytes:
        """Writes plain data; raises TypeError for anything else."""
        return json.dumps(value).encode()

    @staticmethod
    def loads(data: bytes) -> Any:
        """Reads plain data; raises ValueError for anything else."""
        return json.loads(data)


for _module in (docket.execution, docket.worker, docket.strikelist):
    vars(_module)["cloudpickle"] = _JsonPayloads


class _ReadableExecution(Execution):
    """An entry of the stream; one that can't be read becomes a task that buries it, so that it stops no worker."""

    @classmethod
    async def from_message(
        cls,
        docket: Docket,
        message: dict[bytes, bytes],
        redelivered: bool = False,
        fallback_task: Callable[..., Awaitable[Any]] | None = None,
        message_id: bytes | None = None,
        sync: bool = True,
    ) -> Self:
        """Reads an entry; see docket, whose fallback for unknown functions would drop the entry."""
        del fallback_task
        try:
            read = await super().from_message(docket, message, redelivered, None, message_id, sync)
            arguments: list[Any] = [read.args, read.kwargs]
            if [type(each) for each in arguments] != [list, dict]:
                raise UnreadableError("its arguments are none")
            return read
        except Exception as error:  # noqa: BLE001 — whatever is wrong with it, it must not end the worker's loop
            entry = {_text(name): _text(value) for name, value in message.items()}
            return cls(
                docket,
                docket.tasks[_bury.__name__],
                args=(entry, f"{type(error).__name__}: {error}"),
                kwargs={},
                key=f"unreadable:{_text(message_id or b'')}",
                when=datetime.now(UTC),
                attempt=1,
                redelivered=redelivered,
                message_id=message_id,
            )


vars(docket.worker)["Execution"] = _ReadableExecution


class _NoStrikes(docket.strikelist.StrikeList):
    """docket's list of tasks to refuse, always empty: its stream in Redis is one more thing that would be read."""

    def __init__(self, **_: Any) -> None:
        super().__init__()


vars(docket.docket)["StrikeList"] = _NoStrikes


def open_queue(url: str) -> Docket:
    """The queue at a Redis URL; use it as a context manager to consume it.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
    """
    limits = urlencode({"socket_timeout": ANSWER_SECONDS, "max_connections": MOST_CONNECTIONS})
    limited = f"{url}{'&' if urlsplit(url).query else '?'}{limits}"
    queue = Docket(name=QUEUE, url=limited, execution_ttl=timedelta(0))
    queue.tasks.clear()  # docket brings some of its own, to try it out with
    return queue


def ready_key() -> str:
    """The stream of the tasks that wait for a worker or are carried out; one that is done is taken out of it."""
    return Docket(name=QUEUE).stream_key


def delayed_key() -> str:
    """The sorted set of the tasks that wait for their time."""
    return Docket(name=QUEUE).queue_key


def enqueue(pipe: Pipeline, queue: Docket, task: Task, key: str) -> None:
    """Adds a task to a transaction; nothing is sent before the transaction is.

    Args:
        pipe: The transaction.
        queue: The queue; it need not be open.
        task: The task.
        key: Names the task: it is not added while one of this key waits or runs.
    """
    written, now = task.model_dump_json(), datetime.now(UTC)
    execution = Execution(queue, _run, (written,), {}, key, now, attempt=1, function_name=_run.__name__)
    # docket has no public way to be a part of somebody else's transaction: these two are what its own `add` calls.
    arguments, _ = execution._schedule_script_args(replace=False)
    _schedule.enqueue_eval(cast("Any", pipe), **arguments)


def consuming(queue: Docket, run: Run, *, redelivery: timedelta = REDELIVERY) -> AbstractAsyncContextManager[Worker]:
    """A worker on an open queue, to be run with `run_forever`.

    Args:
        queue: The queue, opened.
        run: Carries out a task. Whatever it raises has the task tried again later.
        redelivery: How long after a worker's death its tasks are given to another.
    """

    async def run_task(written: str, execution: Execution = _EXECUTION, _retry: ExponentialRetry = RETRY) -> None:
        try:
            task = _TASKS.validate_json(written)
        except ValidationError as error:
            why = str(error.errors(include_url=False, include_input=False))
            await _bury({"key": execution.key, "task": written}, why, execution)
            return
        await run(task)

    queue.register(run_task, names=[_run.__name__])
    queue.register(_bury)
    return Worker(
        queue,
        concurrency=CONCURRENCY,
        redelivery_timeout=redelivery,
        minimum_check_interval=POLL,
        scheduling_resolution=POLL,
        reconnection_delay=RECONNECT,
        schedule_automatic_tasks=False,
    )


async def _run(_written: str) -> None:
    """What tasks are queued as: docket wants a function, and a worker registers its own under this one's name."""


async def _bury(entry: dict[str, str], why: str, execution: Execution = _EXECUTION) -> None:
    """Keeps an entry that can't be read where people can look at it, and takes it out of the queue."""
    logger.error("an entry of the queue can't be read and is moved to %s: %s", DEAD_LETTERS, why)
    async with execution.docket.redis() as redis:
        kept: dict[Any, Any] = {**entry, "why": why}
        await redis.xadd(DEAD_LETTERS, kept, maxlen=MOST_DEAD_LETTERS, approximate=True)


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "backslashreplace")
