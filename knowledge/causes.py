"""The cause codes: which layer and check each belongs to, who can mend it, and its sentence (`causes.yaml`)."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from knowledge.files import KNOWLEDGE, read_yaml, validated


class CauseCode(BaseModel):
    """What is known of one code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layer: Literal["job-role", "vault", "organization", "kms", "resource"]
    check: str
    """The check that it belongs to, and the slug of that check's entry."""
    owner: str
    """Who can make the change that mends it."""
    explanation: str
    """What is so, with names in braces."""


@cache
def cause_codes() -> Mapping[str, CauseCode]:
    """Every code with what is known of it."""
    name = "causes.yaml"
    read = read_yaml((KNOWLEDGE / name).read_text(encoding="utf-8"), name)
    rows = TypeAdapter(dict[str, dict[str, str]]).validate_python(read)
    return {code: validated(CauseCode, row, f"{name}: {code}") for code, row in rows.items()}
