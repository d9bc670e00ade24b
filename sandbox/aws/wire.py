"""AWS's wire protocols: a request becomes an operation with its parameters, an answer or an error becomes a reply.

Requests are routed and parsed and answers written by moto's protocol code from botocore's service models. Errors are
written here: moto knows only the codes that the models list, and AWS answers with others too.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote
from uuid import uuid4
from xml.sax.saxutils import escape

from botocore.utils import parse_timestamp
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request
from moto.core.routing import PROTOCOL_ROUTERS
from moto.core.serialize import AttributePickerContext, SerializationContext, get_serializer_class
from werkzeug.exceptions import NotFound

from sandbox.aws.aws_models import service_description
from sandbox.aws.service import Answer, AwsError

_XML_ERRORS = {
    "query": (
        "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>{request_id}</RequestId></ErrorResponse>"
    ),
    "ec2": (
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>{request_id}</RequestID></Response>"
    ),
    "rest-xml": ("<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def request_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    """An HTTP request as moto's protocol code takes it: around a WSGI environment.

    Args:
        method: GET, POST, ….
        target: Path and query as they were sent, still percent-encoded.
        headers: The headers.
        body: The body.
    """
    path, _, query = target.partition("?")
    environment = {
        "REQUEST_METHOD": method,
        "RAW_URI": path,
        "PATH_INFO": unquote(path),
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "sandbox",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    environment |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return Request(environment)


class Codec:
    """Reads and writes what one service says over the wire.

    Args:
        service: The service as botocore names it.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self._model = ServiceModel(service_description(service), service)
        self.protocol: str = self._model.protocol
        self._router = PROTOCOL_ROUTERS[self.protocol](self._model)
        self._serializer = get_serializer_class(service, self.protocol)

    def read(self, request: Request) -> tuple[OperationModel, dict[str, Any]]:
        """The operation that a request asks for, and its parameters.

        Raises:
            AwsError: The service has no such operation, the request can't be parsed, or a required member is missing.
        """
        try:
            operation, in_path = self._router.match(request)
        except NotFound as error:
            raise AwsError("UnknownOperationException", f"{self.service} has no such operation", 404) from error
        parser = PROTOCOL_PARSERS[self.protocol](operation, timestamp_parser=parse_timestamp)
        try:
            parameters = parser.parse(
                {
                    "body": request.get_data(as_text=True),
                    "headers": request.headers,
                    "method": request.method,
                    "url_params": in_path,
                    "url_path": request.path,
                    "values": request.values,
                }
            )
        except (RequestParserError, ValueError, TypeError, AttributeError) as error:
            raise AwsError("SerializationException", f"the request can't be read: {error}") from error
        shape = operation.input_shape
        for member in shape.required_members if shape else ():
            if parameters.get(member) is None:
                raise AwsError("ValidationException", f"Value at '{member}' must not be null")
        return operation, parameters

    def write(self, operation: OperationModel, answer: Answer) -> Reply:
        """The reply that carries an operation's answer."""
        request_id = str(uuid4())
        serializer = self._serializer(operation, SerializationContext(request_id), value_picker=_member)
        reply = serializer.serialize(answer)
        body = reply["body"]
        return Reply(
            reply["status_code"],
            body.encode() if isinstance(body, str) else body,
            {**reply["headers"], "x-amzn-RequestId": request_id},
        )

    def write_error(self, error: AwsError) -> Reply:
        """The reply that carries an error."""
        request_id = str(uuid4())
        headers = {"x-amzn-RequestId": request_id, **error.headers}
        template = _XML_ERRORS.get(self.protocol)
        if template is None:
            body = json.dumps({"__type": error.code, "message": error.message})
            headers |= {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code}
        else:
            body = template.format(
                fault="Sender" if error.status < 500 else "Receiver",
                code=escape(error.code),
                message=escape(error.message),
                request_id=request_id,
            )
            headers["Content-Type"] = "text/xml"
        return Reply(error.status, body.encode(), headers)


@cache
def codec_of(service: str) -> Codec:
    """The codec of a service, made once: models and routes are costly.

    Args:
        service: The service as botocore names it.
    """
    return Codec(service)


def _member(context: AttributePickerContext) -> Any:
    """Answers are dictionaries spelled like the output shape: no other name of a member is tried."""
    return context.obj.get(context.key)
