"""Ids of principals that were deleted: explained, and in no document that a fix writes back."""

import json
from typing import Any

import pytest

from bot.diagnosis.fixes.deleted_principals import deleted_principals
from bot.iam import is_unique_id
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, diagnosed, fix_of
from tests.diagnosis.test_incidents import MakeDiagnostician

GONE, ALSO_GONE = "AROA4EXAMPL7T2K5QXVNQ", "AIDA4EXAMPL7T2K5QXVNQ"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/Admin"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (GONE, True),
        (ALSO_GONE, True),
        ("AGPA4EXAMPL7T2K5QXVNQ", False),
        ("AROA", False),
        ("aroa4exampl7t2k5qxvnq", False),
        (f"{GONE}:session", False),
        (ADMIN, False),
        (ACCOUNT, False),
        ("*", False),
    ],
)
def test_a_unique_id_is_that_of_a_role_or_user(text: str, is_one: bool) -> None:
    assert is_unique_id(text) is is_one


@pytest.mark.parametrize(
    ("principals", "found"),
    [
        pytest.param({"Principal": "*"}, [], id="everybody"),
        pytest.param({"Principal": {"Service": "backup.amazonaws.com"}}, [], id="a service"),
        pytest.param({"Principal": {"AWS": GONE}}, [GONE], id="alone"),
        pytest.param({"NotPrincipal": {"AWS": [ADMIN, GONE, ALSO_GONE, GONE]}}, [GONE, ALSO_GONE], id="each once"),
        pytest.param({}, [], id="an identity policy"),
    ],
)
def test_who_is_gone_is_told_by_the_id_that_is_left(principals: Json, found: list[str]) -> None:
    assert deleted_principals({"Statement": [{"Effect": "Deny", **principals}]}) == found


def test_the_id_of_a_role_that_is_there_is_not_taken_for_a_deleted_one() -> None:
    assert deleted_principals({"Statement": {"Principal": {"AWS": [GONE, ALSO_GONE]}}}, {GONE}) == [ALSO_GONE]


@pytest.mark.parametrize(
    ("principals", "left"),
    [
        pytest.param({"Principal": {"AWS": GONE}}, None, id="for nobody else"),
        pytest.param({"Principal": {"AWS": [GONE, ADMIN]}}, {"Principal": {"AWS": [ADMIN]}}, id="for another"),
        pytest.param(
            {"Principal": {"AWS": GONE, "Service": "backup.amazonaws.com"}},
            {"Principal": {"Service": "backup.amazonaws.com"}},
            id="for a service",
        ),
        pytest.param({"NotPrincipal": {"AWS": [GONE]}}, {"Principal": "*"}, id="an exception for nobody else"),
        pytest.param({"Principal": {"AWS": ADMIN}}, {"Principal": {"AWS": ADMIN}}, id="without one"),
    ],
)
def test_no_fix_writes_one_back(
    principals: Json, left: Any, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(39)
    policy = altered.key(altered.expect["causes"][0]["policy"])["Policy"]
    others = [statement for statement in policy["Statement"] if GONE not in json.dumps(statement)]
    own = {"Sid": "Own", "Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}
    policy["Statement"] = [*others, {**own, **principals}]
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "key-policy-missing")
    written = fix.changes[0].document["Statement"]
    assert GONE not in json.dumps(written)
    assert [statement for statement in written if statement.get("Sid") == "Own"] == ([{**own, **left}] if left else [])
    assert (f"still names {GONE}, the id of a principal that was deleted" in str(fix.caution)) is (
        GONE in json.dumps(principals)
    )
    assert fix.proven
