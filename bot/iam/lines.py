"""The evaluator as JSON lines: a request a line in, an answer a line out, in order.

A request has `principal`, `action` and `resource`, and may have `id`, `resource_account`, `context`, `unknown`,
`principal_id`, `identity_policies`, `permission_boundaries`, `session_policies`, `service_control_policies` and
`resource_control_policies` (a list a level, root first), `endpoint_policies`, `resource_policy`, `grants`,
`management_account` and `explain`. A policy is an object of `name` and `policy`. An answer has `id`, `decision`,
`depends_on`, `by` and `missing`; `contested` where experts dispute it; with `explain` also the sentence, the layers,
the near misses and the findings. A line that can't be read is answered with `id` and `error`.

Policies are compiled once for as long as they come up again: what is remembered is bounded, so that a stream of any
length takes the same memory.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, TextIO

import msgspec

from bot.errors import BadInputError
from bot.iam.answers import answer_of, explanation_of
from bot.iam.evaluation import evaluate
from bot.iam.grants import Grant
from bot.iam.layers import PolicySet
from bot.iam.policy import Policy
from bot.iam.request import Request

MOST_REMEMBERED = 8_000_000
"""The bytes of policy text whose compiled form is remembered."""

Members = dict[str, msgspec.Raw]
"""The members of a JSON object, each as its text."""

Scalar = str | bool | int | float
Levels = tuple[tuple[Policy, ...], ...]


def evaluate_lines(requests: Iterable[str], answers: TextIO) -> None:
    """Answers requests one by one, as they come.

    Args:
        requests: The requests, a line each; empty lines are left out.
        answers: Where to write the answers.
    """
    evaluator = LineEvaluator()
    for line in requests:
        if line.strip():
            answers.write(evaluator.answer(line) + "\n")


def evaluate_line(text: str) -> str:
    """Answers one request.

    Args:
        text: The request, as JSON.

    Returns:
        The answer as JSON; with a member `error`, one sentence, where the request can't be read.
    """
    return LineEvaluator().answer(text)


class LineEvaluator:
    """Answers requests, remembering the policies of the last ones.

    Args:
        most_remembered: The bytes of policy text whose compiled form is remembered.
    """

    def __init__(self, most_remembered: int = MOST_REMEMBERED) -> None:
        self._most_remembered = most_remembered
        self._levels: OrderedDict[tuple[str, bytes], Levels] = OrderedDict()
        self.remembered = 0
        """The bytes of policy text that are remembered now."""

    def answer(self, text: str) -> str:
        """Answers one request; see `evaluate_line`."""
        identifier: object = None
        try:
            members = _read("The line", text.encode(errors="surrogatepass"), Members)
            identifier = _member(members, "id", object)
            answer = self._evaluate(members)
        except BadInputError as error:
            answer = {"error": error.message}
        return json.dumps({"id": identifier, **answer})

    def _evaluate(self, members: Members) -> dict[str, object]:
        request = Request(
            _required(members, "principal"),
            _required(members, "action"),
            _required(members, "resource"),
            resource_account=_member(members, "resource_account", str),
            context=_member(members, "context", dict[str, Scalar | list[Scalar] | None]),
            unknown=_member(members, "unknown", list[str]) or (),
            principal_id=_member(members, "principal_id", str),
        )
        evaluation = evaluate(request, self._policies(members))
        answer = answer_of(evaluation)
        if _member(members, "explain", bool):
            answer |= explanation_of(evaluation)
        return answer

    def _policies(self, members: Members) -> PolicySet:
        resource = self._compiled(members, "resource_policy", _one_policy)
        return PolicySet(
            identity=self._flat(members, "identity_policies") or (),
            boundary=self._flat(members, "permission_boundaries"),
            session=self._flat(members, "session_policies"),
            scps=self._compiled(members, "service_control_policies", _levels_of_policies),
            rcps=self._compiled(members, "resource_control_policies", _levels_of_policies),
            endpoint=self._flat(members, "endpoint_policies"),
            resource=resource[0][0] if resource else None,
            grants=[Grant.parse(grant) for grant in _member(members, "grants", list[dict[str, Any]]) or ()],
            management_account=_member(members, "management_account", str),
        )

    def _flat(self, members: Members, name: str) -> tuple[Policy, ...] | None:
        """The policies of a member that is a list; None where it is empty or absent."""
        levels = self._compiled(members, name, _list_of_policies)
        return levels[0] if levels and levels[0] else None

    def _compiled(self, members: Members, name: str, compile_text: Callable[[str, bytes], Levels]) -> Levels | None:
        """The policies of a member, compiled or remembered; None where it is absent."""
        raw = members.get(name)
        text = bytes(raw) if raw is not None else b"null"
        if text == b"null":
            return None
        known = self._levels.get((name, text))
        if known is None:
            known = compile_text(name, text)
            self._remember((name, text), known)
        else:
            self._levels.move_to_end((name, text))
        return known

    def _remember(self, key: tuple[str, bytes], levels: Levels) -> None:
        self._levels[key] = levels
        self.remembered += len(key[1])
        while self.remembered > self._most_remembered:
            (_, text), _ = self._levels.popitem(last=False)
            self.remembered -= len(text)


def _read(what: str, text: bytes | msgspec.Raw, kind: Any) -> Any:
    """Reads a JSON text as a type.

    Raises:
        BadInputError: It is none.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except RecursionError:
        raise BadInputError(f"{what} is nested too deeply.") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise BadInputError(f"{what} can't be read: {error}.") from None


def _member(members: Members, name: str, kind: Any) -> Any:
    """A member of a request, None where it is absent or null."""
    return _read(name, members[name], kind | None) if name in members else None


def _required(members: Members, name: str) -> str:
    value: str | None = _member(members, name, str)
    if value is None:
        raise BadInputError(f"The request has no {name}.")
    return value


def _list_of_policies(name: str, text: bytes) -> Levels:
    return (tuple(_policy(f"{name}[{place}]", each) for place, each in enumerate(_read(name, text, list[Members]))),)


def _levels_of_policies(name: str, text: bytes) -> Levels:
    return tuple(
        tuple(_policy(f"{name}[{level}][{place}]", each) for place, each in enumerate(policies))
        for level, policies in enumerate(_read(name, text, list[list[Members]]))
    )


def _one_policy(name: str, text: bytes) -> Levels:
    return ((_policy(name, _read(name, text, Members)),),)


def _policy(place: str, members: Members) -> Policy:
    """Compiles a policy with its name, which is its place where it has none."""
    name = _member(members, "name", str) or place
    if "policy" not in members:
        raise BadInputError(f"{place} has no policy.")
    text = bytes(members["policy"])
    document = _read(place, text, str) if text.startswith(b'"') else text.decode(errors="replace")
    return Policy.compile(name, document)
