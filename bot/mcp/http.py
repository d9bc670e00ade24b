"""The server over streamable HTTP: each request brings the token of an agent, who has the rights of its entry.

The agents stand in the access file (`bot.access.rules`); what they ask is in the audit trail. Whatever brings no token,
or one that nobody has, is a 401 and nothing else happens. The server keeps no sessions, so that any number of processes
may stand behind one address. Tokens are secrets: between hosts the address has to be one of HTTPS.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import uvicorn
from mcp.server.auth.middleware.auth_context import AuthContextMiddleware, get_access_token
from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend, RequireAuthMiddleware
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.routing import Route

from bot.access.agents import agent_with, rights_of
from bot.access.audit import Audit
from bot.access.rules import Rules
from bot.errors import BadInputError
from bot.mcp.asker import Asker
from bot.mcp.server import make_server
from bot.mcp.tools import Tools

PATH: Final = "/mcp"
LARGEST_REQUEST: Final = 1024 * 1024
FINISH_SECONDS: Final = 5
"""How long requests that are under way have to end when the process is told to stop."""


def make_app(tools: Tools, rules: Rules, redis: Redis) -> Starlette:
    """The server as an ASGI application.

    Args:
        tools: The tools.
        rules: The access file, which names the agents.
        redis: A client that decodes its responses; the audit trail is there.

    Raises:
        BadInputError: The access file names no agent.
    """
    if not rules.agents:
        raise BadInputError(
            "The access file names no agents, so that nobody could ask: add the entry that "
            "backup-why mcp --new-token NAME prints."
        )
    agents, audit = {agent.name: agent for agent in rules.agents}, Audit(redis)

    def who_asks() -> Asker:
        token = get_access_token()
        if token is None:  # never behind the middleware below
            raise BadInputError("The request has no token.")
        return Asker(f"agent:{token.client_id}", rights_of(agents[token.client_id]), rules.ask, audit)

    sessions = StreamableHTTPSessionManager(
        make_server(tools, who_asks), stateless=True, max_request_body_size=LARGEST_REQUEST
    )
    return Starlette(
        routes=[Route(PATH, RequireAuthMiddleware(StreamableHTTPASGIApp(sessions), required_scopes=[]))],
        middleware=[
            Middleware(AuthenticationMiddleware, backend=BearerAuthBackend(_Tokens(rules))),
            Middleware(AuthContextMiddleware),
        ],
        lifespan=lambda _app: sessions.run(),
    )


class _Tokens:
    """Knows tokens, as the SDK asks for it."""

    def __init__(self, rules: Rules) -> None:
        self._agents = rules.agents

    async def verify_token(self, token: str) -> AccessToken | None:
        agent = agent_with(token, self._agents)
        return AccessToken(token="", client_id=agent.name, scopes=[]) if agent else None


@asynccontextmanager
async def serving(app: Starlette, host: str, port: int) -> AsyncIterator[str]:
    """Serves an application while the context is open, and then ends what is under way.

    Args:
        app: The application.
        host: The address to listen on.
        port: The port; 0 for any free one.

    Yields:
        The URL of the server.

    Raises:
        BadInputError: The address can't be listened on.
    """
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise BadInputError(f"{host}:{port} can't be listened on ({error.strerror}): give another --port.") from error
    server = _Announcing(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=FINISH_SECONDS)
    )
    task = asyncio.create_task(server.serve([listener]))
    try:
        await server.ready.wait()
        yield f"http://{host}:{listener.getsockname()[1]}{PATH}"
    finally:
        server.should_exit = True
        await task


class _Announcing(uvicorn.Server):
    """uvicorn's server, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts; see uvicorn."""
        await super().startup(sockets)
        self.ready.set()
