"""Shows the doctor's report to an admin alone."""

from collections.abc import Awaitable, Callable

from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import Audience
from bot.access.authorizer import Rights
from bot.replies.document import Page
from bot.replies.teaching import sentence_page
from bot.work.notices import sentence_for
from bot.work.responding import Responder
from bot.work.tasks import RunDoctor

Examine = Callable[[], Awaitable[Page]]
"""Examines the set-up of this process; the report as a page."""


async def no_examination() -> Page:
    """What is shown by a worker that was started without a doctor."""
    return sentence_page("This worker can't examine its set-up.")


class Doctoring:
    """Shows reports.

    Args:
        client: The Web API.
        examine: Examines the set-up.
    """

    def __init__(self, client: AsyncWebClient, examine: Examine) -> None:
        self._examine = examine
        self._responder = Responder(client)

    async def carry_out(self, task: RunDoctor) -> None:
        """Shows it; whether the person is an admin was found out before the task was written.

        Raises:
            Exception: Whatever happens on the way; `bot.work.faults.passes` says what is worth trying again.
        """
        page = await self._examine()
        for message in Audience(Rights(None), shared=False).messages(page):  # whole account ids, for an admin alone
            await self._responder.respond(task.place, page.says, blocks=message.blocks)

    async def give_up(self, task: RunDoctor, error: Exception) -> None:
        """Tells the admin why there is no report."""
        await self._responder.respond(task.place, sentence_for(error))
