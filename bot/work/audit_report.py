"""Shows the audit trail to an admin alone: its newest lines, or all of it as a file."""

from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import Audience
from bot.access.audit import Audit
from bot.access.authorizer import Rights
from bot.access.trail import trail_page
from bot.replies.words import counted
from bot.work.notices import sentence_for
from bot.work.responding import Responder
from bot.work.tasks import ShowAudit

NEWEST = 30


class AuditReport:
    """Shows the audit trail.

    Args:
        redis: A client that decodes its responses.
        client: The Web API.
    """

    def __init__(self, redis: Redis, client: AsyncWebClient) -> None:
        self._client = client
        self._audit = Audit(redis)
        self._responder = Responder(client)

    async def carry_out(self, task: ShowAudit) -> None:
        """Shows it; whether the person is an admin was found out before the task was written.

        Raises:
            Exception: Whatever happens on the way; `bot.work.faults.passes` says what is worth trying again.
        """
        if task.what == "newest":
            audience = Audience(Rights(None), shared=False)  # the trail has whole account ids for admins
            page = trail_page(await self._audit.last(NEWEST))
            for message in audience.messages(page):
                await self._responder.respond(task.place, page.says, blocks=message.blocks)
            return
        lines = [entry.to_json() async for entry in self._audit.export()]
        direct = await self._client.conversations_open(users=task.place.user)
        await self._client.files_upload_v2(
            filename="audit.jsonl", title="The audit trail", content="\n".join(lines), channel=direct["channel"]["id"]
        )
        sent = f"I sent you the {counted(len(lines), 'line')} of the trail as a file."
        await self._responder.respond(task.place, sent)

    async def give_up(self, task: ShowAudit, error: Exception) -> None:
        """Tells the admin why it can't be shown."""
        await self._responder.respond(task.place, sentence_for(error))
