"""Stands in for Amazon Bedrock: answers Converse over HTTP with what was recorded, in the form that botocore knows.

A request that botocore's model of Converse does not allow, or that is not signed, is refused as AWS refuses it.
"""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote

import botocore.session
from botocore.validate import ParamValidator

_SERVICE: Final = "bedrock-runtime"
_OPERATION: Final = "Converse"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer of the service.

    Args:
        body: The JSON of the answer, or of the error.
        error: The error's code, such as ThrottlingException; empty for an answer.
        status: The HTTP status.
        held: Whether it is held back until the stand-in is closed.
    """

    body: Mapping[str, Any]
    error: str = ""
    status: int = 200
    held: bool = False


def tool_answer(tool: str, given: Mapping[str, Any]) -> Recorded:
    """An answer in which the model calls a tool, as "Call a tool with the Converse API" shows it."""
    use = {"toolUse": {"toolUseId": "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", "name": tool, "input": dict(given)}}
    return Recorded(_answer([use], "tool_use"))


def text_answer(text: str) -> Recorded:
    """An answer in which the model calls no tool."""
    return Recorded(_answer([{"text": text}], "end_turn"))


def refusal(error: str, message: str, status: int) -> Recorded:
    """An error of the service."""
    return Recorded({"message": message}, error, status)


def _answer(content: list[dict[str, Any]], reason: str) -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": reason,
        "usage": {"inputTokens": 371, "outputTokens": 41, "totalTokens": 412},
        "metrics": {"latencyMs": 1279},
    }


@dataclass
class BedrockStandIn:
    """The service, on a port of this machine while the context is open."""

    answers: deque[Recorded] = field(default_factory=deque)
    """What the next calls are answered with."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """The parameters of each call."""
    signatures: list[str] = field(default_factory=list)
    """How each of them was signed."""
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        operation = botocore.session.Session().get_service_model(_SERVICE).operation_model(_OPERATION)
        self._shapes = operation.input_shape, operation.output_shape
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, signature: str, body: bytes) -> Recorded:
        """The answer to a call.

        Raises:
            ValueError: What was recorded is none of Converse's answers.
        """
        _, _, model, last = path.split("/", 3)
        asked = {"modelId": unquote(model), **json.loads(body)}
        problems = ParamValidator().validate(asked, self._shapes[0])
        if last != "converse" or not signature.startswith("AWS4-HMAC-SHA256 "):
            return refusal("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        if problems.has_errors():
            return refusal("ValidationException", problems.generate_report(), 400)
        self.requests.append(asked)
        self.signatures.append(signature)
        given = self.answers.popleft() if self.answers else text_answer("Hello.")
        unlike = ParamValidator().validate(dict(given.body), self._shapes[1])
        if not given.error and unlike.has_errors():
            raise ValueError(unlike.generate_report())
        return given

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            """Answers one call."""

            def do_POST(self) -> None:
                """Answers what is posted."""
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                given = stand_in.answer(self.path, self.headers.get("Authorization", ""), body)
                if given.held:
                    stand_in.closing.wait()
                    return
                said = json.dumps(given.body).encode()
                self.send_response(given.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                if given.error:
                    self.send_header("x-amzn-ErrorType", given.error)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the library's name
                """Logs nothing."""

        return Handler
