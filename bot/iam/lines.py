"""The evaluator as JSON lines: a request a line in, an answer a line out, in order.

A request has `principal`, `action` and `resource`, and may have `id`, `partial_resource` (true: each `*` in the last
segment of the resource's ARN stands for a part that is not known, any text without a colon), `resource_account`,
`context`, `unknown`, `principal_id`, `identity_policies`, `permission_boundaries`, `session_policies`,
`service_control_policies` and `resource_control_policies` (a list a level, root first), `endpoint_policies`,
`resource_policy`, `grants`, `management_account` and `explain`. A policy is an object of `name` and `policy`. An answer
has `id`, `decision`, `depends_on`, `by` and `missing`; `contested` where experts dispute it; with `explain` also the
sentence, the layers, the near misses and the findings. A line that can't be read is answered with `id` and `error`.

What is remembered of policies is bounded, so that a stream of any length takes the same memory.
"""

import gc
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import msgspec

from bot.errors import BadInputError
from bot.iam.answers import answer_of, explanation_of
from bot.iam.evaluation import evaluate
from bot.iam.grants import KmsGrant
from bot.iam.layers import PolicySet
from bot.iam.policy import Policy
from bot.iam.remembering import Remembered
from bot.iam.request import PartialArn, Request

MOST_REMEMBERED = 4_000_000
"""The bytes of policy text whose policy sets are remembered."""

_OBJECTS = 50_000
"""After so many new objects cycles are looked for while lines are answered."""

Members = dict[str, msgspec.Raw]
"""The members of a JSON object, each as its text."""

Scalar = str | bool | int | float

_MEMBERS = msgspec.json.Decoder(Members)
_ANY = msgspec.json.Decoder(object)
_TRUTH = msgspec.json.Decoder(bool | None)
_TEXT = msgspec.json.Decoder(str | None)
_TEXTS = msgspec.json.Decoder(list[str] | None)
_CONTEXT = msgspec.json.Decoder(dict[str, Scalar | list[Scalar] | None] | None)
_GRANTS = msgspec.json.Decoder(list[dict[str, Any]] | None)
_POLICY = msgspec.json.Decoder(Members | None)
_POLICIES = msgspec.json.Decoder(list[Members] | None)
_LEVELS = msgspec.json.Decoder(list[list[Members]] | None)

_OF_POLICIES = (
    "identity_policies",
    "permission_boundaries",
    "session_policies",
    "service_control_policies",
    "resource_control_policies",
    "endpoint_policies",
    "resource_policy",
    "grants",
    "management_account",
)
"""The members that make a policy set."""


def evaluate_lines(requests: Iterable[str], answers: TextIO) -> None:
    """Answers requests one by one, as they come.

    Args:
        requests: The requests, a line each; empty lines are left out.
        answers: Where to write the answers.
    """
    evaluator = LineEvaluator()
    with _seldom_collecting():
        for line in requests:
            if line.strip():
                answers.write(evaluator.answer(line) + "\n")


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Looks for cycles of objects less often: requests and policies make many objects and hardly a cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def evaluate_line(text: str) -> str:
    """Answers one request.

    Args:
        text: The request, as JSON.

    Returns:
        The answer as JSON; with a member `error`, one sentence, where the request can't be read.
    """
    return LineEvaluator().answer(text)


class LineEvaluator:
    """Answers requests, remembering the policy sets of the last ones.

    Args:
        most_remembered: The bytes of policy text whose policy sets are remembered.
    """

    def __init__(self, most_remembered: int = MOST_REMEMBERED) -> None:
        self._sets: Remembered[tuple[bytes, ...], PolicySet] = Remembered(most_remembered)

    @property
    def remembered(self) -> int:
        """The bytes of policy text that are remembered now."""
        return self._sets.size

    def answer(self, text: str) -> str:
        """Answers one request; see `evaluate_line`."""
        identifier: object = None
        try:
            members = _decode("The line", text.encode(errors="surrogatepass"), _MEMBERS)
            identifier = _member(members, "id", _ANY)
            answer = self._evaluate(members)
        except BadInputError as error:
            answer = {"error": error.message}
        return json.dumps({"id": identifier, **answer})

    def _evaluate(self, members: Members) -> dict[str, object]:
        request = Request(
            _required(members, "principal"),
            _required(members, "action"),
            _resource(members),
            resource_account=_member(members, "resource_account", _TEXT),
            context=_member(members, "context", _CONTEXT),
            unknown=_member(members, "unknown", _TEXTS) or (),
            principal_id=_member(members, "principal_id", _TEXT),
        )
        evaluation = evaluate(request, self._policies(members))
        answer = answer_of(evaluation)
        if _member(members, "explain", _TRUTH):
            answer |= explanation_of(evaluation)
        return answer

    def _policies(self, members: Members) -> PolicySet:
        """The policy set of a request, made or remembered."""
        key = tuple(bytes(members[name]) if name in members else b"" for name in _OF_POLICIES)
        known = self._sets.get(key)
        if known is None:
            known = _policy_set(members)
            self._sets.put(key, known, sum(map(len, key)))
        return known


def _policy_set(members: Members) -> PolicySet:
    resource = _member(members, "resource_policy", _POLICY)
    return PolicySet(
        identity=_list_of_policies(members, "identity_policies") or (),
        boundary=_list_of_policies(members, "permission_boundaries"),
        session=_list_of_policies(members, "session_policies"),
        scps=_levels_of_policies(members, "service_control_policies"),
        rcps=_levels_of_policies(members, "resource_control_policies"),
        endpoint=_list_of_policies(members, "endpoint_policies"),
        resource=None if resource is None else _policy("resource_policy", resource),
        grants=[KmsGrant.parse(grant) for grant in _member(members, "grants", _GRANTS) or ()],
        management_account=_member(members, "management_account", _TEXT),
    )


def _list_of_policies(members: Members, name: str) -> list[Policy] | None:
    """The policies of a member that is a list; None where it is empty or absent."""
    listed: list[Members] = _member(members, name, _POLICIES) or []
    return [_policy(f"{name}[{place}]", each) for place, each in enumerate(listed)] or None


def _levels_of_policies(members: Members, name: str) -> list[list[Policy]] | None:
    """The policies of a member that is a list a level; None where it is absent."""
    levels: list[list[Members]] | None = _member(members, name, _LEVELS)
    if levels is None:
        return None
    return [
        [_policy(f"{name}[{level}][{place}]", each) for place, each in enumerate(policies)]
        for level, policies in enumerate(levels)
    ]


def _policy(place: str, members: Members) -> Policy:
    """Compiles a policy with its name, which is its place where it has none."""
    name = _member(members, "name", _TEXT) or place
    if "policy" not in members:
        raise BadInputError(f"{place} has no policy.")
    text = bytes(members["policy"])
    return Policy.compile(name, _decode(place, text, _TEXT) if text.startswith(b'"') else text)


def _decode(what: str, text: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Any]) -> Any:
    """Reads a JSON text as a type.

    Raises:
        BadInputError: It is none.
    """
    try:
        return decoder.decode(text)
    except RecursionError:
        raise BadInputError(f"{what} is nested too deeply.") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise BadInputError(f"{what} can't be read: {error}.") from None


def _member(members: Members, name: str, decoder: msgspec.json.Decoder[Any]) -> Any:
    """A member of a request, None where it is absent or null."""
    raw = members.get(name)
    return None if raw is None else _decode(name, raw, decoder)


def _resource(members: Members) -> str | PartialArn:
    """The resource of a request, which may be known in part."""
    resource = _required(members, "resource")
    return PartialArn(resource) if _member(members, "partial_resource", _TRUTH) else resource


def _required(members: Members, name: str) -> str:
    value: str | None = _member(members, name, _TEXT)
    if value is None:
        raise BadInputError(f"The request has no {name}.")
    return value
