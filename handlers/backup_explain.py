"""`/backup-explain <topic>`: a short, exact explanation in the channel, from the knowledge base."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import BadInputError
from bot.replies.document import Page
from bot.replies.slack import draw_single
from bot.replies.teaching import entry_page, topic_page
from knowledge import library, search

LONGEST_TOPIC = 200


def register(app: AsyncApp) -> None:
    """Registers the command."""

    @app.command("/backup-explain")
    async def backup_explain(ack: AsyncAck, command: dict[str, Any]) -> None:
        topic = command.get("text", "").strip()[:LONGEST_TOPIC]
        page, found = await asyncio.to_thread(explanation, topic)
        message = draw_single(page)
        audience = "in_channel" if found else "ephemeral"
        await ack(text=message.text, blocks=message.blocks, response_type=audience)


def explanation(topic: str) -> tuple[Page, bool]:
    """What to say of a topic, and whether it is an entry; without one it teaches the asker alone."""
    if topic.lower() in ("", "help"):
        return topic_page(), False
    try:
        return entry_page(library.get(topic)), True
    except BadInputError:
        pass
    near = search.nearest(topic)
    if len(near) == 1:
        return entry_page(library.get(near[0].slug)), True
    return topic_page(topic, near), False
