"""Shows Slack messages in a terminal as Slack would show them, drawn from the Web API calls that were made.

A block of a type that it does not know is shown as an error and never skipped: what is seen here is what was sent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.replies.screen import Screen
from sandbox.slack.workspace import BOT, Workspace

Block = Mapping[str, Any]

_EMOJI = {
    "white_check_mark": "✓",
    "no_entry": "✗",
    "grey_question": "?",
    "heavy_minus_sign": "-",
    "white_circle": "·",
    "hourglass_flowing_sand": "…",
}
"""The emoji that the bot uses, as characters that every terminal has."""


def show_thread(workspace: Workspace, channel: str, ts: str, console: Console) -> None:
    """Prints a message and the replies to it.

    Args:
        workspace: Where they stand.
        channel: The channel's id.
        ts: The message that heads the thread.
        console: Where to print.
    """
    head, *replies = workspace.thread(channel, ts)
    screen = Screen(console)
    _show_message(workspace, head, screen, indent=0)
    screen.text(Text(f"{len(replies)} replies", style="bold blue"))
    for reply in replies:
        _show_message(workspace, reply, screen, indent=2)


def show_ephemeral(message: Mapping[str, Any], console: Console) -> None:
    """Prints what only one person sees."""
    screen = Screen(console)
    screen.text(Text("Only visible to you", style="dim italic"))
    _show_content(message, screen, indent=0)


def _show_message(workspace: Workspace, message: Mapping[str, Any], screen: Screen, *, indent: int) -> None:
    author = "backup-why" if message["user"] == BOT else workspace.people.get(message["user"], message["user"])
    edited = " (edited)" if "edited" in message else ""
    screen.text(Text())
    screen.text(Text.assemble((author, "bold"), (f"  APP{edited}", "dim")), indent)
    _show_content(message, screen, indent=indent)
    for file in message.get("files", ()):
        stored = workspace.files[file["id"]]
        lines = stored["content"].count("\n") + 1
        screen.text(Text(f"[file {stored['name']}, {lines} lines]", style="blue"), indent)


def _show_content(message: Mapping[str, Any], screen: Screen, *, indent: int) -> None:
    """Prints the blocks of a message, or its text where it has none."""
    if not message.get("blocks"):
        screen.text(Text(_unescaped(message.get("text", ""))), indent)
    for block in message.get("blocks", ()):
        show_block(block, screen, indent=indent)


def show_block(block: Block, screen: Screen, *, indent: int = 0) -> None:
    """Prints a block as a terminal shows it."""
    match block:
        case {"type": "markdown", "text": text}:
            screen.markdown(text, indent)
        case {"type": "rich_text", "elements": elements}:
            for element in elements:
                if element["type"] == "rich_text_preformatted":
                    screen.verbatim(_runs(element["elements"]), indent + 2)
                else:
                    screen.text(_rich(element), indent)
        case _:
            screen.text(_plain_block(block), indent)


def _plain_block(block: Block) -> Text:
    """A block that is running text."""
    match block:
        case {"type": "header", "text": {"text": text}}:
            return Text(text, style="bold underline")
        case {"type": "context", "elements": elements}:
            return Text("  ".join(element["text"] for element in elements), style="dim")
        case {"type": "plan", "title": title, "tasks": tasks}:
            lines = [Text(title, style="bold"), *(Text(f"• {task['title']}") for task in tasks)]
            return Text("\n").join(lines)
        case {"type": "actions" | "context_actions", "elements": elements}:
            return Text("  ").join(map(_pressable, elements))
        case {"type": "section", "text": {"text": text}}:
            return Text(_unescaped(text))
        case {"type": "divider"}:
            return Text("─" * 20, style="dim")
        case {"type": kind}:
            return Text(f"✗ a block of the type {kind}, which can't be shown here", style="bold red")
        case _:
            return Text("✗ a block without a type", style="bold red")


def _pressable(element: Block) -> Text:
    """Something to press."""
    match element:
        case {"type": "button", "text": {"text": label}}:
            return Text(f"[ {label} ]", style="bold")
        case {"type": "static_select", "placeholder": {"text": label}, "options": options}:
            return Text(f"[ {label} {' | '.join(option['text']['text'] for option in options)} ]", style="bold")
        case {"type": "feedback_buttons", "positive_button": yes, "negative_button": no}:
            return Text(f"[ {yes['text']['text']} ]  [ {no['text']['text']} ]", style="dim")
        case _:
            return Text(f"✗ an element of the type {element.get('type')}, which can't be shown here", style="bold red")


def _rich(element: Block) -> Text:
    """An element of rich text."""
    match element:
        case {"type": "rich_text_section" | "rich_text_quote", "elements": runs}:
            return _runs(runs)
        case {"type": "rich_text_list", "elements": items}:
            return Text("\n").join(Text("• ").append_text(_rich(item)) for item in items)
        case _:
            return Text(f"✗ rich text of the type {element.get('type')}, which can't be shown here", style="bold red")


def _runs(runs: Sequence[Block]) -> Text:
    text = Text()
    for run in runs:
        if run["type"] == "emoji":
            text.append(_EMOJI.get(run["name"], f":{run['name']}:"))
        else:
            style = run.get("style", {})
            text.append(run["text"], style="cyan" if style.get("code") else "bold" if style.get("bold") else "")
    return text


def _unescaped(text: str) -> str:
    """A `text` as Slack shows it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
