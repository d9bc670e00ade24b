"""Estate files: what is read of one, and the sentence for each that can't be served."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadInputError
from sandbox.aws.estate import load_estate, parse_estate
from tests.sandbox.aws.conftest import BOT, MANAGEMENT, STRANGER, WORKLOAD, in_region, written

HERE = f"accounts.{WORKLOAD}.regions.eu-west-1"
OPS = f"arn:aws:iam::{WORKLOAD}:policy/ops"


def organization(**members: Any) -> dict[str, Any]:
    root = {"Id": "r-a1b2", "accounts": {MANAGEMENT: ["p-FullAWSAccess"]}}
    return {"Id": "o-a1b2c3d4e5", "MasterAccountId": MANAGEMENT, "root": root, **members}


def account(**members: Any) -> dict[str, Any]:
    return {WORKLOAD: members}


@pytest.mark.parametrize(
    ("rule", "file", "place", "wrong"),
    [
        ("an object", [], "the top", "input should be a valid JSON object"),
        ("the bot's account", {"accounts": {}}, "bot", "a required member is missing"),
        ("accounts", {"bot": {"account": BOT}}, "accounts", "a required member is missing"),
        ("twelve digits", {"bot": {"account": "12"}, "accounts": {}}, "bot.account", "an account id is twelve digits"),
        ("twelve digits each", written({"ops": {}}), "accounts.ops", "an account id is twelve digits"),
        ("a slip for a member", {"bot": {"account": BOT}, "acounts": {}}, "the top", "'acounts' is no member here"),
        ("a slip deep inside", written(in_region(vault=[])), HERE, "'vault' is no member here, 'vaults' is"),
        ("a list", written(account(roles={})), f"accounts.{WORKLOAD}.roles", "input should be a valid array"),
        ("names", written(in_region(keys=[{}])), f"{HERE}.keys[0].KeyId", "a required member is missing"),
        (
            "ids of jobs",
            written(in_region(copy_jobs=[{}])),
            f"{HERE}.copy_jobs[0]",
            "CopyJobId is missing or no string",
        ),
        (
            "timestamps",
            written(in_region(backup_jobs=[{"BackupJobId": "1", "CreationDate": "yesterday"}])),
            f"{HERE}.backup_jobs[0]",
            "'yesterday' is no timestamp such as 2026-11-20T05:00:00Z",
        ),
        ("times of events", written(in_region(cloudtrail=[{}])), f"{HERE}.cloudtrail[0]", "None is no timestamp"),
        (
            "documents are objects",
            written(account(roles=[{"RoleName": "a", "AssumeRolePolicyDocument": "{}"}])),
            f"accounts.{WORKLOAD}.roles[0].AssumeRolePolicyDocument",
            "input should be a valid JSON object",
        ),
        (
            "statements have an effect",
            written(in_region(vaults=[{"BackupVaultName": "v", "AccessPolicy": {"Statement": {"Effect": "allow"}}}])),
            f"{HERE}.vaults[0].AccessPolicy",
            "each Statement of a policy document is an object whose Effect is Allow or Deny",
        ),
        (
            "role names are unique",
            written(account(roles=[{"RoleName": "a"}, {"RoleName": "a", "Path": "/x/"}])),
            f"accounts.{WORKLOAD}.roles",
            "the name a is used twice",
        ),
        (
            "attached policies are listed",
            written(account(roles=[{"RoleName": "a", "AttachedPolicies": [OPS]}])),
            f"accounts.{WORKLOAD}.roles[0]",
            f"the policy {OPS} is used here but accounts.{WORKLOAD}.policies lacks it",
        ),
        (
            "boundaries are listed",
            written(account(users=[{"UserName": "a", "PermissionsBoundary": OPS}])),
            f"accounts.{WORKLOAD}.users[0]",
            f"the policy {OPS} is used here",
        ),
        (
            "groups are listed",
            written(account(users=[{"UserName": "ana", "Groups": ["ops"]}])),
            f"accounts.{WORKLOAD}.users[0].Groups",
            f"accounts.{WORKLOAD}.groups has no 'ops'",
        ),
        (
            "services exist",
            written(account(unreadable=["kmss"])),
            f"accounts.{WORKLOAD}.unreadable",
            "AWS has no service 'kmss'",
        ),
        (
            "organization policies are listed",
            written({}, organization(root={"Id": "r-a1b2", "policies": ["p-gone0001"], "accounts": {MANAGEMENT: []}})),
            "organization.root",
            "the policy p-gone0001 is attached here but organization.policies lacks it",
        ),
        (
            "an account stands in one place",
            written(
                {},
                organization(
                    root={
                        "Id": "r-a1b2",
                        "accounts": {MANAGEMENT: []},
                        "children": [{"Id": "ou-1", "accounts": {MANAGEMENT: []}}],
                    }
                ),
            ),
            "organization.root",
            f"{MANAGEMENT} stands in the tree twice",
        ),
        (
            "the management account is a member",
            written({}, organization(MasterAccountId=STRANGER)),
            "organization.MasterAccountId",
            f"the account {STRANGER} stands nowhere in organization.root",
        ),
        (
            "delegated administrators are members",
            written({}, organization(DelegatedAdministrators=[STRANGER])),
            "organization.DelegatedAdministrators",
            f"the account {STRANGER} stands nowhere in organization.root",
        ),
        (
            "policies are of a known type",
            written({}, organization(policies=[{"Id": "p-1", "Name": "x", "Type": "TAG_POLICY", "Content": {}}])),
            "organization.policies[0].Type",
            "input should be 'SERVICE_CONTROL_POLICY' or 'RESOURCE_CONTROL_POLICY'",
        ),
        (
            "ids of policies are unique",
            written(
                {},
                organization(
                    policies=[{"Id": "p-1", "Name": "x", "Type": "SERVICE_CONTROL_POLICY", "Content": {}}] * 2
                ),
            ),
            "organization.policies",
            "the id p-1 is used twice",
        ),
    ],
)
def test_what_cannot_be_served_is_told_in_one_sentence_with_its_place(
    rule: str, file: Any, place: str, wrong: str
) -> None:
    with pytest.raises(BadInputError) as told:
        parse_estate(json.dumps(file), name="acme.json")
    message = told.value.message
    assert message.startswith(f"The estate file acme.json can't be used: {wrong}"), rule
    assert message.endswith(f" (at {place}); correct it there."), rule
    assert "\n" not in message


def test_a_member_that_nobody_knows_is_no_mistake() -> None:
    assert parse_estate(json.dumps({**written(), "ticket": "OPS-12"})).accounts.keys() == {BOT, WORKLOAD}


def test_a_file_that_is_no_json_is_told_with_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    file.write_text('{"bot":\n  nobody}')
    with pytest.raises(BadInputError, match=r"acme\.json is not JSON \(Expecting value at line 2, column 3\)"):
        load_estate(file)


def test_a_file_that_is_nested_beyond_sense_is_told() -> None:
    with pytest.raises(BadInputError, match="nested too deeply"):
        parse_estate("[" * 100_000)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"gone\.json can't be read: No such file"):
        load_estate(tmp_path / "gone.json")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\xff")
    with pytest.raises(BadInputError, match="it is not UTF-8 text"):
        load_estate(tmp_path / "picture.json")


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_partition_follows_the_bots_region(region: str, partition: str) -> None:
    estate = parse_estate(json.dumps({"bot": {"account": BOT, "region": region}, "accounts": {}}))
    assert estate.partition == partition
