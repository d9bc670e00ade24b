"""A request to AWS: who asks for which action on which resource, and what is known of its condition keys."""

from collections.abc import Collection, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace

from bot.errors import BadInputError
from bot.iam.arn import SEGMENTS, Arn, split_arn
from bot.iam.principals import Principal
from bot.iam.variables import Value


@dataclass(frozen=True, slots=True)
class PrefixValue:
    """What the value of a key begins with, where not more is known of it than that, and that it is one value."""

    text: str


@dataclass(frozen=True, slots=True)
class PartialArn:
    """An ARN of which not all is known, such as that of a snapshot that has no id yet.

    Args:
        text: The ARN; each `*` in its last segment stands for a part that is not known, any text without a colon.
    """

    text: str


RESOURCE = "the resource's ARN"
"""What an answer depends on where a part of the resource's ARN that is not known decides."""

RESOURCE_KEY = RESOURCE.lower()

Given = str | bool | int | float | Sequence[str] | PrefixValue | None
"""What a caller gives as the value of a key: truth values and numbers are written out, None and [] mean absent."""

USER_ID = "aws:userid"
_SPELLED = ("aws:PrincipalArn",)
"""Keys that can be unknown though nobody says so, as they are spelled in answers."""

_NO_KEYS: frozenset[str] = frozenset()


class Request:
    """A request, ready to be evaluated.

    A condition key is known (it is in `context`), unknown (it is in `unknown` and may also be absent), unknown but for
    its prefix (it is in `context` as a `PrefixValue`) or absent.

    Args:
        principal: Who asks, as `Principal.parse` reads it.
        action: The action, such as "kms:CreateGrant", in any case of letters.
        resource: The resource's ARN, or "*" for an action that names none. A `*` in an ARN is an ordinary character, as
            AWS itself writes it for what Amazon EC2 is about to create; a `PartialArn` has parts that are not known.
        resource_account: The account that owns the resource; if not given the one in its ARN, else the principal's.
        context: The values of condition keys, whose names are taken without regard to case; those that AWS fills in
            from the principal are filled in where they are lacking. A key whose value is None
            is known to be absent; "aws:ResourceTag/*" with None stands for every key that begins so.
        unknown: The keys whose value is not known. "aws:ResourceTag/*" stands for every key that begins so and that
            `context` lacks, "*" for every key; a key in `context` is known whatever is said here.
        principal_id: The unique id (AROA…, AIDA…) of the principal's role or user; taken from `aws:userid` if absent.

    Raises:
        BadInputError: The principal is none, the action has no service, or of a partial ARN more than the last segment
            is not known.
    """

    __slots__ = (
        "_spelled",
        "absent",
        "absent_prefixes",
        "action",
        "action_name",
        "arn",
        "context",
        "partial",
        "principal",
        "resource",
        "resource_account",
        "same_account",
        "service",
        "shapes",
        "unknown",
        "unknown_prefixes",
    )

    def __init__(
        self,
        principal: str | Principal,
        action: str,
        resource: str | PartialArn,
        *,
        resource_account: str | None = None,
        context: Mapping[str, Given] | None = None,
        unknown: Collection[str] = (),
        principal_id: str | None = None,
    ) -> None:
        if ":" not in action:
            raise BadInputError(f"{action!r} is no action: give a service, a colon and a name, such as kms:Decrypt.")
        known = Principal.parse(principal) if isinstance(principal, str) else principal
        self.action_name = action
        self.action = action.lower()
        self.service = self.action.partition(":")[0]
        self.resource = resource if isinstance(resource, str) else resource.text
        self.arn = split_arn(self.resource)
        self.partial = None if isinstance(resource, str) else _partial(resource, self.arn)
        self.context: dict[str, Value] = {**known.context}
        self.absent: Set[str] = known.absent
        self.shapes: dict[str, tuple[str, ...]] = {**known.shapes}
        self.unknown: Set[str] = _NO_KEYS
        self._spelled = (*_SPELLED, RESOURCE, *unknown, *(context or ()))
        self._take(context or {}, unknown)
        self.unknown_prefixes = _prefixes(self.unknown)
        self.absent_prefixes = _prefixes(self.absent)
        identifier = principal_id or _identifier(self.context.get(USER_ID))
        self.principal = replace(known, unique_id=identifier) if identifier else known
        self.resource_account = resource_account or _account(self.arn) or known.account
        self.same_account = known.account is not None and known.account == self.resource_account

    @property
    def names(self) -> dict[str, str]:
        """The keys that are given or unknown, in lower case, each with its spelling."""
        return {name.lower(): name for name in self._spelled}

    def _take(self, context: Mapping[str, Given], unknown: Collection[str]) -> None:
        """Takes what is said of the keys; what AWS fills in from the principal gives way to it."""
        given = {name.lower(): value if isinstance(value, str) else _value(value) for name, value in context.items()}
        if unknown:
            self.unknown = {name.lower() for name in unknown} - given.keys()
        told = given.keys() | self.unknown
        if self.shapes:
            self.shapes = {key: shapes for key, shapes in self.shapes.items() if key not in told}
        for key in told & self.context.keys():
            del self.context[key]
        self.absent = self.absent - told
        absent: list[str] = []
        for key, value in given.items():
            if isinstance(value, str | tuple):
                self.context[key] = value
            elif value is None:
                absent.append(key)
            else:
                self.shapes[key] = (f"{value.text}*",)
        self.absent = self.absent | frozenset(absent)
        if self.shapes:
            self.unknown = self.unknown | self.shapes.keys()

    def on(self, resource: str) -> "Request":
        """The same request on one of the resources that its partial ARN may stand for.

        Args:
            resource: The resource's ARN.
        """
        request = copy(self)
        request.resource, request.arn = resource, split_arn(resource)
        return request

    def unknown_among(self, keys: frozenset[str]) -> frozenset[str]:
        """Of some keys, given in lower case, those whose value is not known.

        A star at the end of one stands for whatever may follow there.
        """
        if not self.unknown:
            return frozenset()
        found = keys & self.unknown
        if begins := _prefixes(keys):
            found |= {key for key in self.unknown if key.startswith(begins)}
        if self.unknown_prefixes:
            known = self.context.keys() | self.absent
            hidden = (key for key in keys - known if key.startswith(self.unknown_prefixes))
            found |= {key for key in hidden if not key.startswith(self.absent_prefixes)}
        return found


def _partial(resource: PartialArn, arn: Arn | None) -> Arn:
    """The segments of a partial ARN."""
    if arn is None or any("*" in segment for segment in arn[: SEGMENTS - 1]):
        raise BadInputError(f"{resource.text!r} is no ARN of which only the last segment is not known.")
    return arn


def _prefixes(names: Set[str]) -> tuple[str, ...]:
    """What the keys begin with that names ending with a star stand for."""
    return tuple(name[:-1] for name in names if name.endswith("*")) if names else ()


def _account(arn: Arn | None) -> str | None:
    """The account in an ARN; AWS's own resources have none or "aws" in its place."""
    return arn[4] if arn is not None and arn[4].isdecimal() else None


def _identifier(user_id: Value | None) -> str | None:
    """The unique id in `aws:userid`: a session's is followed by a colon and the session's name."""
    return user_id.partition(":")[0] if isinstance(user_id, str) else None


def _value(given: bool | int | float | Sequence[str] | PrefixValue | None) -> Value | PrefixValue | None:
    """What is given but no text: one value as a text, several as a tuple, none as None, a prefix value as it is."""
    if given is None or isinstance(given, PrefixValue):
        return given
    if isinstance(given, bool | int | float):
        return _text(given)
    values = tuple(_text(value) for value in given)
    return values if len(values) > 1 else next(iter(values), None)


def _text(value: str | bool | int | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
