"""The naive evaluator itself, held against cases whose answers AWS's pages give or that can be worked out by hand."""

from typing import Any

import pytest

from tests.iam.naive import evaluate
from tests.iam.naive_conditions import arn_matches, condition_holds, expand, resource_matches, wild
from tests.iam.vocabulary import AWAY, HOME, LINKED_SESSION, OTHER_SESSION, ROLE, SERVICE, SESSION, USER

BUCKET = "arn:aws:s3:::bucket/red"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1"
TRUSTING_ROLE = f"arn:aws:iam::{HOME}:role/restore"
VAULT = f"arn:aws:backup:eu-west-1:{HOME}:backup-vault:red"
ROOT = f"arn:aws:iam::{HOME}:root"

Json = dict[str, Any]


def policy(*statements: Json, name: str = "p", version: str = "2012-10-17") -> Json:
    return {"name": name, "policy": {"Version": version, "Statement": list(statements)}}


def allow(action: str = "*", resource: str | None = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, **({"Resource": resource} if resource else {}), **more}


def deny(action: str = "*", resource: str = "*", **more: Any) -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def principal(*names: str) -> Json:
    return {"Principal": {"AWS": list(names)}}


def answer(who: str, action: str, resource: str, **members: Any) -> tuple[str, list[str]]:
    found = evaluate({"id": "1", "principal": who, "action": action, "resource": resource, **members})
    return found["decision"], found["missing"]


ALL = [policy(allow())]
NOTHING = [policy(allow("tag:GetResources"))]
ALLOWED: tuple[str, list[str]] = ("allowed", [])
NOT_BY_IDENTITY = ("implicit-deny", ["identity"])


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({}, NOT_BY_IDENTITY, id="nothing allows: implicit deny"),
        pytest.param({"identity_policies": ALL}, ALLOWED, id="an identity policy allows"),
        pytest.param(
            {"identity_policies": [*ALL, policy(deny("s3:Get*"))]}, ("explicit-deny", []), id="a deny beats an allow"
        ),
        pytest.param(
            {"identity_policies": ALL, "permission_boundaries": NOTHING},
            ("implicit-deny", ["boundary"]),
            id="a boundary limits identity policies",
        ),
        pytest.param(
            {"identity_policies": ALL, "session_policies": NOTHING},
            ("implicit-deny", ["session"]),
            id="a session policy limits identity policies",
        ),
        pytest.param(
            {"identity_policies": ALL, "service_control_policies": [ALL, NOTHING, ALL]},
            ("implicit-deny", ["scp"]),
            id="every level of SCPs has to allow",
        ),
        pytest.param(
            {"identity_policies": ALL, "service_control_policies": [ALL, []]},
            ("implicit-deny", ["scp"]),
            id="a level without SCPs allows nothing",
        ),
        pytest.param(
            {"identity_policies": ALL, "service_control_policies": [NOTHING], "management_account": HOME},
            ALLOWED,
            id="SCPs do not bind the management account",
        ),
        pytest.param(
            {
                "identity_policies": ALL,
                "resource_control_policies": [[policy(allow(Principal="*"), deny(Principal="*"))]],
            },
            ("explicit-deny", []),
            id="an RCP denies",
        ),
        pytest.param(
            {"identity_policies": ALL, "endpoint_policies": NOTHING},
            ("implicit-deny", ["endpoint"]),
            id="an endpoint policy has to allow",
        ),
        pytest.param(
            {"resource_policy": policy(allow(**principal(ROLE)))}, ALLOWED, id="a bucket policy grants a role"
        ),
        pytest.param(
            {"resource_policy": policy(allow(**principal(ROOT)))},
            NOT_BY_IDENTITY,
            id="an account is no grant to its roles",
        ),
        pytest.param(
            {"resource_policy": policy(allow(**principal(ROLE))), "permission_boundaries": NOTHING},
            ("implicit-deny", ["boundary"]),
            id="a boundary limits what is granted to a role",
        ),
        pytest.param(
            {
                "resource_policy": policy(allow(**principal(SESSION))),
                "permission_boundaries": NOTHING,
                "session_policies": NOTHING,
            },
            ALLOWED,
            id="nothing limits what is granted to a session",
        ),
        pytest.param(
            {"resource_policy": policy(allow(Principal="*")), "permission_boundaries": NOTHING},
            ALLOWED,
            id="nothing limits what is granted to everyone",
        ),
        pytest.param(
            {"resource_policy": policy(allow(**principal(OTHER_SESSION)))},
            NOT_BY_IDENTITY,
            id="another session is another",
        ),
        pytest.param(
            {"identity_policies": ALL, "resource_account": AWAY},
            ("implicit-deny", ["resource"]),
            id="across accounts the resource has to allow too",
        ),
        pytest.param(
            {"resource_policy": policy(allow(**principal(SESSION))), "resource_account": AWAY},
            NOT_BY_IDENTITY,
            id="across accounts the identity has to allow too",
        ),
        pytest.param(
            {
                "identity_policies": ALL,
                "resource_policy": policy(allow(**principal(HOME))),
                "resource_account": AWAY,
            },
            ALLOWED,
            id="across accounts an account can be granted",
        ),
        pytest.param(
            {
                "identity_policies": ALL,
                "resource_policy": policy(deny(NotPrincipal={"AWS": [SESSION, ROLE, ROOT]})),
            },
            ALLOWED,
            id="NotPrincipal exempts whom it names",
        ),
        pytest.param(
            {
                "identity_policies": ALL,
                "permission_boundaries": ALL,
                "resource_policy": policy(deny(NotPrincipal={"AWS": [SESSION, ROLE, ROOT]})),
            },
            ("explicit-deny", []),
            id="NotPrincipal exempts none with a boundary",
        ),
    ],
)
def test_a_session_reads_from_a_bucket(members: Json, expected: tuple[str, list[str]]) -> None:
    assert answer(SESSION, "s3:GetObject", BUCKET, **members) == expected


def test_nothing_limits_what_a_bucket_grants_a_user() -> None:
    granted = {"resource_policy": policy(allow(**principal(USER))), "permission_boundaries": NOTHING}
    assert answer(USER, "s3:GetObject", BUCKET, **granted) == ALLOWED


def test_a_grant_that_names_nobody_to_retire_it_lets_no_user_retire_it() -> None:
    grants = [{"GranteePrincipal": ROLE, "Operations": ["Encrypt"]}]
    assert answer(USER, "kms:RetireGrant", KEY, grants=grants) == ("implicit-deny", ["identity"])


def test_scps_and_rcps_leave_service_linked_roles_alone() -> None:
    members = {"identity_policies": ALL, "service_control_policies": [[]], "resource_control_policies": [[]]}
    assert answer(LINKED_SESSION, "s3:GetObject", BUCKET, **members) == ALLOWED


def test_rcps_leave_other_services_alone() -> None:
    members = {"identity_policies": ALL, "resource_control_policies": [[policy(deny(Principal="*"))]]}
    assert answer(SESSION, "backup:StartBackupJob", VAULT, **members) == ALLOWED
    assert answer(SESSION, "kms:Decrypt", KEY, **members) == ("explicit-deny", ["rcp"])
    assert answer(SESSION, "kms:RetireGrant", KEY, **members) == ALLOWED


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({"identity_policies": ALL}, ALLOWED, id="without a policy the account is delegated to"),
        pytest.param(
            {"identity_policies": ALL, "resource_policy": policy(allow(**principal(ROOT)))}, ALLOWED, id="delegation"
        ),
        pytest.param(
            {"identity_policies": ALL, "resource_policy": policy(allow(**principal(USER)))},
            ("implicit-deny", ["resource"]),
            id="without delegation identity policies allow nothing",
        ),
        pytest.param({"resource_policy": policy(allow(**principal(ROLE)))}, ALLOWED, id="the key policy alone grants"),
        pytest.param(
            {
                "resource_policy": policy(allow(**principal(USER))),
                "grants": [{"GranteePrincipal": ROLE, "Operations": ["Decrypt"]}],
            },
            ALLOWED,
            id="a grant alone grants",
        ),
        pytest.param(
            {
                "context": {"kms:EncryptionContext:Department": "IT", "kms:EncryptionContext:a": "b"},
                "grants": [
                    {
                        "GranteePrincipal": ROLE,
                        "Operations": ["Decrypt"],
                        "Constraints": {"EncryptionContextEquals": {"Department": "IT"}},
                    }
                ],
            },
            NOT_BY_IDENTITY,
            id="EncryptionContextEquals is exact",
        ),
    ],
)
def test_a_session_decrypts_with_a_key(members: Json, expected: tuple[str, list[str]]) -> None:
    assert answer(SESSION, "kms:Decrypt", KEY, **members) == expected


def test_a_service_assumes_a_role_by_its_trust_policy_alone() -> None:
    trusting = {"resource_policy": policy(allow("sts:AssumeRole", None, Principal={"Service": SERVICE}))}
    assert answer(SERVICE, "sts:AssumeRole", TRUSTING_ROLE, **trusting) == ALLOWED
    assert answer(SERVICE, "sts:AssumeRole", TRUSTING_ROLE) == ("implicit-deny", ["resource"])


def test_a_role_of_the_account_has_to_be_trusted_too() -> None:
    trusting = {"resource_policy": policy(allow("sts:AssumeRole", None, **principal(AWAY)))}
    assert answer(ROLE, "sts:AssumeRole", TRUSTING_ROLE, identity_policies=ALL, **trusting) == (
        "implicit-deny",
        ["resource"],
    )


@pytest.mark.parametrize(
    ("operator", "present", "values", "expected"),
    [
        ("StringEquals", ["red"], ["blue", "red"], True),
        ("StringEquals", ["Red"], ["red"], False),
        ("StringEquals", ["red"], ["r*"], False),
        ("StringEqualsIgnoreCase", ["Red"], ["red"], True),
        ("StringLike", ["red"], ["r?d"], True),
        ("StringNotEquals", ["green"], ["red", "blue"], True),
        ("StringNotEquals", ["blue"], ["red", "blue"], False),
        ("StringEquals", [], ["red"], False),
        ("StringNotEquals", [], ["red"], True),
        ("StringEqualsIfExists", [], ["red"], True),
        ("StringEqualsIfExists", ["blue"], ["red"], False),
        ("Null", [], ["true"], True),
        ("Null", ["x"], ["true"], False),
        ("Null", ["x"], ["false"], True),
        ("ForAllValues:StringEquals", ["PostDateTime", "UserName"], ["PostDateTime", "Message", "Tags"], False),
        ("ForAllValues:StringEquals", ["Message", "Tags"], ["PostDateTime", "Message", "Tags"], True),
        ("ForAllValues:StringEquals", [], ["Tags"], True),
        ("ForAnyValue:StringEquals", ["UserName", "PostDateTime"], ["ID", "PostDateTime"], True),
        ("ForAnyValue:StringEquals", ["UserName"], ["ID", "PostDateTime"], False),
        ("ForAnyValue:StringEquals", [], ["ID"], False),
        ("ForAnyValue:StringNotEquals", ["ID", "Tags"], ["ID"], True),
        ("ForAnyValue:StringNotEquals", [], ["ID"], False),
        ("ForAnyValue:StringEqualsIfExists", [], ["ID"], True),
        ("ForAllValues:StringNotEquals", ["ID", "Tags"], ["ID"], False),
        ("NumericLessThanEquals", ["10"], ["10"], True),
        ("NumericLessThan", ["10"], ["10"], False),
        ("NumericEquals", ["10.0"], ["10"], True),
        ("NumericGreaterThan", ["10.5"], ["10"], True),
        ("DateGreaterThan", ["2020-01-01T00:00:02Z"], ["2020-01-01T00:00:01Z"], True),
        ("DateEquals", ["2026-11-20T06:00:00+01:00"], ["1795150800"], True),
        ("DateLessThan", ["2026-11-20T23:59:59Z"], ["2026-11-21"], True),
        ("Bool", ["true"], ["true"], True),
        ("Bool", [], ["false"], False),
        ("BinaryEquals", ["QmFja3Vw"], ["QmFja3Vw"], True),
        ("IpAddress", ["203.0.113.1"], ["203.0.113.0/24"], True),
        ("IpAddress", ["198.51.100.1"], ["203.0.113.0/24"], False),
        ("NotIpAddress", ["198.51.100.1"], ["203.0.113.0/24"], True),
        ("IpAddress", ["2001:db8:1234:5678::1"], ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], True),
        ("IpAddress", ["203.0.113.6"], ["203.0.113.5"], False),
        ("ArnNotEquals", ["arn:aws:iam::222222222222:user/Mary"], ["arn:aws:iam::222222222222:user/Ana"], True),
        ("ArnEquals", ["arn:aws:iam::222222222222:user/Mary"], ["arn:aws:iam::*:user/M*"], True),
    ],
)
def test_a_condition_operator_compares(operator: str, present: list[str], values: list[str], *, expected: bool) -> None:
    assert condition_holds(operator, present, values, "2012-10-17", {}) is expected


def test_arns_are_matched_part_by_part() -> None:
    stranger = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
    pattern = "arn:aws:someservice:*:111122223333:finance/*"
    expanded = expand(pattern, "2012-10-17", {})
    assert wild(pattern, stranger)
    assert expanded is not None
    assert not arn_matches(expanded, stranger)


@pytest.mark.parametrize(
    ("value", "version", "expected"),
    [
        ("a/${aws:username}", "2012-10-17", "a/ana"),
        ("a/${AWS:UserName}", "2012-10-17", "a/ana"),
        ("a/${aws:username}", "2008-10-17", "a/${aws:username}"),
        ("a/${aws:userid}", "2012-10-17", None),
        ("a/${aws:userid, 'none'}", "2012-10-17", "a/none"),
        ("${*}${?}${$}", "2012-10-17", "*?$"),
    ],
)
def test_variables_are_filled_in(value: str, version: str, expected: str | None) -> None:
    pattern = expand(value, version, {"aws:username": ["ana"]})
    assert (pattern and "".join(character for character, _ in pattern)) == expected


def test_a_wildcard_in_a_variable_is_an_ordinary_character() -> None:
    assert condition_holds("StringLike", ["*"], ["${*}"], "2012-10-17", {})
    assert not condition_holds("StringLike", ["x"], ["${*}"], "2012-10-17", {})


def test_an_unknown_key_decides_only_where_it_makes_a_difference() -> None:
    only_from_there = allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
    line: Json = {"id": "1", "principal": ROLE, "action": "s3:GetObject", "resource": BUCKET}
    line |= {"unknown": ["aws:SourceVpce", "aws:SourceIp"]}
    depends = evaluate(line | {"identity_policies": [policy(only_from_there)]})
    assert (depends["decision"], depends["depends_on"]) == ("depends", ["aws:SourceVpce"])
    either_way = evaluate(line | {"identity_policies": [policy(only_from_there, allow())]})
    assert (either_way["decision"], either_way["depends_on"]) == ("allowed", [])


def test_a_deny_under_some_readings_of_a_denied_request_is_implicit() -> None:
    sometimes = deny(Condition={"Bool": {"aws:SecureTransport": "false"}})
    always = deny(Sid="Always")
    line: Json = {"id": "1", "principal": ROLE, "action": "s3:GetObject", "resource": BUCKET}
    line |= {"unknown": ["aws:SecureTransport"]}
    assert evaluate(line | {"identity_policies": [policy(sometimes)]})["decision"] == "implicit-deny"
    certain = evaluate(line | {"identity_policies": [policy(sometimes, always)]})
    assert (certain["decision"], certain["denied_by"]) == (
        "explicit-deny",
        [["identity", "p", "Always"]],
    )


def test_two_unknown_keys_can_be_equal() -> None:
    same_team = allow(Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}})
    line: Json = {"id": "1", "principal": ROLE, "action": "s3:GetObject", "resource": BUCKET}
    line |= {"unknown": ["aws:ResourceTag/team", "aws:PrincipalTag/team"], "identity_policies": [policy(same_team)]}
    assert evaluate(line)["depends_on"] == ["aws:PrincipalTag/team", "aws:ResourceTag/team"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:kms:*:key/*", True),
        ("arn:aws:kms:*", True),
        ("arn:aws:kms", True),
        ("arn:*:key/1", True),
        ("arn:aws:kms:e*1:key/1", False),
        ("arn:aws:kms:*?111122223333:key/1", False),
        ("arn:aws:kms:*:alias/*", False),
    ],
)
def test_a_star_that_ends_a_segment_of_a_resource_runs_over_colons(pattern: str, expected: bool) -> None:
    expanded = expand(pattern, "2012-10-17", {})
    assert expanded is not None
    assert resource_matches(expanded, "arn:aws:kms:eu-west-1:111122223333:key/1") is expected


def test_a_variables_value_can_have_a_star_that_is_no_wildcard() -> None:
    """A tag may be `re*`, and so may a part of an object's name that is not known."""
    own = allow("s3:*", "arn:aws:s3:::bucket/${aws:PrincipalTag/team}")
    own |= {"Condition": {"StringEqualsIgnoreCase": {"aws:PrincipalTag/team": "re*"}}}
    line: Json = {"id": "1", "principal": ROLE, "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/*"}
    line |= {"partial_resource": True, "unknown": ["aws:PrincipalTag/team"], "identity_policies": [policy(own)]}
    assert evaluate(line)["decision"] == "depends"
