"""Where something happened, read out of what Slack sends: the same `Place` for every entry point."""

from collections.abc import Mapping
from typing import Any

from bot.work.question import Place


def of_command(command: Mapping[str, Any]) -> Place:
    """The channel that a slash command was typed in."""
    return Place(command["channel_id"], command["user_id"], command["team_id"], "", command["response_url"])


def of_event(event: Mapping[str, Any], team: str) -> Place:
    """The thread that a message is in, or that it begins."""
    return Place(event["channel"], event["user"], event.get("team") or team, event.get("thread_ts") or event["ts"])


def of_interaction(body: Mapping[str, Any]) -> Place:
    """The thread of the message that a button or a message shortcut belongs to."""
    message = body.get("message", {})
    return Place(
        body["channel"]["id"],
        body["user"]["id"],
        body["team"]["id"],
        message.get("thread_ts") or message.get("ts", ""),
        body.get("response_url", ""),
    )


def name_of(body: Mapping[str, Any]) -> str:
    """What to call who pressed something: a name, since a mention would call them."""
    user = body["user"]
    return str(user.get("name") or user.get("username") or user["id"])
