"""Fills the form in which a failed job is picked."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.gate import Gate
from bot.diagnosis.failures import FailedJob
from bot.errors import BackupWhyError
from bot.replies.document import Paragraph, line
from bot.replies.picking import TITLE, picking_view
from bot.replies.views import modal

logger = logging.getLogger(__name__)

ListFailures = Callable[[], Sequence[FailedJob]]
"""Lists the jobs that failed lately; it blocks, and is called in a thread."""


class Picker:
    """Fills forms.

    Args:
        client: The Web API.
        failures: Lists the jobs that failed lately.
        gate: Who may ask what.
    """

    def __init__(self, client: AsyncWebClient, failures: ListFailures, gate: Gate) -> None:
        self._client = client
        self._failures = failures
        self._gate = gate

    async def fill(self, view: str, user: str) -> None:
        """Fills an open modal.

        Args:
            view: The modal's id.
            user: Who opened it: jobs that they may not ask about are not listed.
        """
        rights = await self._gate.rights(user, "")
        try:
            jobs = await asyncio.to_thread(self._failures)
            filled = picking_view([job for job in jobs if rights.cover(job.job.account or "")])
        except BackupWhyError as error:
            filled = modal(TITLE, [Paragraph(line(error.message))])
        try:
            await self._client.views_update(view_id=view, view=filled)
        except SlackApiError as error:
            logger.info("the modal is not open any more: %s", error.response.get("error"))
