"""The comparison with AWS's own data: nothing is found today, and each kind of mistake would be."""

from collections.abc import Mapping
from typing import Any

import pytest

from knowledge import checking
from knowledge.checking import Checked, findings, of_managed_policies, of_row
from knowledge.managed import managed_policies

VOLUME = "arn:{partition}:ec2:{region}:{account}:volume/*"
SNAPSHOT = "arn:{partition}:ec2:{region}::snapshot/*"


def row(**changes: Any) -> Checked:
    """A row that is right but for the changes."""
    right: dict[str, Any] = {
        "where": "EBS backup",
        "actions": ("ec2:CreateTags",),
        "arns": ((SNAPSHOT,),),
        "is_on_key": False,
        "context": ("ec2:CreateAction", "aws:CalledVia"),
    }
    return Checked(**right | changes)


def test_nothing_in_the_needs_contradicts_awss_data() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"actions": ("ec2:TagEverything",)}, ["EBS backup: there is no action ec2:TagEverything"]),
        ({"actions": ("ec3:CreateTags",)}, ["EBS backup: there is no action ec3:CreateTags"]),
        ({"actions": ("ec2:createtags",)}, []),
        (
            {"actions": ("ec2:ModifySnapshotTier",), "arns": ((VOLUME,),), "context": ()},
            [f"EBS backup: ec2:ModifySnapshotTier is not allowed on {VOLUME}, only on snapshot"],
        ),
        ({"context": ("ec2:CreateActions",)}, ["EBS backup: ec2:CreateTags does not carry ec2:CreateActions"]),
        ({"is_on_key": True}, ["EBS backup: ec2:CreateTags is not allowed on keys"]),
        ({"arns": (("*",), ())}, []),
    ],
)
def test_each_kind_of_mistake_in_a_row_is_found(changes: Mapping[str, Any], expected: list[str]) -> None:
    assert list(of_row(row(**changes))) == expected


def test_the_tag_of_a_resource_is_carried_only_where_the_resource_type_has_tags() -> None:
    assert list(
        of_row(row(actions=("kms:CreateGrant",), arns=(), is_on_key=True, context=("aws:RequestTag/team",)))
    ) == ["EBS backup: kms:CreateGrant does not carry aws:RequestTag/team"]


def test_a_managed_policy_that_aws_has_changed_is_found() -> None:
    newest = checking.newest_policies()
    changed = {name: dict(policy) for name, policy in newest.items() if name.startswith("AWS")}
    assert list(of_managed_policies(changed)) == []

    scans = "AWSBackupServiceRolePolicyForScans"
    changed[scans] |= {
        "DefaultVersionId": "v9",
        "Document": {"Statement": [{"Effect": "Allow", "Action": "backup:New", "Resource": "*"}]},
    }
    del changed["AWSBackupAuditAccess"]
    found = list(of_managed_policies(changed))
    assert found[0] == "managed_policies/AWSBackupAuditAccess.json: there is no such policy"
    assert found[1].startswith(f"managed_policies/{scans}.json: ")
    assert "the newest is v9 with more: backup:New; less: " in found[1]


def test_a_managed_policy_with_the_same_actions_on_other_resources_is_found() -> None:
    changed = dict(checking.newest_policies())
    name = "AWSBackupDataTransferAccess"
    document = next(policy.document for policy in managed_policies().values() if policy.name == name)
    statements = [statement | {"Resource": "arn:aws:s3:::other"} for statement in document["Statement"]]
    changed[name] = changed[name] | {"Document": {**document, "Statement": statements}}
    assert [finding.rpartition(" with ")[2] for finding in of_managed_policies(changed)] == [
        "other resources or conditions"
    ]
