"""Documents that AWS would not store: a finding that says where, and no effect beyond what can be read."""

import json
from typing import Any

import pytest

from bot.iam import Decision, Finding, Policy, PolicySet, PrefixValue, Request, Severity, decide
from tests.iam.asking import ROLE, VAULT, allow, deny, to

ERROR, WARNING, SUGGESTION = Severity.ERROR, Severity.WARNING, Severity.SUGGESTION
GOOD = allow("s3:*")


def _compile(document: Any) -> Policy:
    return Policy.compile("p", document)


def _statement(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [GOOD, {**allow(), **elements}]}


WHOLE: list[tuple[str, Any, str, str]] = [
    ("no JSON", "{", "", "The document is no JSON: "),
    ("an empty text", "", "", "The document is no JSON: "),
    ("a list", "[]", "", "A policy document must be a JSON object."),
    ("no object", ["x"], "", "A policy document must be a JSON object."),
    ("too deeply nested", "[" * 100_000 + "]" * 100_000, "", "The document is nested too deeply to be read."),
    ("a number too long", '{"Statement": ' + "1" * 5000 + "}", "", "The document is no JSON: "),
    ("a member twice", '{"Statement": [], "Statement": []}', "", "Statement stands more than once."),
    ("an unknown version", {"Version": "2020-01-01", "Statement": [GOOD]}, "Version", "'2020-01-01' is no version"),
    ("a version of a wrong type", {"Version": ["2012-10-17"], "Statement": [GOOD]}, "Version", "['2012-10-17'] is no"),
    ("no statement", {"Version": "2012-10-17"}, "Statement[0]", "A statement must be an object."),
    ("a statement that is a text", {"Statement": "x"}, "Statement[0]", "A statement must be an object."),
    ("a statement that is a number", {"Statement": [5]}, "Statement[0]", "A statement must be an object."),
]


@pytest.mark.parametrize(("rule", "document", "position", "message"), WHOLE, ids=[row[0] for row in WHOLE])
def test_a_document_that_cannot_be_read_does_nothing(rule: str, document: Any, position: str, message: str) -> None:
    policy = _compile(document)
    (finding,) = policy.findings
    assert policy.statements == (), rule
    assert (finding.position, finding.severity) == (position, ERROR)
    assert finding.message.startswith(message)


PARTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("no Effect", {"Effect": None}, "Effect", "Effect must be Allow or Deny."),
    ("an Effect in other letters", {"Effect": "allow"}, "Effect", "Effect must be Allow or Deny."),
    ("an Effect of a wrong type", {"Effect": ["Allow"]}, "Effect", "Effect must be Allow or Deny."),
    ("both actions", {"NotAction": "s3:*"}, "", "Action and NotAction exclude each other."),
    ("both resources", {"NotResource": "*"}, "", "Resource and NotResource exclude each other."),
    ("both principals", {"Principal": "*", "NotPrincipal": "*"}, "", "Principal and NotPrincipal exclude each other."),
    ("a misspelt element", {"Conditions": {}}, "", "Conditions is no element of a statement."),
    ("an action that is a number", {"Action": 5}, "Action", "Only texts can stand here."),
    ("an action that is an object", {"Action": {"a": "b"}}, "Action", "Only texts can stand here."),
    ("a list of actions with a number", {"Action": ["s3:*", 5]}, "Action", "Only texts can stand here."),
    ("a resource that is null", {"Resource": None}, "Resource", "Only texts can stand here."),
    ("a principal that is a list", {"Principal": ["*"]}, "Principal", 'A principal must be "*" or an object'),
    ("a principal of an unknown kind", {"Principal": {"Aws": "*"}}, "Principal", "There is no kind of principal Aws."),
    ("a principal that is a number", {"Principal": {"AWS": 5}}, "Principal.AWS", "A principal must be a text."),
    ("conditions that are a list", {"Condition": []}, "Condition", "Condition must be an object of operators."),
    ("keys that are a text", {"Condition": {"Bool": "x"}}, "Condition.Bool", "Bool must hold an object"),
    ("an unknown operator", {"Condition": {"StringEqual": {"a": "b"}}}, "Condition.StringEqual",
     "There is no condition operator StringEqual."),
    ("an unknown set operator", {"Condition": {"ForSome:StringEquals": {"a": "b"}}}, "Condition.ForSome:StringEquals",
     "There is no condition operator ForSome:StringEquals."),
    ("a set operator alone", {"Condition": {"ForAnyValue:": {"a": "b"}}}, "Condition.ForAnyValue:",
     "There is no condition operator ForAnyValue:."),
    ("NullIfExists", {"Condition": {"NullIfExists": {"a": "true"}}}, "Condition.NullIfExists",
     "There is no condition operator NullIfExists."),
    ("a value that is null", {"Condition": {"Bool": {"a": None}}}, "Condition.Bool.a", "A condition's value must be"),
    ("a value that is an object", {"Condition": {"Bool": {"a": {}}}}, "Condition.Bool.a", "A condition's value"),
    ("a list of lists", {"Condition": {"Bool": {"a": [["true"]]}}}, "Condition.Bool.a", "A condition's value must be"),
    ("a number too large", {"Condition": {"NumericEquals": {"a": 10**70}}}, "Condition.NumericEquals.a",
     "The number is too large."),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "elements", "position", "message"), PARTS, ids=[row[0] for row in PARTS])
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_statement_that_cannot_be_read_neither_allows_nor_denies(
    effect: str, rule: str, elements: dict[str, Any], position: str, message: str
) -> None:
    policy = _compile(_statement(**{"Effect": effect, **elements}))
    (finding,) = policy.findings
    assert [statement.id for statement in policy.statements] == ["0"], rule
    assert finding.position == f"Statement[1]{'.' if position else ''}{position}"
    assert finding.severity is ERROR
    assert finding.message.startswith(message)


def test_a_statement_without_an_action_cannot_be_read() -> None:
    policy = _compile({"Statement": {"Effect": "Allow", "Resource": "*"}})
    assert policy.findings == (Finding("Statement[0]", "A statement must have an Action or a NotAction.", ERROR),)


TWICE = [
    ('{"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}', "Statement[0]", "Effect"),
    (
        '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {}, "Bool": {}}}',
        "Statement[0].Condition",
        "Bool",
    ),
    (
        '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "true", "a": "true"}}}',
        "Statement[0].Condition.Bool",
        "a",
    ),
    (
        '{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": {"AWS": "*", "AWS": "*"}}',
        "Statement[0].Principal",
        "AWS",
    ),
]


@pytest.mark.parametrize(("statement", "position", "name"), TWICE)
def test_a_member_that_stands_twice_makes_its_statement_unreadable(statement: str, position: str, name: str) -> None:
    policy = _compile(f'{{"Statement": [{statement}]}}')
    assert policy.statements == ()
    assert policy.findings == (Finding(position, f"{name} stands more than once.", ERROR),)


VALUES: list[tuple[str, dict[str, Any], str, str, Severity, bool]] = [
    ("an action without a colon matches nothing", {"Action": ["s3", "*"]}, "Action", "'s3' is no", WARNING, True),
    ("an empty action matches nothing", {"Action": ["", "*"]}, "Action", "'' is no action", WARNING, True),
    ("a resource that is no ARN matches nothing", {"Resource": ["x", "*"]}, "Resource", "'x' is no ARN", WARNING, True),
    ("a variable in front of the last segment", {"Resource": ["arn:aws:s3:${a}::x", "*"]}, "Resource",
     "'arn:aws:s3:${a}::x' is no ARN", WARNING, True),
    ("NotAction with such an action means nothing", {"Action": None, "NotAction": "s3"}, "NotAction",
     "'s3' is no action", ERROR, False),
    ("NotResource with such a resource means nothing", {"Resource": None, "NotResource": "vault"}, "NotResource",
     "'vault' is no ARN", ERROR, False),
    ("a Sid of a wrong type", {"Sid": 5}, "Sid", "A Sid must be a text.", WARNING, True),
    ("an empty list of actions does nothing", {"Action": []}, "Action", "The list is empty", SUGGESTION, False),
    ("an empty NotAction does nothing", {"Action": None, "NotAction": []}, "NotAction", "The list is empty", SUGGESTION,
     False),
    ("an empty list of resources does nothing", {"Resource": []}, "Resource", "The list is empty", SUGGESTION, False),
    ("no principal does nothing", {"Principal": {}}, "Principal", "No principal is named", SUGGESTION, False),
    ("an empty list of principals does nothing", {"Principal": {"AWS": []}}, "Principal", "No principal", SUGGESTION,
     False),
    ("an empty Condition does nothing", {"Condition": {}}, "Condition", "This Condition is empty", SUGGESTION, True),
    ("no value to compare with", {"Condition": {"StringNotEquals": {"a": []}}}, "Condition.StringNotEquals.a",
     "There is no value to compare with.", SUGGESTION, True),
    ("a value that is no number", {"Condition": {"NumericNotEquals": {"a": "x"}}}, "Condition.NumericNotEquals.a",
     "'x' can't be read as NumericNotEquals reads values", WARNING, True),
    ("a value that is no date", {"Condition": {"DateNotEquals": {"a": "x"}}}, "Condition.DateNotEquals.a",
     "'x' can't be read as DateNotEquals reads", WARNING, True),
    ("a value that is no range", {"Condition": {"NotIpAddress": {"a": "x"}}}, "Condition.NotIpAddress.a",
     "'x' can't be read as NotIpAddress reads", WARNING, True),
    ("a value that is no truth", {"Condition": {"BoolIfExists": {"a": "x"}}}, "Condition.BoolIfExists.a",
     "'x' can't be read as BoolIfExists reads", WARNING, True),
    ("a value that is no base64", {"Condition": {"BinaryEqualsIfExists": {"a": "x"}}},
     "Condition.BinaryEqualsIfExists.a", "'x' can't be read as BinaryEqualsIfExists reads", WARNING, True),
    ("a value that is no ARN", {"Condition": {"ArnNotLike": {"a": "x"}}}, "Condition.ArnNotLike.a",
     "'x' can't be read as ArnNotLike reads", WARNING, True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "elements", "position", "message", "severity", "allows"), VALUES, ids=[row[0] for row in VALUES]
)
def test_a_value_that_cannot_be_read_leaves_the_others(
    rule: str, elements: dict[str, Any], position: str, message: str, severity: Severity, allows: bool
) -> None:
    statement = {name: value for name, value in {**allow(), **elements}.items() if value is not None}
    policy = _compile({"Version": "2012-10-17", "Statement": statement})
    (finding,) = policy.findings
    assert (finding.position, finding.severity) == (f"Statement[0].{position}", severity), rule
    assert finding.message.startswith(message)
    identity = [policy] if "Principal" not in elements else []
    decision = decide(Request(ROLE, "backup:StartCopyJob", VAULT), PolicySet(identity=identity))
    assert (decision is Decision.ALLOWED) is allows


def test_a_member_of_no_meaning_is_noted_and_left_out() -> None:
    policy = _compile({"Version": "2012-10-17", "Comment": "x", "Id": "y", "Statement": GOOD})
    assert policy.findings == (Finding("", "Comment is no element of a policy document.", WARNING),)
    assert len(policy.statements) == 1


PRINCIPALS: list[tuple[Any, str, Decision]] = [
    (ROLE, 'A principal must be "*" or an object', Decision.ALLOWED),
    ({"AWS": f"{ROLE}*"}, "means nobody", Decision.IMPLICIT_DENY),
    ({"Service": "*"}, "means nobody", Decision.IMPLICIT_DENY),
]


@pytest.mark.parametrize(("principal", "message", "decision"), PRINCIPALS)
def test_a_principal_in_a_form_that_aws_refuses(principal: Any, message: str, decision: Decision) -> None:
    policy = _compile({"Statement": allow(Principal=principal)})
    (finding,) = policy.findings
    assert message in finding.message
    assert finding.severity is WARNING
    assert decide(Request(ROLE, "backup:StartCopyJob", VAULT), PolicySet(resource=policy)) is decision


LAYERS: list[tuple[str, dict[str, Any], Decision]] = [
    ("an Allow that names a principal grants nothing", {"identity": [to("*")]}, Decision.IMPLICIT_DENY),
    ("a Deny that names a principal is taken at its word", {"identity": [allow(), to("*", deny())]},
     Decision.EXPLICIT_DENY),
    ("an Allow without a resource grants nothing", {"identity": [{"Effect": "Allow", "Action": "*"}]},
     Decision.IMPLICIT_DENY),
    ("a Deny without a resource denies nothing", {"identity": [allow(), {"Effect": "Deny", "Action": "*"}]},
     Decision.ALLOWED),
    ("a resource's policy that names no principal grants nothing", {"resource": [allow()]}, Decision.IMPLICIT_DENY),
    ("a resource's policy that names no principal denies nothing", {"identity": [allow()], "resource": [deny()]},
     Decision.ALLOWED),
    ("a resource's policy need not name a resource",
     {"resource": [{"Effect": "Allow", "Action": "*", "Principal": "*"}]}, Decision.ALLOWED),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "layers", "decision"), LAYERS, ids=[row[0] for row in LAYERS])
def test_a_statement_in_a_layer_where_it_has_no_place(rule: str, layers: dict[str, Any], decision: Decision) -> None:
    from tests.iam.asking import ask

    assert ask(**layers).decision is decision, rule


def test_a_policy_can_be_compiled_from_its_text() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": {**allow(), "Sid": "всё"}})
    policy = _compile(text)
    assert (policy.findings, [statement.id for statement in policy.statements]) == ((), ["всё"])


def test_a_sid_names_a_statement_else_its_position() -> None:
    policy = _compile({"Statement": [allow(Sid="first"), allow(), allow(Sid="")]})
    assert [statement.id for statement in policy.statements] == ["first", "1", "2"]


HUGE: list[Any] = [
    {"Statement": allow(resource=["arn:aws:s3:::" + "*a?" * 60_000])},
    {"Statement": allow(["s3:" + "*a" * 100_000, *(f"s3:Get{number}*" for number in range(20_000))])},
    {"Statement": [allow(f"s3:Action{number}") for number in range(5_000)]},
    {"Statement": allow(Condition={"StringLike": {"aws:userid": ["*" + "a*" * 50_000] * 4}})},
    '{"Statement": {' + ",".join('"Effect": "Allow"' for _ in range(20_000)) + "}}",
    {"Statement": allow(resource="arn:aws:s3:::${" * 30_000)},
]


HUGE_NAMES = ["wildcards", "actions", "statements", "conditions", "twice", "variables"]


@pytest.mark.parametrize("document", HUGE, ids=HUGE_NAMES)
def test_a_huge_document_is_evaluated_before_the_test_times_out(document: Any) -> None:
    """Matching that tries every way to cut a text would never end."""
    policy = _compile(document)
    request = Request(ROLE, "s3:GetObject", "arn:aws:s3:::" + "a" * 1000, context={"aws:userid": "a" * 1000})
    decide(request, PolicySet(identity=[policy]))


LISTS = {
    "long patterns": ["*" + "a*" * 20_000 + str(number) for number in range(6)],
    "many patterns that share texts": [f"*a{number}*" for number in range(300)],
    "many patterns that share none": [f"a{number}:*" for number in range(5_000)],
}


@pytest.mark.parametrize("values", LISTS.values(), ids=LISTS)
def test_an_unknown_key_in_a_huge_condition_is_decided_before_the_test_times_out(values: list[str]) -> None:
    """Looking for texts that all of them share, or trying each value on each pattern, would take many minutes."""
    policy = _compile({"Version": "2012-10-17", "Statement": allow(Condition={"StringLike": {"a:b": values}})})
    decision = decide(Request(ROLE, "s3:GetObject", "*", unknown=["a:b"]), PolicySet(identity=[policy]))
    assert decision is Decision.DEPENDS


def test_a_prefix_with_a_huge_condition_is_decided_before_the_test_times_out() -> None:
    condition = {"StringLike": {"a:b": LISTS["many patterns that share texts"]}}
    policy = _compile({"Version": "2012-10-17", "Statement": allow(Condition=condition)})
    request = Request(ROLE, "s3:GetObject", "*", context={"a:b": PrefixValue("x")})
    assert decide(request, PolicySet(identity=[policy])) is Decision.DEPENDS


def test_a_document_that_holds_half_a_character_is_read() -> None:
    policy = _compile({"Statement": allow(resource=["arn:aws:s3:::\ud800", "*"])})
    assert (policy.findings, len(policy.statements)) == ((), 1)


def test_a_document_too_deeply_nested_has_no_effect() -> None:
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    policy = _compile({"Statement": nested})
    assert policy.findings == (Finding("", "The document is nested too deeply to be read.", ERROR),)
    assert policy.candidates("s3:getobject") == ()


def test_a_policy_is_compiled_once_for_its_name_and_text() -> None:
    document = {"Statement": [allow(Sid="once")]}
    first = Policy.compile("one", document)
    assert Policy.compile("one", json.dumps(document, separators=(",", ":"))) is first
    other = Policy.compile("other", document)
    assert [statement.policy for statement in (*first.candidates("a:b"), *other.candidates("a:b"))] == ["one", "other"]


def test_a_document_that_is_changed_is_another() -> None:
    document = {"Statement": [allow(Sid="before")]}
    first = Policy.compile("p", document)
    document["Statement"][0]["Sid"] = "after"
    assert [Policy.compile("p", document).statements[0].id, first.statements[0].id] == ["after", "before"]


BEGINNING = '[{"Effect": "Allow", "Resource": "*", "Action": "ec2:DescribeSomethingLong'


@pytest.mark.parametrize(
    "text",
    [
        BEGINNING.join(['{"Id": ', '1"}], "Statement": ', '2"}]}']),
        '{"Statement": [{"Effect": "Allow", "Resource": "*", "Action": "\\u0065c2:DescribeSomethingLong2"}]}',
        '{"Id": "\u00e4", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": "ec2:DescribeSomethingLong2"}]}',
        ' {"Statement": {"Effect": "Allow", "Resource": "*", "Action": ["ec2:*Long2"]}}',
    ],
    ids=["the beginning stands twice", "an escape", "a letter beyond ASCII", "a blank before"],
)
def test_a_statement_is_found_by_its_action_however_the_document_is_written(text: str) -> None:
    policy = Policy.compile("written", text)
    assert len(policy.candidates("ec2:describesomethinglong2")) == 1
    assert policy.candidates("ec2:describesomethinglong3") == ()
