"""Tells what AWS answers from what something between answers in its place, before botocore parses it.

botocore takes a proxy's page that comes with HTTP 200 for an answer without members: an empty list of vaults, a role
without policies. Nothing may be concluded from that.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.model import OperationModel

from bot.aws.read_errors import NotFromAwsError

_PAGES: Final = (b"<!doctype html", b"<html")
_LONGEST_START: Final = 64
_ERROR: Final = 300
_SERVER_TROUBLE: Final = 500


def check_bodies_of(client: Any) -> None:
    """Has the bodies that a client receives checked.

    Args:
        client: A boto3 client.
    """
    client.meta.events.register("before-parse", _check)


def _check(operation_model: OperationModel, response_dict: dict[str, Any], **_event: object) -> None:
    """Raises what a body that is not AWS's means.

    A 5xx with such a body loses it instead: botocore then takes it for a server's trouble and tries again.

    Raises:
        NotFromAwsError: The body is a page, or not of the service's protocol.
    """
    status, body = response_dict["status_code"], response_dict["body"]
    is_page = body.lstrip()[:_LONGEST_START].lower().startswith(_PAGES)
    if is_page and status >= _SERVER_TROUBLE:
        response_dict["body"] = b""
    elif is_page or (status < _ERROR and not _is_whole(operation_model, response_dict["headers"], body)):
        raise NotFromAwsError(status)


def _is_whole(operation: OperationModel, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a body can be an operation's answer: as long as was said, and what the service's protocol makes of it."""
    if "Content-Encoding" not in headers and len(body) < int(headers.get("Content-Length", 0)):
        return False
    protocol = operation.service_model.resolved_protocol
    if protocol in ("json", "rest-json"):
        return _is_json(body)
    if protocol in ("query", "ec2"):
        return f"<{operation.name}Response".encode() in body
    return True  # rest-xml: Amazon S3, whose bodies are documents of many names, and policies as they are


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
