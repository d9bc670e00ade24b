"""What jobs need, held against AWS's own policies: a documented role lacks nothing, and no action goes unmentioned."""

import re
from collections.abc import Iterator, Mapping

import pytest

from knowledge.managed import managed_policies
from knowledge.need import JobKind, Need, ResourceTypeNeeds, documented_policies, needs, of_type
from tests.knowledge.roles import lacking, managed_documents, rows


def test_a_role_with_the_policies_that_aws_documents_lacks_nothing() -> None:
    lacks = [
        (resource_type.type, kind, *call)
        for resource_type, kind, need in rows()
        if need.judge is None
        for call in lacking(resource_type, need, managed_documents(_documented(resource_type, kind, need)))
    ]
    assert lacks == []


def _documented(resource_type: ResourceTypeNeeds, kind: JobKind, need: Need) -> list[str]:
    if need.by == "destination-service-linked-role":
        return ["arn:aws:iam::aws:policy/aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"]
    return list(documented_policies(kind, resource_type.type))


@pytest.mark.parametrize(
    "name",
    [
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBackupServiceRolePolicyForS3Backup",
        "AWSBackupServiceRolePolicyForS3Restore",
    ],
)
def test_every_action_of_the_job_policies_is_a_need_or_an_optional_one(name: str) -> None:
    kinds: tuple[JobKind, ...] = ("backup", "copy") if name.endswith("Backup") else ("restore",)
    mentioned = {action.casefold() for _type, kind, need in rows() if kind in kinds for action in need.actions}
    document = next(policy.document for policy in managed_policies().values() if policy.name == name)
    unmentioned = [action for action in _actions(document) if action.casefold() not in mentioned]
    assert unmentioned == []


def _actions(document: Mapping[str, object]) -> Iterator[str]:
    statements = document["Statement"]
    assert isinstance(statements, list)
    for statement in statements:
        actions = statement["Action"]
        yield from [actions] if isinstance(actions, str) else actions


def test_every_need_says_where_it_is_documented_and_every_sid_that_it_names_exists() -> None:
    sids = {
        (policy.name, statement.get("Sid") or str(position))
        for policy in managed_policies().values()
        for position, statement in enumerate(policy.document["Statement"])
    }
    for resource_type, _kind, need in rows():
        for named, listed in re.findall(r"(AWSBackup\w+) ([\w, ]+)", need.source):
            for sid in listed.split(", "):
                assert (named, sid) in sids, (resource_type.type, need.source)


@pytest.mark.parametrize("spelling", ["EBS", "ebs", "DocumentDB", "SAP HANA", "SAP HANA on Amazon EC2", "VMware"])
def test_a_type_is_found_however_it_is_spelled(spelling: str) -> None:
    assert of_type(spelling) is not None


def test_a_type_that_is_not_known_has_the_needs_of_every_type_only() -> None:
    assert of_type("Abacus") is None
    assert [need.actions for need in needs("copy", "Abacus")][:2] == [
        ("backup:CopyFromBackupVault",),
        ("backup:CopyIntoBackupVault",),
    ]
