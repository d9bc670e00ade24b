"""The validator refuses what Slack refuses; each row breaks one rule of a message that is fine."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.slack.block_kit import message_problems, view_problems

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def rich(*runs: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(runs)}]}


def button(**members: Any) -> Block:
    return {"type": "actions", "elements": [{"type": "button", "text": plain("Go"), "action_id": "go", **members}]}


def task(**members: Any) -> Block:
    return {
        "type": "plan",
        "title": "Looking",
        "tasks": [{"type": "task_card", "task_id": "a", "title": "A", **members}],
    }


FINE: dict[str, list[Block]] = {
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "section": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_000}, "fields": [plain("x")] * 10}],
    "context": [{"type": "context", "elements": [plain("x")] * 10}],
    "actions": [button(value="x" * 2_000, style="danger", accessibility_label="x" * 75)],
    "rich text": [rich({"type": "text", "text": "x", "style": {"code": True}}, {"type": "emoji", "name": "x"})],
    "plan": [task(status="in_progress")],
    "fifty blocks": [{"type": "divider"}] * 50,
    "none": [],
}

REFUSED: dict[str, list[Block]] = {
    "a header too long": [{"type": "header", "text": plain("x" * 151)}],
    "a header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "an empty text": [{"type": "header", "text": plain("")}],
    "an emoji flag on mrkdwn": [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
    "a section too long": [{"type": "section", "text": plain("x" * 3_001)}],
    "eleven fields": [{"type": "section", "fields": [plain("x")] * 11}],
    "eleven elements of context": [{"type": "context", "elements": [plain("x")] * 11}],
    "a context without elements": [{"type": "context", "elements": []}],
    "twenty-six buttons": [{"type": "actions", "elements": [{"type": "button", "text": plain("x")}] * 26}],
    "a button's long label": [button(text=plain("x" * 76))],
    "a button's long value": [button(value="x" * 2_001)],
    "a button's odd style": [button(style="loud")],
    "a block id too long": [{"type": "divider", "block_id": "x" * 256}],
    "a block id twice": [{"type": "divider", "block_id": "x"}] * 2,
    "fifty-one blocks": [{"type": "divider"}] * 51,
    "an unknown block": [{"type": "marquee"}],
    "an unknown member": [{"type": "divider", "colour": "red"}],
    "a block without a type": [{"text": plain("x")}],
    "an empty run": [rich({"type": "text", "text": ""})],
    "a mention": [rich({"type": "user", "user_id": "U1"})],
    "a link to nowhere": [rich({"type": "link", "text": "x"})],
    "an odd run style": [rich({"type": "text", "text": "x", "style": {"blink": True}})],
    "a task of no status that is known": [task(status="clear")],
    "a task without an id": [{"type": "plan", "title": "x", "tasks": [{"type": "task_card", "title": "A"}]}],
    "too much text": [rich({"type": "text", "text": "x" * 3_000}) for _ in range(5)],
    "an input in a message": [{"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}],
}


@pytest.mark.parametrize("name", FINE)
def test_what_slack_takes_is_taken(name: str) -> None:
    assert message_problems("A sentence.", FINE[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_slack_refuses_is_refused(name: str) -> None:
    assert message_problems("A sentence.", REFUSED[name])


def test_a_message_without_a_text_is_refused_though_slack_only_warns() -> None:
    assert message_problems("", FINE["header"]) == ["text has 0 characters, must have 1 to 40000"]


MODAL: Block = {"type": "modal", "title": plain("x" * 24), "blocks": [{"type": "divider"}], "submit": plain("Send")}

VIEWS: dict[str, tuple[Callable[[Block], Block], bool]] = {
    "as it is": (lambda view: view, True),
    "a title too long": (lambda view: {**view, "title": plain("x" * 25)}, False),
    "no blocks": (lambda view: {**view, "blocks": []}, False),
    "private metadata too long": (lambda view: {**view, "private_metadata": "x" * 3_001}, False),
    "a home tab with a title": (lambda view: {**view, "type": "home"}, False),
    "a home tab": (lambda view: {"type": "home", "blocks": view["blocks"]}, True),
    "a plan in a modal": (lambda view: {**view, "blocks": [task()]}, False),
    "of no type": (lambda view: {"blocks": view["blocks"], "title": view["title"]}, False),
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_have_their_own_limits(name: str) -> None:
    change, fine = VIEWS[name]
    assert (view_problems(change(MODAL)) == []) is fine
