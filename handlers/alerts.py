"""The other bots that may ask by themselves: sources of alerts, listed by id in `BACKUP_WHY_ALERT_BOTS`.

What they write is a question only where it begins a thread and names one job or one denied call, and this bot's own
messages never are: two bots can't keep each other talking.
"""

from typing import Any

from slack_bolt.async_app import AsyncBoltContext

from handlers.payload import optional_text

CHANNELS = ("channel", "group")
"""The kinds of conversations in which alerts are read that mention nobody ("message" event)."""


def is_from_bot(event: Any) -> bool:
    """Whether a message is a bot's or an app's."""
    return "bot_id" in event or event.get("subtype") == "bot_message"


def may_ask(event: Any, context: AsyncBoltContext, listed: frozenset[str]) -> bool:
    """Whether a bot's message is one that may ask.

    Args:
        event: The message.
        context: Bolt's, which knows this bot's own id.
        listed: The ids of bots (`B…`) and apps (`A…`) that may ask.
    """
    bot = optional_text(event, "bot_id")
    app = optional_text(event, "app_id") or optional_text(event, "bot_profile", "app_id")
    is_own = bot == context.bot_id or optional_text(event, "user") == context.bot_user_id
    begins_thread = optional_text(event, "thread_ts") in ("", optional_text(event, "ts"))
    is_new = event.get("subtype") in (None, "bot_message")
    return bool(bot) and not is_own and is_new and begins_thread and not listed.isdisjoint({bot, app})


def delivery_of(event: Any) -> str:
    """What stands for the delivery of an alert: one that also mentions the bot is delivered as two events."""
    return f"{optional_text(event, 'channel')}:{optional_text(event, 'ts')}"
