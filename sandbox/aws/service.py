"""What a service of the sandbox is: its operations as plain functions, and its own spelling of every refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sandbox.aws.model import Account, Estate, Region

Parameters = Mapping[str, Any]
"""What the caller sent, members spelled as botocore's model spells them."""

Answer = dict[str, Any]
"""What is answered, in the shape of the operation's output; members that the shape lacks are not sent."""


class AwsError(Exception):
    """An error that AWS would answer.

    Args:
        code: The error code as the service spells it.
        message: The sentence that goes with it.
        status: The HTTP status.
        headers: Headers that the service sends with it.
    """

    def __init__(self, code: str, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call.

    Args:
        account: The account whose credentials sign the call.
        arn: The principal's ARN, as GetCallerIdentity tells it.
        user_id: Its unique id.
    """

    account: str
    arn: str
    user_id: str


@dataclass(frozen=True, slots=True)
class View:
    """What an operation answers from: the estate, as one caller sees it in one Region.

    Args:
        estate: The whole estate.
        caller: Who makes the call.
        region_name: The Region that is called.
        now: The moment of the call.
    """

    estate: Estate
    caller: Caller
    region_name: str
    now: datetime

    @property
    def account_id(self) -> str:
        """The caller's account."""
        return self.caller.account

    @property
    def account(self) -> Account:
        """What the caller's account has."""
        return self.estate.account(self.caller.account)

    @property
    def region(self) -> Region:
        """What the caller's account has in the Region that is called."""
        return self.account.region(self.region_name)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something of the caller's account in the Region that is called."""
        return f"arn:{self.estate.partition}:{service}:{self.region_name}:{self.account_id}:{resource}"

    def iam_arn(self, resource: str) -> str:
        """The ARN of something of the caller's account in IAM, which knows no Regions."""
        return f"arn:{self.estate.partition}:iam::{self.account_id}:{resource}"


Operation = Callable[[View, Parameters], Answer]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code and an HTTP status that a service refuses with."""

    code: str
    status: int = 400

    def error(self, message: str) -> AwsError:
        """The error that says so."""
        return AwsError(self.code, message, self.status)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a service spells what every service has to refuse now and then.

    Args:
        denied: A caller without permission.
        throttled: A caller who asks too often.
        unknown_session: Credentials that were never given out.
        expired_session: Credentials that are no longer good.
        bad_token: A pagination token that was never given out.
        denied_message: The sentence for a caller without permission; `{sentence}` is IAM's own.
    """

    denied: Refusal
    throttled: Refusal
    unknown_session: Refusal
    expired_session: Refusal
    bad_token: Refusal
    denied_message: str = "{sentence}"


JSON_SPELLING = Spelling(
    denied=Refusal("AccessDeniedException"),
    throttled=Refusal("ThrottlingException"),
    unknown_session=Refusal("UnrecognizedClientException"),
    expired_session=Refusal("ExpiredTokenException"),
    bad_token=Refusal("ValidationException"),
)
REST_JSON_SPELLING = replace(
    JSON_SPELLING,
    denied=Refusal("AccessDeniedException", 403),
    throttled=Refusal("ThrottlingException", 429),
    unknown_session=Refusal("UnrecognizedClientException", 403),
    expired_session=Refusal("ExpiredTokenException", 403),
)
QUERY_SPELLING = Spelling(
    denied=Refusal("AccessDenied", 403),
    throttled=Refusal("Throttling"),
    unknown_session=Refusal("InvalidClientTokenId", 403),
    expired_session=Refusal("ExpiredToken", 403),
    bad_token=Refusal("ValidationError"),
)


@dataclass(frozen=True, slots=True)
class Service:
    """One AWS service.

    Args:
        name: As botocore names it.
        operations: What can be asked, by the API's name of the operation.
        spelling: How it refuses.
        prefix: Its prefix in IAM actions, where that is not its name.
        actions: IAM actions whose names are not their operation's.
        page_size: Results on a page where the caller sets no limit; None for all.
        page_limit: The largest page that a caller can ask for.
    """

    name: str
    operations: Mapping[str, Operation]
    spelling: Spelling = JSON_SPELLING
    prefix: str = ""
    actions: Mapping[str, str] = field(default_factory=dict)
    page_size: int | None = 100
    page_limit: int = 1000

    def access_denied(self, caller: Caller, operation: str) -> AwsError:
        """What a caller is told whose identity policies don't allow an operation."""
        action = f"{self.prefix or self.name}:{self.actions.get(operation, operation)}"
        sentence = (
            f"User: {caller.arn} is not authorized to perform: {action} "
            f"because no identity-based policy allows the {action} action"
        )
        return self.spelling.denied.error(self.spelling.denied_message.format(sentence=sentence))
