"""What a read that failed means: one table from AWS's error codes to kinds, and for each kind what to say and to do.

No error ends a diagnosis: a code that means "there is no such thing" is a fact and stands with its operation
(`Operation.absent`); every other one, known or not, makes the read `unread` with a sentence of its own.

Sources: "Common Error Types" and the "Errors" of each operation in the API references of the services; "Retry
behavior" (AWS SDKs and Tools Reference Guide) for what is throttling; `botocore.exceptions` for what no server said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from botocore import exceptions
from botocore.parsers import ResponseParserError


class Kind(StrEnum):
    """Why a read failed, as far as it matters for what to do."""

    DENIED = "denied"
    """The caller may not read it."""
    CREDENTIALS = "credentials"
    """The credentials themselves are no good."""
    CLOCK = "clock"
    """AWS finds the request's time wrong."""
    NOT_OFFERED = "not-offered"
    """This server, Region or partition does not offer the operation."""
    THROTTLED = "throttled"
    """Too many calls, and still so after the retries."""
    TROUBLE = "trouble"
    """AWS had an error of its own, and still after the retries."""
    UNREACHED = "unreached"
    """No answer came."""
    GARBLED = "garbled"
    """What came is no answer of AWS, such as a proxy's page."""
    STATE = "state"
    """The thing is in a state in which AWS does not tell it."""
    MISSING = "missing"
    """AWS does not know what another answer names."""
    INVALID = "invalid"
    """A value that the job or another answer names is not accepted."""
    UNFORESEEN = "unforeseen"
    """A code that this table does not have."""


_CODES_OF_KINDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.DENIED: (
        *("AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AuthorizationError"),
        *("AuthorizationErrorException", "Client.UnauthorizedOperation", "Forbidden", "NotAuthorized"),
        *("UnauthorizedException", "UnauthorizedOperation"),
    ),
    Kind.CREDENTIALS: (
        *("AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId"),
        *("IncompleteSignatureException", "InvalidClientTokenId", "InvalidSignatureException", "InvalidToken"),
        *("MissingAuthenticationToken", "MissingAuthenticationTokenException", "SignatureDoesNotMatch"),
        *("TokenRefreshRequired", "UnrecognizedClientException"),
    ),
    Kind.CLOCK: ("RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"),
    Kind.NOT_OFFERED: (
        *("InvalidAction", "InvalidOperation", "MethodNotAllowed", "NotFound", "NotImplemented"),
        *("NotImplementedException", "OptInRequired", "RegionDisabledException", "SubscriptionRequiredException"),
        *("UnknownOperation", "UnknownOperationException", "UnsupportedAPIEndpointException"),
        *("UnsupportedOperation", "UnsupportedOperationException"),
    ),
    Kind.THROTTLED: (
        *("BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete"),
        *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled"),
        *("RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException"),
        *("TooManyRequestsException", "TransactionInProgressException"),
    ),
    Kind.TROUBLE: (
        *("ConcurrentModificationException", "DependencyFailureException", "DependencyTimeoutException"),
        *("InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalService"),
        *("KMSInternalException", "RequestTimeout", "RequestTimeoutException", "ServiceException", "ServiceFailure"),
        *("ServiceUnavailable", "ServiceUnavailableException", "Unavailable"),
    ),
    Kind.STATE: ("DisabledException", "InvalidStateException", "KMSInvalidStateException"),
    Kind.MISSING: (
        *("AccountNotFoundException", "AWSOrganizationsNotInUseException", "ChildNotFoundException"),
        *("FileSystemNotFound", "NoSuchEntity", "NoSuchEntityException", "NotFoundException"),
        *("PolicyNotFoundException", "ResourceNotFoundException", "TargetNotFoundException"),
    ),
    Kind.INVALID: (
        *("BadRequest", "InvalidArnException", "InvalidContextAssertion", "InvalidEventCategoryException"),
        *("InvalidGrantIdException", "InvalidInput", "InvalidInputException", "InvalidLookupAttributesException"),
        *("InvalidMarkerException", "InvalidMaxResultsException", "InvalidNextTokenException"),
        *("InvalidParameterCombination", "InvalidParameterValue", "InvalidParameterValueException"),
        *(
            "InvalidQueryParameter",
            "InvalidRequestException",
            "InvalidVolumeID.Malformed",
            "MalformedPolicyDocument",
            "MalformedQueryString",
        ),
        *("MissingParameter", "MissingParameterValueException", "PackedPolicyTooLarge", "SerializationException"),
        *("ValidationError", "ValidationException"),
    ),
}
_KIND_OF_CODE: Final = {code: kind for kind, codes in _CODES_OF_KINDS.items() for code in codes}
_KIND_OF_STATUS: Final = {
    401: Kind.DENIED,
    403: Kind.DENIED,
    404: Kind.NOT_OFFERED,
    405: Kind.NOT_OFFERED,
    429: Kind.THROTTLED,
    501: Kind.NOT_OFFERED,
}
"""What an HTTP status means where the code is not in the table: a proxy's or another server's answer."""
_SERVER_TROUBLE: Final = 500

_KIND_OF_EXCEPTION: Final[tuple[tuple[type[Exception], Kind], ...]] = (
    (exceptions.ParamValidationError, Kind.INVALID),
    (exceptions.UnknownServiceError, Kind.NOT_OFFERED),
    (exceptions.NoCredentialsError, Kind.CREDENTIALS),
    (exceptions.PartialCredentialsError, Kind.CREDENTIALS),
    (exceptions.CredentialRetrievalError, Kind.CREDENTIALS),
    (exceptions.TokenRetrievalError, Kind.CREDENTIALS),
    (exceptions.SSOError, Kind.CREDENTIALS),
    (exceptions.ConnectionError, Kind.UNREACHED),
    (exceptions.HTTPClientError, Kind.UNREACHED),
    (exceptions.IncompleteReadError, Kind.UNREACHED),
    (exceptions.NoRegionError, Kind.UNREACHED),
    (exceptions.InvalidRegionError, Kind.UNREACHED),
    (exceptions.EndpointProviderError, Kind.UNREACHED),
    (ResponseParserError, Kind.GARBLED),
    (ValueError, Kind.GARBLED),
    (RuntimeError, Kind.CREDENTIALS),
)
"""What botocore raises by itself. A RuntimeError is that of credentials which are expired although just renewed; a
ValueError that of an answer's member which is not of its type."""

_SAYS: Final[Mapping[Kind, str]] = {
    Kind.DENIED: "AWS denies {call} ({code}).",
    Kind.CREDENTIALS: "AWS does not accept the bot's credentials for {call} ({code}). Get new ones and ask again.",
    Kind.CLOCK: "AWS finds the time of {call} wrong ({code}). Set the clock of the bot's machine and ask again.",
    Kind.NOT_OFFERED: "{call} is not offered there ({code}): the server, the Region or the account does not have it.",
    Kind.THROTTLED: "AWS throttles {call} ({code}), also after retries. Ask again in a minute.",
    Kind.TROUBLE: "AWS has an internal error in {call} ({code}), also after retries. Ask again in a minute.",
    Kind.UNREACHED: "{call} got no answer ({code}). Check the network, proxies and AWS_ENDPOINT_URL, and ask again.",
    Kind.GARBLED: "{call} got an answer that is not AWS's ({code}). Check proxies and AWS_ENDPOINT_URL, and ask again.",
    Kind.STATE: "AWS does not answer {call} in the present state of the resource ({code}{message}).",
    Kind.MISSING: "{call} does not find what another answer of AWS names ({code}{message}). It may have been "
    "deleted just now: ask again.",
    Kind.INVALID: "{call} is not accepted ({code}{message}). A name or id that the job or AWS gives is malformed.",
    Kind.UNFORESEEN: "AWS answered {call} with {code}{message}.",
}
_LONGEST_MESSAGE: Final = 300


@dataclass(frozen=True, slots=True)
class ReadError:
    """Why a read failed."""

    code: str
    """AWS's error code, the HTTP status where there is none, or the name of botocore's exception."""
    kind: Kind
    message: str = ""
    """What AWS or botocore says of it, on one line."""
    answered: bool = True
    """Whether a server answered; the code is AWS's then."""

    @property
    def why(self) -> str:
        """The reason as a person reads it: botocore's names of exceptions say nothing that its messages do not."""
        if not self.answered:
            return (self.message or self.code).rstrip(".")
        return f"{self.code}: {self.message}" if self.message else self.code

    def sentence(self, call: str) -> str:
        """What went wrong and what to do, in a sentence or two.

        Args:
            call: The call, such as kms:GetKeyPolicy.
        """
        message = f": {self.message}" if self.message else ""
        return _SAYS[self.kind].format(call=call, code=self.code, message=message)


class NotFromAwsError(Exception):
    """A body that no AWS service sends, such as a proxy's page.

    Args:
        status: The HTTP status that it came with.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"an HTTP {status} whose body is not AWS's")
        self.status = status


BOTO_ERRORS: Final = (exceptions.BotoCoreError, ResponseParserError, NotFromAwsError, ValueError, RuntimeError)
"""All that a call through botocore may raise beside `ClientError`."""


def of_response(response: Mapping[str, Any]) -> ReadError:
    """What an error that a server answered means.

    Args:
        response: `ClientError.response`: the parsed error with its `ResponseMetadata`.
    """
    error = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = str(error.get("Code") or status or "no code")
    return ReadError(code, _KIND_OF_CODE.get(code) or _of_status(status), _on_one_line(error.get("Message") or ""))


def of_exception(error: Exception) -> ReadError:
    """What an error that no server answered means.

    Args:
        error: One of `BOTO_ERRORS`.
    """
    if isinstance(error, NotFromAwsError):
        is_missing = _KIND_OF_STATUS.get(error.status) is Kind.NOT_OFFERED
        return ReadError(str(error.status), Kind.NOT_OFFERED if is_missing else Kind.GARBLED, _on_one_line(str(error)))
    kind = next((kind for kinds, kind in _KIND_OF_EXCEPTION if isinstance(error, kinds)), Kind.UNFORESEEN)
    return ReadError(type(error).__name__, kind, _on_one_line(str(error)), answered=False)


def malformed(message: str) -> ReadError:
    """What it means that a read can't even be asked for, since an ARN or id is malformed."""
    return ReadError("Malformed", Kind.INVALID, _on_one_line(message))


def _of_status(status: int) -> Kind:
    return _KIND_OF_STATUS.get(status, Kind.TROUBLE if status >= _SERVER_TROUBLE else Kind.UNFORESEEN)


def _on_one_line(text: object) -> str:
    return " ".join(str(text).split())[:_LONGEST_MESSAGE].rstrip(".")
