"""Unknown condition keys: an answer depends on a key only where its value changes the answer."""

from typing import Any

import pytest

from bot.iam import Decision, LayerVerdict, PolicyLayer, PrefixValue, decide, near_misses
from bot.iam.assignments import MOST_ASSIGNMENTS
from tests.iam.asking import BACKUP, BUCKET, FULL, HERE, KEY, ROLE, VAULT, allow, ask, deny, policy, to

VPCE, IP, TAG, SOURCE = "aws:SourceVpce", "aws:SourceIp", "aws:PrincipalTag/team", "aws:SourceArn"


def only(operator: str, key: str, value: object) -> dict[str, Any]:
    return allow(Condition={operator: {key: value}})


def unless(operator: str, key: str, value: object) -> dict[str, Any]:
    return deny(Condition={operator: {key: value}})


ROWS: list[tuple[str, list[str], dict[str, Any], str, list[str]]] = [
    ("no statement depends on the key", [VPCE], {"identity": [allow()]}, "allowed", []),
    ("the only Allow depends on it", [VPCE], {"identity": [only("StringEquals", VPCE, "vpce-1")]}, "depends", [VPCE]),
    ("a Deny depends on it", [VPCE], {"identity": [allow(), unless("StringEquals", VPCE, "vpce-1")]},
     "depends", [VPCE]),
    ("another Allow does not", [VPCE], {"identity": [allow(), only("StringEquals", VPCE, "vpce-1")]}, "allowed", []),
    ("nothing allows either way", [VPCE], {"identity": [unless("StringEquals", VPCE, "vpce-1")]}, "implicit-deny", []),
    ("denied either way", [VPCE],
     {"identity": [allow(), deny(), unless("StringEquals", VPCE, "vpce-1")]}, "explicit-deny", []),
    ("denied either way, by one or the other statement", [VPCE],
     {"identity": [allow(), unless("StringEquals", VPCE, "a"), unless("StringNotEquals", VPCE, "a")]},
     "explicit-deny", []),
    ("allowed either way, by one or the other statement", [VPCE],
     {"identity": [only("StringEquals", VPCE, "a"), only("StringNotEquals", VPCE, "a")]}, "allowed", []),
    ("what one layer asks another excludes", [VPCE],
     {"identity": [only("StringEquals", VPCE, "a")], "boundary": [only("StringEquals", VPCE, "b")]},
     "implicit-deny", []),
    ("what one layer asks another asks too", [VPCE],
     {"identity": [only("StringLike", VPCE, "a*")], "boundary": [only("StringLike", VPCE, "*b")]}, "depends", [VPCE]),
    ("what three layers ask together, and a fourth excludes", [VPCE],
     {"identity": [only("StringLike", VPCE, "a*")], "boundary": [only("StringLike", VPCE, "*b")],
      "session": [only("StringLike", VPCE, "*c*")], "scps": [[unless("StringLike", VPCE, "x*")]]}, "depends", [VPCE]),
    ("what three layers never allow together", [VPCE],
     {"identity": [only("StringLike", VPCE, "a*")], "boundary": [only("StringLike", VPCE, "*b")],
      "session": [only("StringLike", VPCE, "*c")]}, "implicit-deny", []),
    ("ARNs that two patterns share", ["aws:SourceArn"],
     {"identity": [allow(), deny(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:a:*"},
                                            "ArnEquals": {"aws:SourceArn": "arn:aws:*:eu-west-?:*:*"}})]},
     "depends", ["aws:SourceArn"]),
    ("ARNs are shared segment by segment", ["aws:SourceArn"],
     {"identity": [only("ArnLike", "aws:SourceArn", "arn:aws:*:*:a:*")],
      "boundary": [only("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:a*")]}, "depends", ["aws:SourceArn"]),
    ("ARNs that no two patterns share", ["aws:SourceArn"],
     {"identity": [only("ArnLike", "aws:SourceArn", "arn:aws:sns:*:a:*")],
      "boundary": [only("ArnLike", "aws:SourceArn", "arn:aws:s*s:*:b:a*")]}, "implicit-deny", []),
    ("absence is a assignment", [VPCE], {"identity": [only("Null", VPCE, "true")]}, "depends", [VPCE]),
    ("IfExists depends on the key", [VPCE], {"identity": [only("StringEqualsIfExists", VPCE, "a")]}, "depends", [VPCE]),
    ("present or absent, all is covered", [VPCE],
     {"identity": [only("Null", VPCE, "true"), only("Null", VPCE, "false")]}, "allowed", []),
    ("a range of addresses", [IP], {"identity": [only("IpAddress", IP, "10.0.0.0/8")]}, "depends", [IP]),
    ("a range within a range", [IP],
     {"identity": [only("IpAddress", IP, "10.0.0.0/8")], "scps": [[unless("NotIpAddress", IP, "10.1.0.0/16")]]},
     "depends", [IP]),
    ("a range outside a range", [IP],
     {"identity": [only("IpAddress", IP, "10.0.0.0/8")], "scps": [[unless("NotIpAddress", IP, "11.0.0.0/8")]]},
     "implicit-deny", []),
    ("every address of a version, and the other version", [IP],
     {"identity": [only("IpAddress", IP, "0.0.0.0/0"), only("IpAddress", IP, "::/0")]}, "depends", [IP]),
    ("values that can't be read tell nothing apart", ["svc:n", "svc:d", IP],
     {"identity": [only("NumericEquals", "svc:n", "x"), only("DateEquals", "svc:d", "x"), only("IpAddress", IP, "x")]},
     "implicit-deny", []),
    ("numbers between two bounds", ["svc:n"],
     {"identity": [only("NumericGreaterThan", "svc:n", "5")], "boundary": [only("NumericLessThan", "svc:n", "7")]},
     "depends", ["svc:n"]),
    ("numbers between no bounds", ["svc:n"],
     {"identity": [only("NumericGreaterThan", "svc:n", "7")], "boundary": [only("NumericLessThan", "svc:n", "5")]},
     "implicit-deny", []),
    ("dates", ["aws:CurrentTime"], {"identity": [only("DateLessThan", "aws:CurrentTime", "2026-01-01")]},
     "depends", ["aws:CurrentTime"]),
    ("a truth", ["aws:ViaAWSService"], {"identity": [allow(), unless("Bool", "aws:ViaAWSService", "false")]},
     "depends", ["aws:ViaAWSService"]),
    ("both truths and absence are covered", ["aws:ViaAWSService"],
     {"identity": [only("Bool", "aws:ViaAWSService", "true"), only("BoolIfExists", "aws:ViaAWSService", "false")]},
     "allowed", []),
    ("ARNs", ["aws:SourceArn"], {"identity": [only("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:t?")]},
     "depends", ["aws:SourceArn"]),
    ("bytes", ["svc:b"], {"identity": [only("BinaryEquals", "svc:b", "QQ==")]}, "depends", ["svc:b"]),
    ("another spelling", ["svc:k"],
     {"identity": [only("StringEqualsIgnoreCase", "svc:k", "a"), unless("StringEquals", "svc:k", "a")]},
     "depends", ["svc:k"]),
    ("sets that hold every value", ["aws:TagKeys"],
     {"identity": [only("ForAnyValue:StringEquals", "aws:TagKeys", "a")],
      "boundary": [only("ForAnyValue:StringEquals", "aws:TagKeys", "b")]}, "depends", ["aws:TagKeys"]),
    ("no value is among no values", ["aws:TagKeys"],
     {"identity": [allow(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": []},
                                    "Null": {"aws:TagKeys": "false"}})]}, "implicit-deny", []),
    ("sets of many values of which most come to the same", ["aws:TagKeys"],
     {"identity": [only("ForAnyValue:StringEquals", "aws:TagKeys", [str(number) for number in range(300)])],
      "boundary": [only("ForAnyValue:StringEquals", "aws:TagKeys", "x")],
      "session": [only("ForAnyValue:StringEquals", "aws:TagKeys", "y")]}, "depends", ["aws:TagKeys"]),
    ("a set where one of its values comes to the same as absence", ["aws:TagKeys"],
     {"identity": [allow(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "a"},
                                    "ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "A"}})]},
     "depends", ["aws:TagKeys"]),
    ("more sets than can be told apart", ["aws:TagKeys"],
     {"identity": [allow(), *(only("ForAnyValue:StringEquals", "aws:TagKeys", str(number)) for number in range(9))]},
     "allowed", []),
    ("letters of one case that a pattern asks for", ["svc:k"],
     {"identity": [only("StringEqualsIgnoreCase", "svc:k", "prod")], "boundary": [only("StringLike", "svc:k", "Pr*")]},
     "depends", ["svc:k"]),
    ("a written star that a pattern shares", ["svc:k"],
     {"identity": [only("StringLike", "svc:k", "a${*}?")], "boundary": [only("StringLike", "svc:k", "??b")]},
     "depends", ["svc:k"]),
    ("a star for every ARN, and two patterns that share one", [SOURCE],
     {"identity": [only("ArnLike", SOURCE, "*")], "boundary": [only("ArnLike", SOURCE, "arn:aws:*:*:a:*")],
      "session": [only("ArnLike", SOURCE, "arn:aws:sns:*:*:a*")]}, "depends", [SOURCE]),
    ("two keys that both have to hold", [VPCE, IP],
     {"identity": [allow(Condition={"StringEquals": {VPCE: "a"}, "IpAddress": {IP: "10.0.0.0/8"}})]},
     "depends", [IP, VPCE]),
    ("of two keys only one matters", [VPCE, IP],
     {"identity": [only("StringEquals", VPCE, "a")], "scps": [[unless("IpAddress", IP, "999.0.0.0/8")]]},
     "depends", [VPCE]),
    ("a variable in a resource", [TAG], {"identity": [allow(resource=f"{BUCKET}/${{{TAG}}}/*")]}, "depends", [TAG]),
    ("a variable in a condition on a known key", [TAG],
     {"identity": [only("StringEquals", "svc:known", f"${{{TAG}}}")]}, "depends", [TAG]),
    ("a variable among several known values", [TAG],
     {"identity": [only("ForAnyValue:StringEquals", "svc:list", f"${{{TAG}}}")]}, "depends", [TAG]),
    ("a variable in a condition on an unknown key", [TAG, "svc:k"],
     {"identity": [only("StringLike", "svc:k", f"x-${{{TAG}}}")]}, "depends", [TAG, "svc:k"]),
    ("a variable in a condition on an unknown key that another condition settles", [TAG, "svc:k"],
     {"identity": [allow(Condition={"StringEquals": {"svc:k": "red"}, "StringNotEquals": {"svc:k": f"${{{TAG}}}"},
                                    "Null": {"svc:k": "false"}})]},
     "depends", [TAG, "svc:k"]),
    ("a variable that a default stands in for", [TAG],
     {"identity": [only("StringEquals", "svc:known", f"${{{TAG}, 'blue'}}")]}, "depends", [TAG]),
    ("a variable of an absent key depends on nothing else", ["svc:k"],
     {"identity": [only("StringNotEquals", "svc:k", "${svc:absent}")]}, "allowed", []),
    ("a key of a layer that does not bind", [VPCE],
     {"identity": [allow()], "scps": [[unless("StringEquals", VPCE, "a")]], "management_account": HERE},
     "allowed", []),
    ("every key that begins so", ["aws:PrincipalTag/*"], {"identity": [only("StringEquals", TAG, "blue")]},
     "depends", [TAG]),
    ("every key there is", ["*"], {"identity": [only("StringEquals", VPCE, "a")]}, "depends", [VPCE]),
    ("a key of another beginning is absent", ["aws:ResourceTag/*"], {"identity": [only("StringEquals", TAG, "blue")]},
     "implicit-deny", []),
    ("an escaped wildcard stands for itself", ["svc:k"], {"identity": [only("StringLike", "svc:k", "${*}")]},
     "depends", ["svc:k"]),
    ("a tag has never several values", [TAG],
     {"identity": [only("StringNotEquals", TAG, "a"), only("ForAllValues:StringNotEquals", TAG, "b")]}, "allowed", []),
    ("a service's key may have several", ["svc:k"],
     {"identity": [only("StringNotEquals", "svc:k", "a"), only("ForAllValues:StringNotEquals", "svc:k", "b")]},
     "depends", ["svc:k"]),
    ("a key that is filled in can be unknown", ["aws:PrincipalArn"],
     {"identity": [only("ArnEquals", "aws:PrincipalArn", ROLE)]}, "depends", ["aws:PrincipalArn"]),
]  # fmt: skip

KNOWN = {"svc:known": "blue", "svc:list": ["blue", "red"]}


@pytest.mark.parametrize(("rule", "unknown", "layers", "decision", "keys"), ROWS, ids=[row[0] for row in ROWS])
def test_a_decision_depends_on_what_decides(
    rule: str, unknown: list[str], layers: dict[str, Any], decision: str, keys: list[str]
) -> None:
    answer = ask(ROLE, "s3:GetObject", f"{BUCKET}/blue/x", context=KNOWN, unknown=unknown, **layers)
    assert (answer.decision, sorted(answer.depends_on)) == (decision, sorted(keys)), rule
    assert decide(answer.request, answer.policies) == decision


def test_a_key_that_the_context_gives_is_known() -> None:
    answer = ask(unknown=[VPCE], context={VPCE: "vpce-1"}, identity=[only("StringEquals", VPCE, "vpce-1")])
    assert answer.decision is Decision.ALLOWED


@pytest.mark.parametrize("key", [VPCE, "aws:Source*"])
def test_a_key_that_the_context_gives_as_absent_is_known(key: str) -> None:
    answer = ask(unknown=["*", VPCE], context={VPCE: None}, identity=[only("StringEquals", VPCE, "vpce-1")])
    assert answer.decision is Decision.IMPLICIT_DENY
    answer = ask(unknown=["*"], context={key: None}, identity=[only("StringEquals", VPCE, "vpce-1")])
    assert answer.decision is Decision.IMPLICIT_DENY


def test_a_key_that_is_absent_is_not_filled_in() -> None:
    answer = ask(context={"aws:PrincipalArn": None}, identity=[only("Null", "aws:PrincipalArn", "true")])
    assert answer.decision is Decision.ALLOWED


PLANS = "arn:aws:backup:eu-west-1:111122223333:"
PLAN = f"{PLANS}backup-plan:red"

BEGUN: list[tuple[str, dict[str, Any], str]] = [
    ("all values that begin so match", {"identity": [only("ArnLike", SOURCE, f"{PLANS}*")]}, "allowed"),
    ("all match, whatever stands in some segments", {"identity": [only("ArnLike", SOURCE, "arn:*:backup:*:1111*:*")]},
     "allowed"),
    ("all match as texts", {"identity": [only("StringLike", SOURCE, "*:backup:*")]}, "allowed"),
    ("none that begins so matches", {"identity": [only("ArnLike", SOURCE, "arn:aws:backup:eu-west-2:*:*")]},
     "implicit-deny"),
    ("one of another beginning is another", {"identity": [only("StringEquals", SOURCE, "arn:aws:sns:eu-west-1:1:t")]},
     "implicit-deny"),
    ("one value is a value that begins so", {"identity": [only("ArnEquals", SOURCE, PLAN)]}, "depends"),
    ("a Deny of all but one", {"identity": [allow(), unless("ArnNotLike", SOURCE, PLAN)]}, "depends"),
    ("a Deny of one of another beginning", {"identity": [allow(), unless("ArnLike", SOURCE, "arn:aws:sns:*:*:*")]},
     "allowed"),
    ("a pattern behind the beginning", {"identity": [only("StringLike", SOURCE, "*-plan:r?d")]}, "depends"),
    ("what two patterns ask for behind it", {"identity": [only("StringLike", SOURCE, "*plan:*")],
                                             "boundary": [only("ArnLike", SOURCE, "arn:aws:*:*:*:*red")]}, "depends"),
    ("what two patterns never allow together", {"identity": [only("ArnLike", SOURCE, f"{PLANS}backup-plan:*")],
                                                "boundary": [only("ArnLike", SOURCE, f"{PLANS}framework:*")]},
     "implicit-deny"),
    ("all but what is mentioned", {"identity": [only("StringLike", SOURCE, f"{PLANS}a*")],
                                   "boundary": [only("StringNotEquals", SOURCE, f"{PLANS}a")]}, "depends"),
    ("other letters behind the beginning", {"identity": [only("StringEqualsIgnoreCase", SOURCE, PLAN.upper())],
                                            "boundary": [only("StringNotEquals", SOURCE, PLAN)]}, "depends"),
    ("other letters within the beginning", {"identity": [allow(), unless("StringEqualsIgnoreCase", SOURCE, "ARN:x")]},
     "allowed"),
    ("it is there", {"identity": [only("Null", SOURCE, "false")]}, "allowed"),
    ("it is not absent", {"identity": [only("StringNotEqualsIfExists", SOURCE, "x")]}, "allowed"),
    ("compared as a number it may be anything", {"identity": [only("NumericEquals", SOURCE, "5")]}, "depends"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "layers", "decision"), BEGUN, ids=[row[0] for row in BEGUN])
def test_of_a_value_its_beginning_can_be_known(rule: str, layers: dict[str, Any], decision: str) -> None:
    answer = ask(context={SOURCE: PrefixValue(PLANS)}, **layers)
    assert (answer.decision, answer.depends_on) == (decision, (SOURCE,) if decision == "depends" else ()), rule


def test_a_near_miss_tells_the_beginning_of_what_the_request_has() -> None:
    answer = ask(context={SOURCE: PrefixValue(PLANS)}, identity=[only("ArnEquals", SOURCE, PLAN)])
    (miss,) = near_misses(answer.request, answer.policies, PolicyLayer.IDENTITY)
    assert miss.sentence.endswith(f"only if {SOURCE} is like {PLAN}; it begins with {PLANS}, and more is not known")


def test_a_value_whose_beginning_is_known_is_told() -> None:
    answer = ask(context={SOURCE: PrefixValue(PLANS)}, identity=[only("ArnEquals", SOURCE, PLAN)])
    assert answer.sentence == f"denied unless {SOURCE} is {PLAN}"


SENTENCES: list[tuple[list[str], dict[str, Any], str]] = [
    ([VPCE], {"identity": [only("StringEquals", VPCE, "vpce-1")]}, "denied unless aws:SourceVpce is vpce-1"),
    (
        [VPCE],
        {"identity": [only("StringEquals", VPCE, ["vpce-1", "vpce-2"])]},
        "denied unless aws:SourceVpce is vpce-1 or is vpce-2",
    ),
    (
        [VPCE],
        {"identity": [only("StringEquals", VPCE, ["a", "b", "c", "d", "e"])]},
        "denied unless aws:SourceVpce is a or is b or is c or so on",
    ),
    (
        [VPCE],
        {"identity": [allow(), unless("StringEquals", VPCE, "vpce-1")]},
        "allowed unless aws:SourceVpce is vpce-1",
    ),
    ([VPCE], {"identity": [only("StringLike", VPCE, "vpce-*")]}, "denied unless aws:SourceVpce is like vpce-*"),
    ([VPCE], {"identity": [only("Null", VPCE, "false")]}, "allowed unless aws:SourceVpce is absent"),
    ([IP], {"identity": [only("IpAddress", IP, "10.0.0.0/8")]}, "denied unless aws:SourceIp is in 10.0.0.0/8"),
    (
        [IP, VPCE],
        {"identity": [only("IpAddress", IP, "10.0.0.7"), only("StringEquals", VPCE, "vpce-1")]},
        "denied unless aws:SourceVpce is vpce-1 or aws:SourceIp is 10.0.0.7",
    ),
    (
        [IP, VPCE],
        {"identity": [allow(Condition={"IpAddress": {IP: "10.0.0.7"}, "StringEquals": {VPCE: "vpce-1"}})]},
        "denied unless aws:SourceIp is 10.0.0.7 and aws:SourceVpce is vpce-1",
    ),
    (
        ["svc:a", "svc:b", "svc:c", "svc:d"],
        {"identity": [only("StringEquals", f"svc:{key}", "1") for key in "abcd"]},
        "denied unless svc:d is 1 or svc:c is 1 or svc:b is 1 or in other cases",
    ),
]


@pytest.mark.parametrize(("unknown", "layers", "sentence"), SENTENCES, ids=[row[2] for row in SENTENCES])
def test_both_readings_are_told(unknown: list[str], layers: dict[str, Any], sentence: str) -> None:
    assert ask(unknown=unknown, **layers).sentence == sentence


def test_the_statements_that_hang_are_named() -> None:
    answer = ask(
        unknown=[VPCE],
        identity=[allow(Sid="all")],
        scps=[[FULL, policy(deny(Sid="perimeter", Condition={"StringNotEquals": {VPCE: "vpce-1"}}), name="p-1")]],
    )
    assert [(match.layer, match.policy, match.statement, match.depends) for match in answer.by] == [
        ("scp", "p-1", "perimeter", True)
    ]
    assert answer.missing == ()


def test_a_layer_that_hangs_says_so_for_itself() -> None:
    answer = ask(
        unknown=[VPCE, IP],
        identity=[only("StringEquals", VPCE, "a")],
        boundary=[allow(), unless("IpAddress", IP, "10.0.0.0/8")],
        session=[unless("IpAddress", IP, "10.0.0.0/8")],
        endpoint=[allow()],
    )
    assert [(result.layer, result.verdict, result.depends_on) for result in answer.layers] == [
        ("identity", LayerVerdict.DEPENDS, (VPCE,)),
        ("boundary", LayerVerdict.DEPENDS, (IP,)),
        ("session", LayerVerdict.SILENT, ()),
        ("endpoint", LayerVerdict.ALLOWS, ()),
    ]
    assert answer.decision is Decision.IMPLICIT_DENY


def test_what_is_missing_under_every_reading_is_missing() -> None:
    answer = ask(unknown=[VPCE], identity=[only("StringEquals", VPCE, "a")], boundary=[allow("ec2:*")])
    assert answer.missing == ("boundary",)
    assert answer.by == ()


def test_where_each_reading_misses_another_layer_all_are_named() -> None:
    answer = ask(unknown=[VPCE], identity=[only("StringEquals", VPCE, "a")], boundary=[only("StringEquals", VPCE, "b")])
    assert answer.missing == ("identity", "boundary")


GRANT = {"GrantId": "g-1", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]}
PAIR = "kms:EncryptionContext:aws:ebs:id"


EXACT = {**GRANT, "Constraints": {"EncryptionContextEquals": {"aws:ebs:id": "vol-1"}}}
OTHER_PAIR = "kms:EncryptionContext:Site"


@pytest.mark.parametrize("unknown", [OTHER_PAIR, "kms:EncryptionContext:*"])
def test_a_grant_of_an_exact_encryption_context_depends_on_any_other_pair(unknown: str) -> None:
    given: dict[str, Any] = {"context": {PAIR: "vol-1"}, "resource": [to(HERE + "0")]}
    answer = ask(ROLE, "kms:Decrypt", KEY, unknown=[unknown], grants=[EXACT], **given)
    assert (answer.decision, answer.depends_on) == (Decision.DEPENDS, (unknown,))


def test_a_grant_of_a_part_of_an_encryption_context_depends_on_no_other_pair() -> None:
    grant = {**GRANT, "Constraints": {"EncryptionContextSubset": {"aws:ebs:id": "vol-1"}}}
    given: dict[str, Any] = {"context": {PAIR: "vol-1"}, "resource": [to(HERE + "0")]}
    answer = ask(ROLE, "kms:Decrypt", KEY, unknown=[OTHER_PAIR], grants=[grant], **given)
    assert answer.decision is Decision.ALLOWED


def test_a_grant_to_a_service_depends_on_the_resource_it_works_for() -> None:
    grant = {"Operations": ["Decrypt"], "GranteeServicePrincipal": BACKUP, "Constraints": {"SourceArn": VAULT}}
    answer = ask(BACKUP, "kms:Decrypt", KEY, unknown=["aws:SourceArn"], grants=[grant])
    assert (answer.decision, answer.depends_on) == (Decision.DEPENDS, ("aws:SourceArn",))
    assert answer.sentence == f"denied unless aws:SourceArn is {VAULT}"


@pytest.mark.parametrize("constraint", ["EncryptionContextSubset", "EncryptionContextEquals"])
def test_a_grant_depends_on_its_encryption_context(constraint: str) -> None:
    grant = {**GRANT, "Constraints": {constraint: {"aws:ebs:id": "vol-1"}}}
    answer = ask(ROLE, "kms:Decrypt", KEY, unknown=[PAIR], grants=[grant], resource=[to(HERE + "0")])
    assert (answer.decision, answer.depends_on) == (Decision.DEPENDS, (PAIR,))
    assert answer.sentence == f"denied unless {PAIR} is vol-1"
    assert [(match.layer, match.statement, match.depends) for match in answer.by] == [("grant", "g-1", True)]
    assert [(result.layer, result.verdict) for result in answer.layers][-1] == ("grant", LayerVerdict.DEPENDS)


MANY = [f"svc:k{number}" for number in range(14)]


def _many(operator: str) -> dict[str, Any]:
    return {operator: dict.fromkeys(MANY, "1")}


BOUNDS: list[tuple[str, dict[str, Any], str]] = [
    ("an Allow depends on them", {"identity": [allow(Condition=_many("StringEquals"))]}, "depends"),
    ("a Deny depends on them", {"identity": [allow(), deny(Condition=_many("StringEquals"))]}, "depends"),
    ("an Allow stands beside", {"identity": [allow(), allow(Condition=_many("StringEquals"))]}, "allowed"),
    ("a Deny stands beside", {"identity": [allow(Condition=_many("StringEquals")), deny()]}, "explicit-deny"),
    ("nothing known allows", {"identity": [deny(Condition=_many("StringEquals"))]}, "implicit-deny"),
    (
        "a known condition excludes",
        {"identity": [allow(Condition={**_many("StringEquals"), "Bool": {"svc:no": "true"}})]},
        "implicit-deny",
    ),
    (
        "a known resource excludes",
        {"identity": [allow(resource=BUCKET, Condition=_many("StringEquals"))]},
        "implicit-deny",
    ),
    (
        "a variable in a resource may fit",
        {"identity": [allow(resource=f"{KEY[:-8]}${{svc:k0}}", Condition=_many("StringEquals"))]},
        "depends",
    ),
]


@pytest.mark.parametrize(("rule", "layers", "decision"), BOUNDS, ids=[row[0] for row in BOUNDS])
def test_too_many_readings_are_bounded_by_the_best_and_the_worst(
    rule: str, layers: dict[str, Any], decision: str
) -> None:
    assert 2 ** len(MANY) > MOST_ASSIGNMENTS
    answer = ask(ROLE, "kms:Decrypt", KEY, unknown=MANY, **layers)
    assert answer.decision == decision, rule
    assert sorted(answer.depends_on) == (sorted(MANY) if decision == "depends" else [])


def test_too_many_readings_are_told_as_such() -> None:
    answer = ask(unknown=MANY, identity=[allow(Condition=_many("StringEquals"))])
    assert answer.sentence.startswith("too many readings of svc:k0, ")
    assert [match.depends for match in answer.by] == [True]


@pytest.mark.parametrize(("known", "decision"), [(GRANT, "allowed"), ({**GRANT, "Operations": []}, "depends")])
def test_too_many_readings_bound_grants_too(known: dict[str, Any], decision: str) -> None:
    pairs = {f"k{number}": "1" for number in range(14)}
    hanging = {**GRANT, "GrantId": "g-2", "Constraints": {"EncryptionContextSubset": pairs}}
    unknown = [f"kms:EncryptionContext:{name}" for name in pairs]
    answer = ask(ROLE, "kms:Decrypt", KEY, unknown=unknown, grants=[known, hanging], resource=[to(HERE + "0")])
    assert answer.decision == decision


@pytest.mark.parametrize(("service", "decision"), [(BACKUP, "depends"), ("ec2.amazonaws.com", "implicit-deny")])
def test_too_many_readings_bound_the_resource_that_a_service_works_for(service: str, decision: str) -> None:
    pairs = {f"k{number}": "1" for number in range(14)}
    constraints = {"EncryptionContextSubset": pairs, "SourceArn": VAULT}
    grant = {"Operations": ["Decrypt"], "GranteeServicePrincipal": service, "Constraints": constraints}
    unknown = ["aws:SourceArn", *(f"kms:EncryptionContext:{name}" for name in pairs)]
    answer = ask(BACKUP, "kms:Decrypt", KEY, unknown=unknown, grants=[grant])
    assert answer.decision == decision


def test_the_keys_that_policies_ask_for_can_be_asked() -> None:
    answer = ask(
        identity=[only("StringEquals", VPCE, f"${{{TAG}}}"), allow("s3:*", Condition={"Null": {IP: "true"}})],
        scps=[[deny(resource=f"{KEY}/${{aws:username}}")]],
    )
    assert answer.policies.condition_keys("backup:CopyIntoBackupVault") == {
        "aws:sourcevpce",
        "aws:principaltag/team",
        "aws:username",
    }


def test_a_variable_in_a_resource_may_stand_for_what_follows_a_colon() -> None:
    behind_a_star = allow(resource=f"arn:aws:rds:*:awsbackup:${{{TAG}}}")
    answer = ask(on=f"arn:aws:rds:eu-west-1:{HERE}:snapshot:awsbackup:job-1", unknown=[TAG], identity=[behind_a_star])
    assert answer.sentence == f"denied unless {TAG} is job-1"
