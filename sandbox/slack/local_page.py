"""The local page: Slack's part in a browser, on loopback only. It sends signed requests and shows the recorded calls.

The page is static files and this small API: what the workspace holds, a stream that says when it has changed, and one
door for what a person does. A page of another origin gets nothing: the host has to be loopback's, and what is done has
to carry a header that a browser does not send across origins without asking.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.errors import BackupWhyError
from sandbox.aws.estate import INCIDENTS
from sandbox.slack.client import Acknowledgement, element_of, pressed
from sandbox.slack.server import LOOPBACK
from sandbox.slack.workspace import BOT
from sandbox.stage import Stage

FILES = Path(__file__).with_name("page")
HEADER = "X-Backup-Why"
CONTENT_POLICY = "default-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
MENTION = "@backup-why"


@asynccontextmanager
async def showing(stage: Stage, port: int = 0) -> AsyncIterator[str]:
    """The page of a stage, served on loopback while the context is open.

    Args:
        stage: What it shows and drives.
        port: The port, or 0 for any free one.

    Yields:
        The page's URL.
    """
    page = Page(stage)
    site = web.Application()
    site.add_routes(page.routes())
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    unwatch = stage.workspace.watch(lambda _call: page.changed())
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}/"
    finally:
        unwatch()
        page.end()
        await runner.cleanup()


class Page:
    """The page of a stage.

    Args:
        stage: What it shows and drives.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._version = 0
        self._waiting: set[asyncio.Event] = set()
        self._ended = False
        self._acts: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[Acknowledgement | None]]] = {
            "write": self._write,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "play": self._play,
        }

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.get("/", _guarded(self._index)),
            web.get("/page/state", _guarded(self._state)),
            web.get("/page/changes", _guarded(self._changes)),
            web.post("/page/act", _guarded(self._act)),
            web.get("/page/{file}", _guarded(_file)),
        ]

    def end(self) -> None:
        """Lets every open page go."""
        self._ended = True
        self.changed()

    def changed(self) -> None:
        """Tells every open page that there is something new."""
        self._version += 1
        for waiting in self._waiting:
            waiting.set()

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(FILES / "index.html", headers={"Content-Security-Policy": CONTENT_POLICY})

    async def _state(self, _request: web.Request) -> web.Response:
        """Everything that there is to see."""
        workspace, stage = self._stage.workspace, self._stage
        channels = [
            {
                "id": channel.id,
                "name": workspace.people.get(channel.name, channel.name) if channel.direct else channel.name,
                "direct": channel.direct,
                "messages": [self._message(message) for message in channel.messages.values()],
                "prompts": workspace.prompts.get(channel.id, []),
            }
            for channel in workspace.channels.values()
            if not channel.direct or channel.name == stage.user
        ]
        state = {
            "version": self._version,
            "user": stage.user,
            "bot": BOT,
            "people": workspace.people,
            "channels": channels,
            "ephemeral": [{**message, "at": at} for at, message in enumerate(workspace.ephemeral)],
            "views": list(workspace.views.values()),
            "home": workspace.homes.get(stage.user),
            "incident": {"file": stage.incident.stem, "about": stage.estate.about, "job": stage.job},
            "incidents": [file.stem for file in sorted(INCIDENTS.glob("*.json"))],
        }
        return web.json_response(state)

    def _message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """A message with the content of its files."""
        files = [self._stage.workspace.files[file["id"]] for file in message.get("files", ())]
        return {**message, "files": files}

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the version of what there is to see, whenever it has changed."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        waiting = asyncio.Event()
        self._waiting.add(waiting)
        try:
            while not self._ended:
                await response.write(f"data: {self._version}\n\n".encode())
                await waiting.wait()
                waiting.clear()
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            self._waiting.discard(waiting)
        return response

    async def _act(self, request: web.Request) -> web.Response:
        """Does what a person does; answers with the app's acknowledgement."""
        if request.headers.get(HEADER) != "page":
            return web.json_response({"error": "not from the page"}, status=403)
        asked = await request.json()
        act = self._acts.get(asked.get("do", ""))
        if act is None:
            return web.json_response({"error": f"the page can't do {asked.get('do')!r}"}, status=400)
        try:
            acknowledged = await act(asked)
        except KeyError:
            return web.json_response({"error": "that is not there any more"}, status=409)
        except BackupWhyError as error:
            return web.json_response({"error": error.message}, status=400)
        finally:
            self.changed()
        if acknowledged is None:
            return web.json_response({})
        return web.json_response(
            {"status": acknowledged.status, "body": acknowledged.body, "seconds": acknowledged.seconds}
        )

    async def _write(self, asked: Mapping[str, Any]) -> Acknowledgement | None:
        """A slash command, a message that mentions the bot or is written to it, or just a message."""
        stage, channel, text = self._stage, asked["channel"], asked["text"].strip()
        workspace, user = stage.workspace, stage.user
        if text.startswith("/") and not asked.get("thread"):
            name, _, argument = text.partition(" ")
            workspace.write(channel, user, text)
            return await stage.slack.command(name, argument, channel=channel, user=user)
        if MENTION in text or workspace.channels[channel].direct:
            mentioned = text.replace(MENTION, f"<@{BOT}>")
            return await stage.slack.write(channel, mentioned, user=user, thread=asked.get("thread"))
        workspace.write(channel, user, text, thread=asked.get("thread"))
        return None

    async def _press(self, asked: Mapping[str, Any]) -> Acknowledgement:
        """A button or menu of a message, or of the Home tab."""
        stage, option = self._stage, int(asked.get("option", 0))
        if asked.get("channel"):
            return await stage.slack.press(
                asked["channel"], asked["ts"], asked["action"], user=stage.user, option=option
            )
        view = stage.workspace.homes[stage.user]
        element = element_of(view["blocks"], asked["action"])
        payload = stage.slack.interaction_payload("block_actions", user=stage.user)
        return await stage.slack.interaction({**payload, "view": view, "actions": [pressed(element, option)]})

    async def _submit(self, asked: Mapping[str, Any]) -> Acknowledgement:
        view = self._stage.workspace.views.pop(asked["view"])
        return await self._stage.slack.submit(view, asked["values"], user=self._stage.user)

    async def _close(self, asked: Mapping[str, Any]) -> None:
        self._stage.workspace.views.pop(asked["view"], None)

    async def _shortcut(self, asked: Mapping[str, Any]) -> Acknowledgement:
        return await self._stage.slack.shortcut(
            asked["callback"], user=self._stage.user, channel=asked.get("channel"), ts=asked.get("ts")
        )

    async def _home(self, _asked: Mapping[str, Any]) -> Acknowledgement:
        return await self._stage.slack.open_home(user=self._stage.user)

    async def _play(self, asked: Mapping[str, Any]) -> None:
        file = {file.stem: file for file in INCIDENTS.glob("*.json")}[asked["incident"]]
        await self._stage.play(file)


def _guarded(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Lets in only what was meant for loopback: another name that leads here is a trick of another page's."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if request.host.partition(":")[0] not in ("127.0.0.1", "localhost"):
            return web.Response(status=403, text="the page is for this machine only")
        return await handler(request)

    return guarded


async def _file(request: web.Request) -> web.StreamResponse:
    """One of the page's own files."""
    file = FILES / request.match_info["file"]
    if file.parent != FILES or not file.is_file():
        return web.Response(status=404, text="no such file")
    return web.FileResponse(file, headers={"Content-Security-Policy": CONTENT_POLICY, "Cache-Control": "no-store"})
