"""Slack's own button to stop an agent, pressed while a diagnosis runs ("agent_session_stopped")."""

from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.access.place import Place
from bot.work.intake import Intake
from handlers.payload import optional_text, text_at
from handlers.places import installation_of


def register(app: AsyncApp, intake: Intake) -> None:
    """Registers the event."""

    @app.event("agent_session_stopped")
    async def stopped(event: dict[str, Any], context: AsyncBoltContext) -> None:
        channel, user, team = text_at(event, "channel"), optional_text(event, "user"), context.team_id or ""
        await intake.stop(
            Place(channel, user, team, text_at(event, "thread_ts"), installation=installation_of(context))
        )
