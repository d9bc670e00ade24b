"""What the doctor finds: one finding for each thing that was looked at, and the report of all of them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot import __version__


class Health(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and something about it should be known or changed."""
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """It could not be looked at; never taken for well."""


GRAVEST_FIRST: Final = (Health.BROKEN, Health.WARNING, Health.UNKNOWN, Health.OK)


class SetupFinding(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    check: str
    """What was looked at, such as `redis.persistence`."""
    condition: Health
    says: str
    """What was found, in a sentence or two."""
    do: str = ""
    """What to do; empty where there is nothing to do."""
    actions: tuple[str, ...] = ()
    """The IAM actions that are lacking, all of them, where it is about such."""


class Checkup(BaseModel):
    """The report: what `backup-why doctor --json` prints."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, use_attribute_docstrings=True)

    schema_: Literal[1] = Field(1, alias="schema")
    version: str = __version__
    """That of the program."""
    condition: Health
    """The gravest of the findings."""
    findings: tuple[SetupFinding, ...]

    @classmethod
    def of(cls, findings: Iterable[SetupFinding]) -> "Checkup":
        """The report of some findings."""
        found = tuple(findings)
        gravest = next(each for each in (*GRAVEST_FIRST,) if each in {one.condition for one in found} | {Health.OK})
        return cls(condition=gravest, findings=found)


def ok(check: str, says: str) -> SetupFinding:
    """It is well."""
    return SetupFinding(check=check, condition=Health.OK, says=says)


def warning(check: str, says: str, do: str) -> SetupFinding:
    """It works, but."""
    return SetupFinding(check=check, condition=Health.WARNING, says=says, do=do)


def broken(check: str, says: str, do: str) -> SetupFinding:
    """It does not work."""
    return SetupFinding(check=check, condition=Health.BROKEN, says=says, do=do)


def unknown(check: str, says: str, do: str = "") -> SetupFinding:
    """It could not be looked at."""
    return SetupFinding(check=check, condition=Health.UNKNOWN, says=says, do=do)
