"""Actions and resources: which of them a statement means."""

from typing import Any

import pytest

from bot.iam import Decision
from tests.iam.asking import BUCKET, HERE, KEY, VAULT, allow, ask, policy

ACTIONS = [
    ("an action means itself", {"Action": "s3:GetObject"}, True),
    ("actions are compared without regard to case", {"Action": "S3:getobject"}, True),
    ("another action of the service is not meant", {"Action": "s3:PutObject"}, False),
    ("one of a list is enough", {"Action": ["s3:PutObject", "s3:GetObject"]}, True),
    ("a star ends an action", {"Action": "s3:Get*"}, True),
    ("a star stands anywhere in an action", {"Action": "s3:*Object"}, True),
    ("a question mark is one character", {"Action": "s3:?etObject"}, True),
    ("a star does not reach over the colon", {"Action": "s*"}, False),
    ("the service can have wildcards", {"Action": "s?:GetObject"}, True),
    ("a star means every action", {"Action": "*"}, True),
    ("stars mean every action", {"Action": "**"}, True),
    ("every action of every service", {"Action": "*:*"}, True),
    ("space is part of an action", {"Action": "s3:GetObject "}, False),
    ("a list in one text is no list", {"Action": "s3:GetObject,s3:PutObject"}, False),
    ("an action without a name means nothing", {"Action": "s3:"}, False),
    ("NotAction means what it does not list", {"NotAction": "iam:*"}, True),
    ("NotAction does not mean what it lists", {"NotAction": ["iam:*", "s3:Get*"]}, False),
    ("NotAction of everything means nothing", {"NotAction": "*"}, False),
    ("NotAction does not mean an action it names", {"NotAction": "s3:GetObject"}, False),
]

PHOTO = f"{BUCKET}/photos/cat.jpg"
COLONS = f"{BUCKET}/a:b:c"

RESOURCES = [
    ("a resource means itself", {"Resource": PHOTO}, PHOTO, True),
    ("resources are compared with regard to case", {"Resource": f"{BUCKET}/Photos/cat.jpg"}, PHOTO, False),
    ("one of a list is enough", {"Resource": [BUCKET, f"{BUCKET}/*"]}, PHOTO, True),
    ("a star ends a resource", {"Resource": f"{BUCKET}/*"}, PHOTO, True),
    ("a star stands anywhere in the last segment", {"Resource": "arn:aws:s3:::d*cat.jp?"}, PHOTO, True),
    ("the bucket is not the object", {"Resource": BUCKET}, PHOTO, False),
    ("a star in the last segment covers colons", {"Resource": f"{BUCKET}/a:*"}, COLONS, True),
    ("a star in another segment covers that segment", {"Resource": "arn:aws:backup:*:*:backup-vault:*"}, VAULT, True),
    ("a star that ends a segment runs over colons", {"Resource": "arn:aws:backup:*:backup-vault:prod"}, VAULT, True),
    ("it runs over one colon", {"Resource": f"arn:aws:*:{HERE}:backup-vault:prod"}, VAULT, True),
    ("it runs over all colons", {"Resource": "arn:*prod"}, VAULT, False),
    ("it runs up to the last segment", {"Resource": "arn:aws:backup:*"}, VAULT, True),
    ("it runs into the last segment", {"Resource": "arn:aws:backup:eu-*:prod"}, VAULT, True),
    ("what follows it has to match", {"Resource": "arn:aws:backup:*:backup-vault:test"}, VAULT, False),
    ("what follows it has to match to the end", {"Resource": "arn:aws:backup:*:backup-vault"}, PHOTO, False),
    ("it runs over the colons of another service", {"Resource": "arn:aws:kms:*:key/*"}, KEY, True),
    ("NotResource leaves out what it runs over", {"NotResource": "arn:aws:kms:*:key/*"}, KEY, False),
    ("a star within a segment covers no colon", {"Resource": "arn:aws:backup:e*1:backup-vault:prod"}, VAULT, False),
    (
        "a question mark covers no colon",
        {"Resource": f"arn:aws:backup:eu-west-1?{HERE}:backup-vault:prod"},
        VAULT,
        False,
    ),
    ("what it leaves may end with another", {"Resource": "arn:*:eu-west-1:*"}, KEY, True),
    ("what it leaves may not end before the ARN does", {"Resource": f"arn:*:eu-west-1:{HERE}"}, KEY, False),
    ("a variable in an ARN that lacks segments means nothing", {"Resource": "arn:aws:s3:${x}"}, PHOTO, False),
    ("several stars that end segments", {"Resource": "arn:*:backup:*:backup-vault:*"}, VAULT, True),
    ("a variable behind it", {"Resource": "arn:aws:s3:*:b:${aws:PrincipalTag/last}"}, COLONS, True),
    ("a variable behind it has to match", {"Resource": "arn:aws:s3:*:b:${aws:PrincipalTag/dir}"}, COLONS, False),
    ("the segments that an ARN lacks can be anything", {"Resource": "arn:aws:s3"}, PHOTO, True),
    ("the last segment that an ARN has may be a pattern", {"Resource": "arn:aws:s3*"}, PHOTO, True),
    ("an ARN that lacks segments means no other service", {"Resource": "arn:aws:sqs"}, PHOTO, False),
    ("NotResource leaves out what such an ARN means", {"NotResource": "arn:aws:s3"}, PHOTO, False),
    ("what has few segments and is no ARN means nothing", {"Resource": "aws:s3*"}, PHOTO, False),
    ("the partition has to match", {"Resource": "arn:aws-cn:s3:::data/*"}, PHOTO, False),
    ("the partition can have wildcards", {"Resource": "arn:aws*:s3:::data/*"}, PHOTO, True),
    ("a Region in the pattern is not none", {"Resource": "arn:aws:s3:eu-west-1::data/*"}, PHOTO, False),
    ("a star means every resource", {"Resource": "*"}, PHOTO, True),
    ("a star means a request without a resource", {"Resource": "*"}, "*", True),
    ("a pattern does not mean a request without a resource", {"Resource": "arn:aws:s3:::*"}, "*", False),
    ("NotResource means what it does not list", {"NotResource": f"{BUCKET}/private/*"}, PHOTO, True),
    ("NotResource does not mean what it lists", {"NotResource": [VAULT, f"{BUCKET}/photos/*"]}, PHOTO, False),
    ("NotResource means a request without a resource", {"NotResource": f"{BUCKET}/*"}, "*", True),
    ("a variable stands in the last segment", {"Resource": f"{BUCKET}/${{aws:PrincipalTag/dir}}/*"}, PHOTO, True),
    ("a variable with a default", {"Resource": f"{BUCKET}/${{aws:PrincipalTag/no, 'photos'}}/*"}, PHOTO, True),
    ("a variable without a value means nothing", {"Resource": f"{BUCKET}/${{aws:PrincipalTag/no}}*"}, PHOTO, False),
    ("a variable in front of the last segment means nothing", {"Resource": "arn:aws:${x}:::data/*"}, PHOTO, False),
    ("a variable's star is no wildcard", {"Resource": f"{BUCKET}/${{aws:PrincipalTag/star}}"}, PHOTO, False),
    ("a written star is no wildcard", {"Resource": f"{BUCKET}/${{*}}"}, PHOTO, False),
    ("a variable's segments have to match too", {"Resource": "arn:aws:sqs:::${aws:PrincipalTag/star}"}, PHOTO, False),
    ("a variable never means a request without a resource", {"Resource": f"{BUCKET}/${{*}}"}, "*", False),
]


def _allows(resource: str, statement: dict[str, Any]) -> bool:
    answer = ask(
        action="s3:GetObject",
        on=resource,
        resource_account="111122223333",
        context={"aws:PrincipalTag/dir": "photos", "aws:PrincipalTag/last": "c", "aws:PrincipalTag/star": "*"},
        identity=[statement],
    )
    return answer.decision is Decision.ALLOWED


@pytest.mark.parametrize(("rule", "element", "expected"), ACTIONS, ids=[row[0] for row in ACTIONS])
def test_an_action_is_meant_as_the_rule_says(rule: str, element: dict[str, Any], expected: bool) -> None:
    assert _allows(PHOTO, {"Effect": "Allow", "Resource": "*", **element}) is expected, rule


@pytest.mark.parametrize(("rule", "element", "asked", "expected"), RESOURCES, ids=[row[0] for row in RESOURCES])
def test_a_resource_is_meant_as_the_rule_says(rule: str, element: dict[str, Any], asked: str, expected: bool) -> None:
    assert _allows(asked, {"Effect": "Allow", "Action": "*", **element}) is expected, rule


def test_a_document_of_2008_knows_no_variables() -> None:
    statement = allow(resource=f"{VAULT}/${{aws:username}}")
    for version, expected in (("2012-10-17", Decision.ALLOWED), ("2008-10-17", Decision.IMPLICIT_DENY)):
        old = policy(statement, version=version)
        assert ask(on=f"{VAULT}/ana", context={"aws:username": "ana"}, identity=[old]).decision is expected
    literal = policy(statement, version="2008-10-17")
    assert ask(on=f"{VAULT}/${{aws:username}}", identity=[literal]).decision is Decision.ALLOWED


def test_a_document_without_a_version_knows_no_variables() -> None:
    from bot.iam import Policy

    old = Policy.compile("old", {"Statement": allow(resource=f"{VAULT}/${{aws:username}}")})
    assert ask(on=f"{VAULT}/ana", context={"aws:username": "ana"}, identity=[old]).decision is not Decision.ALLOWED


def test_statements_are_found_by_their_action_in_their_order() -> None:
    found = policy(
        allow("s3:GetObject", Sid="exact"),
        allow("kms:*", Sid="other"),
        allow("s3:Get*", Sid="pattern"),
        allow("*", Sid="all"),
        {"Sid": "but", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
    )
    assert [statement.id for statement in found.candidates("s3:getobject")] == ["exact", "pattern", "all", "but"]


def test_the_statements_found_are_remembered_and_not_for_ever() -> None:
    found = policy(allow("s3:*"))
    first = found.candidates("s3:getobject")
    assert found.candidates("s3:getobject") is first
    for number in range(1100):
        found.candidates(f"s3:action{number}")
    assert found.candidates("s3:getobject") == first
