"""KMS keys, their grants, and roles to assume: resources whose own policy has to allow in any case."""

from typing import Any

import pytest

from bot.iam import Decision
from tests.iam.asking import (
    BACKUP,
    HERE,
    KEY,
    KEY_THERE,
    ROLE,
    ROOT,
    SESSION,
    TARGET,
    TARGET_THERE,
    THERE,
    USER,
    VAULT,
    allow,
    ask,
    deny,
    policy,
    to,
)

ENABLE_IAM = to(ROOT, allow("kms:*"))
ALIAS = f"arn:aws:kms:eu-west-1:{HERE}:alias/app"
NOTHING = [allow("ec2:*")]

KEYS: list[tuple[str, str, str, str, dict[str, Any], str, list[str]]] = [
    ("the key policy delegates and an identity policy allows", ROLE, "kms:Decrypt", KEY,
     {"identity": [allow()], "resource": [ENABLE_IAM]}, "allowed", []),
    ("the key policy delegates and no identity policy allows", ROLE, "kms:Decrypt", KEY,
     {"resource": [ENABLE_IAM]}, "implicit-deny", ["identity"]),
    ("the key policy does not delegate", ROLE, "kms:Decrypt", KEY,
     {"identity": [allow()], "resource": [to(USER)]}, "implicit-deny", ["resource"]),
    ("the key policy delegates another action", ROLE, "kms:Decrypt", KEY,
     {"identity": [allow()], "resource": [to(ROOT, allow("kms:Describe*"))]}, "implicit-deny", ["resource"]),
    ("the key policy names the role", ROLE, "kms:Decrypt", KEY, {"resource": [to(ROLE)]}, "allowed", []),
    ("the key policy names everyone", ROLE, "kms:Decrypt", KEY, {"resource": [to("*")]}, "allowed", []),
    ("a grant by the key policy is capped by the boundary", ROLE, "kms:Decrypt", KEY,
     {"resource": [to(ROLE)], "boundary": NOTHING}, "implicit-deny", ["boundary"]),
    ("the boundary is named beside a silent key policy", ROLE, "kms:Decrypt", KEY,
     {"identity": [allow()], "resource": [to(USER)], "boundary": NOTHING}, "implicit-deny", ["boundary", "resource"]),
    ("an identity policy denies what the key policy allows", ROLE, "kms:Decrypt", KEY,
     {"identity": [deny()], "resource": [to(ROLE)]}, "explicit-deny", []),
    ("the root user needs the key policy", ROOT, "kms:Decrypt", KEY, {"resource": [to(ROLE)]},
     "implicit-deny", ["resource"]),
    ("the root user is named by its account", ROOT, "kms:Decrypt", KEY, {"resource": [ENABLE_IAM]}, "allowed", []),
    ("a key whose policy is not given delegates", ROLE, "kms:Decrypt", KEY, {"identity": [allow()]}, "allowed", []),
    ("a key whose policy is not given does not name the role", ROLE, "kms:Decrypt", KEY, {},
     "implicit-deny", ["identity"]),
    ("an empty key policy delegates nothing", ROLE, "kms:Decrypt", KEY, {"identity": [allow()], "resource": []},
     "implicit-deny", ["resource"]),
    ("an action on no key needs no key policy", ROLE, "kms:ListKeys", "*", {"identity": [allow()]}, "allowed", []),
    ("an alias has no key policy", ROLE, "kms:CreateAlias", ALIAS,
     {"identity": [allow()], "resource": [to(USER)]}, "allowed", []),
    ("what is called a key without an ARN is one", ROLE, "kms:Decrypt", "1234abcd",
     {"identity": [allow()], "resource": [to(USER)]}, "implicit-deny", ["resource"]),
    ("a service is named", BACKUP, "kms:Decrypt", KEY, {"resource": [allow(Principal={"Service": BACKUP})]},
     "allowed", []),
    ("a service is not delegated to", BACKUP, "kms:Decrypt", KEY, {"resource": [ENABLE_IAM]},
     "implicit-deny", ["resource"]),
    ("another account's key names this account", ROLE, "kms:Decrypt", KEY_THERE,
     {"identity": [allow()], "resource": [to(HERE)]}, "allowed", []),
    ("another account's key names only its own account", ROLE, "kms:Decrypt", KEY_THERE,
     {"identity": [allow()], "resource": [to(THERE)]}, "implicit-deny", ["resource"]),
    ("another account's key names the role, and no identity policy allows", ROLE, "kms:Decrypt", KEY_THERE,
     {"resource": [to(ROLE)]}, "implicit-deny", ["identity"]),
    ("another account's key without a known policy names nobody here", ROLE, "kms:Decrypt", KEY_THERE,
     {"identity": [allow()]}, "implicit-deny", ["resource"]),
    ("another account is never let manage a key", ROLE, "kms:ScheduleKeyDeletion", KEY_THERE,
     {"identity": [allow()], "resource": [to(ROLE)]}, "implicit-deny", ["resource"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "principal", "action", "on", "layers", "decision", "missing"), KEYS, ids=[row[0] for row in KEYS]
)
def test_a_key_is_used_as_the_rule_says(
    rule: str, principal: str, action: str, on: str, layers: dict[str, Any], decision: str, missing: list[str]
) -> None:
    answer = ask(principal, action, on, **layers)
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


VIA_EC2 = {"StringLike": {"kms:ViaService": "ec2.*.amazonaws.com"}}
FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
OWN_CALLERS = {"StringEquals": {"kms:CallerAccount": HERE}}

CONDITIONED: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
    ("kms:ViaService is met", VIA_EC2, {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}, "allowed"),
    ("kms:ViaService is another service", VIA_EC2, {"kms:ViaService": "rds.eu-west-1.amazonaws.com"}, "implicit-deny"),
    ("kms:ViaService is absent", VIA_EC2, {}, "implicit-deny"),
    ("kms:GrantIsForAWSResource is met", FOR_AWS, {"kms:GrantIsForAWSResource": "true"}, "allowed"),
    ("kms:GrantIsForAWSResource is absent", FOR_AWS, {}, "implicit-deny"),
    ("kms:CallerAccount is met", OWN_CALLERS, {"kms:CallerAccount": HERE}, "allowed"),
    ("kms:CallerAccount is another", OWN_CALLERS, {"kms:CallerAccount": THERE}, "implicit-deny"),
]


@pytest.mark.parametrize(("rule", "condition", "context", "decision"), CONDITIONED, ids=[row[0] for row in CONDITIONED])
def test_a_key_policy_delegates_under_conditions(
    rule: str, condition: dict[str, Any], context: dict[str, str], decision: str
) -> None:
    delegating = to(ROOT, allow("kms:*", Condition=condition))
    answer = ask(ROLE, "kms:CreateGrant", KEY, context=context, identity=[allow()], resource=[delegating])
    assert answer.decision == decision, rule


def grant(grantee: object = ROLE, operations: object = ("Decrypt", "CreateGrant"), **more: Any) -> dict[str, Any]:
    return {"GrantId": "g-1", "GranteePrincipal": grantee, "Operations": operations, "KeyId": KEY, **more}


TEAM = {"Constraints": {"EncryptionContextSubset": {"Team": "storage"}}}
ONLY_TEAM = {"Constraints": {"EncryptionContextEquals": {"Team": "storage"}}}
GIVEN = {"kms:EncryptionContext:Team": "storage"}
MORE = {**GIVEN, "kms:EncryptionContext:Site": "x"}
FOR_VAULT = {"SourceArn": VAULT}
SERVICE_GRANT = grant(None, GranteeServicePrincipal=BACKUP, Constraints=FOR_VAULT)
USER_POLICY = {"resource": [to(USER + "-other")]}
"""A key policy that names somebody else, so that only a grant can allow."""

GRANTS: list[tuple[str, str, dict[str, Any], str, dict[str, str], dict[str, Any], str, list[str]]] = [
    ("a grant needs no other policy", ROLE, grant(), "kms:Decrypt", {}, {}, "allowed", []),
    ("a grant allows its operations only", ROLE, grant(), "kms:Encrypt", {}, {}, "implicit-deny", ["resource"]),
    ("a grant to the role means its sessions", SESSION, grant(), "kms:Decrypt", {}, {}, "allowed", []),
    ("a grant to another is none", ROLE, grant(USER), "kms:Decrypt", {}, {}, "implicit-deny", ["resource"]),
    ("a grant to a service", BACKUP, grant(BACKUP), "kms:Decrypt", {}, {}, "allowed", []),
    ("a grant of another key is none", ROLE, grant(KeyId="arn:aws:kms:eu-west-1:1:key/99"), "kms:Decrypt", {}, {},
     "implicit-deny", ["resource"]),
    ("a grant need not say its key", ROLE, grant(KeyId=None), "kms:Decrypt", {}, {}, "allowed", []),
    ("a grant to the role is capped by the boundary", ROLE, grant(), "kms:Decrypt", {}, {"boundary": NOTHING},
     "implicit-deny", ["boundary"]),
    ("a grant to the user is not", USER, grant(USER), "kms:Decrypt", {}, {"boundary": NOTHING}, "allowed", []),
    ("a grant is stopped by an SCP", ROLE, grant(), "kms:Decrypt", {}, {"scps": [[deny()]]}, "explicit-deny", []),
    ("a grant is stopped by an endpoint", ROLE, grant(), "kms:Decrypt", {}, {"endpoint": NOTHING},
     "implicit-deny", ["endpoint"]),
    ("a grant is stopped by a deny", ROLE, grant(), "kms:Decrypt", {}, {"identity": [deny()]}, "explicit-deny", []),
    ("a subset of the encryption context is there", ROLE, grant(**TEAM), "kms:Decrypt", MORE, {}, "allowed", []),
    ("a subset of the encryption context is not there", ROLE, grant(**TEAM), "kms:Decrypt", {}, {},
     "implicit-deny", ["resource"]),
    ("the encryption context is equal", ROLE, grant(**ONLY_TEAM), "kms:Decrypt", GIVEN, {}, "allowed", []),
    ("the encryption context has more", ROLE, grant(**ONLY_TEAM), "kms:Decrypt", MORE, {},
     "implicit-deny", ["resource"]),
    ("the encryption context is compared with its case", ROLE, grant(**TEAM), "kms:Decrypt",
     {"kms:EncryptionContext:team": "storage"}, {}, "implicit-deny", ["resource"]),
    ("a constraint binds the grants that CreateGrant makes", ROLE, grant(**TEAM), "kms:CreateGrant", {}, {},
     "implicit-deny", ["resource"]),
    ("a grant as strict may be made", ROLE, grant(**TEAM), "kms:CreateGrant", GIVEN, {}, "allowed", []),
    ("a constraint does not bind DescribeKey", ROLE, grant(ROLE, ["DescribeKey"], **TEAM), "kms:DescribeKey", {}, {},
     "allowed", []),
    ("a grant to a service that works for a resource", BACKUP, SERVICE_GRANT, "kms:Decrypt",
     {"aws:SourceArn": VAULT}, {}, "allowed", []),
    ("a grant to a service that works for another resource", BACKUP, SERVICE_GRANT, "kms:Decrypt",
     {"aws:SourceArn": VAULT + "2"}, {}, "implicit-deny", ["resource"]),
    ("a grant to a service that works for no resource", BACKUP, SERVICE_GRANT, "kms:Decrypt", {}, {},
     "implicit-deny", ["resource"]),
    ("a grant to another service", "ec2.amazonaws.com", SERVICE_GRANT, "kms:Decrypt", {"aws:SourceArn": VAULT}, {},
     "implicit-deny", ["resource"]),
    ("the resource that a service works for is not asked of a role", ROLE, grant(Constraints=FOR_VAULT), "kms:Decrypt",
     {}, {}, "allowed", []),
    ("the resource that a service works for is not asked where it retires", BACKUP,
     {**SERVICE_GRANT, "Operations": ["RetireGrant"]}, "kms:RetireGrant", {}, {}, "allowed", []),
    ("a resource that can't be read allows nothing", ROLE, grant(Constraints={"SourceArn": 5}), "kms:Decrypt", {}, {},
     "implicit-deny", ["resource"]),
    ("the retiring service may retire", BACKUP, grant(RetiringServicePrincipal=BACKUP), "kms:RetireGrant", {}, {},
     "allowed", []),
    ("the retiring principal may retire", USER, grant(RetiringPrincipal=USER), "kms:RetireGrant", {}, {},
     "allowed", []),
    ("another may not", USER, grant(RetiringPrincipal=ROLE), "kms:RetireGrant", {}, {},
     "implicit-deny", ["identity"]),
    ("a constraint of an unknown kind allows nothing", ROLE, grant(Constraints={"Other": "x"}), "kms:Decrypt", {}, {},
     "implicit-deny", ["resource"]),
    ("constraints that can't be read allow nothing", ROLE, grant(Constraints="x"), "kms:Decrypt", {}, {},
     "implicit-deny", ["resource"]),
    ("operations that can't be read allow nothing", ROLE, grant(operations="Decrypt"), "kms:Decrypt", {}, {},
     "implicit-deny", ["resource"]),
    ("a grantee that can't be read is nobody", ROLE, grant(5), "kms:Decrypt", {}, {}, "implicit-deny", ["resource"]),
    ("a grant to everyone is none", ROLE, grant("*"), "kms:Decrypt", {}, {}, "implicit-deny", ["resource"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "principal", "given", "action", "context", "layers", "decision", "missing"),
    GRANTS,
    ids=[row[0] for row in GRANTS],
)
def test_a_grant_allows_as_the_rule_says(
    rule: str,
    principal: str,
    given: dict[str, Any],
    action: str,
    context: dict[str, str],
    layers: dict[str, Any],
    decision: str,
    missing: list[str],
) -> None:
    answer = ask(principal, action, KEY, context=context, grants=[given], **{**USER_POLICY, **layers})
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


THERE_GRANTS: list[tuple[str, object, dict[str, Any], str, list[str]]] = [
    ("the role itself needs no identity policy", ROLE, {}, "allowed", []),
    ("the account needs one", f"arn:aws:iam::{HERE}:root", {}, "implicit-deny", ["identity"]),
    ("the account with one", f"arn:aws:iam::{HERE}:root", {"identity": [allow()]}, "allowed", []),
    ("the boundary counts", ROLE, {"boundary": NOTHING}, "implicit-deny", ["boundary"]),
]


@pytest.mark.parametrize(
    ("rule", "grantee", "layers", "decision", "missing"), THERE_GRANTS, ids=[row[0] for row in THERE_GRANTS]
)
def test_a_grant_of_another_accounts_key(
    rule: str, grantee: object, layers: dict[str, Any], decision: str, missing: list[str]
) -> None:
    answer = ask(ROLE, "kms:Decrypt", KEY_THERE, grants=[grant(grantee, KeyId=KEY_THERE)], **layers)
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


GRANTED_ALONE: list[tuple[str, str, dict[str, Any], bool]] = [
    ("only the grant allows", KEY, USER_POLICY, True),
    ("only the grant allows across accounts", KEY_THERE, {}, True),
    ("the key policy allows the role as well", KEY, {"resource": [to(ROLE)]}, False),
    ("the account's identity policies allow as well", KEY, {"resource": [ENABLE_IAM], "identity": [allow()]}, False),
    ("an SCP is silent too", KEY, {**USER_POLICY, "scps": [[policy(allow("s3:*"))]]}, False),
]


@pytest.mark.parametrize(("rule", "on", "layers", "contested"), GRANTED_ALONE, ids=[row[0] for row in GRANTED_ALONE])
def test_whether_a_boundary_limits_a_grant_is_left_open(
    rule: str, on: str, layers: dict[str, Any], contested: bool
) -> None:
    answer = ask(ROLE, "kms:Decrypt", on, grants=[grant(KeyId=on)], boundary=NOTHING, **layers)
    assert (answer.decision, answer.contested) == (Decision.IMPLICIT_DENY, contested), rule


def test_grants_are_nothing_to_other_services() -> None:
    answer = ask(ROLE, "s3:GetObject", "arn:aws:s3:::b", grants=[grant(operations=["GetObject"])])
    assert answer.missing == ("identity",)


TRUSTING = [allow("sts:AssumeRole", Principal={"Service": BACKUP})]
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole"}
SOURCE = {"StringEquals": {"aws:SourceAccount": HERE}, "ArnLike": {"aws:SourceArn": f"arn:aws:backup:*:{HERE}:*"}}

ROLES: list[tuple[str, str, str, dict[str, Any], dict[str, str], str, list[str]]] = [
    ("the trust policy names the role, and no identity policy allows", ROLE, TARGET,
     {"resource": [{**TRUST, "Principal": {"AWS": ROLE}}]}, {}, "allowed", []),
    ("the trust policy names the account, and an identity policy allows", ROLE, TARGET,
     {"resource": [{**TRUST, "Principal": {"AWS": HERE}}], "identity": [allow()]}, {}, "allowed", []),
    ("the trust policy names the account, and no identity policy allows", ROLE, TARGET,
     {"resource": [{**TRUST, "Principal": {"AWS": ROOT}}]}, {}, "implicit-deny", ["identity"]),
    ("the root user assumes no role, whatever the trust policy says", ROOT, TARGET,
     {"resource": [{**TRUST, "Principal": {"AWS": ROOT}}]}, {}, "implicit-deny", ["resource"]),
    ("the trust policy names another", ROLE, TARGET,
     {"resource": [{**TRUST, "Principal": {"AWS": USER}}], "identity": [allow()]}, {}, "implicit-deny", ["resource"]),
    ("a role without a trust policy", ROLE, TARGET, {"identity": [allow()]}, {}, "implicit-deny", ["resource"]),
    ("the trust policy denies", ROLE, TARGET,
     {"resource": [{**TRUST, "Principal": {"AWS": ROLE}}, {**TRUST, "Effect": "Deny", "Principal": "*"}]}, {},
     "explicit-deny", []),
    ("another account's role, and both sides allow", ROLE, TARGET_THERE,
     {"resource": [{**TRUST, "Principal": {"AWS": HERE}}], "identity": [allow()]}, {}, "allowed", []),
    ("another account's role names the role, and no identity policy allows", ROLE, TARGET_THERE,
     {"resource": [{**TRUST, "Principal": {"AWS": ROLE}}]}, {}, "implicit-deny", ["identity"]),
    ("the trust policy names the service", BACKUP, TARGET, {"resource": TRUSTING}, {}, "allowed", []),
    ("the trust policy names another service", BACKUP, TARGET,
     {"resource": [{**TRUST, "Principal": {"Service": "ec2.amazonaws.com"}}]}, {}, "implicit-deny", ["resource"]),
    ("the service calls for the account", BACKUP, TARGET,
     {"resource": [{**TRUST, "Principal": {"Service": BACKUP}, "Condition": SOURCE}]},
     {"aws:SourceAccount": HERE, "aws:SourceArn": f"arn:aws:backup:eu-west-1:{HERE}:job:1"}, "allowed", []),
    ("the service calls for another account", BACKUP, TARGET,
     {"resource": [{**TRUST, "Principal": {"Service": BACKUP}, "Condition": SOURCE}]},
     {"aws:SourceAccount": THERE, "aws:SourceArn": f"arn:aws:backup:eu-west-1:{THERE}:job:1"},
     "implicit-deny", ["resource"]),
    ("the service gives no external id", BACKUP, TARGET,
     {"resource": [{**TRUST, "Principal": {"Service": BACKUP},
                    "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]}, {}, "implicit-deny", ["resource"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "principal", "on", "layers", "context", "decision", "missing"), ROLES, ids=[row[0] for row in ROLES]
)
def test_a_role_is_assumed_as_the_rule_says(
    rule: str,
    principal: str,
    on: str,
    layers: dict[str, Any],
    context: dict[str, str],
    decision: str,
    missing: list[str],
) -> None:
    answer = ask(principal, "sts:AssumeRole", on, context=context, **layers)
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


PASSED = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}


@pytest.mark.parametrize(
    ("context", "decision"),
    [
        ({"iam:PassedToService": "ec2.amazonaws.com"}, "allowed"),
        ({"iam:PassedToService": "rds.amazonaws.com"}, "implicit-deny"),
        ({}, "implicit-deny"),
    ],
)
def test_a_role_is_passed_to_the_service_that_the_policy_names(context: dict[str, str], decision: str) -> None:
    statement = allow("iam:PassRole", TARGET, Condition=PASSED)
    assert ask(ROLE, "iam:PassRole", TARGET, context=context, identity=[statement]).decision == decision


@pytest.mark.parametrize("action", ["sts:GetCallerIdentity", "sts:GetSessionToken"])
def test_an_action_that_needs_no_permission_is_never_denied(action: str) -> None:
    answer = ask(ROLE, action, "*", identity=[deny()], scps=[[deny()]])
    assert (answer.decision, answer.by, answer.layers) == ("allowed", (), ())
    assert ask("*", action, "*").decision == "implicit-deny"


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{HERE}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x"),
        ("kms:DeleteAlias", f"arn:aws:kms:eu-west-1:{HERE}:alias/aws/backup"),
    ],
)
def test_what_aws_owns_is_not_changed(action: str, on: str) -> None:
    assert ask(ROLE, action, on, identity=[allow()]).missing == ("resource",)
    assert ask(ROLE, "iam:GetPolicy", on, identity=[allow()]).decision == "allowed"
