"""An AWS that lets some calls through and not others, as the policy of a bot's role may: it stands before a sandbox."""

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from sandbox.aws.server import Sandbox

_DENIED_XML = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>No.</Message></Error></ErrorResponse>"
_UNKNOWN_XML = b"<Response><Errors><Error><Code>InvalidAction</Code></Error></Errors></Response>"
_DENIED_JSON = b'{"__type": "AccessDeniedException", "message": "No."}'


@contextmanager
def refusing(
    sandbox: Sandbox, *calls: str, unknown: frozenset[str] = frozenset(), untold: frozenset[str] = frozenset()
) -> Iterator[None]:
    """Reads the sandbox through a server that refuses some calls.

    Args:
        sandbox: What is read.
        calls: Texts by which a refused call is known: in its path, its target or its body. `Action=ListGroupsForUser`
            is one of IAM, `TrentService.ListGrants` one of KMS, `/restore-jobs/` one of AWS Backup.
        unknown: Likewise, for calls that this server does not offer.
        untold: Members that its answers leave out, as an older server does.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            said = f"{self.path} {self.headers.get('X-Amz-Target')} {body.decode()}"
            if any(call in said for call in calls):
                self._answer(403, {}, _DENIED_XML if b"Action=" in body else _DENIED_JSON)
                return
            if any(call in said for call in unknown):
                unknown_json = b'{"__type": "UnknownOperationException"}'
                self._answer(404, {}, _UNKNOWN_XML if b"Action=" in body else unknown_json)
                return
            upstream = HTTPConnection(sandbox.url.removeprefix("http://"))
            upstream.request(self.command, self.path, body, dict(self.headers))
            response = upstream.getresponse()
            self._answer(response.status, dict(response.getheaders()), _without(untold, response.read()))
            upstream.close()

        do_POST = do_PUT = do_GET  # noqa: N815 — the names that http.server looks for

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
            for name, value in {**kept, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002 — its signature
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with patch.dict(os.environ, AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}"):
            yield
        server.shutdown()


def _without(members: frozenset[str], body: bytes) -> bytes:
    """An answer in JSON or XML without some members, wherever in it they are."""
    if members and body.startswith(b"{"):
        return json.dumps(json.loads(body, object_hook=lambda found: _kept(found, members))).encode()
    for member in members:
        body = re.sub(f"<{member}>.*?</{member}>".encode(), b"", body, flags=re.DOTALL)
    return body


def _kept(found: dict[str, Any], members: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in members}
