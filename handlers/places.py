"""Where something happened, read out of what Slack sends: the same `Place` for every entry point."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncBoltContext

from bot.access.place import INSTALLATION, Place
from handlers.payload import optional_text, text_at


def of_command(command: Any, context: AsyncBoltContext) -> Place:
    """The channel that a slash command was typed in."""
    channel, team = text_at(command, "channel_id"), text_at(command, "team_id")
    return Place(
        channel,
        text_at(command, "user_id"),
        team,
        response_url=optional_text(command, "response_url"),
        outsider=_is_outsider(team, context),
        direct=_is_direct(channel, optional_text(command, "channel_name")),
        installation=installation_of(context),
    )


def of_event(event: Any, context: AsyncBoltContext) -> Place:
    """The thread that a message is in, or that it begins."""
    team = optional_text(event, "user_team") or optional_text(event, "team")
    channel = text_at(event, "channel")
    return Place(
        channel,
        text_at(event, "user"),
        team or context.team_id or "",
        optional_text(event, "thread_ts") or text_at(event, "ts"),
        outsider=_is_outsider(team, context),
        opens=not optional_text(event, "thread_ts"),
        direct=_is_direct(channel, optional_text(event, "channel_type")),
        installation=installation_of(context),
    )


def of_alert(event: Any, context: AsyncBoltContext) -> Place:
    """The thread that a message of another bot begins: it asks by the rights of its channel, and its id is the user."""
    return replace(of_event({**event, "user": text_at(event, "bot_id")}, context), bot=True)


def of_interaction(body: Any, context: AsyncBoltContext) -> Place:
    """The thread of the message that a button or a message shortcut belongs to; no thread for a view."""
    team, channel = optional_text(body, "user", "team_id"), optional_text(body, "channel", "id")
    return Place(
        channel,
        text_at(body, "user", "id"),
        team or context.team_id or "",
        optional_text(body, "message", "thread_ts") or optional_text(body, "message", "ts"),
        optional_text(body, "response_url"),
        outsider=_is_outsider(team, context),
        opens="message" in body and not optional_text(body, "message", "thread_ts"),
        direct=_is_direct(channel, optional_text(body, "channel", "name")),
        installation=installation_of(context),
    )


def installation_of(context: AsyncBoltContext) -> str:
    """The installation that a request comes through; empty with one bot token."""
    return str(context.get(INSTALLATION) or "")


def name_of(body: Any) -> str:
    """What to call who pressed something: a name, since a mention would call them."""
    return optional_text(body, "user", "name") or optional_text(body, "user", "username") or text_at(body, "user", "id")


def _is_direct(channel: str, name: str) -> bool:
    """Whether a conversation is a direct message, by its id and what Slack calls it in place of a name."""
    return channel.startswith("D") or name in ("directmessage", "mpim") or name.startswith("mpdm-")


def _is_outsider(team: str, context: AsyncBoltContext) -> bool:
    """Whether somebody's workspace is none of the organization that installed the bot.

    An organization on Enterprise Grid has many workspaces, which a payload does not tell from other organizations':
    there nobody counts as an outsider by their workspace alone.
    """
    installed = context.authorize_result
    if not team or installed is None or installed.enterprise_id:
        return False
    return team != installed.team_id
