"""Resources of whose ARN a part is not known: what is so of all of them, of some, and of none.

AWS IAM User Guide, "IAM JSON policy elements: Resource", Using wildcards in resource ARNs.
"""

from typing import Any

import pytest

from bot.errors import BadInputError
from bot.iam import Decision, LayerVerdict, PartialArn, PolicyEvaluation, PolicyLayer, Request
from bot.iam.assignments import MOST_ASSIGNMENTS
from bot.iam.patterns import Pattern
from tests.iam.asking import BUCKET, HERE, ROLE, Statement, allow, ask, deny, policy, to

SNAPSHOT = PartialArn(f"arn:aws:rds:eu-west-1:{HERE}:snapshot:awsbackup:*")
BEGINS = f"arn:aws:rds:eu-west-1:{HERE}:snapshot:awsbackup:"
OBJECT = PartialArn(f"{BUCKET}/*")
ARN = "the resource's ARN"


def create(*identity: Statement, on: PartialArn | str = SNAPSHOT, **more: Any) -> PolicyEvaluation:
    """Asks for rds:CreateDBSnapshot with an identity policy."""
    return ask(ROLE, "rds:CreateDBSnapshot", on, identity=list(identity), **more)


@pytest.mark.parametrize(
    ("resource", "decision"),
    [
        ("*", Decision.ALLOWED),
        (f"{BEGINS}*", Decision.ALLOWED),
        ("arn:aws:rds:*:*:snapshot:*", Decision.ALLOWED),
        ("arn:aws:rds:*:*:snapshot:aws*", Decision.ALLOWED),
        ("arn:aws:rds", Decision.ALLOWED),
        ("arn:aws:rds:*:awsbackup:*", Decision.ALLOWED),
        (f"{BEGINS}job-*", Decision.DEPENDS),
        (f"{BEGINS}job-1", Decision.DEPENDS),
        ("arn:aws:rds:*:*:snapshot:*-1", Decision.DEPENDS),
        ("arn:aws:rds:*:job-*", Decision.DEPENDS),
        (f"{BEGINS}?", Decision.DEPENDS),
        (f"{BEGINS}${{aws:PrincipalTag/job}}", Decision.IMPLICIT_DENY),
        ("arn:aws:rds:*:*:db:*", Decision.IMPLICIT_DENY),
        ("arn:aws:rds:us-east-1:*:snapshot:*", Decision.IMPLICIT_DENY),
        ("arn:aws:rds:*:*:snapshot:rds:*", Decision.IMPLICIT_DENY),
        ("no ARN", Decision.IMPLICIT_DENY),
    ],
)
def test_a_pattern_matches_all_some_or_none_of_the_resources(resource: str, decision: Decision) -> None:
    answer = create(allow("rds:*", resource))
    assert answer.decision is decision
    assert answer.depends_on == ((ARN,) if decision is Decision.DEPENDS else ())


def test_what_depends_on_the_resource_is_said() -> None:
    answer = create(allow("rds:*", f"{BEGINS}job-*", Sid="Jobs"))
    assert answer.sentence == f"denied unless {ARN} is like {BEGINS}job-*"
    (match,) = answer.by
    assert (match.statement, match.depends) == ("Jobs", True)
    assert match.matched is not None
    assert match.matched.resource == f"{BEGINS}job-*"


def test_two_statements_that_together_leave_no_resource_out_allow() -> None:
    both = (allow("rds:*", f"{BEGINS}job-*"), allow("rds:*", NotResource=f"{BEGINS}job-*"))
    without = [{name: value for name, value in one.items() if name != "Resource"} for one in both[1:]]
    assert create(both[0], *without).decision is Decision.ALLOWED


def test_a_deny_of_some_of_them_is_possible_and_one_of_all_is_certain() -> None:
    everything = allow("*", "*")
    some = create(everything, deny("rds:*", f"{BEGINS}copyjob-*"))
    assert (some.decision, some.depends_on) == (Decision.DEPENDS, (ARN,))
    assert create(everything, deny("rds:*", "arn:aws:rds:*:snapshot:*")).decision is Decision.EXPLICIT_DENY


def test_a_star_that_aws_writes_itself_is_an_ordinary_character() -> None:
    literal = "arn:aws:ec2:eu-west-1::snapshot/*"
    assert ask(on=literal, identity=[allow("*", "arn:aws:ec2:*::snapshot/snap-*")]).decision is Decision.IMPLICIT_DENY
    partial = PartialArn(literal)
    assert ask(on=partial, identity=[allow("*", "arn:aws:ec2:*::snapshot/snap-*")]).decision is Decision.DEPENDS


def test_parts_in_the_middle_and_at_both_ends() -> None:
    entry = PartialArn(f"arn:aws:eks:eu-west-1:{HERE}:access-entry/*/role/{HERE}/job/*")
    for resource, decision in (
        (f"arn:aws:eks:*:{HERE}:access-entry/*/role/{HERE}/job/*", Decision.ALLOWED),
        (f"arn:aws:eks:*:{HERE}:access-entry/prod/role/{HERE}/job/*", Decision.DEPENDS),
        (f"arn:aws:eks:*:{HERE}:access-entry/*/user/{HERE}/ana/*", Decision.DEPENDS),
        (f"arn:aws:eks:*:{HERE}:addon/*", Decision.IMPLICIT_DENY),
    ):
        assert ask(ROLE, "eks:AssociateAccessPolicy", entry, identity=[allow("eks:*", resource)]).decision is decision


def test_an_unknown_key_and_an_unknown_part_are_tried_together() -> None:
    answer = create(
        allow("rds:*", f"{BEGINS}job-*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        unknown=["aws:SourceVpce"],
    )
    assert answer.depends_on == ("aws:SourceVpce", ARN)
    assert answer.sentence == f"denied unless aws:SourceVpce is vpce-1 and {ARN} is like {BEGINS}job-*"


def test_a_variable_of_unknown_value_can_give_the_part() -> None:
    answer = create(allow("rds:*", f"{BEGINS}${{aws:PrincipalTag/job}}"), unknown=["aws:PrincipalTag/job"])
    assert answer.decision is Decision.DEPENDS
    assert set(answer.depends_on) == {"aws:PrincipalTag/job", ARN}


def test_the_policy_of_a_bucket_counts_for_its_objects() -> None:
    answer = ask(ROLE, "s3:GetObject", OBJECT, resource=[to(ROLE, allow("s3:*", f"{BUCKET}/logs/*"))])
    result = next(each for each in answer.layers if each.layer is PolicyLayer.RESOURCE)
    assert (result.verdict, result.depends_on) == (LayerVerdict.DEPENDS, (ARN,))


def test_a_grant_is_of_one_key() -> None:
    key = PartialArn(f"arn:aws:kms:eu-west-1:{HERE}:key/*")
    grant = {"GrantId": "g", "KeyId": "1234", "Operations": ["Decrypt"], "GranteePrincipal": ROLE}
    delegating = policy(to(f"arn:aws:iam::{HERE}:root", allow("kms:*")))
    answer = ask(ROLE, "kms:Decrypt", key, grants=[grant], resource=delegating)
    assert (answer.decision, answer.depends_on) == (Decision.DEPENDS, (ARN,))


def many(count: int) -> list[Statement]:
    """Statements on so many groups of objects, each of which overlaps with all others."""
    return [allow("s3:GetObject", f"{BUCKET}/*{number:04d}*") for number in range(count)]


def test_too_many_resources_to_tell_apart_are_bounded() -> None:
    assert MOST_ASSIGNMENTS < 2**40
    answer = ask(ROLE, "s3:GetObject", OBJECT, identity=many(40))
    assert (answer.decision, answer.depends_on) == (Decision.DEPENDS, (ARN,))
    certain = ask(ROLE, "s3:GetObject", OBJECT, identity=[*many(40), allow("s3:*", "*")])
    assert certain.decision is Decision.ALLOWED
    elsewhere = [allow("s3:GetObject", "arn:aws:s3:::other/*"), deny("s3:GetObject", "arn:aws:s3:::other/*")]
    assert ask(ROLE, "s3:GetObject", OBJECT, identity=[*many(40), *elsewhere]).decision is Decision.DEPENDS
    denied = ask(ROLE, "s3:GetObject", OBJECT, identity=[*many(40), deny("s3:*", "*")])
    assert denied.decision is Decision.EXPLICIT_DENY
    excepted = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/logs/*"}
    assert ask(ROLE, "s3:GetObject", OBJECT, identity=[*many(40), excepted]).decision is Decision.DEPENDS


@pytest.mark.parametrize("text", ["*", "snapshot:*", "arn:aws:ec2:*::snapshot/*", "arn:aws:ec2:eu-west-1"])
def test_only_the_last_segment_can_have_unknown_parts(text: str) -> None:
    with pytest.raises(BadInputError, match="is no ARN of which only the last segment is not known"):
        Request(ROLE, "ec2:CreateSnapshot", PartialArn(text))


@pytest.mark.parametrize(
    ("pattern", "other", "covers"),
    [
        ("*", "a*", True),
        ("a*", "a*b", True),
        ("a*b", "a*", False),
        ("a?", "a?", True),
        ("a?", "a*", False),
        ("a*", "a?", False),
        ("*:*", "*", False),
    ],
)
def test_a_pattern_covers_another_where_it_matches_all_that_the_other_does(
    pattern: str, other: str, covers: bool
) -> None:
    assert Pattern.of(pattern).covers(Pattern.of(other)) is covers


def test_a_variable_in_a_resource_is_tried_with_what_policies_ask_of_its_key() -> None:
    own = allow(
        "s3:*", f"{BUCKET}/${{aws:PrincipalTag/team}}", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}
    )
    answer = ask(ROLE, "s3:GetObject", OBJECT, identity=[own], unknown=["aws:PrincipalTag/team"])
    assert answer.decision is Decision.DEPENDS
    assert answer.depends_on == ("aws:PrincipalTag/team", ARN)


@pytest.mark.parametrize("wildcard", ["job-?", "job-*", "*-1"])
def test_a_variable_can_give_what_another_statement_asks_of_the_part(wildcard: str) -> None:
    """The boundary leaves some resources; the variable is one of them where the tag has its name."""
    answer = create(
        allow("rds:*", f"{BEGINS}${{aws:PrincipalTag/job, 'none'}}"),
        boundary=[allow("rds:*", f"{BEGINS}{wildcard}")],
        unknown=["aws:PrincipalTag/job"],
    )
    assert answer.decision is Decision.DEPENDS
    assert set(answer.depends_on) == {"aws:PrincipalTag/job", ARN}
