"""Why not: the statements that came closest to allowing, and what in each of them failed."""

from typing import Any

import pytest

from bot.iam import NearMiss, Part, PolicyLayer, near_misses
from tests.iam.asking import BACKUP, FULL, KEY, ROLE, USER, VAULT, allow, ask, deny, policy, to


def nearest(layer: PolicyLayer = PolicyLayer.IDENTITY, *, most: int = 5, **question: Any) -> list[NearMiss]:
    answer = ask(**question)
    return near_misses(answer.request, answer.policies, layer, most=most)


def only(operator: str, key: str, value: object) -> dict[str, Any]:
    return allow("kms:CreateGrant", Condition={operator: {key: value}})


FOR_AWS = "kms:GrantIsForAWSResource"
FEW = ["a", "b", "c", "d"]

SENTENCES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (only("Bool", FOR_AWS, True), {}, f"only if {FOR_AWS} is true; it was absent"),
    (only("Bool", FOR_AWS, "true"), {FOR_AWS: "false"}, f"only if {FOR_AWS} is true; it was false"),
    (only("StringEquals", "svc:k", FEW), {"svc:k": "x"}, "only if svc:k is a, b, c or d; it was x"),
    (only("StringEquals", "svc:k", [*FEW, "e", "f"]), {"svc:k": "x"},
     "only if svc:k is a, b, c, d or one of 2 more; it was x"),
    (only("StringEquals", "svc:k", ""), {"svc:k": "x"}, 'only if svc:k is ""; it was x'),
    (only("StringEquals", "svc:k", []), {"svc:k": "x"}, "only if svc:k is one of no values; it was x"),
    (only("StringNotEquals", "svc:k", "x"), {"svc:k": "x"}, "only if svc:k is not x; it was x"),
    (only("StringLike", "svc:k", "a*"), {"svc:k": "x"}, "only if svc:k is like a*; it was x"),
    (only("ArnNotLike", "svc:k", "*"), {"svc:k": ROLE}, f"only if svc:k is not like *; it was {ROLE}"),
    (only("NumericLessThan", "svc:k", 5), {"svc:k": "7"}, "only if svc:k is less than 5; it was 7"),
    (only("DateGreaterThan", "svc:k", "2026-01-01"), {}, "only if svc:k is after 2026-01-01; it was absent"),
    (only("IpAddress", "svc:k", "10.0.0.0/8"), {}, "only if svc:k is in 10.0.0.0/8; it was absent"),
    (only("NotIpAddress", "svc:k", "10.0.0.0/8"), {"svc:k": "10.0.0.1"},
     "only if svc:k is not in 10.0.0.0/8; it was 10.0.0.1"),
    (only("Null", "svc:k", "true"), {"svc:k": "x"}, "only if svc:k is absent; it was x"),
    (only("Null", "svc:k", "false"), {}, "only if svc:k is there; it was absent"),
    (only("StringEqualsIfExists", "svc:k", "a"), {"svc:k": "x"}, "only if svc:k is a, if svc:k is there; it was x"),
    (only("ForAllValues:StringEquals", "svc:k", "a"), {"svc:k": ["a", "x"]},
     "only if every value of svc:k is a; it was a and x"),
    (only("ForAnyValue:StringLike", "svc:k", "a*"), {}, "only if a value of svc:k is like a*; it was absent"),
    (allow("kms:*", f"{KEY}9"), {}, f"only on {KEY}9, not on {KEY}"),
    ({"Effect": "Allow", "Action": "kms:*", "NotResource": KEY}, {}, f"on all but {KEY}"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "context", "clause"), SENTENCES, ids=[row[2] for row in SENTENCES])
def test_what_failed_is_told_in_a_sentence(statement: dict[str, Any], context: dict[str, Any], clause: str) -> None:
    (miss,) = nearest(principal=ROLE, action="kms:CreateGrant", on=KEY, context=context, identity=[statement])
    assert miss.sentence == f"allows kms:CreateGrant {clause}"


ACTIONS: list[tuple[dict[str, Any], str]] = [
    (allow(["kms:Decrypt", "kms:GenerateDataKey"]), "allows kms:Decrypt or kms:GenerateDataKey, not kms:CreateGrant"),
    ({"Effect": "Allow", "NotAction": ["kms:*", "iam:*"], "Resource": "*"}, "allows all but kms:* or iam:*"),
    (
        allow("kms:Decrypt", f"{KEY}9", Condition={"Bool": {"a:b": "true"}}),
        "allows kms:Decrypt, not kms:CreateGrant, and only if a:b is true; it was absent, "
        f"and only on {KEY}9, not on {KEY}",
    ),
]


@pytest.mark.parametrize(("statement", "sentence"), ACTIONS, ids=[row[1] for row in ACTIONS])
def test_an_action_that_failed_is_told_first(statement: dict[str, Any], sentence: str) -> None:
    (miss,) = nearest(principal=ROLE, action="kms:CreateGrant", on=KEY, identity=[statement])
    assert miss.sentence == sentence


PRINCIPALS: list[tuple[dict[str, Any], str]] = [
    (to(USER), f"allows kms:CreateGrant only to {USER}, not to {ROLE}"),
    (allow(Principal={"Service": BACKUP}), f"allows kms:CreateGrant only to {BACKUP}, not to {ROLE}"),
    (allow(NotPrincipal={"AWS": ROLE}), f"allows kms:CreateGrant to all but {ROLE}"),
]


@pytest.mark.parametrize(("statement", "sentence"), PRINCIPALS, ids=[row[1] for row in PRINCIPALS])
def test_a_principal_that_failed_is_told(statement: dict[str, Any], sentence: str) -> None:
    (miss,) = nearest(PolicyLayer.RESOURCE, principal=ROLE, action="kms:CreateGrant", on=KEY, resource=[statement])
    assert miss.sentence == sentence


def test_a_failure_tells_its_parts() -> None:
    statement = only("StringEquals", "svc:Key", ["a", "b"])
    (miss,) = nearest(action="kms:CreateGrant", on=KEY, context={"svc:key": "x"}, identity=[statement])
    (failure,) = miss.failures
    assert (failure.part, failure.operator, failure.key) == (Part.CONDITION, "StringEquals", "svc:Key")
    assert (failure.wanted, failure.actual, failure.unknown) == (("a", "b"), "x", False)
    assert (miss.layer, miss.level, miss.policy, miss.statement) == (PolicyLayer.IDENTITY, None, "identity", "0")


def test_an_unknown_key_counts_as_failed() -> None:
    statement = only("StringNotEquals", "svc:k", "a")
    (miss,) = nearest(action="kms:CreateGrant", on=KEY, unknown=["svc:k"], identity=[statement])
    assert miss.failures[0].unknown
    assert miss.sentence == "allows kms:CreateGrant only if svc:k is not a; its value is not known"


def test_the_nearest_come_first() -> None:
    condition = {"Bool": {"a:b": "true"}}
    misses = nearest(
        PolicyLayer.RESOURCE,
        most=9,
        resource=[
            allow("backup:Start*", Principal="*", Sid="action"),
            to(USER, allow(Sid="principal")),
            to("*", allow(resource=f"{VAULT}x", Sid="resource")),
            to("*", allow(Sid="loose condition", Condition=condition)),
            to("*", allow("backup:Copy*", Sid="close condition", Condition=condition)),
            to("*", allow(resource=f"{VAULT}x", Sid="two", Condition=condition)),
            to("*", allow("ec2:*", Sid="another service")),
            to("*", deny(Sid="deny")),
            allow(Sid="names nobody"),
        ],
    )
    assert [miss.statement for miss in misses] == [
        "close condition",
        "loose condition",
        "resource",
        "principal",
        "action",
        "two",
    ]


def test_a_condition_that_holds_has_not_failed() -> None:
    conditions = {"Bool": {"a:b": "true"}, "Null": {"a:c": "true"}, "StringEquals": {"a:d": "x"}}
    (miss,) = nearest(context={"a:b": "true"}, identity=[allow(Condition=conditions)])
    assert [failure.key for failure in miss.failures] == ["a:d"]


def test_only_so_many_are_told() -> None:
    statements = [allow(resource=f"{VAULT}{number}") for number in range(9)]
    assert len(nearest(identity=statements)) == 5
    assert len(nearest(most=2, identity=statements)) == 2


def test_what_allows_is_no_near_miss() -> None:
    assert nearest(identity=[allow()]) == []


def test_of_an_organization_only_silent_levels_are_searched() -> None:
    narrow = policy(allow("backup:Start*"), name="narrow")
    misses = nearest(PolicyLayer.SCP, scps=[[FULL, narrow], [narrow], []])
    assert [(miss.level, miss.policy) for miss in misses] == [(1, "narrow")]


def test_an_action_is_close_as_far_as_it_is_named() -> None:
    excepting = {"Effect": "Allow", "NotAction": "backup:*", "Resource": "*", "Sid": "excepting"}
    near, far = allow("backup:CopyFromBackupVault", Sid="near"), allow("backup:C", Sid="far")
    misses = nearest(identity=[excepting, near, far])
    assert [miss.statement for miss in misses] == ["near", "far", "excepting"]
