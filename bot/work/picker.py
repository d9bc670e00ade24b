"""Fills the form in which a failed job is picked."""

import asyncio
from collections.abc import Callable, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import Audience
from bot.access.authorizer import Authorizer
from bot.diagnosis.failures import FailedJob
from bot.replies.document import Paragraph, line
from bot.replies.picking import TITLE, picking_view
from bot.work.notices import sentence_for
from bot.work.tasks import ListFailures

ListFailedJobs = Callable[[], Sequence[FailedJob]]
"""Lists the jobs that failed lately; it blocks, and is called in a thread."""


class Picker:
    """Fills forms.

    Args:
        client: The Web API.
        failures: Lists the jobs that failed lately.
        authorizer: Who may ask what.
    """

    def __init__(self, client: AsyncWebClient, failures: ListFailedJobs, authorizer: Authorizer) -> None:
        self._client = client
        self._failures = failures
        self._authorizer = authorizer

    async def carry_out(self, task: ListFailures) -> None:
        """Fills an open modal with the jobs that who opened it may ask about.

        Raises:
            Exception: Whatever happens on the way; `bot.work.faults.passes` says what is worth trying again.
        """
        rights = await self._authorizer.own_rights(task.place)
        jobs = await asyncio.to_thread(self._failures)
        allowed = [job for job in jobs if rights.cover(job.job.account or "")]
        await self._client.views_update(view_id=task.view, view=picking_view(allowed))

    async def give_up(self, task: ListFailures, error: Exception) -> None:
        """Says in the modal why it can't be filled; raises as `carry_out`."""
        rights = await self._authorizer.own_rights(task.place)
        said = [Paragraph(line(sentence_for(error)))]
        await self._client.views_update(view_id=task.view, view=Audience(task.place, rights, False).modal(TITLE, said))
