"""Slack's rate limits: how often each method may be called, and when a refused call may be tried again.

Source: "Rate limits", and the tier on each method's page. A tier is counted here over the last 60 seconds for each
method of the app in the workspace, without the bursts that Slack sometimes tolerates. `chat.postMessage` takes one
message a second in each channel and "short bursts" above that, which are ten messages here.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping

WINDOW = 60.0

PER_MINUTE: Mapping[str, int] = {
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.startStream": 20,
    "chat.appendStream": 100,
    "chat.stopStream": 20,
    "conversations.info": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "conversations.open": 50,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "usergroups.users.list": 20,
    "agents.sessions.setStatus": 50,
    "assistant.threads.setSuggestedPrompts": 100,
    "assistant.threads.setTitle": 100,
    "views.open": 100,
    "views.update": 100,
    "views.publish": 100,
}
"""Calls in any 60 seconds; what is not named has limits that Slack does not publish, and none here."""

POSTING = "chat.postMessage"
BURST = 10
EACH_SECONDS = 1.0


class Tiers:
    """Counts the calls of an app.

    Args:
        clock: Seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}
        self._posted: dict[str, tuple[float, float]] = {}

    def take(self, method: str, channel: str) -> int | None:
        """Counts a call.

        Args:
            method: For example `chat.update`.
            channel: The channel that it is about; empty for none.

        Returns:
            None for a call that is carried out; else the seconds of `Retry-After`, and it is not counted.
        """
        if method == POSTING:
            return self._post(channel)
        limit = PER_MINUTE.get(method)
        if limit is None:
            return None
        now, taken = self._clock(), self._taken.setdefault(method, deque())
        while taken and now - taken[0] >= WINDOW:
            taken.popleft()
        if len(taken) >= limit:
            return math.ceil(WINDOW - (now - taken[0]))
        taken.append(now)
        return None

    def _post(self, channel: str) -> int | None:
        now = self._clock()
        left, at = self._posted.get(channel, (float(BURST), now))
        left = min(BURST, left + (now - at) / EACH_SECONDS)
        if left < 1:
            self._posted[channel] = (left, now)
            return math.ceil((1 - left) * EACH_SECONDS)
        self._posted[channel] = (left - 1, now)
        return None
