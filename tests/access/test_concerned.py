"""Which accounts an answer is about: a right to all of them shows its documents, a right to the main one shows it."""

import pytest

from bot.access.audience import Audience, concerned_accounts, main_account
from bot.access.authorizer import Rights
from bot.diagnosis.model import Cause, Change
from bot.diagnosis.reading import read_error
from tests.replies import diagnoses

MINE, OTHER = "222233334444", "777788889999"
ANA = f"arn:aws:sts::{MINE}:assumed-role/Dev/ana"
KEY = f"arn:aws:kms:eu-west-1:{OTHER}:key/6f0c2d1e-3b4a-4c5d-8e9f-012345678901"
POLICY = f"arn:aws:iam::{OTHER}:policy/freeze"

TEXTS = [
    pytest.param(
        f"User: {ANA} is not authorized to perform: kms:CreateGrant on resource: {KEY}",
        MINE,
        {MINE, OTHER},
        id="principal and resource",
    ),
    pytest.param(
        f"User: {ANA} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::logs with an explicit deny "
        f"in an identity-based policy: {POLICY}",
        MINE,
        {MINE, OTHER},
        id="principal and policy",
    ),
    pytest.param(
        f"Access denied: not authorized to perform: kms:CreateGrant on resource: {KEY}", OTHER, {OTHER}, id="resource"
    ),
    pytest.param("You are not authorized to perform this operation.", "", set(), id="nothing"),
]

TARGET = Change(kind="put-key-policy", target=KEY)
CAUSES = [
    pytest.param(diagnoses.scp_cause(fix=None), {MINE}, id="no fix"),
    pytest.param(diagnoses.scp_cause(fix=diagnoses.fix(changes=(TARGET,))), {MINE, OTHER}, id="a fix"),
    pytest.param(
        diagnoses.scp_cause(fix=diagnoses.fix(alternative=diagnoses.fix(changes=(TARGET,)))),
        {MINE, OTHER},
        id="the second choice of a fix",
    ),
    *(
        pytest.param(diagnoses.scp_cause(**{name: KEY}), {MINE, OTHER}, id=name)
        for name in ("principal", "resource", "policy", "target")
    ),
]


@pytest.mark.parametrize(("text", "main", "concerned"), TEXTS)
def test_the_accounts_of_an_error_text(text: str, main: str, concerned: set[str]) -> None:
    answer = read_error(text)
    assert main_account(answer) == main
    assert concerned_accounts(answer) == concerned


@pytest.mark.parametrize(("cause", "concerned"), CAUSES)
def test_the_accounts_of_what_denies_and_of_what_is_to_change(cause: Cause, concerned: set[str]) -> None:
    assert concerned_accounts(diagnoses.denied(cause)) == concerned


def test_documents_of_an_error_text_are_shown_to_those_who_may_ask_about_all_its_accounts() -> None:
    answer = read_error(f"User: {ANA} is not authorized to perform: kms:CreateGrant on resource: {KEY}")
    for accounts, shown in ({MINE}, False), ({OTHER}, False), ({MINE, OTHER}, True):
        audience = Audience(Rights(frozenset(accounts)), shared=False)
        assert audience.about(answer).mask.documents is shown
