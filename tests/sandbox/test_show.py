"""Blocks shown in a terminal: whole, and an unknown one as an error."""

import io
from typing import Any

import pytest
from rich.console import Console

from bot.replies.screen import Screen
from sandbox.show import show_block


def shown(block: dict[str, Any]) -> str:
    """What stands on the terminal."""
    out = io.StringIO()
    show_block(block, Screen(Console(file=out, width=100, force_terminal=True, color_system=None)))
    return out.getvalue()


def rich(kind: str, *elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


WORD = {"type": "text", "text": "[bold]word[/]"}

BLOCKS: dict[str, tuple[dict[str, Any], str]] = {
    "a header": ({"type": "header", "text": {"type": "plain_text", "text": "Denied"}}, "Denied"),
    "a section": ({"type": "section", "text": {"type": "mrkdwn", "text": "a &lt;b&gt; &amp;"}}, "a <b> &"),
    "a context": ({"type": "context", "elements": [{"type": "plain_text", "text": "31 calls"}]}, "31 calls"),
    "a divider": ({"type": "divider"}, "────"),
    "markdown": ({"type": "markdown", "text": "**bold** text"}, "bold text"),
    "buttons": (
        {"type": "actions", "elements": [{"type": "button", "text": {"text": "Check again"}}]},
        "[ Check again ]",
    ),
    "a menu": (
        {
            "type": "actions",
            "elements": [
                {
                    "type": "static_select",
                    "placeholder": {"text": "Show as…"},
                    "options": [{"text": {"text": "JSON"}}, {"text": {"text": "Terraform"}}],
                }
            ],
        },
        "[ Show as… JSON | Terraform ]",
    ),
    "feedback": (
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "positive_button": {"text": {"text": "Helpful"}},
                    "negative_button": {"text": {"text": "Not helpful"}},
                }
            ],
        },
        "[ Helpful ]  [ Not helpful ]",
    ),
    "an unknown element": ({"type": "actions", "elements": [{"type": "dial"}]}, "an element of the type dial"),
    "a run": (rich("rich_text_section", WORD), "[bold]word[/]"),
    "an emoji that is known": (rich("rich_text_section", {"type": "emoji", "name": "no_entry"}), "✗"),
    "an emoji that is not": (rich("rich_text_section", {"type": "emoji", "name": "tada"}), ":tada:"),
    "a list": (rich("rich_text_list", {"type": "rich_text_section", "elements": [WORD]}), "• [bold]word[/]"),
    "a document": (rich("rich_text_preformatted", {"type": "text", "text": "{\n}"}), "  {\n  }"),
    "an unknown block": ({"type": "marquee"}, "a block of the type marquee, which can't be shown here"),
    "an unknown rich text": (rich("rich_text_poem"), "rich text of the type rich_text_poem"),
    "no block": ({"text": "x"}, "a block without a type"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_shown_with_its_content(name: str) -> None:
    block, expected = BLOCKS[name]
    assert expected in shown(block)
