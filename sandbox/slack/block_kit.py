"""Block Kit's rules for the blocks that this bot sends: what breaks them, Slack refuses as `invalid_blocks`.

One rule a member, as data, from Slack's reference pages of each block and element. The tests hold every message to
them, and the local stand-in for Slack refuses by them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]
"""Takes a value and its path; yields a sentence for each thing that is wrong."""

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 40_000
MARKDOWN_A_MESSAGE = 12_000

TEXT_A_MESSAGE = 13_000
"""Beyond about this much text in its blocks a message is refused as `msg_blocks_too_long`."""


def _string(limit: int) -> Rule:
    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{path} must be a string"
        elif not 1 <= len(value) <= limit:
            yield f"{path} has {len(value)} characters, must have 1 to {limit}"

    return check


def _one_of(*allowed: Any) -> Rule:
    def check(value: Any, path: str) -> Iterator[str]:
        if value not in allowed:
            yield f"{path} is {value!r}, must be one of {', '.join(map(str, allowed))}"

    return check


def _text(limit: int, *kinds: str) -> Rule:
    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, Mapping) or value.get("type") not in kinds:
            yield f"{path} must be a text object of type {' or '.join(kinds)}"
            return
        yield from _string(limit)(value.get("text"), f"{path}.text")
        if value["type"] == "mrkdwn" and "emoji" in value:
            yield f"{path}: emoji belongs to plain_text only"

    return check


def _many(rule: Rule, limit: int, least: int = 1) -> Rule:
    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            yield f"{path} must be a list"
            return
        if not least <= len(value) <= limit:
            yield f"{path} has {len(value)} items, must have {least} to {limit}"
        for position, item in enumerate(value):
            yield from rule(item, f"{path}[{position}]")

    return check


def _typed(*types: str) -> Rule:
    """An object whose own type says which rules it follows."""

    def check(value: Any, path: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, Mapping) else None
        if kind not in types:
            yield f"{path} is of type {kind!r}, must be {' or '.join(types)}"
            return
        yield from _members(value, path, *_SHAPES[kind])

    return check


def _object(required: Mapping[str, Rule], optional: Mapping[str, Rule]) -> Rule:
    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{path} must be an object"
            return
        yield from _members(value, path, required, optional)

    return check


def _members(
    value: Mapping[str, Any], path: str, required: Mapping[str, Rule], optional: Mapping[str, Rule]
) -> Iterator[str]:
    rules = {**required, **optional}
    for name in required:
        if name not in value:
            yield f"{path} lacks {name}"
    for name, member in value.items():
        if name in ("type", "block_id"):
            yield from _string(255)(member, f"{path}.{name}")
        elif name not in rules:
            yield f"{path} has the unknown member {name}"
        else:
            yield from rules[name](member, f"{path}.{name}")


_BOOLEAN = _one_of(True, False)
_STYLE = _object({}, {"bold": _BOOLEAN, "italic": _BOOLEAN, "code": _BOOLEAN, "strike": _BOOLEAN})
_RUNS = _many(_typed("text", "emoji", "link"), 1_000, least=0)
_SECTIONS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
_PLAIN = _text(75, "plain_text")
_OPTION = _object({"text": _PLAIN, "value": _string(150)}, {"description": _PLAIN})
_FEEDBACK = _object({"text": _PLAIN, "value": _string(2_000)}, {"accessibility_label": _string(75)})
_CONFIRM = _object(
    {
        "title": _text(100, "plain_text"),
        "text": _text(300, "plain_text", "mrkdwn"),
        "confirm": _text(30, "plain_text"),
        "deny": _text(30, "plain_text"),
    },
    {"style": _one_of("primary", "danger")},
)
_ACTION = {"action_id": _string(255)}
_MENU = {
    "placeholder": _text(150, "plain_text"),
    "initial_option": _OPTION,
    "focus_on_load": _BOOLEAN,
    "options": _many(_OPTION, 100),
}
_INPUTS = ("plain_text_input", "static_select", "radio_buttons", "users_select", "conversations_select")

_SHAPES: Mapping[str, tuple[Mapping[str, Rule], Mapping[str, Rule]]] = {
    "header": ({"text": _text(150, "plain_text")}, {}),
    "divider": ({}, {}),
    "section": (
        {},
        {
            "text": _text(3_000, "plain_text", "mrkdwn"),
            "fields": _many(_text(2_000, "plain_text", "mrkdwn"), 10),
            "accessory": _typed("button", "static_select"),
            "expand": _BOOLEAN,
        },
    ),
    "context": ({"elements": _many(_text(3_000, "plain_text", "mrkdwn"), 10)}, {}),
    "actions": ({"elements": _many(_typed("button", "static_select"), 25)}, {}),
    "context_actions": ({"elements": _many(_typed("feedback_buttons"), 5)}, {}),
    "markdown": ({"text": _string(MARKDOWN_A_MESSAGE)}, {}),
    "rich_text": ({"elements": _many(_typed(*_SECTIONS), 200)}, {}),
    "rich_text_section": ({"elements": _RUNS}, {}),
    "rich_text_quote": ({"elements": _RUNS}, {}),
    "rich_text_preformatted": ({"elements": _RUNS}, {"border": _one_of(0, 1)}),
    "rich_text_list": (
        {"elements": _many(_typed("rich_text_section"), 200), "style": _one_of("bullet", "ordered")},
        {"indent": _one_of(*range(9)), "border": _one_of(0, 1)},
    ),
    "text": ({"text": _string(MESSAGE_TEXT)}, {"style": _STYLE}),
    "emoji": ({"name": _string(100)}, {}),
    "link": ({"url": _string(3_000)}, {"text": _string(3_000), "style": _STYLE}),
    "plan": ({"title": _string(256)}, {"tasks": _many(_typed("task_card"), 50)}),
    "task_card": (
        {"task_id": _string(255), "title": _string(256)},
        {
            "status": _one_of("pending", "in_progress", "complete", "error"),
            "details": _typed("rich_text"),
            "output": _typed("rich_text"),
            "sources": _many(_typed("url"), 50),
        },
    ),
    "url": ({"url": _string(3_000), "text": _string(3_000)}, {}),
    "input": (
        {"label": _text(2_000, "plain_text"), "element": _typed(*_INPUTS)},
        {"hint": _text(2_000, "plain_text"), "optional": _BOOLEAN, "dispatch_action": _BOOLEAN},
    ),
    "button": (
        {"text": _PLAIN},
        {
            **_ACTION,
            "value": _string(2_000),
            "style": _one_of("primary", "danger"),
            "url": _string(3_000),
            "confirm": _CONFIRM,
            "accessibility_label": _string(75),
        },
    ),
    "static_select": ({"options": _MENU["options"]}, {**_ACTION, **_MENU, "confirm": _CONFIRM}),
    "radio_buttons": ({"options": _many(_OPTION, 10)}, {**_ACTION, "initial_option": _OPTION}),
    "users_select": ({}, {**_ACTION, "placeholder": _MENU["placeholder"], "initial_user": _string(255)}),
    "conversations_select": (
        {},
        {
            **_ACTION,
            "placeholder": _MENU["placeholder"],
            "initial_conversation": _string(255),
            "default_to_current_conversation": _BOOLEAN,
            "response_url_enabled": _BOOLEAN,
        },
    ),
    "feedback_buttons": ({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {**_ACTION}),
    "plain_text_input": (
        {},
        {
            **_ACTION,
            "placeholder": _text(150, "plain_text"),
            "initial_value": _string(3_000),
            "multiline": _BOOLEAN,
            "min_length": _one_of(*range(3_001)),
            "max_length": _one_of(*range(1, 3_001)),
            "focus_on_load": _BOOLEAN,
        },
    ),
}

_IN_MESSAGES = (
    "header",
    "divider",
    "section",
    "context",
    "actions",
    "context_actions",
    "markdown",
    "rich_text",
    "plan",
)
_IN_VIEWS = ("header", "divider", "section", "context", "actions", "rich_text", "input")


def message_problems(text: str, blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """What Slack would refuse, or a reader would miss, in a message.

    Args:
        text: The message's `text`.
        blocks: Its blocks; may be empty.

    Returns:
        A sentence for each problem; empty for a message that is fine.
    """
    problems = list(_string(MESSAGE_TEXT)(text, "text"))
    problems += _many(_typed(*_IN_MESSAGES), MESSAGE_BLOCKS, least=0)(blocks, "blocks")
    problems += _repeated(blocks)
    if not problems and _length(blocks) > TEXT_A_MESSAGE:
        problems.append(f"blocks show {_length(blocks)} characters, must show at most {TEXT_A_MESSAGE}")
    return problems


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse in a modal or a Home tab.

    Args:
        view: The view, as `views.open` or `views.publish` takes it.
    """
    blocks = _many(_typed(*_IN_VIEWS), VIEW_BLOCKS)
    if view.get("type") == "home":
        shape: tuple[dict[str, Rule], dict[str, Rule]] = ({"blocks": blocks}, {})
    else:
        bar = _text(24, "plain_text")
        shape = ({"title": bar, "blocks": blocks}, {"submit": bar, "close": bar})
    named = {"callback_id": _string(255), "private_metadata": _string(3_000), "notify_on_close": _BOOLEAN}
    problems = [*_one_of("modal", "home")(view.get("type"), "view.type")]
    problems += _members(view, "view", shape[0], {**shape[1], **named})
    return [*problems, *_repeated(view.get("blocks", ()))]


def _repeated(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    ids = [block["block_id"] for block in blocks if isinstance(block, Mapping) and "block_id" in block]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"block_id {name} stands more than once"


def _length(value: Any) -> int:
    """How many characters a block shows."""
    if isinstance(value, Mapping):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_length(member) for member in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(_length(member) for member in value)
    return 0
