"""Answers a pasted error text: the call that it names is evaluated, and the fixes stand in the answer's thread."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from bot import arn
from bot.access.audit import Act, Audit, Entry
from bot.access.gate import Gate
from bot.access.masking import masked
from bot.diagnosis.reading import TextDiagnosis
from bot.errors import BackupWhyError
from bot.replies.document import Page
from bot.replies.reading import reading_pages
from bot.replies.slack import draw, draw_single
from bot.replies.trouble import trouble_page
from bot.replies.verdict import PARENT
from bot.work.posting import ClosedPlaceError, Poster
from bot.work.question import Place
from bot.work.threads import Threads
from bot.work.trouble import sentence_for

ABOUT = "an error text"
"""What the audit trail and a reply call a text; the text itself is nobody's name for anything."""

DiagnoseText = Callable[[str], TextDiagnosis]
"""Reads a text and evaluates what it names; it blocks, and is called in a thread.

Raises:
    BackupWhyError: AWS can't be reached.
"""


class Texts:
    """Answers error texts.

    Args:
        client: The Web API.
        threads: What is known of threads.
        diagnose_text: The diagnosis of a text.
        gate: Who may ask what.
        audit: The audit trail.
    """

    def __init__(
        self, client: AsyncWebClient, threads: Threads, diagnose_text: DiagnoseText, gate: Gate, audit: Audit
    ) -> None:
        self._client = client
        self._threads = threads
        self._diagnose_text = diagnose_text
        self._gate = gate
        self._audit = audit

    async def answer(self, thread: str, text: str, place: Place) -> None:
        """Answers a text; run again, it edits its answer.

        Args:
            thread: The id under which the answer is kept.
            text: The text.
            place: Where it was asked, and by whom.

        Raises:
            SlackApiError, aiohttp.ClientError, TimeoutError, redis.exceptions.ConnectionError: Try again later.
        """
        pages, outcome = await self._pages(text, place)
        if await self._gate.is_shared(place.channel):
            pages = tuple(map(masked, pages))
        poster = Poster(self._client, self._threads, thread, place)
        head, *below = pages
        try:
            await poster.put(draw_single(replace(head, slot=PARENT)))
            for message in itertools.chain.from_iterable(map(draw, below)):
                await poster.put(message)
        except ClosedPlaceError as closed:
            outcome = closed.code
        await self._audit.note(Entry(Act.ANSWER, place.user, place.channel, ABOUT, outcome=outcome))

    async def _pages(self, text: str, place: Place) -> tuple[tuple[Page, ...], str]:
        """What to say of a text, the rest of it in the thread, and what came of it in a word."""
        rights = await self._gate.rights(place.user, place.channel)
        try:
            read = await asyncio.to_thread(self._diagnose_text, text)
        except BackupWhyError as error:
            return (trouble_page(ABOUT, sentence_for(error)),), type(error).__name__
        closed = sorted(account for account in _accounts(read) if not rights.cover(account))
        if closed:
            return (trouble_page(ABOUT, self._gate.refusal(closed[0])),), "no right"
        return reading_pages(read), read.outcome


def _accounts(read: TextDiagnosis) -> set[str]:
    """The accounts that an answer tells of."""
    causes = (name for cause in read.causes for name in (cause.principal, cause.resource, cause.policy))
    named = map(arn.parse, (read.reading.principal, read.reading.resource, *causes))
    return {each.account for each in named if each and each.account.isdigit()}
