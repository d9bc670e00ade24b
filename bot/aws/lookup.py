"""What can be asked of AWS, and what can come back.

An `Operation` is one read call of AWS's API, declared once as data: what of its answer is kept, which error codes
mean "there is no such thing", and which IAM action permits it. A `Lookup` is an operation with its account, Region
and parameters: hashable, so that it is asked once and cached. An `Answer` is what is known of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.aws.read_errors import Kind, ReadError

OWN = "own"
"""The account whose credentials this process was started with, by whatever id."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One read call of AWS's API."""

    service: str
    """As boto3 names it."""
    name: str
    """As AWS spells it: GetRole."""
    member: str | None = None
    """The member of the answer that is kept; without it the whole answer is, of a list its first page."""
    absent: frozenset[str] = frozenset()
    """Error codes by which AWS says that there is no such thing."""
    action: str = ""
    """The IAM action that permits the call, where it is not `service:Name`."""
    pages: int | None = None
    """The most pages that are read of a list; without it all of them are."""
    shared: bool = True
    """Whether other processes may take the answer; who we are and which accounts we have entered is of this one
    alone."""
    reads: str = "what it tells"
    """What people call what is read: the object of "could not read"."""

    @property
    def permission(self) -> str:
        """The IAM action that permits the call."""
        return self.action or f"{self.service}:{self.name}"


@dataclass(frozen=True, slots=True)
class Lookup:
    """An operation with all it takes to call it; two that would make the same call are equal."""

    key: str
    """The whole call as one text: what it is cached by."""
    operation: Operation = field(compare=False)
    account: str = field(compare=False)
    """Whose role reads: an account id, or `OWN`."""
    region: str = field(compare=False)
    parameters: Mapping[str, Any] = field(compare=False)

    @property
    def what(self) -> str:
        """The lookup as it is named where it could not be made: iam:GetRole."""
        return f"{self.operation.service}:{self.operation.name}"


class State(StrEnum):
    """What is known of a lookup."""

    KNOWN = "known"
    ABSENT = "absent"
    """AWS says that there is no such thing."""
    REFUSED = "refused"
    """It could not be read, for whatever reason: `Answer.kind` tells which."""
    PENDING = "pending"
    """Not asked yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a lookup."""

    state: State
    value: Any = None
    why: str = ""
    """The error code, where it was refused."""
    kind: Kind | None = field(default=None, compare=False)
    """What the error code means, where it was refused."""
    message: str = field(default="", compare=False)
    """What AWS says beside the error code."""
    answered: bool = field(default=True, compare=False)
    """Whether a server answered."""
    calls: int = field(default=0, compare=False)
    """The HTTP requests that it took one after another: pages, retries and redirects; none where it was kept."""

    @property
    def known(self) -> bool:
        """There is a value."""
        return self.state is State.KNOWN

    @property
    def absent(self) -> bool:
        """AWS says that there is no such thing."""
        return self.state is State.ABSENT

    @property
    def refused(self) -> bool:
        """It can't be read."""
        return self.state is State.REFUSED

    @property
    def error(self) -> ReadError:
        """Why it was refused."""
        return ReadError(self.why, self.kind or Kind.UNFORESEEN, self.message, self.answered)

    @property
    def pending(self) -> bool:
        """It has not been asked yet."""
        return self.state is State.PENDING


KNOWN = Answer(State.KNOWN)
PENDING = Answer(State.PENDING)


def refused(error: ReadError) -> Answer:
    """The answer to a lookup that could not be made."""
    return Answer(State.REFUSED, why=error.code, kind=error.kind, message=error.message, answered=error.answered)


def lookup(operation: Operation, account: str, region: str, **parameters: object) -> Lookup:
    """Puts an operation and its parameters together.

    Args:
        operation: What to call.
        account: Whose role reads: an account id, or `OWN`.
        region: The Region to call.
        parameters: As the API spells them; one that is None is left out.

    Returns:
        The lookup.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    call = [operation.service, operation.name, account, region, given]
    return Lookup(json.dumps(call, sort_keys=True, default=str), operation, account, region, given)
