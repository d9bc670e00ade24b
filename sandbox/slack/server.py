"""Puts a workspace on the network, on loopback only: the Web API, file uploads, response URLs and Socket Mode."""

import asyncio
import json
from collections.abc import Mapping
from email.utils import formatdate
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from sandbox.slack.installs import Installs
from sandbox.slack.web_api import call, respond
from sandbox.slack.workspace import Call, Workspace

LOOPBACK = "127.0.0.1"
LARGEST = 32 * 1024 * 1024
"""Bytes of a request: a file that is uploaded."""


class WorkspaceServer:
    """Serves a workspace while its context is open.

    Args:
        workspace: What is served; its `url` is set.
        port: The port, or 0 for any free one.
        installs: Where the app is installed by OAuth; None where every token is the workspace's.
    """

    def __init__(self, workspace: Workspace, port: int = 0, installs: Installs | None = None) -> None:
        self.workspace = workspace
        self._installs = installs
        self._port = port
        self.web = web.Application(client_max_size=LARGEST)
        self.web.add_routes(
            [
                web.post("/api/{method}", self._api),
                web.post("/files/{file}", self._upload),
                web.post("/respond/{token}", self._respond),
                web.get("/socket", self._socket),
            ]
        )
        self._runner = web.AppRunner(self.web, shutdown_timeout=0.1)
        self._sockets: set[web.WebSocketResponse] = set()
        self._acknowledged: dict[str, asyncio.Future[Mapping[str, Any]]] = {}

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        for each in self._workspaces():
            each.url = f"http://{LOOPBACK}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for socket in tuple(self._sockets):
            await socket.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` has to be."""
        return f"{self.workspace.url}/api/"

    async def deliver(self, kind: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sends an envelope to one connected Socket Mode client, as Slack does, and waits for its acknowledgement.

        Args:
            kind: `slash_commands`, `interactive` or `events_api`.
            payload: What the HTTP request would carry.
        """
        envelope = self.workspace.next_id("E")
        self._acknowledged[envelope] = asyncio.get_running_loop().create_future()
        socket = next(iter(self._sockets))
        accepts = kind != "events_api"
        await socket.send_json(
            {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": accepts}
        )
        return await self._acknowledged[envelope]

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args = await _arguments(request)
        answer: dict[str, Any]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        workspace = self.workspace
        if self._installs is not None:
            if method in ("oauth.v2.access", "auth.revoke"):
                answer = self._installs.call(method, args, request.headers.get("Authorization", ""))
                self.workspace.record(Call(method, args, answer, token))
                return web.json_response(answer)
            refusal = self._installs.refusal(token)
            if refusal:
                self.workspace.record(Call(method, args, {"ok": False, "error": refusal}, token))
                return web.json_response({"ok": False, "error": refusal})
            workspace = self._installs.workspaces[token]
        if not request.headers.get("Authorization", "").startswith("Bearer x"):
            return web.json_response({"ok": False, "error": "not_authed"})
        if method == "apps.connections.open":
            return web.json_response({"ok": True, "url": f"{self.workspace.url.replace('http', 'ws', 1)}/socket"})
        retry_after = self._limited(method, args)
        if retry_after is not None:
            answer = {"ok": False, "error": "ratelimited"}
            self.workspace.record(Call(method, args, answer))
            return web.json_response(answer, status=429, headers={"Retry-After": str(retry_after)})
        fault = self.workspace.next_fault(method)
        if fault is not None and not fault.delivered:
            answer = {"ok": False, "error": fault.error}
        else:
            answer = call(workspace, method, args)
        workspace.record(Call(method, args, answer, token))
        if fault is not None and fault.delivered:
            answer = {"ok": False, "error": fault.error}
        headers = {
            "X-OAuth-Scopes": ",".join(self.workspace.scopes),
            "Date": formatdate(self.workspace.clock(), usegmt=True),
        }
        if fault is not None and fault.retry_after is not None:
            headers["Retry-After"] = str(fault.retry_after)
        return web.json_response(answer, status=fault.status if fault else 200, headers=headers)

    def _workspaces(self) -> list[Workspace]:
        return [self.workspace, *(self._installs.all if self._installs else ())]

    def _limited(self, method: str, args: Mapping[str, Any]) -> int | None:
        """The seconds after which a call may be tried again, if the app has made too many."""
        channel = str(args.get("channel") or args.get("channel_id") or "")
        return None if self.workspace.tiers is None else self.workspace.tiers.take(method, channel)

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.workspace.files.get(request.match_info["file"])
        body = await request.read()
        if file is None or len(body) != file["length"]:
            return web.Response(status=400, text="no such upload, or not of the length that was announced")
        file["content"] = body.decode("utf-8")
        return web.Response(text=f"OK - {len(body)}")

    async def _respond(self, request: web.Request) -> web.Response:
        """A response URL: the message is for the person who asked, unless it says `in_channel`."""
        token = request.match_info["token"]
        for workspace in self._workspaces():
            if to := workspace.responds_to(token):
                break
        body = await request.json()
        if to is None:
            return web.Response(status=404, text="expired_url")
        channel, user = to
        public = body.get("response_type") == "in_channel"
        answer = respond(workspace, {**body, "channel": channel, "user": user}, public=public)
        workspace.record(Call("response_url", {**body, "channel": channel, "user": user}, answer))
        return web.Response(text="ok" if answer["ok"] else answer["error"], status=200 if answer["ok"] else 400)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self._sockets)})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    answer = json.loads(message.data)
                    waiting = self._acknowledged.pop(answer.get("envelope_id", ""), None)
                    if waiting is not None:
                        waiting.set_result(answer.get("payload") or {})
        finally:
            self._sockets.discard(socket)
        return socket


async def _arguments(request: web.Request) -> dict[str, Any]:
    """The arguments of a call, from its query, its form or its JSON; members that are JSON in a form are read."""
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        return body
    form = {**request.query, **(await request.post())}
    return {
        name: _read(value) if name in ("blocks", "view", "files", "metadata") else value for name, value in form.items()
    }


def _read(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value
