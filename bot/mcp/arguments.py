"""The arguments of each tool, typed and described for whoever calls it."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.errors import BadInputError
from bot.settings import account_id, region_name

MOST_TEXT = 100_000
"""The characters of a text that are read: an error message, an event, an alert."""


def _if_given(read: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda value: value if value is None else read(value))


AccountArgument = Annotated[str | None, _if_given(account_id), Field(description="Look in this AWS account only.")]
RegionArgument = Annotated[str | None, _if_given(region_name), Field(description="Look in this Region only.")]


class Arguments(BaseModel):
    """The arguments of a tool; one that is not known is an error, so that a misspelled one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DiagnoseArguments(Arguments):
    """Which job."""

    job: str = Field(
        max_length=MOST_TEXT, description="A job id, the job's ARN or console URL, or an event of AWS Backup in JSON."
    )
    account: AccountArgument = None
    region: RegionArgument = None
    fresh: bool = Field(False, description="Read everything from AWS anew, whatever is cached.")


class ErrorArguments(Arguments):
    """Which error text."""

    text: str = Field(
        min_length=1,
        max_length=MOST_TEXT,
        description="The error message, status message, exception or CloudTrail event, as it is.",
    )
    caller: str | None = Field(
        None, description="The ARN of the user or role that made the call, where the text does not say it."
    )
    offline: bool = Field(False, description="Read the text alone, without AWS: what it says, and what may be behind.")


class ExplainArguments(Arguments):
    """What to explain."""

    question: str = Field(
        min_length=1, max_length=1000, description="A cause code, a managed policy, a concept, or a question in words."
    )


class NeedsArguments(Arguments):
    """Whose needs."""

    what: str = Field(
        description="A kind of job (backup, restore, copy), or an operation of AWS Backup such as CreateBackupVault."
    )
    resource_type: str | None = Field(None, description="For a kind of job: EBS, EC2, RDS, EFS, S3, DynamoDB, …")
    role: str | None = Field(None, description="For a kind of job: the ARN of a role; says what it lacks.")
    caller: str | None = Field(
        None, description="For an operation: the ARN of a user or role; says whether it may call the operation."
    )


class EvaluateArguments(Arguments):
    """Which request, under which policies."""

    request: dict[str, Any] = Field(
        description="An IAM request: `principal`, `action` and `resource`, and as far as they matter "
        "`resource_account`, `context`, `identity_policies`, `permission_boundaries`, `session_policies`, "
        "`service_control_policies` and `resource_control_policies` (a list of policies for each level, root first), "
        "`resource_policy`. A policy is an object of `name` and `policy`. `explain`: true adds the reasons."
    )


class FailuresArguments(Arguments):
    """Since when, and where."""

    hours: int = Field(24, ge=1, le=24 * 30, description="How many hours to look back.")
    account: AccountArgument = None
    region: RegionArgument = None


class CheckArguments(Arguments):
    """Which jobs to come: those of a plan, or of a role with what it will back up or restore."""

    plan: str | None = Field(None, description="A backup plan: its id, ARN or name.")
    selection: str | None = Field(None, description="With `plan`: only this selection, by name or id.")
    role: str | None = Field(None, description="The ARN of the role that the job will run with.")
    resource: str | None = Field(None, description="With `role`: the ARN of what will be backed up.")
    restore: str | None = Field(None, description="With `role`: the ARN of the recovery point that will be restored.")
    resource_type: str | None = Field(None, description="EBS, RDS, S3, … where the ARN leaves it open.")
    vault: str | None = Field(None, description="The vault, by name or ARN: where to, or where from.")
    copy_to: str | None = Field(None, description="The ARN of the vault that the backup will be copied to.")
    account: AccountArgument = None
    region: RegionArgument = None


def read_arguments(model: type[Arguments], given: dict[str, Any]) -> Arguments:
    """The arguments that a call has.

    Args:
        model: What the tool takes.
        given: What came.

    Raises:
        BadInputError: They can't be used; the sentence says which one and why.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = ".".join(map(str, first["loc"])) or "arguments"
        reason = str(first.get("ctx", {}).get("error", first["msg"])).rstrip(".")
        raise BadInputError(f"The argument `{name}` can't be used: {reason}.") from error
