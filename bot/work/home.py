"""Publishes the Home tab of a person, and suggests what to ask in their messages."""

import logging

from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import ANYBODY, Audience, main_account
from bot.access.authorizer import Authorizer
from bot.diagnosis.model import Diagnosis
from bot.replies.document import Paragraph, line
from bot.replies.home import Latest, home_parts
from bot.replies.prompts import FIRST, first_prompts
from bot.replies.verdict import PARENT
from bot.work.notices import sentence_for
from bot.work.permalinks import permalink
from bot.work.tasks import OpenHome
from bot.work.thread_store import ThreadStore

logger = logging.getLogger(__name__)


class Home:
    """Publishes Home tabs.

    Args:
        redis: A client that decodes its responses.
        client: The Web API.
        authorizer: Who may ask what.
        installation: The installation that it is for; empty where the app has one bot token.
    """

    def __init__(self, redis: Redis, client: AsyncWebClient, authorizer: Authorizer, installation: str = "") -> None:
        self._client = client
        self._threads = ThreadStore(redis, installation)
        self._authorizer = authorizer

    async def carry_out(self, task: OpenHome) -> None:
        """Publishes the tab with the latest answers that its owner may see by their own rights.

        Raises:
            Exception: Whatever happens on the way; `bot.work.faults.passes` says what is worth trying again.
        """
        place = task.place
        audience = Audience(await self._authorizer.own_rights(place), shared=place.outsider)
        threads = await self._threads.latest(place.user)
        latest = [one for thread in threads if (one := await self._latest(thread, audience))]
        if task.tab == "home":
            await self._client.views_publish(user_id=place.user, view=audience.home(home_parts(latest)))
        else:
            jobs = [one.diagnosis.job.id for one in latest]
            await self._client.assistant_threads_setSuggestedPrompts(
                channel_id=place.channel, title=FIRST, prompts=first_prompts(jobs)
            )

    async def give_up(self, task: OpenHome, error: Exception) -> None:
        """Says in the tab why it can't be shown; raises as `carry_out`."""
        if task.tab == "home":
            view = ANYBODY.home([Paragraph(line(sentence_for(error)))])
            await self._client.views_publish(user_id=task.place.user, view=view)
        else:
            logger.warning("nothing can be suggested: %s", sentence_for(error))

    async def _latest(self, thread: str, audience: Audience) -> Latest | None:
        """An answer as the tab shows it; None for one that its owner may not see there.

        Who asked as a person of another organization is one in the tab too, of which Slack does not say it: there is
        nothing of a channel that others share.
        """
        question, answer = await self._threads.question(thread), await self._threads.answer(thread)
        if question is None or question.place.outsider or not isinstance(answer, Diagnosis):
            return None
        if not audience.rights.cover(main_account(answer)):
            return None
        if (await self._threads.slot(thread, PARENT)).ts is None:
            return None
        return Latest(answer, await permalink(self._client, self._threads, thread, question.place.channel))
