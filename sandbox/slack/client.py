"""Slack's side of a conversation: commands, interactions and events, signed and sent to the app over HTTP."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from sandbox.slack.workspace import APP, BOT, BOT_ID, Workspace


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the app answered, and how long it took."""

    status: int
    body: Any
    """The JSON, or the text; None where there is none."""
    seconds: float


class SlackClient:
    """Sends to one app what Slack would send on behalf of a workspace's people.

    Args:
        app_url: Where the app takes events: `http://127.0.0.1:3000/slack/events`.
        signing_secret: The secret that the app checks signatures with.
        workspace: Whose people these are.
    """

    def __init__(self, app_url: str, signing_secret: str, workspace: Workspace) -> None:
        self._app_url = app_url
        self._signer = SignatureVerifier(signing_secret)
        self._workspace = workspace
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    def command_payload(self, command: str, text: str, *, channel: str, user: str) -> dict[str, str]:
        """What Slack sends for a slash command."""
        known = self._workspace.channels.get(channel)
        return {
            "command": command,
            "text": text,
            "channel_id": channel,
            "channel_name": known.name if known else "elsewhere",
            "user_id": user,
            "team_id": self._workspace.team,
            "api_app_id": APP,
            "trigger_id": self._workspace.new_trigger(),
            "response_url": self._workspace.response_url(channel, user),
            "is_enterprise_install": str(self._workspace.org_wide).lower(),
            **({"enterprise_id": self._workspace.enterprise} if self._workspace.enterprise else {}),
        }

    async def command(self, command: str, text: str = "", *, channel: str, user: str) -> Acknowledgement:
        """Types a slash command in a channel."""
        payload = self.command_payload(command, text, channel=channel, user=user)
        acknowledged = await self.send(urlencode(payload, errors="surrogatepass"), form=True)
        self._show(acknowledged, channel, user)
        return acknowledged

    async def press(
        self, channel: str, ts: str, action: str, *, user: str, option: int = 0, team: str | None = None
    ) -> Acknowledgement:
        """Presses what a message offers under an action id.

        Args:
            channel: The channel's id.
            ts: The message.
            action: The action id.
            user: Who presses.
            option: Of a menu or of feedback, which option.
            team: The workspace of who presses, where it is another organization's.
        """
        message = self._workspace.channels[channel].messages[ts]
        element = element_of(message["blocks"], action)
        payload = self.interaction_payload("block_actions", channel=channel, user=user)
        return await self.interaction(
            {
                **payload,
                "user": {**payload["user"], "team_id": team or self._workspace.team},
                "message": message,
                "container": {"type": "message", "message_ts": ts, "channel_id": channel},
                "actions": [pressed(element, option)],
            }
        )

    async def submit(self, view: Mapping[str, Any], values: Mapping[str, Any], *, user: str) -> Acknowledgement:
        """Sends a form off.

        Args:
            view: The open modal.
            values: By field, what `state.values` has of it.
            user: Who sends it.
        """
        state = {"values": {name: {name: value} for name, value in values.items()}}
        payload = self.interaction_payload("view_submission", user=user)
        return await self.interaction({**payload, "view": {**view, "state": state}, "response_urls": []})

    async def shortcut(
        self, callback: str, *, user: str, channel: str | None = None, ts: str | None = None
    ) -> Acknowledgement:
        """Uses a shortcut: a message's, where a channel and `ts` are given, else a global one."""
        if channel is None or ts is None:
            payload = self.interaction_payload("shortcut", user=user)
            return await self.interaction({**payload, "callback_id": callback})
        message = self._workspace.channels[channel].messages[ts]
        payload = self.interaction_payload("message_action", channel=channel, user=user)
        return await self.interaction({**payload, "callback_id": callback, "message": message, "message_ts": ts})

    def interaction_payload(self, kind: str, *, user: str, channel: str | None = None) -> dict[str, Any]:
        """What every interaction carries."""
        payload: dict[str, Any] = {
            "type": kind,
            "user": {"id": user, "name": self._workspace.people.get(user, user), "team_id": self._workspace.team},
            "team": None if self._workspace.org_wide else {"id": self._workspace.team, "domain": "local"},
            "enterprise": {"id": self._workspace.enterprise, "name": "org"} if self._workspace.enterprise else None,
            "is_enterprise_install": self._workspace.org_wide,
            "api_app_id": APP,
            "trigger_id": self._workspace.new_trigger(),
        }
        if channel is not None:
            payload["channel"] = {"id": channel, "name": self._workspace.channels[channel].name}
            payload["response_url"] = self._workspace.response_url(channel, user)
        return payload

    async def interaction(self, payload: Mapping[str, Any]) -> Acknowledgement:
        """Sends a button press, a shortcut or a submitted form."""
        return await self.send(urlencode({"payload": json.dumps(payload)}), form=True)

    async def write(self, channel: str, text: str, *, user: str, thread: str | None = None) -> Acknowledgement:
        """Writes a message: in a direct message the bot is told of it, in a channel only if it is mentioned."""
        message = self._workspace.write(channel, user, text, thread=thread)
        direct = self._workspace.channels[channel].direct
        kind = {"type": "message", "channel_type": "im"} if direct else {"type": "app_mention"}
        sent = {key: value for key, value in message.items() if key != "blocks"}
        return await self.event(
            {**sent, **kind, "channel": channel, "team": self._workspace.team}, event_id=self._workspace.next_id("Ev")
        )

    async def open_home(self, *, user: str, tab: str = "home") -> Acknowledgement:
        """Opens the app's Home tab, or its messages."""
        channel = self._workspace.direct_message(user).id
        event = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab}
        return await self.event(event, event_id=self._workspace.next_id("Ev"))

    async def event(self, event: Mapping[str, Any], *, event_id: str, retry: int = 0) -> Acknowledgement:
        """Sends an event, or the delivery of one again."""
        body = {
            "type": "event_callback",
            "team_id": self._workspace.team,
            "api_app_id": APP,
            "event_id": event_id,
            "event_time": int(time.time()),
            "event": event,
            "authorizations": [self._authorization()],
        }
        retried = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": "http_timeout"} if retry else {}
        return await self.send(json.dumps(body), form=False, headers=retried)

    def _authorization(self) -> dict[str, Any]:
        """The installation that an event is for: an org-wide one has no workspace."""
        at = self._workspace
        team = None if at.org_wide else at.team
        return {
            "enterprise_id": at.enterprise or None,
            "team_id": team,
            "is_bot": True,
            "is_enterprise_install": at.org_wide,
        }

    async def send(
        self,
        body: str,
        *,
        form: bool,
        headers: Mapping[str, str] | None = None,
        at: float | None = None,
        signature: str | None = None,
    ) -> Acknowledgement:
        """Sends a body with its signature.

        Args:
            body: The body as text.
            form: Whether it is a form; JSON otherwise.
            headers: More headers.
            at: When it was signed, in seconds since the epoch; now by default.
            signature: Another signature than the right one.
        """
        if self._session is None:
            raise RuntimeError("open the client first: async with SlackClient(…)")
        stamp = str(int(time.time() if at is None else at))
        signed = {
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or self._signer.generate_signature(timestamp=stamp, body=body) or "",
            **(headers or {}),
        }
        begun = time.perf_counter()
        async with self._session.post(self._app_url, data=body.encode(), headers=signed) as response:
            text = await response.text()
            seconds = time.perf_counter() - begun
            is_json = response.content_type == "application/json"
            return Acknowledgement(response.status, json.loads(text) if is_json else text or None, seconds)

    def _show(self, acknowledged: Acknowledgement, channel: str, user: str) -> None:
        """What stands in the answer to a command is shown to the channel, or to the person who typed it."""
        body = acknowledged.body
        content = body if isinstance(body, dict) else {"text": body or ""}
        if content.get("text") and content.get("response_type") == "in_channel":
            blocks = content.get("blocks", [])
            self._workspace.write(channel, BOT, content["text"], bot_id=BOT_ID, blocks=blocks)
        elif content.get("text") or content.get("blocks"):
            shown: dict[str, Any] = {
                "channel": channel,
                "user": user,
                "ts": self._workspace.next_ts(),
                "thread_ts": None,
                "blocks": [],
            }
            self._workspace.ephemeral.append({**shown, **content})


def element_of(blocks: Iterable[Mapping[str, Any]], action: str) -> Mapping[str, Any]:
    """What blocks offer to press under an action id.

    Raises:
        KeyError: Nothing of that id.
    """
    offered = (element for block in blocks for element in block.get("elements", ()) if isinstance(element, Mapping))
    return {element["action_id"]: element for element in offered if "action_id" in element}[action]


def pressed(element: Mapping[str, Any], option: int = 0) -> dict[str, Any]:
    """What `actions` carries of an element that was pressed.

    Args:
        element: The element, as the message has it.
        option: Of a menu or of feedback, which option.
    """
    action = {"type": element["type"], "action_id": element["action_id"], "block_id": "b", "action_ts": "1.0"}
    match element["type"]:
        case "static_select":
            return {**action, "selected_option": element["options"][option]}
        case "feedback_buttons":
            return {**action, "value": element[("positive_button", "negative_button")[option]]["value"]}
        case _:
            return {**action, "value": element.get("value", "")}
