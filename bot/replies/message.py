"""What is handed to Slack: rendered by an audience, posted by whoever has it."""

from dataclasses import dataclass, replace
from typing import Any

View = dict[str, Any]
"""A modal or a Home tab, as JSON."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A document that is posted as a file of the thread.

    Args:
        name: The file's name.
        text: What is in it.
        inline: Block Kit, as JSON: as much of it as a message takes, for where Slack takes no file from the bot.
    """

    name: str
    text: str
    inline: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to `chat.postMessage` or `chat.update`.

    Args:
        slot: Its place in the thread; a page that needs several messages has `layer:kms`, `layer:kms:2`, …
        text: One sentence for notifications and screen readers, escaped.
        blocks: Block Kit, as JSON.
        snippets: Files that belong below it.
    """

    slot: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    snippets: tuple[Snippet, ...] = ()

    def at(self, slot: str) -> "Message":
        """The same message for another slot."""
        return replace(self, slot=slot)
