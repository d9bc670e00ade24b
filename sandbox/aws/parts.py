"""What the parts of an estate file are made of, each with its check: frames, described things, records, documents."""

import difflib
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

Record = dict[str, Any]
"""What an API answers of one thing, its members spelled as the API spells them."""

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
"""When everything was created of which the estate doesn't say when."""

_TIMESTAMP = TypeAdapter(datetime)
_TIMESTAMPS = {"StartBy", "LastBackupTime", "LastRestoreTime"}
"""The members of a record that are timestamps although their names don't end in `Date`."""


class Frame(BaseModel):
    """A part that only this file format has: an unknown member that looks like a slip of the pen is told."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _no_slips(cls, value: Any) -> Any:
        unknown = value.keys() - cls.model_fields.keys() if isinstance(value, dict) else ()
        for name in unknown:
            meant = difflib.get_close_matches(name, cls.model_fields, n=1, cutoff=0.8)
            if meant and meant[0] not in value:
                raise ValueError(f"{name!r} is no member here, {meant[0]!r} is")
        return value


class Described(BaseModel):
    """A thing that an AWS API describes: members that are not named here are kept, to be served as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @property
    def said(self) -> Record:
        """The members that the estate gives beyond the named ones."""
        return self.model_extra or {}


def moment(value: object) -> datetime:
    """A timestamp as AWS writes it.

    Args:
        value: ISO 8601 text or seconds since 1970; text that names no zone is in UTC.

    Returns:
        The moment, with its zone.

    Raises:
        ValueError: The value is neither.
    """
    try:
        parsed = _TIMESTAMP.validate_python(value)
    except ValidationError as error:
        raise ValueError(f"{value!r} is no timestamp such as 2026-11-20T05:00:00Z") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def record_with(identifier: str) -> AfterValidator:
    """The check of a record: it has the member that identifies it, and its timestamps become datetimes.

    A record always has a CreationDate, as AWS's have.

    Args:
        identifier: The member that must be there, a string.
    """

    def check(record: Record) -> Record:
        if not isinstance(record.get(identifier), str):
            raise ValueError(f"{identifier} is missing or no string")
        times = {name: moment(value) for name, value in record.items() if value and _is_timestamp(name)}
        return {**record, "CreationDate": BEGINNING, **times}

    return AfterValidator(check)


def _is_timestamp(name: str) -> bool:
    return name.endswith("Date") or name in _TIMESTAMPS


def _account_id(value: str) -> str:
    if not (len(value) == 12 and value.isdigit()):
        raise ValueError("an account id is twelve digits")
    return value


def _policy_document(value: Record) -> Record:
    """A document without statements passes: it allows and denies nothing."""
    statements = value.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") not in {"Allow", "Deny"}:
            raise ValueError("each Statement of a policy document is an object whose Effect is Allow or Deny")
    return value


def _trail_event(value: Record) -> Record:
    """The event stays as it is written, since CloudTrail hands it out as text; only its time is looked at."""
    moment(value.get("eventTime"))
    return value


AccountId = Annotated[str, AfterValidator(_account_id)]
Document = Annotated[Record, AfterValidator(_policy_document)]
TrailEvent = Annotated[Record, AfterValidator(_trail_event)]
