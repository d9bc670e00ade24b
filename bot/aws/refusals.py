"""Which of AWS's error codes mean what for a read.

AWS documents an error code for an operation, and each service spells "you may not" and "there is no such call" its
own way ("Common Error Types" of each API reference).
"""

from typing import Any

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedException",
        "UnauthorizedOperation",
        "403",
    }
)
"""The caller may not read it."""

NOT_OFFERED = frozenset(
    {
        "404",
        "405",
        "501",
        "InvalidAction",
        "InvalidOperation",
        "MethodNotAllowed",
        "NotFound",
        "NotImplemented",
        "NotImplementedException",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnknownOperation",
        "UnknownOperationException",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    }
)
"""This server, Region or partition does not offer the operation."""

CREDENTIALS = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""The credentials themselves are no good."""

SERVER_TROUBLE = 500
NO_SUCH_PATH = 404


def is_refusal(error: dict[str, Any]) -> bool:
    """Whether a read that failed so is to be told as "could not be read".

    Args:
        error: `ClientError.response`: the parsed error with its `ResponseMetadata`.

    Returns:
        True where the caller may not read it, or the server does not offer the operation (an unknown operation, not
        implemented, 404, or a 5xx that outlasted the retries).
    """
    code = error.get("Error", {}).get("Code", "")
    status = error.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code in DENIED or code in NOT_OFFERED or status >= SERVER_TROUBLE or status == NO_SUCH_PATH
