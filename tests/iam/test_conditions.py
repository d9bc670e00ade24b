"""Conditions: a rule a row, read as its sentence."""

from typing import Any

import pytest

from bot.iam import Decision
from tests.iam.asking import allow, ask, deny, policy

STRINGS = [
    ("StringEquals matches the same text", "StringEquals", "a", "a", True),
    ("StringEquals knows upper and lower case", "StringEquals", "A", "a", False),
    ("StringEquals takes a star as a star", "StringEquals", "a*", "ab", False),
    ("several values are alternatives", "StringEquals", ["b", "a"], "a", True),
    ("StringNotEquals is the reverse", "StringNotEquals", "a", "a", False),
    ("StringNotEquals wants none of several values", "StringNotEquals", ["b", "a"], "a", False),
    ("StringNotEquals is true of a third value", "StringNotEquals", ["b", "a"], "c", True),
    ("StringEqualsIgnoreCase takes any case", "StringEqualsIgnoreCase", "Ä", "ä", True),
    ("StringEqualsIgnoreCase takes a star as a star", "StringEqualsIgnoreCase", "a*", "ab", False),
    ("StringNotEqualsIgnoreCase is the reverse", "StringNotEqualsIgnoreCase", "A", "a", False),
    ("StringLike takes a star for any characters", "StringLike", "vpce-*", "vpce-1", True),
    ("StringLike takes a question mark for one", "StringLike", "vpce-?", "vpce-12", False),
    ("StringLike matches the whole text", "StringLike", "pce", "vpce-1", False),
    ("StringLike takes several values as alternatives", "StringLike", ["x*", "v*"], "vpce-1", True),
    ("StringNotLike is the reverse", "StringNotLike", "vpce-*", "vpce-1", False),
    ("an empty text equals an empty text", "StringEquals", "", "", True),
    ("operators are found without regard to case", "stringequals", "a", "a", True),
]

NUMBERS = [
    ("NumericEquals compares numbers, not texts", "NumericEquals", "10", "10.0", True),
    ("NumericEquals takes a number as JSON writes it", "NumericEquals", 10, "10", True),
    ("NumericEquals takes a decimal", "NumericEquals", 1.5, "1.50", True),
    ("NumericNotEquals is the reverse", "NumericNotEquals", "10", "10", False),
    ("NumericNotEquals wants none of several", "NumericNotEquals", ["9", "10"], "10", False),
    ("NumericLessThan is not equal", "NumericLessThan", "10", "10", False),
    ("NumericLessThan is less", "NumericLessThan", "10", "-3", True),
    ("NumericLessThanEquals may be equal", "NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan is greater", "NumericGreaterThan", "10", "11", True),
    ("NumericGreaterThan is not equal", "NumericGreaterThan", "10", "10", False),
    ("NumericGreaterThanEquals may be equal", "NumericGreaterThanEquals", "10", "10", True),
    ("what is no number equals none", "NumericEquals", "10", "ten", False),
    ("what is no number is not equal", "NumericNotEquals", "10", "ten", True),
    ("infinity is no number", "NumericGreaterThan", "10", "Infinity", False),
    ("a value that is no number matches nothing", "NumericEquals", "ten", "ten", False),
]

DATES = [
    ("DateEquals compares moments, not texts", "DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
    ("a date is its first moment", "DateEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("a month is its first moment", "DateEquals", "2026-01", "2026-01-01T00:00:00Z", True),
    ("a year is its first moment", "DateEquals", "2026", "2026-01-01T00:00:00Z", True),
    ("seconds can be left out", "DateEquals", "2026-01-01T10:30Z", "2026-01-01T10:30:00Z", True),
    ("seconds can have fractions", "DateLessThan", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.4Z", True),
    ("a time without a zone is UTC", "DateEquals", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z", True),
    ("epoch seconds are a moment", "DateEquals", "1767225600", "2026-01-01T00:00:00Z", True),
    ("epoch seconds can be a JSON number", "DateEquals", 1767225600, "2026-01-01T00:00:00Z", True),
    ("epoch seconds in the request too", "DateLessThan", "2026-01-01T00:00:00Z", "1767225599", True),
    ("DateNotEquals is the reverse", "DateNotEquals", "2026-01-01", "2026-01-01T00:00:00Z", False),
    ("DateLessThan is before", "DateLessThan", "2026-01-01", "2025-12-31T23:59:59Z", True),
    ("DateLessThan is not the moment itself", "DateLessThan", "2026-01-01", "2026-01-01T00:00:00Z", False),
    ("DateLessThanEquals may be the moment", "DateLessThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan is after", "DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", True),
    ("DateGreaterThanEquals may be the moment", "DateGreaterThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("what is no date is at no moment", "DateLessThan", "2026-01-01", "yesterday", False),
    ("the thirtieth of February is no date", "DateLessThan", "2026-01-01", "2025-02-30T00:00:00Z", False),
    ("a month with a time is no date", "DateLessThan", "2026-01-01", "2025-02T00:00:00Z", False),
    ("a value that is no date matches nothing", "DateLessThan", "tomorrow", "2025-01-01", False),
]

OTHERS = [
    ("Bool matches the same truth", "Bool", "true", "true", True),
    ("Bool takes a JSON truth value", "Bool", True, "true", True),
    ("Bool takes any case", "Bool", "TRUE", "True", True),
    ("Bool does not match the other truth", "Bool", "true", "false", False),
    ("Bool matches nothing but truths", "Bool", "yes", "yes", False),
    ("BinaryEquals compares bytes", "BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ("BinaryEquals knows upper and lower case", "BinaryEquals", "QmluYXJ5", "qmluyxj5", False),
    ("BinaryEquals matches nothing but base64", "BinaryEquals", "a b", "a b", False),
    ("IpAddress matches within a range", "IpAddress", "203.0.113.0/24", "203.0.113.9", True),
    ("IpAddress does not match beyond it", "IpAddress", "203.0.113.0/24", "203.0.114.1", False),
    ("IpAddress takes an address alone as itself", "IpAddress", "203.0.113.9", "203.0.113.9", True),
    ("IpAddress takes a range named by any of its addresses", "IpAddress", "203.0.113.9/24", "203.0.113.1", True),
    ("IpAddress takes version 6", "IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::9", True),
    ("IpAddress takes ranges of both versions", "IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", True),
    ("NotIpAddress is the reverse", "NotIpAddress", "10.0.0.0/8", "10.1.1.1", False),
    ("NotIpAddress is true of the other version", "NotIpAddress", "10.0.0.0/8", "2001:db8::1", True),
    ("what is no address is in no range", "IpAddress", "0.0.0.0/0", "here", False),
    ("a range that is none matches nothing", "IpAddress", "10.0.0.0/99", "10.0.0.0", False),
]

TOPIC = "arn:aws:sns:eu-west-1:111122223333:topic"
TWO_PARTS = "arn:aws:sns:eu-west-1:999999999999:store/abc:111122223333:finance/x"

ARNS = [
    ("ArnEquals matches the same ARN", "ArnEquals", TOPIC, TOPIC, True),
    ("ArnEquals takes wildcards as ArnLike does", "ArnEquals", "arn:aws:sns:*:111122223333:top?c", TOPIC, True),
    ("ArnLike takes wildcards in every segment", "ArnLike", "arn:*:s?s:*:*:*", TOPIC, True),
    ("ArnLike's star covers no colon", "ArnLike", "arn:aws:sns:*:111122223333:finance/*", TWO_PARTS, False),
    ("StringLike's star does", "StringLike", "arn:aws:sns:*:111122223333:finance/*", TWO_PARTS, True),
    ("the last segment may have colons", "ArnLike", "arn:aws:sns:*:*:store/*", TWO_PARTS, True),
    ("ArnLike knows upper and lower case", "ArnLike", TOPIC.upper(), TOPIC, False),
    ("ArnNotEquals is the reverse", "ArnNotEquals", TOPIC, TOPIC, False),
    ("ArnNotLike is the reverse", "ArnNotLike", "arn:aws:sns:*:*:*", TOPIC, False),
    ("ArnNotLike is true of another ARN", "ArnNotLike", "arn:aws:sqs:*:*:*", TOPIC, True),
    ("a bare star matches every ARN", "ArnLike", "*", TOPIC, True),
    ("fewer segments match nothing", "ArnLike", "arn:aws:sns:*", TOPIC, False),
    ("what is no ARN is like none", "ArnLike", "arn:*:*:*:*:*", "topic", False),
    ("what has too few segments is no ARN", "ArnLike", "arn:*:*:*:*:*", "arn:aws:sns", False),
    ("several patterns are alternatives", "ArnLike", ["arn:aws:sqs:*:*:*", "arn:aws:sns:*:*:*"], TOPIC, True),
]

ABSENT = None

MISSING: list[tuple[str, str, object, object, bool]] = [
    ("a key that is absent equals nothing", "StringEquals", "a", ABSENT, False),
    ("a key that is absent is not equal", "StringNotEquals", "a", ABSENT, True),
    ("a key that is absent is like nothing", "StringLike", "*", ABSENT, False),
    ("a key that is absent is not like", "StringNotLike", "*", ABSENT, True),
    ("a key that is absent is no number", "NumericLessThan", "1", ABSENT, False),
    ("a key that is absent is no date", "DateGreaterThan", "2020", ABSENT, False),
    ("a key that is absent is not false", "Bool", "false", ABSENT, False),
    ("a key that is absent is in no range", "IpAddress", "0.0.0.0/0", ABSENT, False),
    ("a key that is absent is outside every range", "NotIpAddress", "0.0.0.0/0", ABSENT, True),
    ("a key that is absent is like no ARN", "ArnLike", "*", ABSENT, False),
    ("a key that is absent is not like an ARN", "ArnNotLike", "*", ABSENT, True),
    ("IfExists is true of an absent key", "StringEqualsIfExists", "a", ABSENT, True),
    ("IfExists compares a key that is there", "StringEqualsIfExists", "a", "b", False),
    ("IfExists of a negated operator is true of an absent key", "StringNotEqualsIfExists", "a", ABSENT, True),
    ("IfExists of a negated operator compares a key that is there", "StringNotEqualsIfExists", "a", "a", False),
    ("BoolIfExists is true of an absent key", "BoolIfExists", "false", ABSENT, True),
    ("Null true wants the key absent", "Null", "true", ABSENT, True),
    ("Null true is false of a key that is there", "Null", "true", "a", False),
    ("Null false wants the key there", "Null", "false", "a", True),
    ("Null false is false of an absent key", "Null", "false", ABSENT, False),
    ("Null takes a JSON truth value", "Null", True, ABSENT, True),
    ("Null of both is always true", "Null", ["true", "false"], "a", True),
    ("Null of another word is never true", "Null", "maybe", ABSENT, False),
    ("Null takes an empty text as there", "Null", "false", "", True),
    ("an empty list is absent", "Null", "true", [], True),
    ("Null with a set operator asks the same", "ForAllValues:Null", "true", ABSENT, True),
]

SETS = [
    ("ForAllValues wants every value among the policy's", "ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues fails for one value too many", "ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues is true of an absent key", "ForAllValues:StringEquals", "a", ABSENT, True),
    ("ForAllValues is true of an empty list", "ForAllValues:StringEquals", "a", [], True),
    ("ForAllValues is true of an empty text", "ForAllValues:StringEquals", "a", "", True),
    ("ForAnyValue is false of an empty text", "ForAnyValue:StringEquals", "", "", False),
    ("ForAnyValue with a negated operator is false of an empty text", "ForAnyValue:StringNotEquals", "a", "", False),
    ("ForAnyValue with IfExists is false of an empty text", "ForAnyValue:StringEqualsIfExists", "a", "", False),
    ("ForAllValues takes one value as a list of one", "ForAllValues:StringLike", "a*", "ab", True),
    ("ForAllValues of a negated operator wants all to differ", "ForAllValues:StringNotEquals", "a", ["b", "c"], True),
    ("ForAllValues of a negated operator fails for one", "ForAllValues:StringNotEquals", "a", ["a", "c"], False),
    ("ForAnyValue wants one value among the policy's", "ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
    ("ForAnyValue fails for none", "ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
    ("ForAnyValue is false of an absent key", "ForAnyValue:StringEquals", "a", ABSENT, False),
    ("ForAnyValue is false of an empty list", "ForAnyValue:StringEquals", "a", [], False),
    ("ForAnyValue takes one value as a list of one", "ForAnyValue:StringLike", "a*", "ab", True),
    ("ForAnyValue of a negated operator wants one to differ", "ForAnyValue:StringNotEquals", "a", ["a", "b"], True),
    ("ForAnyValue of a negated operator fails where none does", "ForAnyValue:StringNotEquals", "a", ["a"], False),
    ("ForAnyValue of a negated operator is false of an absent key", "ForAnyValue:StringNotEquals", "a", ABSENT, False),
    ("ForAllValues with IfExists is true of an absent key", "ForAllValues:StringEqualsIfExists", "a", ABSENT, True),
    ("ForAnyValue with IfExists is true of an absent key", "ForAnyValue:StringEqualsIfExists", "a", ABSENT, True),
    ("ForAnyValue with IfExists compares what is there", "ForAnyValue:StringEqualsIfExists", "a", ["b"], False),
    ("set operators are found without regard to case", "foranyvalue:StringEquals", "a", ["a"], True),
    ("several values need a set operator", "StringEquals", ["a", "b"], ["a", "b"], False),
    ("several values need a set operator, negated too", "StringNotEquals", "c", ["a", "b"], False),
    ("a list of one value is that value", "StringEquals", "a", ["a"], True),
    ("no value to compare with matches nothing", "StringEquals", [], "a", False),
    ("no value to compare with leaves a negated operator true", "StringNotEquals", [], "a", True),
    ("ForAllValues of no value wants the key absent", "ForAllValues:StringEquals", [], "a", False),
    ("ForAnyValue of no value is never true", "ForAnyValue:StringEquals", [], ["a"], False),
    ("truth values and numbers in a list are written out", "ForAllValues:StringEquals", ["true", "5"], [True, 5], True),
]

VARIABLES = [
    ("a variable stands in StringEquals", "StringEquals", "${aws:username}", "ana", True),
    ("a variable stands beside values", "StringEquals", ["x", "${aws:username}"], "x", True),
    ("a variable stands in StringEqualsIgnoreCase", "StringEqualsIgnoreCase", "${aws:username}", "ANA", True),
    ("a variable stands in StringLike", "StringLike", "home/${aws:username}/*", "home/ana/x", True),
    ("a written star is no wildcard", "StringLike", "home/${*}", "home/ana", False),
    ("a written star is a star", "StringLike", "home/${*}", "home/*", True),
    ("StringEquals takes a written star as a star", "StringEquals", "${*}", "*", True),
    ("a variable stands in ArnLike", "ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ana", True),
    ("an ARN can be a variable", "ArnEquals", "${aws:PrincipalArn}", "arn:aws:iam::111122223333:role/job", True),
    ("a variable stands in Bool", "Bool", "${aws:SecureTransport}", "true", True),
    ("a variable without a value equals nothing", "StringEquals", "${aws:PrincipalTag/no}", "", False),
    ("a variable without a value is not equal", "StringNotEquals", "${aws:PrincipalTag/no}", "ana", True),
    ("a variable without a value is like nothing", "StringLike", "${aws:PrincipalTag/no}*", "ana", False),
    ("a variable without a value is like no ARN", "ArnLike", "${aws:PrincipalTag/no}", "arn:aws:iam::1:user/a", False),
    ("a default stands in", "StringEquals", "${aws:PrincipalTag/no, 'ana'}", "ana", True),
    ("a variable stands in no number", "NumericEquals", "${aws:username}", "1", False),
]

ALL = [*STRINGS, *NUMBERS, *DATES, *OTHERS, *ARNS, *MISSING, *SETS, *VARIABLES]
KNOWN = {"aws:username": "ana", "aws:SecureTransport": "true"}


def _holds(conditions: dict[str, Any], context: dict[str, Any]) -> bool:
    return ask(context=context, identity=[allow(Condition=conditions)]).decision is Decision.ALLOWED


@pytest.mark.parametrize(("rule", "operator", "values", "value", "expected"), ALL, ids=[row[0] for row in ALL])
def test_a_condition_is_true_as_the_rule_says(
    rule: str, operator: str, values: object, value: object, expected: bool
) -> None:
    assert _holds({operator: {"svc:Key": values}}, {**KNOWN, "svc:key": value}) is expected, rule


def test_every_key_and_every_operator_has_to_hold() -> None:
    conditions = {"StringEquals": {"svc:A": "1", "svc:B": "2"}, "StringLike": {"svc:C": "3*"}}
    context = {"svc:A": "1", "svc:B": "2", "svc:C": "33"}
    assert _holds(conditions, context)
    for key in context:
        assert not _holds(conditions, {**context, key: "x"})


def test_keys_are_found_without_regard_to_case() -> None:
    assert _holds({"StringEquals": {"AWS:resourcetag/Team": "blue"}}, {"aws:ResourceTag/team": "blue"})


def test_a_deny_with_a_negated_operator_hits_a_request_without_the_key() -> None:
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    condition = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    answer = ask(identity=[allow(), {**statement, "Condition": condition}])
    assert answer.decision is Decision.EXPLICIT_DENY


RED_AND_BLUE = {"StringEquals": {"aws:PrincipalTag/team": "red", "AWS:principaltag/Team": "blue"}}
NEITHER = {"StringNotEquals": {"aws:PrincipalTag/team": "red"}, "stringnotequals": {"aws:PrincipalTag/team": "blue"}}

TWICE = [
    ("one of them is enough for a Deny", [allow(), deny(Condition=RED_AND_BLUE)], "blue", Decision.EXPLICIT_DENY, True),
    ("none of them is not", [allow(), deny(Condition=RED_AND_BLUE)], "green", Decision.ALLOWED, False),
    ("an Allow needs both", [allow(Condition=RED_AND_BLUE)], "blue", Decision.IMPLICIT_DENY, False),
    ("both are true", [allow(), deny(Condition=NEITHER)], "green", Decision.EXPLICIT_DENY, False),
    ("both are true of an Allow", [allow(Condition=NEITHER)], "green", Decision.ALLOWED, False),
    ("an operator in other letters", [allow(), deny(Condition=NEITHER)], "red", Decision.EXPLICIT_DENY, True),
]


@pytest.mark.parametrize(("rule", "identity", "team", "decision", "contested"), TWICE, ids=[row[0] for row in TWICE])
def test_a_key_that_stands_twice_in_different_letters_drops_no_deny(
    rule: str, identity: list[Any], team: str, decision: Decision, contested: bool
) -> None:
    answer = ask(identity=identity, context={"aws:PrincipalTag/team": team})
    assert (answer.decision, answer.contested) == (decision, contested), rule
    assert [match.contested for match in answer.by] == [contested for _ in answer.by]


def test_a_key_that_stands_twice_is_noted() -> None:
    (finding,) = policy(deny(Condition=RED_AND_BLUE)).findings
    assert finding.position == "Statement[0].Condition.StringEquals"
    assert finding.message == "The condition key AWS:principaltag/Team stands twice, in different letters."


def test_a_deny_that_depends_on_an_unknown_key_that_stands_twice_names_both_values() -> None:
    answer = ask(identity=[allow(), deny(Condition=RED_AND_BLUE)], unknown=["aws:PrincipalTag/team"])
    assert answer.sentence == "allowed unless aws:PrincipalTag/team is red or is blue"
