"""The server over HTTP as a context: real tools, the sandbox as AWS, a real server for Redis."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest
from httpx2 import AsyncClient
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from bot.access.agents import token_hash
from bot.access.rules import EVERY, Agent, Rules
from bot.diagnosis.run import Diagnostician
from bot.mcp.http import make_app, serving
from bot.mcp.tools import Tools
from bot.settings import load_settings
from bot.work.connection import connect
from tests.scenarios.bench import redis_url, valkey

__all__ = ["redis_url", "valkey"]

TOKEN = "bwmcp_a-token-of-this-test"
LOOPBACK = "127.0.0.1"


def agent(*accounts: str) -> Agent:
    """An agent that may ask about some accounts, or about all."""
    return Agent(name="devops-agent", token_sha256=token_hash(TOKEN), accounts=accounts or (EVERY,))


@asynccontextmanager
async def served(
    redis_url: str,
    agents: Sequence[Agent],
    make_diagnostician: Callable[[], Diagnostician] = lambda: Diagnostician(load_settings()),
    port: int = 0,
) -> AsyncIterator[str]:
    """Serves over HTTP; yields the URL."""
    async with connect(redis_url) as redis:
        rules = Rules(ask="#cloud-security", agents=tuple(agents))
        async with serving(make_app(Tools(make_diagnostician), rules, redis), LOOPBACK, port) as url:
            yield url


@asynccontextmanager
async def client_of(url: str, token: str = TOKEN, mode: str = "auto") -> AsyncIterator[Client]:
    """The SDK's own client, connected."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=300))
        yield await stack.enter_async_context(Client(streamable_http_client(url, http_client=http), mode=mode))


@pytest.fixture
def asked(redis_url: str) -> Callable[[], AbstractAsyncContextManager[Client]]:
    """Opens a client whose agent may ask about every account; it has to be closed by the task that opened it."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Client]:
        async with served(redis_url, [agent()]) as url, client_of(url) as connected:
            yield connected

    return opened
