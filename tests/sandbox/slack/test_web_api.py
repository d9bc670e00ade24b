"""The stand-in refuses what Slack refuses, with Slack's own codes: otherwise a scenario proves nothing."""

from typing import Any

import pytest

from sandbox.slack.web_api import call
from sandbox.slack.workspace import BOT, Workspace

TEXT = {"text": "A sentence."}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [{"type": "divider"}]}


@pytest.fixture
def workspace() -> Workspace:
    """A public channel C00000001 with a message of the bot's and one of a person's; a private one; U00000004."""
    opened = Workspace(clock=lambda: 1_700_000_000.0)
    own = opened.add_channel("backups")
    opened.add_channel("secret", private=True, has_bot=False)
    opened.write(own.id, BOT, "mine")
    opened.write(own.id, "U0SOMEBODY", "theirs")
    opened.add_person("ana")
    return opened


OURS, THEIRS = "1700000000.000000", "1700000000.000001"

REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("an unknown method", "chat.sing", {}, "unknown_method"),
    ("an unknown channel", "chat.postMessage", {"channel": "C0", **TEXT}, "channel_not_found"),
    ("a private channel without the bot", "chat.postMessage", {"channel": "C00000002", **TEXT}, "channel_not_found"),
    ("nothing to say", "chat.postMessage", {"channel": "C00000001"}, "no_text"),
    ("bad blocks", "chat.postMessage", {"channel": "C00000001", **TEXT, "blocks": [{"type": "x"}]}, "invalid_blocks"),
    ("no such thread", "chat.postMessage", {"channel": "C00000001", **TEXT, "thread_ts": "1.0"}, "thread_not_found"),
    ("an edit of nothing", "chat.update", {"channel": "C00000001", **TEXT, "ts": "1.0"}, "message_not_found"),
    ("an edit of another's", "chat.update", {"channel": "C00000001", **TEXT, "ts": THEIRS}, "cant_update_message"),
    (
        "ephemeral to nobody",
        "chat.postEphemeral",
        {"channel": "C00000001", **TEXT, "user": "U0"},
        "user_not_in_channel",
    ),
    ("a link to nothing", "chat.getPermalink", {"channel": "C00000001", "message_ts": "1.0"}, "message_not_found"),
    ("the replies to nothing", "conversations.replies", {"channel": "C00000001", "ts": "1.0"}, "thread_not_found"),
    ("a chat with nobody", "conversations.open", {"users": "U0"}, "user_not_found"),
    ("a stream outside threads", "chat.startStream", {"channel": "C00000001", "thread_ts": "1.0"}, "thread_not_found"),
    (
        "a stream for nobody",
        "chat.startStream",
        {"channel": "C00000001", "thread_ts": OURS},
        "missing_recipient_user_id",
    ),
    ("an end of no stream", "chat.stopStream", {"channel": "C00000001", "ts": OURS}, "message_not_in_streaming_state"),
    ("more of nothing", "chat.appendStream", {"channel": "C00000001", "ts": "1.0"}, "message_not_found"),
    ("an empty file", "files.getUploadURLExternal", {"filename": "a", "length": 0}, "invalid_arguments"),
    (
        "a file that never came",
        "files.completeUploadExternal",
        {"channel_id": "C00000001", "files": [{"id": "F0"}]},
        "file_not_found",
    ),
    ("a modal without a trigger", "views.open", {"view": MODAL}, "invalid_trigger_id"),
    ("no view", "views.open", {"trigger_id": "x", "view": "x"}, "invalid_arguments"),
    ("a bad view", "views.open", {"trigger_id": "x", "view": {**MODAL, "blocks": []}}, "invalid_arguments"),
    ("a modal that is gone", "views.update", {"view_id": "V0", "view": MODAL}, "not_found"),
    ("a home of nobody", "views.publish", {"user_id": "U0", "view": MODAL}, "user_not_found"),
    ("no such group", "usergroups.users.list", {"usergroup": "S0"}, "no_such_subteam"),
    ("prompts in a channel", "assistant.threads.setSuggestedPrompts", {"channel_id": "C00000001"}, "invalid_arguments"),
]


@pytest.mark.parametrize(("method", "args", "error"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_slack_refuses_is_refused(workspace: Workspace, method: str, args: dict[str, Any], error: str) -> None:
    answer = call(workspace, method, args)
    assert (answer["ok"], answer["error"]) == (False, error)


def test_a_stream_takes_tasks_and_refuses_what_is_none(workspace: Workspace) -> None:
    person = next(iter(workspace.people))
    whom = {"recipient_user_id": person, "recipient_team_id": "T0"}
    started = call(workspace, "chat.startStream", {"channel": "C00000001", "thread_ts": OURS, **whom})
    assert started["ok"]
    stream = {"channel": "C00000001", "ts": started["ts"]}
    title, task = {"type": "plan_update", "title": "Looking"}, {"type": "task_update", "id": "a", "title": "A"}
    chunks = [title, {**task, "status": "in_progress"}, {**task, "status": "complete", "output": "found"}]
    assert call(workspace, "chat.appendStream", {**stream, "chunks": chunks})["ok"]
    (card,) = workspace.channels["C00000001"].messages[started["ts"]]["blocks"][0]["tasks"]
    assert card["status"] == "complete"
    wrong = {**task, "status": "clear"}
    assert call(workspace, "chat.appendStream", {**stream, "chunks": [wrong]})["error"] == "invalid_chunks"
    assert call(workspace, "chat.appendStream", {**stream, "chunks": [{"type": "poem"}]})["error"] == "invalid_chunks"
    edited = call(workspace, "chat.update", {**stream, **TEXT})
    assert edited["error"] == "streaming_state_conflict"


def test_every_message_has_a_timestamp_of_its_own_and_later_than_the_one_before(workspace: Workspace) -> None:
    stamps = [call(workspace, "chat.postMessage", {"channel": "C00000001", **TEXT})["ts"] for _ in range(50)]
    assert stamps == sorted(set(stamps))
