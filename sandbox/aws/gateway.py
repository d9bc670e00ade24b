"""The way of one request through the sandbox: whose it is, what it asks for, whether it is refused, what it is told."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moto.core.model import OperationModel
from moto.core.request import Request

from sandbox.aws.calls import Call
from sandbox.aws.model import Estate
from sandbox.aws.paging import page_of
from sandbox.aws.service import Answer, AwsError, Parameters, Service, View
from sandbox.aws.services import signed_for
from sandbox.aws.sessions import Signature, caller_of
from sandbox.aws.throttle import Throttle
from sandbox.aws.wire import Reply, codec_of

_READS = ("Get", "List", "Describe", "Lookup", "Head", "BatchGet", "Search", "Simulate", "Query", "Scan")
"""What the names of operations that change nothing begin with."""

_NEED_NO_PERMISSION = {("sts", "GetCallerIdentity"), ("sts", "AssumeRole")}
"""Answered to every caller; whether a role may be assumed is its trust policy's to say."""


Fault = AwsError | Reply
"""What may be answered in the place of an operation's own answer."""


@dataclass(slots=True)
class _Request:
    """What is known of a request so far; a request that fails on its way is logged with what was known."""

    http: Request
    signature: Signature
    service: Service
    account: str = ""
    operation: str = ""
    parameters: Parameters = field(default_factory=dict)


class Gateway:
    """Answers requests from an estate.

    Args:
        estate: What there is.
        page: The most results on a page; None for each service's own rule.
        throttle: The share of calls that is throttled.
        clock: Seconds since 1970; sessions expire by it.
        written: Called with each call once its answer is ready.
        faults: What to answer calls of an operation with instead, by service and operation.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        page: int | None,
        throttle: float,
        clock: Callable[[], float],
        written: Callable[[Call], object],
        faults: Mapping[tuple[str, str], Fault],
    ) -> None:
        self._estate = estate
        self._page = page
        self._throttle = Throttle(throttle)
        self._clock = clock
        self._written = written
        self._faults = faults

    def answer(self, http: Request, started: float) -> Reply:
        """What a request is told.

        Args:
            http: A request in any AWS service's protocol.
            started: When it arrived, in seconds of `time.monotonic`.
        """
        signature = Signature.of(http.headers.get("Authorization", ""))
        service = signed_for(signature.service, http.path) if signature else None
        if signature is None or service is None:
            return _unrecognised(signature)
        request = _Request(http, signature, service)
        codec, code = codec_of(service.name), None
        try:
            answered = self._respond(request)
            reply = answered if isinstance(answered, Reply) else codec.write(*answered)
        except AwsError as error:
            reply, code = codec.write_error(error), error.code
        call = Call(
            service=service.name,
            operation=request.operation,
            account=request.account,
            region=signature.region,
            parameters=request.parameters,
            started=started,
            ended=time.monotonic(),
            status=reply.status,
            code=code,
        )
        self._written(call)
        return reply

    def _respond(self, request: _Request) -> tuple[OperationModel, Answer] | Reply:
        """The operation that is asked for and its answer, step by step as AWS would refuse or grant it."""
        service, signature, now = request.service, request.signature, datetime.fromtimestamp(self._clock(), UTC)
        token = request.http.headers.get("X-Amz-Security-Token")
        caller = caller_of(self._estate, signature.access_key, token, now, service.spelling)
        request.account = caller.account
        operation, request.parameters = codec_of(service.name).read(request.http)
        request.operation = operation.name
        fault = self._faults.get((service.name, operation.name))
        if isinstance(fault, AwsError):
            raise fault
        if fault is not None:
            return fault
        offered = service.operations.get(operation.name)
        if offered is None:
            raise _not_offered(service, operation.name)
        if self._throttle.refuses(_same_call(request)):
            raise service.spelling.throttled.error("Rate exceeded")
        if self._is_unreadable(request):
            raise service.access_denied(caller, operation.name)
        answer = offered(View(self._estate, caller, signature.region, now), request.parameters)
        return operation, page_of(service, operation.name, request.parameters, answer, self._page)

    def _is_unreadable(self, request: _Request) -> bool:
        service = request.service
        unreadable = self._estate.account(request.account).unreadable
        named = not unreadable.isdisjoint({service.name, service.prefix})
        return named and (service.name, request.operation) not in _NEED_NO_PERMISSION


def _not_offered(service: Service, operation: str) -> AwsError:
    if operation.startswith(_READS):
        return AwsError("NotImplemented", f"The sandbox does not offer {service.name}:{operation}.", 501)
    return service.spelling.denied.error(f"The sandbox is read-only: it refuses {service.name}:{operation}.")


def _same_call(request: _Request) -> tuple[str, ...]:
    parameters = json.dumps(request.parameters, sort_keys=True, default=str)
    return request.service.name, request.operation, request.account, request.signature.region, parameters


def _unrecognised(signature: Signature | None) -> Reply:
    """For a request that no AWS client would send: no service is known whose spelling could be used."""
    if signature is None:
        status, message = 403, "The request is not signed: send it with an AWS SDK."
    else:
        status, message = 501, f"The sandbox knows no service {signature.service!r}."
    body = json.dumps(
        {"__type": "MissingAuthenticationToken" if status == 403 else "NotImplemented", "message": message}
    )
    return Reply(status, body.encode(), {"Content-Type": "application/json"})
