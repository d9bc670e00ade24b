"""A Slack workspace in memory: channels, people, messages, files and views, and every Web API call that was made.

It stands in for Slack on this machine, for the newcomer's first try, the local page and the tests. It answers as Slack
does and refuses what Slack refuses; `web_api` holds the methods and `server` puts it on the network.
"""

import itertools
import json
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from sandbox.slack.tiers import Tiers

TEAM = "T0LOCAL01"
TRIGGER_SECONDS = 3.0
"""How long after an interaction a view can be opened ("Triggers")."""
RESPONSES, RESPONSE_SECONDS = 5, 1_800.0
"""How often, and for how long, a response URL is answered at ("Handling user interaction in your Slack apps")."""

BOT = "U0BACKUPWHY"
BOT_ID = "B0BACKUPWHY"
APP = "A0BACKUPWHY"


@dataclass(slots=True)
class Channel:
    """A conversation: a channel, or a direct message where the name is a person's id."""

    id: str
    name: str
    private: bool = False
    has_bot: bool = True
    shared: bool = False
    """Also another organization's: Slack Connect."""
    direct: bool = False
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By `ts`, in the order of posting; each as `conversations.history` answers it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A Web API call, and what was answered."""

    method: str
    args: Mapping[str, Any]
    response: Mapping[str, Any]
    token: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that a call gets instead of its own: an HTTP status, or an error of Slack's."""

    status: int = 200
    error: str = "internal_error"
    retry_after: int | None = None
    delivered: bool = False
    """The call is carried out, and only its answer is lost."""


def _scopes_of_manifest() -> tuple[str, ...]:
    """What an app has that was made of the bot's manifest."""
    manifest = json.loads(resources.files("bot").joinpath("manifest.json").read_text(encoding="utf-8"))
    scopes = manifest["oauth_config"]["scopes"]
    return (*scopes["bot"], *scopes["bot_optional"])


@dataclass(slots=True)
class _Response:
    """A response URL: whom it reaches, until when, and how often still."""

    channel: str
    user: str
    until: float
    left: int = RESPONSES


@dataclass(slots=True)
class Workspace:
    """The workspace.

    Args:
        clock: Seconds since the epoch; every message gets a `ts` later than the one before.
        waiting: Seconds, by which triggers and response URLs expire.
    """

    clock: Callable[[], float] = time.time
    team: str = TEAM
    enterprise: str = ""
    """The organization that it belongs to (Enterprise Grid)."""
    org_wide: bool = False
    """Whether the app is installed in the whole organization."""
    waiting: Callable[[], float] = time.monotonic
    channels: dict[str, Channel] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    """Names by user id."""
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The members of a user group by its id."""
    calls: list[Call] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Open modals by id."""
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Home tabs by user id."""
    ephemeral: list[dict[str, Any]] = field(default_factory=list)
    prompts: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Suggested prompts by channel."""
    sessions: dict[tuple[str, str], str] = field(default_factory=dict)
    """The status of an agent's sessions, by channel and thread."""
    sessions_offered: bool = True
    """Whether this workspace has agent sessions."""
    sources: bool = True
    """Whether a task's card may have sources; they are newer than the card."""
    streams: bool = True
    """Whether this workspace offers streaming; some plans and channels do not."""
    scopes: tuple[str, ...] = field(default_factory=_scopes_of_manifest)
    """What the bot token may do; nothing is refused for the lack of one."""
    tiers: Tiers | None = None
    """The rate limits; None where nothing is limited."""
    url: str = ""
    """Where `server` serves it, without a slash at the end."""
    _faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    _watchers: list[Callable[[Call], None]] = field(default_factory=list)
    _responses: dict[str, _Response] = field(default_factory=dict)
    _triggers: dict[str, float | None] = field(default_factory=dict)
    """When each was made; None for one that has opened a view."""
    _last: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add_channel(self, name: str, **members: Any) -> Channel:
        """A new channel, by default a public one that the bot is in."""
        channel = Channel(f"C0{next(self._numbers):07d}", name, **members)
        self.channels[channel.id] = channel
        return channel

    def add_person(self, name: str) -> str:
        """A new person; returns the user id."""
        user = f"U0{next(self._numbers):07d}"
        self.people[user] = name
        return user

    def direct_message(self, user: str) -> Channel:
        """The direct message between a person and the bot."""
        for channel in self.channels.values():
            if channel.direct and channel.name == user:
                return channel
        channel = Channel(f"D0{next(self._numbers):07d}", user, private=True, direct=True)
        self.channels[channel.id] = channel
        return channel

    def between(self, *users: str) -> Channel:
        """The direct message between people, which the bot is not in."""
        channel = Channel(f"D0{next(self._numbers):07d}", "directmessage", private=True, has_bot=False, direct=True)
        if len(users) > 2:
            channel = Channel(f"C0{next(self._numbers):07d}", "mpdm-some--people-1", private=True, has_bot=False)
        self.channels[channel.id] = channel
        return channel

    def write(self, channel: str, user: str, text: str, *, thread: str | None = None, **members: Any) -> dict[str, Any]:
        """A message that a person, or another app, writes."""
        message: dict[str, Any] = {"type": "message", "ts": self.next_ts(), "user": user, "text": text, "blocks": []}
        message.update(members)
        if thread is not None:
            message["thread_ts"] = thread
        self.channels[channel].messages[message["ts"]] = message
        return message

    def next_ts(self) -> str:
        """A timestamp that no message has yet."""
        self._last = max(int(self.clock() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"

    def next_id(self, prefix: str) -> str:
        """An id that nothing has yet."""
        return f"{prefix}0{next(self._numbers):07d}"

    def response_url(self, channel: str, user: str) -> str:
        """A URL by which the bot may answer one command or interaction."""
        token = secrets.token_urlsafe(12)
        self._responses[token] = _Response(channel, user, self.waiting() + RESPONSE_SECONDS)
        return f"{self.url}/respond/{token}"

    def responds_to(self, token: str) -> tuple[str, str] | None:
        """The channel and the user that a response URL belongs to; None for one that is not answered at any more."""
        response = self._responses.get(token)
        if response is None or not response.left or self.waiting() >= response.until:
            return None
        response.left -= 1
        return response.channel, response.user

    def new_trigger(self) -> str:
        """A trigger by which a view can be opened, once and soon."""
        trigger = secrets.token_hex(12)
        self._triggers[trigger] = self.waiting()
        return trigger

    def exchange_trigger(self, trigger: str) -> str:
        """Uses a trigger up; returns Slack's error where it can't be used, else an empty text."""
        if trigger not in self._triggers:
            return "invalid_trigger_id"
        made = self._triggers[trigger]
        if made is None:
            return "exchanged_trigger_id"
        if self.waiting() - made >= TRIGGER_SECONDS:
            return "expired_trigger_id"
        self._triggers[trigger] = None
        return ""

    def fail(self, method: str, *faults: Fault) -> None:
        """Lets the next calls of a method fail, one fault a call."""
        self._faults[method].extend(faults)

    def next_fault(self, method: str) -> Fault | None:
        """The fault that the next call of a method meets, if any."""
        waiting = self._faults.get(method)
        return waiting.popleft() if waiting else None

    def watch(self, watcher: Callable[[Call], None]) -> Callable[[], None]:
        """Calls `watcher` after every call; returns what ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def record(self, call: Call) -> None:
        """Remembers a call and tells the watchers."""
        self.calls.append(call)
        for watcher in tuple(self._watchers):
            watcher(call)

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """A message and the replies to it, oldest first."""
        messages = self.channels[channel].messages
        return [message for message in messages.values() if ts in (message["ts"], message.get("thread_ts"))]
