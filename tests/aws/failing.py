"""The operations that the bot calls, each with the errors that AWS may answer it with, and a call of each to try."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, OperationModel, Shape, StructureShape

from bot.aws.lookup import OWN, Lookup, Operation, lookup
from bot.aws.permissions import operations
from sandbox.aws.service import AwsError

OPERATIONS = operations()
GENERIC = (
    AwsError("AccessDenied", "No.", 403),
    AwsError("ExpiredToken", "The token is expired.", 403),
    AwsError("InternalFailure", "An internal error.", 500),
    AwsError("InvalidClientTokenId", "The token is invalid.", 403),
    AwsError("OptInRequired", "Not subscribed.", 403),
    AwsError("RequestExpired", "Too late."),
    AwsError("RequestLimitExceeded", "Too many.", 503),
    AwsError("ServiceUnavailable", "Later.", 503),
    AwsError("SignatureDoesNotMatch", "No match.", 403),
    AwsError("SomethingNew", "Nobody knows this code."),
    AwsError("Throttling", "Rate exceeded"),
    AwsError("ThrottlingException", "Rate exceeded", 429),
    AwsError("UnrecognizedClientException", "Who?", 403),
)
"""Errors that any operation may have, whether or not its model lists them ("Common Error Types")."""


def name_of(operation: Operation) -> str:
    """The operation as a test is called."""
    return f"{operation.service}:{operation.name}" + (":rcp" if "resource control" in operation.reads else "")


@cache
def _model(operation: Operation) -> OperationModel:
    service = botocore.session.get_session().get_service_model(operation.service)
    return service.operation_model(operation.name)


def protocol_of(operation: Operation) -> str:
    """The protocol in which the operation is called."""
    return str(_model(operation).service_model.resolved_protocol)


def modelled(operation: Operation) -> tuple[AwsError, ...]:
    """The errors that botocore's model of the service lists for an operation."""
    return tuple(_error(shape) for shape in _model(operation).error_shapes)


def _error(shape: StructureShape) -> AwsError:
    known = shape.metadata.get("error", {})
    status = known.get("httpStatusCode") or (500 if shape.metadata.get("fault") else 400)
    return AwsError(known.get("code") or shape.name, f"This is a {shape.name}.", status)


def call_of(operation: Operation, region: str) -> Lookup:
    """A call of an operation with any parameters that its model accepts."""
    shape = _model(operation).input_shape
    required = shape.required_members if shape else ()
    return lookup(operation, OWN, region, **{name: _sample(shape.members[name]) for name in required})


def _sample(shape: Shape) -> Any:
    if shape.type_name == "timestamp":
        return datetime(2026, 11, 1, tzinfo=UTC)
    if isinstance(shape, ListShape):
        return [_sample(shape.member)]
    return "sample-name-of-more-than-fifty-characters-in-each-call"
