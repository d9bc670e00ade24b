"""The sandbox as a server: an estate on a port of this machine, for any AWS SDK whose endpoint URL points there.

One event loop in a thread of its own answers everything: an answer is a millisecond of looking up, and latency is
waited for without holding a thread.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.errors import BadInputError
from sandbox.aws.calls import Call, CallLog
from sandbox.aws.gateway import Fault, Gateway
from sandbox.aws.model import Estate
from sandbox.aws.wire import request_of

_HOST = "127.0.0.1"


class Sandbox:
    """An estate served as AWS while the context lasts.

    Args:
        estate: What is served.
        port: The port; 0 for any free one.
        latency_ms: How long every call takes before it is answered.
        page: The most results on a page; None for each service's own rule.
        throttle: The share of calls, 0 to 1, that is throttled once before it is answered.
        clock: Seconds since 1970; sessions expire by it.
        on_call: Called with each call, in the server's thread.
        faults: What to answer calls of an operation with, by service and operation, instead of its answer: an error,
            or any reply at all, as a proxy may give. Read anew for each call.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        port: int = 0,
        latency_ms: float = 0,
        page: int | None = None,
        throttle: float = 0.0,
        clock: Callable[[], float] = time.time,
        on_call: Callable[[Call], object] | None = None,
        faults: Mapping[tuple[str, str], Fault] | None = None,
    ) -> None:
        self.estate = estate
        self._port = port
        self._latency = latency_ms / 1000
        self._log = CallLog()
        self._on_call = on_call
        self._gateway = Gateway(
            estate,
            page=page,
            throttle=throttle,
            clock=clock,
            written=self._write,
            faults={} if faults is None else faults,
        )
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._bound: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event

    def __enter__(self) -> Self:
        self._thread.start()
        self._port = self._bound.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens: the value of AWS_ENDPOINT_URL."""
        return f"http://{_HOST}:{self._port}"

    @property
    def calls(self) -> list[Call]:
        """Every call so far, in the order in which they ended."""
        return self._log.all()

    def reset_calls(self) -> None:
        """Forgets every call so far."""
        self._log.clear()

    def _write(self, call: Call) -> None:
        self._log.add(call)
        if self._on_call:
            self._on_call(call)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except (OSError, OverflowError) as error:
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            self._bound.set_exception(
                BadInputError(f"The sandbox can't listen on port {self._port} ({reason}); choose another with --port.")
            )

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, _HOST, self._port)
            await site.start()
            self._bound.set_result(runner.addresses[0][1])
            await self._stop.wait()
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        started = time.monotonic()
        body = await request.read()
        if request.path.startswith("/_sandbox/"):
            return self._own(request.path)
        await asyncio.sleep(self._latency)
        reply = self._gateway.answer(request_of(request.method, request.raw_path, request.headers, body), started)
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)

    def _own(self, path: str) -> web.Response:
        """What the sandbox tells of itself."""
        if path == "/_sandbox/health":
            return web.json_response({"status": "ok", "about": self.estate.about})
        if path == "/_sandbox/calls":
            calls = ",".join(call.to_json() for call in self.calls)
            return web.Response(text=f"[{calls}]", content_type="application/json")
        return web.json_response({"message": f"The sandbox has no {path}."}, status=404)


def environment(sandbox: Sandbox) -> dict[str, str]:
    """What makes an AWS SDK read the sandbox with the bot's own credentials.

    Args:
        sandbox: A sandbox that is listening.

    Returns:
        Environment variables and their values.
    """
    region = sandbox.estate.bot.region
    return {
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_ACCESS_KEY_ID": "AKIASANDBOX000000000",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
    }
