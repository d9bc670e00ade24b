"""The app opened: its Home tab with the latest answers, or its messages with something to ask."""

from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.access.place import Place
from bot.work.intake import Intake
from bot.work.tasks import OpenHome
from handlers.payload import optional_text, text_at
from handlers.places import installation_of


def register(app: AsyncApp, intake: Intake) -> None:
    """Registers the event."""

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
        channel, user, team = optional_text(event, "channel"), text_at(event, "user"), context.team_id or ""
        place = Place(channel, user, team, installation=installation_of(context))
        await intake.open_home(OpenHome(tab="messages" if event.get("tab") == "messages" else "home", place=place))
