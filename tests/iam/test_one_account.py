"""Within one account: what a resource's policy can allow alone, and what it overrides.

The rows are those of AWS's table "Resource-based policies and implicit denies in other policy types (same account)",
with those that the text around it adds.
"""

from typing import Any

import pytest

from bot.iam import Decision
from tests.iam.asking import (
    BACKUP,
    FEDERATED_USER,
    HERE,
    ROLE,
    ROOT,
    SESSION,
    THERE,
    USER,
    allow,
    ask,
    deny,
    to,
)

NOTHING = [allow("ec2:*")]
"""A policy that is silent on the question."""

PATH_ROLE = f"arn:aws:iam::{HERE}:role/service-role/job"
PROVIDER = f"arn:aws:iam::{HERE}:saml-provider/corp"

ROWS: list[tuple[str, str, dict[str, Any], str, list[str]]] = [
    ("an identity policy allows", ROLE, {"identity": [allow()]}, "allowed", []),
    ("nothing allows", ROLE, {"identity": NOTHING}, "implicit-deny", ["identity"]),
    ("no policy at all", ROLE, {}, "implicit-deny", ["identity"]),
    ("an identity policy denies", ROLE, {"identity": [allow(), deny()]}, "explicit-deny", []),
    ("a boundary alone allows nothing", ROLE, {"boundary": [allow()]}, "implicit-deny", ["identity"]),
    (
        "identity policy and boundary allow",
        ROLE,
        {"identity": [allow()], "boundary": [allow()]},
        "allowed",
        [],
    ),
    (
        "the boundary is silent",
        ROLE,
        {"identity": [allow()], "boundary": NOTHING},
        "implicit-deny",
        ["boundary"],
    ),
    (
        "the boundary denies",
        ROLE,
        {"identity": [allow()], "boundary": [allow(), deny()]},
        "explicit-deny",
        [],
    ),
    (
        "the session policy is silent",
        SESSION,
        {"identity": [allow()], "session": NOTHING},
        "implicit-deny",
        ["session"],
    ),
    (
        "identity policy and session policy allow",
        SESSION,
        {"identity": [allow()], "session": [allow()]},
        "allowed",
        [],
    ),
    (
        "every layer that is silent is named",
        SESSION,
        {"boundary": NOTHING, "session": NOTHING, "endpoint": NOTHING, "scps": [[deny("ec2:*")]]},
        "implicit-deny",
        ["identity", "boundary", "session", "endpoint"],
    ),
    ("the resource's policy names the role", ROLE, {"resource": [to(ROLE)]}, "allowed", []),
    ("the resource's policy names the session's role", SESSION, {"resource": [to(ROLE)]}, "allowed", []),
    ("the resource's policy names the role with its path", SESSION, {"resource": [to(PATH_ROLE)]}, "allowed", []),
    ("another path is another role", PATH_ROLE, {"resource": [to(ROLE)]}, "implicit-deny", ["identity"]),
    (
        "a grant to the role is capped by the boundary",
        SESSION,
        {"resource": [to(ROLE)], "boundary": NOTHING},
        "implicit-deny",
        ["boundary"],
    ),
    (
        "a grant to the role is capped by the session policy",
        SESSION,
        {"resource": [to(ROLE)], "session": NOTHING},
        "implicit-deny",
        ["session"],
    ),
    (
        "a grant to the session overrides every implicit deny",
        SESSION,
        {"resource": [to(SESSION)], "identity": NOTHING, "boundary": NOTHING, "session": NOTHING},
        "allowed",
        [],
    ),
    (
        "a grant to another session of the role is none",
        SESSION,
        {"resource": [to(SESSION + "-other")]},
        "implicit-deny",
        ["identity"],
    ),
    (
        "a grant to a session is none to the role as such",
        ROLE,
        {"resource": [to(SESSION)]},
        "implicit-deny",
        ["identity"],
    ),
    (
        "a grant to the user overrides every implicit deny",
        USER,
        {"resource": [to(USER)], "identity": NOTHING, "boundary": NOTHING},
        "allowed",
        [],
    ),
    ("a user's name is compared with its case", USER, {"resource": [to(USER.upper())]}, "implicit-deny", ["identity"]),
    (
        "a federated user needs a session policy",
        FEDERATED_USER,
        {"identity": [allow()]},
        "implicit-deny",
        ["session"],
    ),
    (
        "a federated user with a session policy",
        FEDERATED_USER,
        {"identity": [allow()], "session": [allow()]},
        "allowed",
        [],
    ),
    (
        "a grant to the user behind a federated session is capped by the boundary",
        FEDERATED_USER,
        {"resource": [to(USER)], "boundary": NOTHING, "session": [allow()]},
        "implicit-deny",
        ["boundary"],
    ),
    (
        "a grant to the user behind a federated session is capped by the session policy",
        FEDERATED_USER,
        {"resource": [to(USER)], "session": NOTHING},
        "implicit-deny",
        ["session"],
    ),
    (
        "a grant to the federated session overrides every implicit deny",
        FEDERATED_USER,
        {"resource": [to(FEDERATED_USER)], "boundary": NOTHING, "session": NOTHING},
        "allowed",
        [],
    ),
    ("a grant to everyone needs no identity policy", ROLE, {"resource": [to("*")]}, "allowed", []),
    (
        "a grant to everyone overrides the boundary",
        ROLE,
        {"resource": [to("*")], "boundary": NOTHING},
        "allowed",
        [],
    ),
    (
        "a grant to everyone overrides the session policy",
        SESSION,
        {"resource": [to("*")], "session": NOTHING},
        "allowed",
        [],
    ),
    (
        "a grant to everyone among others overrides the boundary",
        ROLE,
        {"resource": [to(["*", ROLE])], "boundary": NOTHING},
        "allowed",
        [],
    ),
    ("a grant to the account is none to its roles", ROLE, {"resource": [to(ROOT)]}, "implicit-deny", ["identity"]),
    ("a grant to the account's id is the same", ROLE, {"resource": [to(HERE)]}, "implicit-deny", ["identity"]),
    (
        "an account of another partition is another account",
        ROLE,
        {"identity": [allow()], "resource": [to(ROOT.replace("aws", "aws-cn", 1), deny())]},
        "allowed",
        [],
    ),
    ("the root user needs no policy", ROOT, {}, "allowed", []),
    ("the root user is denied by a resource's policy", ROOT, {"resource": [to(ROOT, deny())]}, "explicit-deny", []),
    (
        "a deny to the account hits its roles",
        ROLE,
        {"identity": [allow()], "resource": [to(ROOT, deny())]},
        "explicit-deny",
        [],
    ),
    (
        "a deny to another account hits none of this",
        ROLE,
        {"identity": [allow()], "resource": [to(THERE, deny())]},
        "allowed",
        [],
    ),
    (
        "a deny to the role hits its sessions",
        SESSION,
        {"identity": [allow()], "resource": [to(ROLE, deny())]},
        "explicit-deny",
        [],
    ),
    ("a deny to everyone", ROLE, {"identity": [allow()], "resource": [to("*", deny())]}, "explicit-deny", []),
    ("a service needs the resource's policy", BACKUP, {}, "implicit-deny", ["resource"]),
    (
        "a service is named",
        BACKUP,
        {"resource": [allow(Principal={"Service": [BACKUP, "rds.amazonaws.com"]})]},
        "allowed",
        [],
    ),
    (
        "another service is named",
        BACKUP,
        {"resource": [allow(Principal={"Service": "rds.amazonaws.com"})]},
        "implicit-deny",
        ["resource"],
    ),
    ("a service is one of everyone", BACKUP, {"resource": [to("*")]}, "allowed", []),
    ("identity policies are nothing to a service", BACKUP, {"identity": [allow()]}, "implicit-deny", ["resource"]),
    ("a deny to everyone hits a service", BACKUP, {"resource": [to("*"), to("*", deny())]}, "explicit-deny", []),
    ("a provider is named", PROVIDER, {"resource": [allow(Principal={"Federated": PROVIDER})]}, "allowed", []),
    ("a request without credentials is one of everyone", "*", {"resource": [to("*")]}, "allowed", []),
    ("a request without credentials is nobody else", "*", {"resource": [to(HERE)]}, "implicit-deny", ["resource"]),
    ("an endpoint has to allow", ROLE, {"identity": [allow()], "endpoint": NOTHING}, "implicit-deny", ["endpoint"]),
    ("an endpoint allows everyone", ROLE, {"identity": [allow()], "endpoint": [to("*")]}, "allowed", []),
    ("an endpoint names no principal", ROLE, {"identity": [allow()], "endpoint": [allow()]}, "allowed", []),
    ("an endpoint allows the account", ROLE, {"identity": [allow()], "endpoint": [to(ROOT)]}, "allowed", []),
    (
        "an endpoint allows another",
        ROLE,
        {"identity": [allow()], "endpoint": [to(USER)]},
        "implicit-deny",
        ["endpoint"],
    ),
    ("an endpoint denies", ROLE, {"identity": [allow()], "endpoint": [to("*"), to("*", deny())]}, "explicit-deny", []),
    (
        "an endpoint has to allow a service",
        BACKUP,
        {"resource": [to("*")], "endpoint": NOTHING},
        "implicit-deny",
        ["endpoint"],
    ),
]


@pytest.mark.parametrize(("rule", "principal", "layers", "decision", "missing"), ROWS, ids=[row[0] for row in ROWS])
def test_a_request_within_an_account_is_decided_as_the_rule_says(
    rule: str, principal: str, layers: dict[str, Any], decision: str, missing: list[str]
) -> None:
    answer = ask(principal, resource_account=HERE, **layers)
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


CONTESTED = [
    ("everyone against a silent boundary", ROLE, {"resource": [to("*")], "boundary": NOTHING}, True),
    ("everyone against a silent session policy", SESSION, {"resource": [to("*")], "session": NOTHING}, True),
    ("everyone, and the boundary allows", ROLE, {"resource": [to("*")], "boundary": [allow()]}, False),
    ("everyone without a boundary", ROLE, {"resource": [to("*")]}, False),
    ("the session itself against a silent boundary", SESSION, {"resource": [to(SESSION)], "boundary": NOTHING}, False),
    ("everyone and the user itself", USER, {"resource": [to(["*", USER])], "boundary": NOTHING}, False),
    (
        "everyone, but the guard rails are silent",
        ROLE,
        {"resource": [to("*")], "boundary": NOTHING, "endpoint": NOTHING},
        False,
    ),
]


@pytest.mark.parametrize(("rule", "principal", "layers", "contested"), CONTESTED, ids=[row[0] for row in CONTESTED])
def test_an_answer_that_experts_dispute_is_marked(
    rule: str, principal: str, layers: dict[str, Any], contested: bool
) -> None:
    assert ask(principal, **layers).contested is contested, rule


SESSION_LISTED = [SESSION, ROLE, ROOT]

EXCEPTED = [
    ("the user and its account are listed", USER, [USER, ROOT], {}, False),
    ("the account can be listed by its id", USER, [USER, HERE], {}, False),
    ("the user is listed without its account", USER, [USER], {}, True),
    ("the account alone exempts none of its users", USER, [ROOT], {}, True),
    ("another user of the account is hit", USER, [USER + "-other", ROOT], {}, True),
    ("the role and its account are listed", ROLE, [ROLE, ROOT], {}, False),
    ("the role is listed without its account", ROLE, [ROLE], {}, True),
    ("session, role and account are listed", SESSION, SESSION_LISTED, {}, False),
    ("the session is listed without its role", SESSION, [SESSION, ROOT], {}, True),
    ("the role and its account do not exempt a session", SESSION, [ROLE, ROOT], {}, True),
    ("the root user is exempted by its account", ROOT, [ROOT], {}, False),
    ("a federated user and its account are listed", FEDERATED_USER, [FEDERATED_USER, ROOT], {}, False),
    ("everyone is listed", SESSION, ["*"], {}, False),
    ("a principal with a boundary is hit, whoever is listed", ROLE, [ROLE, ROOT], {"boundary": [allow()]}, True),
]


@pytest.mark.parametrize(("rule", "principal", "listed", "layers", "hit"), EXCEPTED, ids=[row[0] for row in EXCEPTED])
def test_a_deny_with_not_principal_exempts_only_who_is_listed_whole(
    rule: str, principal: str, listed: list[str], layers: dict[str, Any], hit: bool
) -> None:
    statement = deny(NotPrincipal={"AWS": listed})
    answer = ask(principal, identity=[allow()], session=[allow()], resource=[to(ROOT), statement], **layers)
    assert (answer.decision is Decision.EXPLICIT_DENY) is hit, rule


def test_a_deny_with_not_principal_exempts_a_service_that_is_listed() -> None:
    for listed, decision in ((BACKUP, Decision.ALLOWED), ("rds.amazonaws.com", Decision.EXPLICIT_DENY)):
        statement = deny(NotPrincipal={"Service": listed})
        assert ask(BACKUP, resource=[to("*"), statement]).decision is decision


def test_a_deny_with_not_principal_is_disputed_where_the_principal_is_listed_but_not_its_account() -> None:
    listed = ask(ROLE, identity=[allow()], resource=[deny(NotPrincipal={"AWS": ROLE})])
    unlisted = ask(ROLE, identity=[allow()], resource=[deny(NotPrincipal={"AWS": USER})])
    assert (listed.contested, unlisted.contested) == (True, False)
    assert [match.contested for match in (*listed.by, *unlisted.by)] == [True, False]


def test_a_statement_that_experts_dispute_is_marked_where_another_denies_too() -> None:
    answer = ask(ROLE, identity=[allow(), deny()], resource=[deny(NotPrincipal={"AWS": ROLE})])
    assert not answer.contested
    assert [(match.layer, match.contested) for match in answer.by] == [("identity", False), ("resource", True)]


def test_a_deny_with_not_principal_that_hits_for_a_boundary_is_not_disputed() -> None:
    answer = ask(ROLE, identity=[allow()], boundary=[allow()], resource=[deny(NotPrincipal={"AWS": ROLE})])
    assert (answer.decision, answer.contested) == (Decision.EXPLICIT_DENY, False)


@pytest.mark.parametrize(("listed", "decision"), [(USER, Decision.ALLOWED), (ROLE, Decision.IMPLICIT_DENY)])
def test_an_allow_with_not_principal_means_everyone_who_is_not_listed(listed: str, decision: Decision) -> None:
    assert ask(ROLE, resource=[allow(NotPrincipal={"AWS": listed})]).decision is decision


UNIQUE = "AROAEXAMPLE000000001"

UNIQUE_IDS = [
    ("a unique id is no ARN", ROLE, UNIQUE, None, None, Decision.IMPLICIT_DENY),
    ("the role with that id is meant", ROLE, UNIQUE, UNIQUE, None, Decision.ALLOWED),
    ("a role with another id is not", ROLE, UNIQUE, "AROAEXAMPLE000000002", None, Decision.IMPLICIT_DENY),
    ("a session of the role is meant", SESSION, UNIQUE, UNIQUE, None, Decision.ALLOWED),
    ("aws:userid tells the id", SESSION, UNIQUE, None, f"{UNIQUE}:AWSBackup-job", Decision.ALLOWED),
    ("a user with that id is meant", USER, "AIDAEXAMPLE000000001", "AIDAEXAMPLE000000001", None, Decision.ALLOWED),
]


@pytest.mark.parametrize(
    ("rule", "principal", "named", "principal_id", "user_id", "decision"),
    UNIQUE_IDS,
    ids=[row[0] for row in UNIQUE_IDS],
)
def test_a_unique_id_means_only_who_has_it(
    rule: str, principal: str, named: str, principal_id: str | None, user_id: str | None, decision: Decision
) -> None:
    answer = ask(principal, principal_id=principal_id, context={"aws:userid": user_id}, resource=[to(named)])
    assert answer.decision is decision, rule


def test_a_grant_to_a_unique_id_of_a_role_is_capped_by_the_boundary() -> None:
    answer = ask(SESSION, principal_id=UNIQUE, resource=[to(UNIQUE)], boundary=NOTHING)
    assert answer.missing == ("boundary",)
