"""What the web process hands to the workers, as plain data: each kind of task with what it needs.

A task is written as JSON and read strictly: an unknown kind or member is refused, never guessed at.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.access.place import Place


class _Task(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerQuestion(_Task):
    """Answer the question of a thread, or go on with an answer that was begun."""

    kind: Literal["answer"] = "answer"
    thread: str


class CheckAgain(_Task):
    """Examine the subject of a thread again."""

    kind: Literal["check-again"] = "check-again"
    thread: str
    press: str
    """Slack's id of the press, so that one that is delivered again is not taken for a third look."""
    by: str
    """The name of the person who pressed."""
    place: Place


class Converse(_Task):
    """Reply to something that was written in words."""

    kind: Literal["converse"] = "converse"
    thread: str
    text: str
    place: Place


class ListFailures(_Task):
    """Fill an open modal with the failed jobs that a person may ask about."""

    kind: Literal["list-failures"] = "list-failures"
    view: str
    place: Place


class OpenHome(_Task):
    """Publish a person's Home tab, or suggest what to ask in their messages."""

    kind: Literal["open-home"] = "open-home"
    tab: Literal["home", "messages"]
    place: Place


class ShowAudit(_Task):
    """Show an admin the newest lines of the audit trail, or send them all of it."""

    kind: Literal["show-audit"] = "show-audit"
    what: Literal["newest", "export"]
    place: Place


class RunDoctor(_Task):
    """Examine the set-up and show the report to an admin."""

    kind: Literal["run-doctor"] = "run-doctor"
    place: Place


Task = AnswerQuestion | CheckAgain | Converse | ListFailures | OpenHome | RunDoctor | ShowAudit
