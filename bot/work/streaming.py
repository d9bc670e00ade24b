"""A checklist as a stream of task updates: Slack's own way of showing work under way, for replies to somebody.

Source: `chat.startStream`, `chat.appendStream` and `chat.stopStream` in Slack's reference. In a channel a stream needs
the person that it is for; a stream that has ended is a message like any other and can be edited.
"""

import logging
from typing import Any, Self

from bot.access.slack_errors import SLACK_FAULTS, code_of
from bot.replies.document import Page, Plan, Task
from bot.replies.safe import one_line, shorten
from bot.work.thread_poster import ThreadPoster
from knowledge.pages import pages

logger = logging.getLogger(__name__)

OVER = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
"""Errors that say that a stream has ended already."""

TEXT = 250
"""Characters of a title, and of what a task has found: Slack takes 256."""


class Stream:
    """A stream that has been started. Make it with `start`.

    Args:
        poster: Posts to its thread.
        ts: The message that it grows in.
        plan: What it shows so far.
    """

    def __init__(self, poster: ThreadPoster, ts: str, plan: Plan) -> None:
        self._poster = poster
        self._ts = ts
        self._plan = plan

    @classmethod
    async def start(cls, poster: ThreadPoster, page: Page) -> Self:
        """Starts a stream with the plan of a page.

        Raises:
            SlackApiError: Slack does not offer it here.
        """
        plan = _plan_of(page)
        title = {"type": "plan_update", "title": shorten(one_line(plan.title), TEXT)}
        ts = await poster.start_stream([title, *map(_update, plan.tasks)])
        return cls(poster, ts, plan)

    async def show(self, page: Page) -> None:
        """Tells what has changed since.

        Raises:
            SlackApiError: Slack refuses it; what is shown next tells it too.
        """
        plan = _plan_of(page)
        changed = [task for task, before in zip(plan.tasks, self._plan.tasks, strict=True) if task != before]
        if changed:
            await self._poster.append_stream(self._ts, [_update(task) for task in changed])
            self._plan = plan

    async def stop(self) -> None:
        """Ends it; one that Slack has ended itself is over all the same."""
        try:
            await self._poster.stop_stream(self._ts)
        except SLACK_FAULTS as error:
            logger.info("the stream can't be ended, or is over already: %s", code_of(error))


def _plan_of(page: Page) -> Plan:
    return next(part for part in page.parts if isinstance(part, Plan))


def _update(task: Task) -> dict[str, Any]:
    said = {"output": shorten(one_line(task.says), TEXT)} if task.says else {}
    sources = [{"type": "url", "text": title, "url": pages()[title]} for title in task.sources]
    return {
        "type": "task_update",
        "id": task.name,
        "title": f"{task.label}: {task.mark.word}",
        "status": task.stage,
        **said,
        **({"sources": sources} if sources else {}),
    }
