"""A way to Redis that can be stalled: what is sent through it is held until it is let go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sandbox.slack.server import LOOPBACK


@dataclass
class StallingProxy:
    """Forwards connections to a server at a Unix socket."""

    path: str
    port: int = 0
    held: set[int] = field(default_factory=set)
    """The connections that something is held of."""
    _open: set[int] = field(default_factory=set)
    _hung: set[int] = field(default_factory=set)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where Redis is, for those who come through here."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def stall(self) -> None:
        """Holds whatever is sent from now on."""
        self._flowing.clear()

    def hang(self) -> None:
        """Has nothing flow any more over the connections that there are, which stay open; new ones flow."""
        self._hung.update(self._open)

    def flow(self) -> None:
        """Lets go what is held, and holds nothing more."""
        self._flowing.set()

    async def holds(self, count: int) -> None:
        """Waits until something is held of so many connections."""
        while len(self.held) < count:
            self._changed.clear()
            await self._changed.wait()

    async def end(self) -> None:
        """Ends every connection."""
        self._ended.set()
        while self._open:  # noqa: ASYNC110 — each ends by itself
            await asyncio.sleep(0)

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forwards one connection, both ways, until either side ends it."""
        of_server, to_server = await asyncio.open_unix_connection(self.path)
        self._open.add(id(reader))
        ways = [
            asyncio.ensure_future(self._there(reader, to_server)),
            asyncio.ensure_future(self._back(of_server, writer)),
            asyncio.ensure_future(self._ended.wait()),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, to_server):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()
            self._open.discard(id(reader))
            self._hung.discard(id(reader))

    async def _there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if not self._flowing.is_set():
                self.held.add(id(reader))
                self._changed.set()
                await self._flowing.wait()
            if id(reader) not in self._hung:
                writer.write(data)

    @staticmethod
    async def _back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)


@asynccontextmanager
async def stalling(redis_url: str) -> AsyncIterator[StallingProxy]:
    """A proxy before the Redis at a `unix://` URL; everything flows at first."""
    proxy = StallingProxy(redis_url.removeprefix("unix://"))
    proxy.flow()

    server = await asyncio.start_server(proxy.forward, LOOPBACK, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        proxy.flow()
        server.close()
        await proxy.end()
