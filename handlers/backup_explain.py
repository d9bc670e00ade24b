"""`/backup-explain <topic>`: a short, exact explanation in the channel, from the knowledge base."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.access.audience import ANYBODY
from bot.diagnosis.secrets_in_text import without_secrets
from bot.replies.questions import answer
from bot.replies.surface import SLACK
from handlers.payload import optional_text

LONGEST_TOPIC = 500


def register(app: AsyncApp) -> None:
    """Registers the command."""

    @app.command("/backup-explain")
    async def backup_explain(ack: AsyncAck, command: dict[str, Any]) -> None:
        topic = without_secrets(optional_text(command, "text")).strip()[:LONGEST_TOPIC]
        answered = await asyncio.to_thread(answer, topic, SLACK)
        message = ANYBODY.message(answered.page)
        audience = "in_channel" if answered.is_for_all else "ephemeral"
        await ack(text=message.text, blocks=message.blocks, response_type=audience)
