"""`/backup-why audit`: the audit trail, for admins only."""

from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audit import Act
from bot.access.trail import trail_page
from bot.replies.slack import draw
from bot.replies.words import counted
from bot.work.desk import Desk, RefusedError
from bot.work.question import Place

NEWEST = 30
NO_ADMIN = (
    "Only admins may read the audit trail, and the access file (BACKUP_WHY_ACCESS_FILE) does not name you as one."
)


async def show(what: str, place: Place, respond: AsyncRespond, client: AsyncWebClient, desk: Desk) -> None:
    """Shows the newest lines to an admin alone, or sends them the whole trail.

    Args:
        what: `export` for the whole trail as a file; anything else for the newest lines.
        place: Who asks, and where.
        respond: Tells the asker alone.
        client: The Web API.
        desk: Knows who is an admin.

    Raises:
        RefusedError: The asker is none.
    """
    if not (await desk.gate.rights(place.user, place.channel)).admin:
        await desk.note(Act.REFUSAL, place, "audit", outcome="no admin")
        raise RefusedError(NO_ADMIN)
    await desk.note(Act.EXPORT, place, f"audit {what}".strip())
    if what != "export":
        for message in draw(trail_page(await desk.audit.last(NEWEST))):
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")
        return
    lines = [entry.to_json() async for entry in desk.audit.export()]
    direct = await client.conversations_open(users=place.user)
    await client.files_upload_v2(
        filename="audit.jsonl", title="The audit trail", content="\n".join(lines), channel=direct["channel"]["id"]
    )
    sent = f"I sent you the {counted(len(lines), 'line')} of the trail as a file."
    await respond(text=sent, response_type="ephemeral")
