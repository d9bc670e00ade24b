"""Trust policies that were copied from another account: its id is replaced, where it lets nobody in."""

from typing import Any

import pytest

from bot.diagnosis.model import Fix
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, diagnosed, fix_of
from tests.diagnosis.test_fixes_of_roles import made_again
from tests.diagnosis.test_incidents import MakeDiagnostician

OTHER, THIRD = "222233334444", "333344445555"
BACKUP: Json = {"Service": "backup.amazonaws.com"}
FOR_OTHER: Json = {"StringEquals": {"aws:SourceAccount": OTHER}}
FOR_OWN: Json = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def arn_of(account: str) -> str:
    return f"arn:aws:backup:us-east-1:{account}:*"


def trusting(effect: str, principal: Any, condition: Any) -> Json:
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}


def assert_it_is_made(altered: Altered, fix: Fix, serve: ServeEstate, make: MakeDiagnostician) -> None:
    assert fix.proven
    assert fix.alternative is None
    assert made_again(altered, fix.changes, serve, make)


@pytest.mark.parametrize(
    ("condition", "replaced"),
    [
        pytest.param(FOR_OTHER, FOR_OWN, id="an account"),
        pytest.param(
            {"StringEquals": {"AWS:sourceaccount": [OTHER]}},
            {"StringEquals": {"AWS:sourceaccount": [ACCOUNT]}},
            id="a list of one",
        ),
        pytest.param(
            {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": arn_of(OTHER)}},
            {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": arn_of(ACCOUNT)}},
            id="an ARN beside the right account",
        ),
        pytest.param(
            {**FOR_OTHER, "Null": {"aws:SourceAccount": "false"}},
            {**FOR_OWN, "Null": {"aws:SourceAccount": "false"}},
            id="beside a condition that is met",
        ),
    ],
)
@pytest.mark.parametrize("principal", [BACKUP, {"Service": ["backup.amazonaws.com"]}], ids=["one", "in a list"])
def test_the_id_of_another_account_is_replaced(
    principal: Json, condition: Json, replaced: Json, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(20)
    statement = trusting("Allow", principal, condition)
    altered.role["AssumeRolePolicyDocument"] = {"Version": "2012-10-17", "Statement": [statement]}
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "trust-condition")
    assert fix.changes[0].document["Statement"] == [{**statement, "Condition": replaced}]
    assert fix.summary == f"In statement 0 of the trust policy, replace account {OTHER} with {ACCOUNT}."
    assert f"no job can come from account {OTHER}" in str(fix.caution)
    assert_it_is_made(altered, fix, served_estate, diagnostician)


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        pytest.param(BACKUP, {"StringEquals": {"aws:SourceAccount": [OTHER, THIRD]}}, id="several accounts"),
        pytest.param(
            BACKUP,
            {"StringEquals": {"aws:SourceAccount": OTHER}, "ArnLike": {"aws:SourceArn": arn_of(THIRD)}},
            id="two accounts",
        ),
        pytest.param(BACKUP, {"StringLike": {"aws:SourceAccount": "2222*"}}, id="no whole account"),
        pytest.param(
            {"Service": ["backup.amazonaws.com", "ssm.amazonaws.com"]}, FOR_OTHER, id="for another service too"
        ),
        pytest.param(BACKUP, {**FOR_OTHER, "StringLike": {"sts:ExternalId": "x"}}, id="more that is not met"),
    ],
)
def test_a_statement_is_added_where_replacing_could_take_something_away_or_is_not_enough(
    principal: Json, condition: Json, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(20)
    statement = trusting("Allow", principal, condition)
    denied = trusting("Deny", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, FOR_OTHER)
    altered.role["AssumeRolePolicyDocument"] = {"Version": "2012-10-17", "Statement": [denied, statement]}
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "trust-condition")
    kept, also_kept, added = fix.changes[0].document["Statement"]
    assert (kept, also_kept) == (denied, statement)
    assert (added["Sid"], added["Condition"]) == ("BackupOfThisAccount", FOR_OWN)
    assert_it_is_made(altered, fix, served_estate, diagnostician)


@pytest.mark.parametrize(
    ("principal", "exempted"),
    [pytest.param(BACKUP, ACCOUNT, id="AWS Backup"), pytest.param("*", [OTHER, ACCOUNT], id="everybody")],
)
def test_an_exception_for_another_account_is_replaced_in_a_deny_of_aws_backup_alone(
    principal: Any, exempted: Any, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(20)
    deny = trusting("Deny", principal, {"StringNotEquals": {"aws:SourceAccount": OTHER}})
    allow = trusting("Allow", BACKUP, FOR_OWN)
    altered.role["AssumeRolePolicyDocument"] = {"Version": "2012-10-17", "Statement": [allow, deny]}
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "trust-denied")
    changed = {**deny, "Condition": {"StringNotEquals": {"aws:SourceAccount": exempted}}}
    assert fix.changes[0].document["Statement"] == [allow, changed]
    assert_it_is_made(altered, fix, served_estate, diagnostician)
