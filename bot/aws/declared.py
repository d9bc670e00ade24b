"""botocore with the services and operations that are declared in this package, and nothing else.

botocore prepares every client for all of AWS: it makes a method of each of EC2's more than 700 operations, goes through
its 4,400 shapes when it meets an error, and copies 127 handlers of events, half of them for services that are never
read. Without these a client costs half as much, and it can't make a call that is not declared.
"""

import threading
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import botocore.session
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST
from botocore.hooks import EVENT_ALIASES
from botocore.loaders import Loader

from bot.aws.bedrock import CONVERSE
from bot.aws.permissions import operations

_OFTEN: Final = ("organizations", "backup", "iam", "kms", "cloudtrail", "ec2", "rds")
"""Services that most diagnoses read, those of the first rounds first."""
_OPERATIONS: Final = "service-2"
"""The model of a service that has its operations."""
_MODELS: Final = (_OPERATIONS, "endpoint-rule-set-1")
_BY_ITSELF: Final = {
    "s3": {"HeadBucket"},  # to find the Region of a bucket (`S3RegionRedirectorv2`)
    "sts": {"AssumeRoleWithWebIdentity"},  # credentials of a pod, from its service account
    "sso": {"GetRoleCredentials"},  # credentials of a person, from `aws sso login`
    "sso-oidc": {"CreateToken"},
    "signin": {"CreateOAuth2Token"},  # and from `aws login`
}
"""What botocore calls of itself."""
_DOCUMENTATION: Final = "docs"
"""Events of making botocore's documentation, which no program emits."""


def declared_session() -> botocore.session.Session:
    """A new session of the declared services; all sessions of the process share the models."""
    session = botocore.session.Session(include_builtin_handlers=False)
    session.register_component("data_loader", _loader())
    events = session.get_component("event_emitter")
    events._event_aliases = _aliases()  # botocore has no other way to give it those of some services
    register = {REGISTER_FIRST: events.register_first, REGISTER_LAST: events.register_last, None: events.register}
    for event, handler, when in _handlers():
        register[when](event, handler)
    return session


def read_models_ahead() -> None:
    """Reads the models of the services that most diagnoses read, in a thread, while the first calls are waited for."""

    def read() -> None:
        for service in _OFTEN:
            for model in _MODELS:
                _loader().load_service_model(service, model)

    threading.Thread(target=read, name="aws-models", daemon=True).start()


@cache
def _declared() -> dict[str, set[str]]:
    """The names of the operations by service."""
    declared = {service: set(names) for service, names in _BY_ITSELF.items()}
    for operation in (*operations(), CONVERSE):
        declared.setdefault(operation.service, set()).add(operation.name)
    return declared


@cache
def _handlers() -> tuple[tuple[str, Any, object], ...]:
    """Botocore's own handlers without those of other services: event (`before-call.s3.PutObject`), handler, when."""
    found = []
    for event, handler, *when in BUILTIN_HANDLERS:
        kind, *rest = event.split(".")
        if kind != _DOCUMENTATION and (not rest or rest[0] in _declared() or rest[0] == "*"):
            found.append((event, handler, when[0] if when else None))
    return tuple(found)


@cache
def _aliases() -> dict[str, str]:
    """What else the declared services are called in events, such as EFS `elasticfilesystem`.

    Each client compares each kind of event with all of them, and botocore has those of 65 services.
    """
    return {old: new for old, new in EVENT_ALIASES.items() if not _declared().keys().isdisjoint({*old.split("."), new})}


class _DeclaredOnly(Loader):  # type: ignore[misc]  # botocore ships no types
    """Reads service models with the operations that are declared, and the shapes of these."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, dict[str, Any]] = {}

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """As botocore's own, of the service's newest version."""
        if type_name != _OPERATIONS:
            return super().load_service_model(service_name, type_name, api_version)
        if service_name not in self._parts:
            self._parts[service_name] = _declared_part(
                super().load_service_model(service_name, type_name), service_name
            )
        return self._parts[service_name]


def _declared_part(model: Mapping[str, Any], service: str) -> dict[str, Any]:
    """A service's model with its declared operations and the shapes that can come up in them."""
    every, operations = model["shapes"], model["operations"]
    declared = {name: operations[name] for name in operations if name in _declared()[service]}
    met: set[str] = set()
    open_ends = [shape for operation in declared.values() for shape in _shapes_in(operation)]
    while open_ends:
        name = open_ends.pop()
        if name not in met:
            met.add(name)
            open_ends.extend(_shapes_in(every[name]))
    return {**model, "operations": declared, "shapes": {name: every[name] for name in every if name in met}}


def _shapes_in(part: Mapping[str, Any]) -> Iterator[str]:
    """The shapes that an operation or a shape names: input, output and errors; members, values and keys."""
    named = [part.get(role) for role in ("input", "output", "member", "key", "value")]
    for reference in (*named, *part.get("errors", ()), *part.get("members", {}).values()):
        if reference:
            yield reference["shape"]


@cache
def _loader() -> Loader:
    """Reads each service's model once for all sessions of the process."""
    return _DeclaredOnly()
