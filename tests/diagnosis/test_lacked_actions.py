"""Which actions a role is not allowed on anything: by its policies, its boundary and what its organization leaves."""

from typing import Any

import pytest

from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.organization import Level, OrganizationFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.role_needs import lacked_actions

ROLE = "arn:aws:iam::222233334444:role/BackupWhyReadOnly"
ASKED = ("iam:GetRole", "kms:GetKeyPolicy", "s3:GetBucketPolicy")


def named(*statements: dict[str, Any]) -> NamedDocument:
    return NamedDocument("a-policy", {"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect: str, *actions: str, **members: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": "*", **members}


ALL = statement("Allow", "*")
CONDITION = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}


def organization(*scps: NamedDocument, management: str = "111122223333") -> OrganizationFacts:
    level = Level("r-1", (named(ALL), *scps), ())
    return OrganizationFacts(
        "222233334444", "o-1", is_known=True, management_account=management, path=("r-1",), levels=(level,)
    )


@pytest.mark.parametrize(
    ("identity", "boundary", "place", "lacks"),
    [
        ([ALL], None, organization(), ()),
        ([], None, organization(), ASKED),
        ([statement("Allow", "iam:*", "kms:GetKeyPolicy")], None, organization(), ("s3:GetBucketPolicy",)),
        ([statement("Allow", "iam:getrole", "kms:*", "s3:Get*")], None, organization(), ()),
        ([ALL], named(statement("Allow", "s3:*", "iam:*")), organization(), ("kms:GetKeyPolicy",)),
        ([ALL, statement("Deny", "kms:*")], None, organization(), ("kms:GetKeyPolicy",)),
        ([ALL, statement("Deny", "kms:*", Resource="arn:aws:kms:*:*:key/a")], None, organization(), ()),
        ([ALL, statement("Deny", "kms:*", Condition=CONDITION)], None, organization(), ()),
        ([ALL], None, organization(named(statement("Deny", "s3:*"))), ("s3:GetBucketPolicy",)),
        ([ALL], None, organization(named(statement("Deny", "s3:*")), management="222233334444"), ()),
    ],
    ids=[
        "everything",
        "nothing",
        "no statement",
        "in another case",
        "a boundary",
        "denied everywhere",
        "denied on some resources",
        "denied under a condition",
        "an SCP",
        "an SCP does not bind the management account",
    ],
)
def test_what_is_allowed_on_nothing_or_denied_everywhere_is_lacking(
    identity: list[dict[str, Any]], boundary: NamedDocument | None, place: OrganizationFacts, lacks: tuple[str, ...]
) -> None:
    documents = (named(*identity),) if identity else ()
    role = PrincipalFacts(ROLE, exists=True, identity=documents, identity_is_complete=True, boundary=boundary)
    assert lacked_actions(role, place, ASKED) == lacks
