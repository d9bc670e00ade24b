"""`/backup-explain <topic>`: a short, exact explanation in the channel, from the knowledge base."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.replies.slack import draw_single
from bot.replies.teaching import explanation

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
