"""The app opened: its Home tab with the latest answers, or its messages with something to ask."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.replies.home import home_view
from bot.replies.prompts import first_prompts
from bot.work.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Registers the event."""

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        latest = await desk.latest(event["user"])
        if event.get("tab") == "messages":
            jobs = [one.diagnosis.job.id for one in latest]
            await client.assistant_threads_setSuggestedPrompts(channel_id=event["channel"], prompts=first_prompts(jobs))
        else:
            await client.views_publish(user_id=event["user"], view=home_view(latest))
