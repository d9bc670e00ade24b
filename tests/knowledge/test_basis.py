"""How well each need is known: a documented one names an AWS page, and a role built after that page has it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from bot.errors import BadInputError
from knowledge.files import KNOWLEDGE, validated
from knowledge.managed import managed_policies
from knowledge.need import (
    Basis,
    JobKind,
    Need,
    ResourceTypeNeeds,
    needs,
    of_every_type,
    of_type,
    resource_types,
)
from knowledge.pages import pages
from tests.knowledge.roles import KINDS, lacking, names, rows

PAGE = "Managed policies for AWS Backup, Customer managed policies"
CUSTOMER_MANAGED: Mapping[str, Any] = yaml.safe_load(
    (KNOWLEDGE.parent / "tests/knowledge/customer_managed_policies.yaml").read_text(encoding="utf-8")
)
ENCRYPTED = CUSTOMER_MANAGED["encrypted restore"]["restore"]
SECTIONS = [
    (resource_type, kind)
    for resource_type in CUSTOMER_MANAGED
    if resource_type != "encrypted restore"
    for kind in ("backup", "restore")
]
DOCUMENTS = {policy.name: policy.document for policy in managed_policies().values()}


def own_rows() -> Iterator[tuple[str, JobKind, Need]]:
    """Every row of the files."""
    for file in (of_every_type(), *resource_types()):
        yield from ((file.type, kind, need) for kind in KINDS for need in file.of(kind))


def after_the_page(resource_type: str, kind: str) -> list[Mapping[str, object]]:
    """The policies of a role that somebody built statement by statement after AWS's page."""
    sections = [CUSTOMER_MANAGED[resource_type][kind]]
    if kind == "restore" and resource_type != "S3":
        sections.append(ENCRYPTED)
    found = [document for section in sections for document in documents_of(section)]
    type_names = names(_needs_of(resource_type))
    return json.loads(json.dumps(found).replace("{instance_role}", type_names["instance_role"]))  # type: ignore[no-any-return]


def documents_of(section: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    yield from (DOCUMENTS[name] for name in section.get("policies", ()))
    for name, sids in section.get("sids", {}).items():
        chosen = [statement for statement in DOCUMENTS[name]["Statement"] if statement.get("Sid") in sids]
        assert len(chosen) == len(sids), (name, sids)
        yield {"Version": "2012-10-17", "Statement": chosen}
    if "statements" in section:
        yield {"Version": "2012-10-17", "Statement": section["statements"]}


def _needs_of(resource_type: str) -> ResourceTypeNeeds:
    found = of_type(resource_type)
    assert found
    return found


def test_every_row_has_a_basis_and_a_source() -> None:
    without = [(name, kind, need.actions) for name, kind, need in own_rows() if not (need.basis and need.source)]
    assert without == []
    assert len(list(own_rows())) > 200


@pytest.mark.parametrize("missing", ["basis", "source"])
def test_a_row_without_its_basis_or_its_source_is_refused(missing: str) -> None:
    row = {"actions": ["ec2:CreateVolume"], "arns": ["*"], "basis": "assumed", "source": "none was found"}
    Need.model_validate(row)

    del row[missing]
    with pytest.raises(ValidationError, match=missing):
        Need.model_validate(row)


@pytest.mark.parametrize(("member", "value"), [("basis", "certain"), ("source", "")])
def test_a_basis_of_no_kind_and_an_empty_source_are_refused(member: str, value: str) -> None:
    row = {"actions": ["ec2:CreateVolume"], "arns": ["*"], "basis": "assumed", "source": "none was found"}
    with pytest.raises(BadInputError, match=member):
        validated(ResourceTypeNeeds, {"type": "X", "backup": [row | {member: value}]}, "needs/x.yaml")


def test_what_is_documented_names_an_aws_page_and_what_is_implied_a_managed_policy() -> None:
    for name, kind, need in own_rows():
        names_page = any(title in need.source for title in pages())
        names_policy = any(policy in need.source for policy in DOCUMENTS)
        if need.basis == "documented":
            assert names_page, (name, kind, need.actions, need.source)
        if need.basis == "managed-policy":
            assert names_policy, (name, kind, need.actions, need.source)


@pytest.mark.parametrize(("resource_type", "kind"), SECTIONS)
def test_a_role_built_after_awss_page_lacks_nothing_that_is_documented(resource_type: str, kind: JobKind) -> None:
    policies = after_the_page(resource_type, kind)
    lacks = [
        call
        for need in needs(kind, resource_type)
        if need.basis == "documented" and need.optional is None and need.judge is None and need.by == "job-role"
        for call in lacking(_needs_of(resource_type), need, policies)
    ]
    assert lacks == []


@pytest.mark.parametrize(("resource_type", "kind"), SECTIONS)
def test_what_names_the_page_is_in_the_statements_that_the_page_lists(resource_type: str, kind: JobKind) -> None:
    policies = after_the_page(resource_type, kind)
    named = [need for need in needs(kind, resource_type) if PAGE in need.source]
    assert named
    assert [call for need in named for call in lacking(_needs_of(resource_type), need, policies)] == []


def test_a_row_that_names_the_page_is_in_a_section_that_the_page_has() -> None:
    headed = {_needs_of(resource_type).type for resource_type, _kind in SECTIONS}
    assert {name for name, _kind, need in own_rows() if PAGE in need.source} <= headed


def test_a_copy_is_documented_for_a_role_with_the_statements_that_the_page_adds_for_copies() -> None:
    policies = list(documents_of(CUSTOMER_MANAGED["S3"]["copy"]))
    wanted = [need for need in needs("copy", "S3") if need.actions[0].startswith("backup:Copy")]
    assert [need.basis for need in wanted] == ["documented", "documented"]
    assert [call for need in wanted for call in lacking(_needs_of("S3"), need, policies)] == []


GUESSES: list[tuple[str, JobKind, str, Basis]] = [
    ("EBS", "backup", "kms:CreateGrant", "managed-policy"),
    ("EBS", "backup", "kms:ReEncryptFrom", "managed-policy"),
    ("RDS", "backup", "kms:DescribeKey", "documented"),
    ("RDS", "backup", "kms:CreateGrant", "managed-policy"),
    ("Aurora", "backup", "kms:CreateGrant", "managed-policy"),
    ("FSx", "backup", "kms:CreateGrant", "managed-policy"),
    ("EBS", "restore", "ec2:CreateTags", "managed-policy"),
    ("EBS", "backup", "backup:StartBackupJob", "assumed"),
    ("EBS", "copy", "ec2:CopySnapshot", "managed-policy"),
    ("RDS", "copy", "rds:CopyDBSnapshot", "managed-policy"),
    ("EKS", "backup", "eks:DescribeCluster", "managed-policy"),
    ("DynamoDB", "backup", "kms:Decrypt", "documented"),
    ("EFS", "backup", "kms:GenerateDataKey", "documented"),
]


@pytest.mark.parametrize(("resource_type", "kind", "action", "basis"), GUESSES)
def test_what_no_page_states_is_not_called_documented(
    resource_type: str, kind: JobKind, action: str, basis: Basis
) -> None:
    elsewhere = {"cross-account", "from-air-gapped-vault", "into-air-gapped-vault"}
    if _needs_of(resource_type).fully_managed == "never":
        elsewhere.add("fully-managed")
    found = [need for need in needs(kind, resource_type) if action in need.actions and not elsewhere & need.when]
    assert {need.basis for need in found} == {basis}


def test_the_tags_of_an_image_are_documented_and_those_of_its_snapshots_implied() -> None:
    tagging = {need.arns: need.basis for need in needs("backup", "EC2") if need.actions == ("ec2:CreateTags",)}
    assert tagging == {("{image}",): "documented", ("{snapshot}",): "managed-policy"}


def test_a_type_that_awss_page_leaves_out_has_its_needs_implied_by_those_of_the_others() -> None:
    aurora, document_db = (
        {(need.actions, need.key): need.basis for need in needs("backup", name)} for name in ("Aurora", "DocumentDB")
    )
    create = (("rds:CreateDBClusterSnapshot",), None)
    assert (aurora[create], document_db[create]) == ("documented", "managed-policy")
    assert [need.basis for need in needs("copy", "DocumentDB")] == [need.basis for need in needs("copy", "Aurora")]
    assert "documented" not in {need.basis for need in needs("backup", "DocumentDB")[len(of_every_type().backup) :]}


def test_every_sid_that_the_data_names_belongs_to_its_policy() -> None:
    for _type, _kind, need in rows():
        for named, listed in re.findall(r"(AWSBackup\w+) ([A-Z]\w+(?:, [A-Z]\w+)*)", need.source):
            sids = {statement.get("Sid") for statement in DOCUMENTS[named]["Statement"]}
            assert set(listed.split(", ")) <= sids, need.source
