"""The registry of causes (`causes.yaml`): for each code its layer, check, policy, effect, owner, fix and sentences.

Nothing else knows a code by what it is called: whoever needs to know something of a cause asks here.
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from bot.errors import BadInputError
from knowledge.files import KNOWLEDGE, read_yaml, validated

Layer = Literal["job-role", "vault", "organization", "kms", "resource"]
Acting = Literal["caller", "job-role", "service-linked-role"]
RefusingPolicy = Literal[
    "identity", "boundary", "session", "trust", "scp", "rcp", "endpoint", "vault", "key", "resource", "any"
]
RefusalEffect = Literal["explicit-deny", "implicit-deny", "unmet-condition", "deleted-principal"]
"""`deleted-principal`: a policy of any type allows it to the id of a principal that was deleted, and to nobody else."""

_FILE = "causes.yaml"


class CauseCode(BaseModel):
    """What is known of one code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    layer: Layer
    check: str
    """The check that it belongs to, and the slug of that check's entry."""
    entity: Acting | None = None
    """Whose failure it is; None: whoever makes the refused call."""
    policy: RefusingPolicy | None = None
    """The type of the policy that refuses; None where no policy does."""
    effect: RefusalEffect | None = None
    action: str | None = None
    """The one action that it is about; None: every action that no other code is about."""
    owner: str
    """Who can make the change."""
    fix: str | None = None
    """The function of `bot/diagnosis/fixes` that makes the change, with dashes; None: no evaluation finds the cause."""
    explanation: str
    """What is so, with names in braces."""
    why: str
    """What would be so, where only a text was read; `{action}` in it is the action that the text names."""

    @property
    def is_missing_permission(self) -> bool:
        """An identity policy that allows the actions repairs it; every other cause is in another policy."""
        return self.policy == "identity" and self.effect == "implicit-deny"

    @model_validator(mode="after")
    def _policy_has_effect(self) -> "CauseCode":
        if (self.policy is None) != (self.effect is None):
            raise ValueError("say both `policy` and `effect`, or neither")
        return self


@cache
def cause_codes() -> Mapping[str, CauseCode]:
    """Every code with what is known of it.

    Raises:
        BadInputError: The file is broken; the sentence says where.
    """
    return parse_causes((KNOWLEDGE / _FILE).read_text(encoding="utf-8"))


def parse_causes(text: str) -> Mapping[str, CauseCode]:
    """The registry from the text of its file.

    Raises:
        BadInputError: A row is not as it must be, or two are about the same refusal; the sentence says which.
    """
    rows = TypeAdapter(dict[str, dict[str, str]]).validate_python(read_yaml(text, _FILE))
    known = {code: validated(CauseCode, {"code": code, **row}, f"{_FILE}: {code}") for code, row in rows.items()}
    about: dict[tuple[str | None, ...], str] = {}
    for code, cause in known.items():
        refusal = (cause.policy, cause.effect, cause.action)
        if cause.policy and refusal in about:
            raise BadInputError(f"knowledge/{_FILE}: {code} and {about[refusal]} are about the same refusal; say how.")
        about[refusal] = code
    return known


def cause_of_refusal(policy: RefusingPolicy, effect: RefusalEffect, action: str | None = None) -> CauseCode:
    """The cause that a policy's refusal is.

    Args:
        policy: The type of the policy.
        effect: How it refuses.
        action: What it refuses, in any case.
    """
    named = action.casefold() if action else None
    return _refusals().get((policy, effect, named)) or _refusals()[policy, effect, None]


@cache
def _refusals() -> Mapping[tuple[str | None, str | None, str | None], CauseCode]:
    """The causes that are refusals, by what they refuse."""
    return {
        (cause.policy, cause.effect, cause.action.casefold() if cause.action else None): cause
        for cause in cause_codes().values()
        if cause.policy
    }
