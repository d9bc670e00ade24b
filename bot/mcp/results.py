"""What the tools return, as schemas for whoever calls them; `diagnose` and `diagnose_error` return the diagnosis."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from bot.diagnosis.model import JobType
from bot.diagnosis.reading import TextDiagnosis
from bot.diagnosis.role_needs import RoleNeeds
from bot.replies.questions import AnswerKind
from knowledge.callers import CallerOperation
from knowledge.need import Need


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class ClosestEntry(_Result):
    """An entry that may be meant."""

    slug: str
    """What `explain` takes."""
    title: str


class Explanation(_Result):
    """An answer of the knowledge base."""

    kind: AnswerKind
    """`entry`, `needs` and `intent` are answers; `closest` names what may be meant; `unknown` means that the answer
    isn't known."""
    entry: str
    """The slug of the entry; empty where the answer is none."""
    text: str
    """The answer in Markdown."""
    sources: tuple[str, ...] = ()
    """The pages of AWS's documentation that say so, by title."""
    closest: tuple[ClosestEntry, ...] = ()


class NeedsResult(_Result):
    """What is needed; of these members the ones that were asked for are there."""

    needs: tuple[Need, ...] | None = None
    """What a job needs: each row with its basis, `documented`, `managed-policy` or `assumed`."""
    operation: CallerOperation | None = None
    """What the caller of an operation needs."""
    role: RoleNeeds | None = None
    """What the role lacks of it, by action; without a job there is no resource to evaluate on."""
    caller: TextDiagnosis | None = None
    """Whether the caller may call the operation."""


class FailedJobEntry(_Result):
    """A job that failed; `id`, `account` and `region` are what `diagnose` takes."""

    id: str
    type: JobType
    account: str
    region: str
    state: str
    created: str
    resource_type: str
    resource: str
    message: str


class UnlistedPlace(_Result):
    """Where there may be more failed jobs."""

    account: str
    region: str
    why: str


class FailuresResult(_Result):
    """The jobs that failed lately, newest first: what `backup-why failures --json` prints."""

    since: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    jobs: tuple[FailedJobEntry, ...]
    unlisted: tuple[UnlistedPlace, ...]


EVALUATION: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"description": "As the request has it."},
        "decision": {"type": "string", "description": "allowed, explicit-deny, implicit-deny or depends."},
        "depends_on": {"type": "array", "description": "The condition keys that an open decision depends on."},
        "by": {"type": "array", "description": "The statements that decide."},
        "missing": {"type": "array", "description": "The layers in which no statement allows."},
        "contested": {"type": "boolean", "description": "AWS's documentation leaves a rule disputed."},
    },
    "required": ["decision", "depends_on", "by", "missing"],
}
"""The answer of the evaluator (`bot.iam.lines`)."""


def schema_of_result(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of what a tool returns that has no document of its own on the command line."""
    return model.model_json_schema(by_alias=True, mode="serialization")
