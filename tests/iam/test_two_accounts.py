"""Across accounts both sides have to allow: the principal's policies there, the resource's policy here."""

from typing import Any

import pytest

from tests.iam.asking import BACKUP, HERE, ROLE, ROOT, SESSION, THERE, USER, VAULT, VAULT_THERE, allow, ask, deny, to

NOTHING = [allow("ec2:*")]
BOTH = {"identity": [allow()], "resource": [to(ROLE)]}

ROWS: list[tuple[str, str, dict[str, Any], str, list[str]]] = [
    ("both sides allow", ROLE, BOTH, "allowed", []),
    ("only the identity policy allows", ROLE, {"identity": [allow()]}, "implicit-deny", ["resource"]),
    ("only the resource's policy allows", ROLE, {"resource": [to(ROLE)]}, "implicit-deny", ["identity"]),
    ("neither allows", ROLE, {}, "implicit-deny", ["identity", "resource"]),
    ("the resource's policy names the account", ROLE, {"identity": [allow()], "resource": [to(HERE)]}, "allowed", []),
    ("the resource's policy names everyone", ROLE, {"identity": [allow()], "resource": [to("*")]}, "allowed", []),
    ("everyone is not enough alone", ROLE, {"resource": [to("*")]}, "implicit-deny", ["identity"]),
    ("the user itself is not enough alone", USER, {"resource": [to(USER)]}, "implicit-deny", ["identity"]),
    ("the session itself is not enough alone", SESSION, {"resource": [to(SESSION)]}, "implicit-deny", ["identity"]),
    (
        "the resource's own account is not the principal's",
        ROLE,
        {"identity": [allow()], "resource": [to(THERE)]},
        "implicit-deny",
        ["resource"],
    ),
    ("the boundary has to allow", ROLE, {**BOTH, "boundary": NOTHING}, "implicit-deny", ["boundary"]),
    (
        "the boundary has to allow a user too",
        USER,
        {"identity": [allow()], "resource": [to(USER)], "boundary": NOTHING},
        "implicit-deny",
        ["boundary"],
    ),
    (
        "the session policy has to allow the session itself",
        SESSION,
        {"identity": [allow()], "resource": [to(SESSION)], "session": NOTHING},
        "implicit-deny",
        ["session"],
    ),
    ("the identity side denies", ROLE, {**BOTH, "identity": [allow(), deny()]}, "explicit-deny", []),
    ("the resource side denies", ROLE, {**BOTH, "resource": [to(ROLE), to(HERE, deny())]}, "explicit-deny", []),
    ("a root user has to be allowed by the other side", ROOT, {}, "implicit-deny", ["resource"]),
    ("a root user is allowed by the other side", ROOT, {"resource": [to(HERE)]}, "allowed", []),
    ("a service has no account", BACKUP, {"resource": [allow(Principal={"Service": BACKUP})]}, "allowed", []),
]


@pytest.mark.parametrize(("rule", "principal", "layers", "decision", "missing"), ROWS, ids=[row[0] for row in ROWS])
def test_a_request_to_another_account_is_decided_as_the_rule_says(
    rule: str, principal: str, layers: dict[str, Any], decision: str, missing: list[str]
) -> None:
    answer = ask(principal, on=VAULT_THERE, **layers)
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


OWNERS = [
    ("the account in the ARN", VAULT_THERE, None, THERE),
    ("the account that is given", "arn:aws:s3:::data", THERE, THERE),
    ("the given one before the ARN's", VAULT, THERE, THERE),
    ("the principal's where the ARN has none", "arn:aws:s3:::data", None, HERE),
    ("the principal's for AWS's own resources", "arn:aws:iam::aws:policy/ReadOnlyAccess", None, HERE),
    ("the principal's where no resource is named", "*", None, HERE),
]


@pytest.mark.parametrize(("rule", "resource", "given", "owner"), OWNERS, ids=[row[0] for row in OWNERS])
def test_a_resource_belongs_to(rule: str, resource: str, given: str | None, owner: str) -> None:
    answer = ask(on=resource, resource_account=given, identity=[allow()])
    assert answer.request.resource_account == owner, rule
    assert (answer.decision == "allowed") is (owner == HERE)
