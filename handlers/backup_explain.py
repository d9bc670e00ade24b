"""`/backup-explain <topic>`: a short, exact explanation in the channel, from the knowledge base."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.access.audience import ANYBODY
from bot.replies.teaching import explanation
from handlers.payload import optional_text

LONGEST_TOPIC = 200


def register(app: AsyncApp) -> None:
    """Registers the command."""

    @app.command("/backup-explain")
    async def backup_explain(ack: AsyncAck, command: dict[str, Any]) -> None:
        topic = optional_text(command, "text").strip()[:LONGEST_TOPIC]
        page, found = await asyncio.to_thread(explanation, topic)
        message = ANYBODY.message(page)
        await ack(text=message.text, blocks=message.blocks, response_type="in_channel" if found else "ephemeral")
