"""Why: the statements that decided, with the values that matched, and what each layer says on its own."""

from typing import Any

import pytest

from bot.iam import Decision, Effect, LayerVerdict, PolicyEvaluation
from tests.iam.asking import (
    BACKUP,
    FULL,
    HERE,
    KEY,
    ROLE,
    ROOT,
    SESSION,
    USER,
    VAULT,
    VAULT_THERE,
    allow,
    ask,
    deny,
    policy,
    to,
)


def told(answer: PolicyEvaluation) -> list[tuple[str, str, str]]:
    return [(str(match.layer), match.policy, match.statement) for match in answer.by]


BY: list[tuple[str, dict[str, Any], list[tuple[str, str, str]]]] = [
    ("every layer that had to allow is named with what allows",
     {"identity": [allow(Sid="a"), allow("ec2:*")], "boundary": [allow()], "scps": [[FULL], [FULL]]},
     [("identity", "identity", "a"), ("boundary", "boundary", "0"), ("scp", "FullAWSAccess", "0"),
      ("scp", "FullAWSAccess", "0")]),
    ("all statements that allow are named", {"identity": [allow(Sid="a"), allow("backup:*", Sid="b")]},
     [("identity", "identity", "a"), ("identity", "identity", "b")]),
    ("only denies are named where one denies", {"identity": [allow(), deny(Sid="d")], "boundary": [allow(), deny()]},
     [("identity", "identity", "d"), ("boundary", "boundary", "1")]),
    ("nothing is named where nothing allows", {"identity": [allow()], "boundary": [allow("ec2:*")]}, []),
    ("a grant to the role has a part", {"resource": [to(ROLE, allow(Sid="r"))]}, [("resource", "resource", "r")]),
    ("to name the account has none within it", {"identity": [allow(Sid="a")], "resource": [to(ROOT)]},
     [("identity", "identity", "a")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "layers", "expected"), BY, ids=[row[0] for row in BY])
def test_the_statements_that_decided_are_named(
    rule: str, layers: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert told(ask(**layers)) == expected, rule


def test_to_name_the_account_has_a_part_for_keys_and_across_accounts() -> None:
    delegating = [to(ROOT, allow(Sid="root"))]
    layers: dict[str, Any] = {"identity": [allow()], "resource": delegating}
    for answer in (ask(ROLE, "kms:Decrypt", KEY, **layers), ask(on=VAULT_THERE, **layers)):
        assert ("resource", "resource", "root") in told(answer)


VPCE = "aws:SourceVpce"
HANGING = deny(Sid="depends", Condition={"StringEquals": {VPCE: "vpce-1"}})
OTHERWISE = deny(Sid="otherwise", Condition={"StringNotEquals": {VPCE: "vpce-1"}})

DENIES: list[tuple[str, list[dict[str, Any]], list[tuple[str, bool]]]] = [
    ("one that always denies is named alone", [HANGING, deny(Sid="always")], [("always", False)]),
    ("all that always deny are named", [deny(Sid="a"), HANGING, deny(Sid="b")], [("a", False), ("b", False)]),
    ("where one or the other denies both are named", [HANGING, OTHERWISE], [("depends", True), ("otherwise", True)]),
]


@pytest.mark.parametrize(("rule", "denies", "named"), DENIES, ids=[row[0] for row in DENIES])
def test_an_explicit_deny_is_by_the_statements_that_always_deny(
    rule: str, denies: list[dict[str, Any]], named: list[tuple[str, bool]]
) -> None:
    answer = ask(unknown=[VPCE], identity=[allow(), *denies])
    assert answer.decision is Decision.EXPLICIT_DENY
    assert sorted((match.statement, match.depends) for match in answer.by) == named, rule


def test_a_grant_is_named_by_its_name_and_id() -> None:
    grant = {"GrantId": "g-1", "Name": "ebs", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]}
    answer = ask(ROLE, "kms:Decrypt", KEY, grants=[grant], resource=[to(USER)])
    (match,) = answer.by
    assert (match.layer, match.policy, match.statement, match.effect) == ("grant", "ebs", "g-1", Effect.ALLOW)
    assert match.matched is None
    assert match.grantee == 3


LAYERS: list[tuple[str, str, dict[str, Any], list[tuple[str, LayerVerdict]]]] = [
    ("each layer speaks for itself, whatever another says", SESSION,
     {"identity": [allow(), deny()], "boundary": [allow("ec2:*")], "session": [allow()], "scps": [[deny()]],
      "endpoint": [allow("ec2:*")], "resource": [to(ROLE)]},
     [("identity", LayerVerdict.DENIES), ("boundary", LayerVerdict.SILENT), ("scp", LayerVerdict.DENIES),
      ("session", LayerVerdict.ALLOWS), ("endpoint", LayerVerdict.SILENT), ("resource", LayerVerdict.ALLOWS)]),
    ("layers that do not bind are left out", BACKUP,
     {"identity": [allow()], "boundary": [allow()], "scps": [[deny()]], "resource": [to("*")]},
     [("resource", LayerVerdict.ALLOWS)]),
    ("a resource's policy that is missing is told where it has to allow", BACKUP, {},
     [("resource", LayerVerdict.SILENT)]),
    ("a layer without a policy is left out", ROLE, {"identity": [allow()]}, [("identity", LayerVerdict.ALLOWS)]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "principal", "layers", "expected"), LAYERS, ids=[row[0] for row in LAYERS])
def test_each_layer_is_evaluated_on_its_own(
    rule: str, principal: str, layers: dict[str, Any], expected: list[tuple[str, LayerVerdict]]
) -> None:
    assert [(str(result.layer), result.verdict) for result in ask(principal, **layers).layers] == expected, rule


PERIMETER = deny(Sid="no", Principal="*", Condition={"StringNotEquals": {VPCE: "vpce-1"}})

DENIES_THAT_HANG: list[tuple[str, str, dict[str, Any], list[tuple[str, LayerVerdict, list[str]]]]] = [
    ("a policy that need not allow tells of a Deny that depends", ROLE,
     {"identity": [allow()], "resource": [PERIMETER]},
     [("identity", LayerVerdict.ALLOWS, ["0"]), ("resource", LayerVerdict.DEPENDS, ["no"])]),
    ("an identity policy that need not allow does too", USER,
     {"identity": [deny(Sid="no", Condition=PERIMETER["Condition"])], "resource": [to(USER)]},
     [("identity", LayerVerdict.DEPENDS, ["no"]), ("resource", LayerVerdict.ALLOWS, ["0"])]),
    ("a policy that had to allow is silent, whether or not it denies", BACKUP,
     {"resource": [PERIMETER]}, [("resource", LayerVerdict.SILENT, [])]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "principal", "layers", "expected"), DENIES_THAT_HANG, ids=[row[0] for row in DENIES_THAT_HANG]
)
def test_a_layer_that_never_allows_tells_of_a_deny_that_hangs(
    rule: str, principal: str, layers: dict[str, Any], expected: list[tuple[str, LayerVerdict, list[str]]]
) -> None:
    found = ask(principal, unknown=[VPCE], **layers).layers
    assert [
        (str(result.layer), result.verdict, [each.statement for each in result.statements]) for result in found
    ] == expected, rule
    hanging = [result.depends_on for result in found if result.verdict is LayerVerdict.DEPENDS]
    assert hanging == [(VPCE,)] * len(hanging)


WHOM = [
    ("the session itself", SESSION, [to(SESSION)], "direct"),
    ("the session's role", SESSION, [to(ROLE)], "direct"),
    ("everyone", SESSION, [to("*")], "direct"),
    ("the account", SESSION, [to(ROOT)], "account"),
    ("the account and the role", SESSION, [to(ROOT), to(ROLE)], "direct"),
    ("nobody", SESSION, [to(USER)], None),
]


@pytest.mark.parametrize(("rule", "principal", "resource", "whom"), WHOM, ids=[row[0] for row in WHOM])
def test_a_resources_policy_says_whether_it_grants_or_delegates(
    rule: str, principal: str, resource: list[Any], whom: str | None
) -> None:
    answer = ask(principal, identity=[allow()], resource=resource)
    assert answer.layers[-1].grants == whom, rule
    assert answer.layers[0].grants is None


def test_grants_are_a_layer_of_their_own() -> None:
    silent = {"GrantId": "g-1", "GranteePrincipal": USER, "Operations": ["Decrypt"]}
    answer = ask(ROLE, "kms:Decrypt", KEY, identity=[allow()], grants=[silent])
    assert [(result.layer, result.verdict) for result in answer.layers] == [
        ("identity", LayerVerdict.ALLOWS),
        ("grant", LayerVerdict.SILENT),
    ]


def test_the_values_that_matched_are_told() -> None:
    statement = allow(
        ["ec2:*", "backup:Copy*"],
        ["arn:aws:s3:::x", f"arn:aws:backup:*:{HERE}:*"],
        Principal={"AWS": [USER, ROLE]},
        Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}, "Null": {"aws:SourceVpc": "true"}},
    )
    answer = ask(ROLE, context={"aws:RequestedRegion": "eu-west-1"}, resource=[statement])
    matched = answer.by[0].matched
    assert matched is not None
    assert matched.action == "backup:Copy*"
    assert matched.resource == f"arn:aws:backup:*:{HERE}:*"
    assert matched.principal == ROLE
    assert matched.conditions == (
        "aws:RequestedRegion is not us-east-1; it was eu-west-1",
        "aws:SourceVpc is absent; it was absent",
    )


def test_a_variable_that_matched_is_told_as_it_stands() -> None:
    pattern = "arn:aws:backup:*:*:backup-vault:${aws:PrincipalTag/vault}"
    answer = ask(context={"aws:PrincipalTag/vault": "prod"}, identity=[allow(resource=pattern)])
    matched = answer.by[0].matched
    assert matched is not None
    assert (matched.resource, matched.principal) == (pattern, None)


def test_excepting_elements_have_no_value_that_matched() -> None:
    statement = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"}
    matched = ask(resource=[{**statement, "NotPrincipal": {"AWS": USER}}]).by[0].matched
    assert matched is not None
    assert (matched.action, matched.resource, matched.principal) == (None, None, None)


def test_a_statement_without_a_resource_has_none_that_matched() -> None:
    matched = ask(resource=[{"Effect": "Allow", "Action": "*", "Principal": "*"}]).by[0].matched
    assert matched is not None
    assert (matched.resource, matched.principal) == (None, "*")


SENTENCES = [
    ({"identity": [allow()]}, "allowed"),
    ({"boundary": [allow("ec2:*")]}, "denied: nothing allows it in identity and boundary"),
    ({"identity": [deny(Sid="no")], "scps": [[deny()]]}, "denied by identity (no) and scps (0)"),
]


@pytest.mark.parametrize(("layers", "sentence"), SENTENCES, ids=[row[1] for row in SENTENCES])
def test_the_decision_is_told_in_a_sentence(layers: dict[str, Any], sentence: str) -> None:
    assert ask(**layers).sentence == sentence


def test_a_policy_set_takes_single_policies_and_lists() -> None:
    one = policy(allow("ec2:*"))
    answers = [ask(on=VAULT, identity=[policy(allow())], boundary=each, endpoint=each) for each in (one, [one])]
    assert [answer.missing for answer in answers] == [("boundary", "endpoint")] * 2


def test_plans_are_remembered_and_not_for_ever() -> None:
    policies = ask(identity=[allow()]).policies
    first = policies.for_action("s3:getobject")
    assert policies.for_action("s3:getobject") is first
    for number in range(1100):
        policies.for_action(f"s3:action{number}")
    assert policies.for_action("s3:getobject") is not first
