"""Posts the messages of a thread so that each stands there once, however often the task that posts them runs.

Each message has a slot. A slot that is filled is edited. A slot that was begun and never noted as filled belongs to a
worker that died between Slack's answer and Redis: the message is then looked for in the channel by the metadata that
it carries, before anything is posted again. What a slot shows already is not sent to it again.
"""

import hashlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.place import Place
from bot.access.slack_errors import SLACK_FAULTS, code_of, is_transient
from bot.replies.message import Message, Snippet
from bot.replies.verdict import PARENT
from bot.work.rate_limiter import BudgetSpentError, Urgency, current_urgency
from bot.work.thread_store import Slot, ThreadStore

logger = logging.getLogger(__name__)

EVENT_TYPE = "backup_why_reply"

NOT_IN = frozenset({"channel_not_found", "not_in_channel"})
ARCHIVED = "is_archived"
CLOSED = frozenset(
    {*NOT_IN, ARCHIVED, "restricted_action", "restricted_action_thread_locked", "restricted_action_read_only_channel"}
    | {"restricted_action_non_threadable_channel", "restricted_action_thread_only_channel", "ekm_access_denied"}
    | {"cannot_reply_to_message", "thread_not_found", "messages_tab_disabled", "posting_to_channel_denied"}
)
"""Errors that say that the bot can't post at this place, now or later."""

GONE = "message_not_found"
UNEDITABLE = frozenset({GONE, "cant_update_message", "edit_window_closed", "is_inactive", "update_failed"})
"""Errors that say that a message is gone, or stays as it is: what it should show is posted anew."""

SKEW_SECONDS = 60.0
"""How far Slack's clock and this host's may be apart."""


class ClosedPlaceError(SlackApiError):
    """The bot can't post where it was asked, now or later."""


class ThreadPoster:
    """Posts to one thread.

    Args:
        client: The Web API.
        threads: What is known of threads.
        thread: The thread's id.
        place: Where it is.
    """

    def __init__(self, client: AsyncWebClient, threads: ThreadStore, thread: str, place: Place) -> None:
        self._client = client
        self._threads = threads
        self._thread = thread
        self._place = place

    async def put(self, message: Message) -> str:
        """Lets a message stand in its slot: posts it, or edits what stands there.

        Args:
            message: The message; each of its files is posted once, after it, and again when it has another content.

        Returns:
            The `ts` of the message.

        Raises:
            ClosedPlaceError: The bot can't post at this place.
            SlackApiError: Slack refuses it.
            BudgetSpentError: It is progress, and there is no call left for it.
        """
        try:
            ts = await self._put(message)
            for snippet in message.snippets:
                content = hashlib.sha256(snippet.text.encode()).hexdigest()[:12]
                await self._attach(f"file:{message.slot}:{snippet.name}:{content}", snippet)
        except SlackApiError as error:
            code = code_of(error)
            if code in CLOSED:
                raise ClosedPlaceError(str(error), error.response) from error  # type: ignore[no-untyped-call]  # the SDK's
            raise
        return ts

    async def can_stream(self) -> bool:
        """Whether the head could be a stream: it replies to a person, and nothing stands there yet."""
        head = await self._threads.slot(self._thread, PARENT)
        return bool(self._place.thread) and not self._place.bot and head == Slot()

    async def start_stream(self, chunks: list[dict[str, Any]]) -> str:
        """Starts a stream in the head's slot; returns its `ts`.

        Raises:
            SlackApiError: Slack does not offer it here.
            BudgetSpentError: It is progress, and there is no call left for it.
        """
        async with self._beginning(PARENT, Slot()):
            started = await self._client.chat_startStream(
                channel=self._place.channel,
                thread_ts=self._place.thread,
                recipient_user_id=self._place.user,
                recipient_team_id=self._place.team,
                task_display_mode="plan",
                chunks=chunks,
            )
        ts = str(started["ts"])
        await self._threads.fill(self._thread, PARENT, ts)
        await self._threads.place(self._thread, self._place.channel, ts, self._place.thread)
        return ts

    async def append_stream(self, ts: str, chunks: list[dict[str, Any]]) -> None:
        """Adds to a stream; raises as `start_stream`."""
        await self._client.chat_appendStream(channel=self._place.channel, ts=ts, chunks=chunks)

    async def stop_stream(self, ts: str) -> None:
        """Ends a stream; raises as `start_stream`."""
        await self._client.chat_stopStream(channel=self._place.channel, ts=ts)

    async def _put(self, message: Message) -> str:
        slot, digest = await self._threads.slot(self._thread, message.slot), _digest(message)
        ts = slot.ts or await self._lost(message.slot, slot)
        if ts is not None and slot.digest == digest:
            return ts
        if ts is not None and await self._edit(ts, message):
            await self._threads.fill(self._thread, message.slot, ts, digest)
            return ts
        async with self._beginning(message.slot, slot):
            posted = await self._client.chat_postMessage(
                channel=self._place.channel,
                thread_ts=await self._root(message.slot),
                text=message.text,
                blocks=message.blocks,
                metadata=self._metadata(message.slot),
                unfurl_links=False,
                unfurl_media=False,
            )
        await self._threads.fill(self._thread, message.slot, posted["ts"], digest)
        if message.slot == PARENT:
            await self._threads.place(
                self._thread, self._place.channel, *filter(None, (posted["ts"], self._place.thread))
            )
        return str(posted["ts"])

    @asynccontextmanager
    async def _beginning(self, name: str, slot: Slot) -> AsyncIterator[None]:
        """Notes that something is sent to a slot; what could not be sent after all leaves no trace."""
        await self._threads.begin(self._thread, name)
        try:
            yield
        except BudgetSpentError:
            if slot.begun is None:
                await self._threads.not_begun(self._thread, name)
            raise

    async def _edit(self, ts: str, message: Message) -> bool:
        """Edits a message; False if it is gone, or can't be edited any more."""
        try:
            await self._update(ts, message)
        except SlackApiError as error:
            code = code_of(error)
            if code == "streaming_state_conflict":
                return await self._edit_stream(ts, message)
            if code not in UNEDITABLE or (code != GONE and current_urgency() is Urgency.PROGRESS):
                raise
            if code != GONE and message.slot == PARENT:
                await self.take_away_head()
            return False
        return True

    async def take_away_head(self) -> None:
        """Deletes a head that can't be edited, as long as it is all there is: it would go on to say that I look."""
        ts = (await self._threads.slot(self._thread, PARENT)).ts
        if ts is None or await self._threads.filled(self._thread) != [PARENT]:
            return
        try:
            await self._client.chat_delete(channel=self._place.channel, ts=ts)
        except SLACK_FAULTS as error:
            logger.info("a head that can't be edited can't be deleted either: %s", code_of(error))

    async def _edit_stream(self, ts: str, message: Message) -> bool:
        """Ends a stream that a worker died over and edits it; False if Slack does not let it end."""
        try:
            await self.stop_stream(ts)
        except SlackApiError as error:
            if is_transient(error):
                raise
            logger.info("a stream can't be ended, or is over already: %s", code_of(error))
        try:
            await self._update(ts, message)
        except SlackApiError as error:
            if is_transient(error):
                raise
            logger.info("a stream can't be edited, what it should show is posted anew: %s", code_of(error))
            return False
        return True

    async def _update(self, ts: str, message: Message) -> None:
        await self._client.chat_update(
            channel=self._place.channel,
            ts=ts,
            text=message.text,
            blocks=message.blocks,
            metadata=self._metadata(message.slot),
        )

    async def _attach(self, name: str, snippet: Snippet) -> None:
        """Posts a file below the thread's messages, once; where Slack takes none, a message with what is in it.

        The bot can write in a public channel that it is not in, but can't share files there ("chat:write.public").
        """
        slot = await self._threads.slot(self._thread, name)
        if slot.ts is not None or await self._lost(name, slot, title=snippet.name) is not None:
            return
        await self._threads.begin(self._thread, name)
        try:
            posted = await self._client.files_upload_v2(
                filename=snippet.name,
                title=snippet.name,
                content=snippet.text,
                channel=self._place.channel,
                thread_ts=await self._root(name),
            )
        except (SlackApiError, SlackRequestError) as error:
            if is_transient(error):
                raise
            logger.info("Slack takes no file here, its text is posted: %s", code_of(error))
            await self._threads.not_begun(self._thread, name)
            await self._put(Message(name, snippet.name, snippet.inline))
        else:
            await self._threads.fill(self._thread, name, posted["files"][0]["id"])

    async def _root(self, slot: str) -> str | None:
        """The message that a slot's message replies to; None for the head of a thread of its own."""
        if self._place.thread or slot == PARENT:
            return self._place.thread or None
        return (await self._threads.slot(self._thread, PARENT)).ts

    async def _lost(self, name: str, slot: Slot, *, title: str | None = None) -> str | None:
        """The message of a slot that was begun and not noted as filled, if it got through."""
        if slot.begun is None:
            return None
        try:
            messages = await self._since(await self._root(name), slot.begun - SKEW_SECONDS)
        except SlackApiError as error:
            logger.warning("can't look for an earlier message of slot %s: %s", name, code_of(error))
            return None
        for message in messages:
            if self._stands_in(message, name, title):
                await self._threads.fill(self._thread, name, message["ts"])
                return str(message["ts"])
        return None

    def _stands_in(self, message: dict[str, Any], name: str, title: str | None) -> bool:
        """Whether a message is the one of a slot; a stream has no metadata, and only heads are streams."""
        if title is not None:
            return any(file.get("title") == title for file in message.get("files", ()))
        if name == PARENT and message.get("streaming_state") == "in_progress":
            return True
        return bool(message.get("metadata", {}).get("event_payload") == self._metadata(name)["event_payload"])

    async def _since(self, root: str | None, oldest: float) -> list[dict[str, Any]]:
        """What was posted at this place since a time."""
        channel, begun = self._place.channel, f"{oldest:.6f}"
        if root is None:
            answer = await self._client.conversations_history(
                channel=channel, oldest=begun, limit=200, include_all_metadata=True
            )
        else:
            answer = await self._client.conversations_replies(
                channel=channel, ts=root, oldest=begun, limit=200, include_all_metadata=True
            )
        return list(answer["messages"])

    def _metadata(self, slot: str) -> dict[str, Any]:
        return {"event_type": EVENT_TYPE, "event_payload": {"thread": self._thread, "slot": slot}}


def _digest(message: Message) -> str:
    """The same for two messages that show the same."""
    shown = json.dumps([message.text, message.blocks], sort_keys=True)
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:16]
