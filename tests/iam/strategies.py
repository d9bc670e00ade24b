"""Hypothesis strategies for whole request lines: documents that AWS would accept, which match often and miss by a hair.

What AWS leaves open is left out: keys with several values at a time without a set operator, a NotPrincipal with
a session's role but not the session, wildcards in the values of variables, account principals in endpoint policies.
"""

import json
from typing import Any

from hypothesis import strategies as st

from tests.iam.drawing import Draw, Json, chance, one_of, spelled
from tests.iam.policy_strategies import Maker
from tests.iam.vocabulary import (
    AWAY,
    ENCRYPTION_CONTEXT,
    HOME,
    KEYS,
    LINKED_SESSION,
    MANAGEMENT,
    PATH_SESSION,
    PRINCIPALS,
    SCENES,
    SERVICE,
    SESSION,
    Key,
    Principal,
)

FILLED_IN = ("aws:PrincipalArn", "aws:PrincipalAccount")
"""Keys that are known from the principal wherever the context lacks them."""


@st.composite
def request_lines(draw: Draw) -> Json:
    """A request of the JSON-lines contract with all its policies."""
    scene, principal = one_of(draw, SCENES), one_of(draw, PRINCIPALS)
    line: Json = {
        "id": "1",
        "principal": principal.arn,
        "action": one_of(draw, scene.actions),
        "resource": one_of(draw, scene.resources),
    }
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True))
    if scene.policy == "key" and ENCRYPTION_CONTEXT not in keys:
        keys.append(ENCRYPTION_CONTEXT)
    line["context"], line["unknown"] = contexts(draw, principal, keys)
    if scene.policy == "key" and chance(draw, 4):
        line["context"]["kms:EncryptionContext:Stage"] = "prod"
    if chance(draw, 2 if line["resource"].startswith("arn:aws:s3:") else 12):
        line["resource_account"] = one_of(draw, (HOME, AWAY))
    if chance(draw, 3):
        line["management_account"] = one_of(draw, (MANAGEMENT, HOME, AWAY))
    keys = [key._replace(settled=key.name not in line["unknown"]) for key in keys]
    maker = Maker(draw, scene, principal, line, keys)
    add_policies(draw, maker)
    if scene.policy != "key" and line["resource"] != "*" and chance(draw, 3):
        line["resource"] = without_a_part(draw, line["resource"])
        line["partial_resource"] = not chance(draw, 4)
    return in_china(line) if chance(draw, 12) else line


def in_china(line: Json) -> Json:
    """The same request in another partition."""
    moved: Json = json.loads(json.dumps(line).replace("arn:aws:", "arn:aws-cn:"))
    return moved


def without_a_part(draw: Draw, resource: str) -> str:
    """An ARN with a star for the last word of its last segment, or for the one before."""
    head, last = resource.rsplit(":", 1)
    words = last.split("/")
    place = -2 if len(words) > 2 and chance(draw, 2) else -1
    words[place] = "*"
    return f"{head}:{'/'.join(words)}"


def contexts(draw: Draw, principal: Principal, keys: list[Key]) -> tuple[Json, list[str]]:
    """The context, in which a key is present, absent or unknown, and the unknown keys."""
    context: Json = {}
    unknown = []
    if principal.arn == LINKED_SESSION or (principal.arn in (PATH_SESSION, SESSION) and chance(draw, 2)):
        context["aws:PrincipalArn"] = principal.role
    for key in keys:
        if not key.values:
            continue
        fate = one_of(draw, ("known", "unknown", "unknown", "absent", "known"))
        if fate == "known":
            context[spelled(draw, key.name)] = context_values(draw, key)
        elif fate == "unknown" and key.name not in FILLED_IN:
            unknown.append(key.name)
    return context, unknown


def add_policies(draw: Draw, maker: Maker) -> None:
    """Puts policies of every layer on the line: mostly a few layers at a time."""
    line, principal = maker.line, maker.principal
    if principal.arn != SERVICE:
        line["identity_policies"] = [] if chance(draw, 9) else maker.policies("identity", 2)
    if principal.own_policies and chance(draw, 3):
        line["permission_boundaries"] = maker.policies("boundary", 1, deny_in=10)
    if principal.own_policies and principal.role and chance(draw, 4):
        line["session_policies"] = maker.policies("session", 2, deny_in=10)
    if chance(draw, 3):
        line["service_control_policies"] = maker.levels("scp", maker.scps)
    if chance(draw, 4):
        line["resource_control_policies"] = maker.levels("rcp", maker.rcps)
    if chance(draw, 6):
        line["endpoint_policies"] = maker.endpoint()
    if maker.scene.policy != "none" and not chance(draw, 4):
        line["resource_policy"] = maker.resource_policy()
    if maker.scene.policy == "key" and chance(draw, 2):
        line["grants"] = maker.grants()


def context_values(draw: Draw, key: Key) -> Any:
    """A value that a request has for a key, or several."""
    if not key.several:
        value = one_of(draw, key.values)
        return [value] if chance(draw, 8) else value
    return draw(st.lists(st.sampled_from(key.values), max_size=3, unique=True))
