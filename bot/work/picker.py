"""Fills the form in which a failed job is picked."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import ANYBODY, Audience
from bot.access.authorizer import Authorizer
from bot.diagnosis.failures import FailedJob
from bot.replies.document import Paragraph, line
from bot.replies.message import View
from bot.replies.picking import NO_JOBS, PICK, TITLE, picking_form
from bot.work.notices import sentence_for
from bot.work.refusing import OUTSIDERS
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
        if task.place.outsider:  # they could not have the answer posted
            view = ANYBODY.modal(TITLE, [Paragraph(line(OUTSIDERS))])
        else:
            rights = await self._authorizer.own_rights(task.place)
            jobs = await asyncio.to_thread(self._failures)
            allowed = [job for job in jobs if rights.cover(job.job.account or "")]
            view = _view(allowed, Audience(rights, shared=False))
        await self._client.views_update(view_id=task.view, view=view)

    async def give_up(self, task: ListFailures, error: Exception) -> None:
        """Says in the modal why it can't be filled; raises as `carry_out`."""
        said = [Paragraph(line(sentence_for(error)))]
        await self._client.views_update(view_id=task.view, view=ANYBODY.modal(TITLE, said))


def _view(jobs: Sequence[FailedJob], reader: Audience) -> View:
    """The form, or what is said where there is no job to pick."""
    if not jobs:
        return reader.modal(TITLE, NO_JOBS)
    # Options hold no parts that the form could mask: a resource may be named after another account.
    said, fields = picking_form([replace(job, resource=reader.text(job.resource)) for job in jobs])
    return reader.form(TITLE, "Find out", PICK, "", said, fields)
