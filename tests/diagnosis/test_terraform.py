"""A change told as Terraform is valid HCL that changes in place what is there, and nothing else of it."""

from typing import Any

import hcl2
import pytest

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.changes.keys import CancelKeyDeletion, EnableKey, PutKeyPolicy
from bot.diagnosis.changes.organization import EnableCrossAccountBackup, UpdateOrganizationPolicy
from bot.diagnosis.changes.policies import PutPolicyVersion, PutRolePolicy
from bot.diagnosis.changes.resources import PutResourcePolicy
from bot.diagnosis.changes.roles import (
    AttachRolePolicy,
    ChangePlan,
    CreateRole,
    CreateServiceLinkedRole,
    UpdateAssumeRolePolicy,
)
from bot.diagnosis.changes.vaults import CreateVault, PutVaultAccessPolicy
from bot.diagnosis.facts.vaults import EFS_AUTOMATIC_VAULT

ROLE = "arn:aws:iam::111122223333:role/team/backup/Nightly"
POLICY = "arn:aws:iam::111122223333:policy/team/Backup"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"
VAULT = "arn:aws:backup:eu-west-1:111122223333:backup-vault:prod"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::${aws:username}/%{x}/*"}],
}
OF_RESOURCES = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}],
}


def told(change: PlannedChange) -> dict[str, Any]:
    """The blocks of a change's Terraform, without the quotes and line marks that the parser keeps."""
    blocks: dict[str, Any] = plain(hcl2.loads(change.terraform() + "\n"))
    return blocks


def plain(part: Any) -> Any:
    """What the parser read, in Python's terms."""
    if isinstance(part, dict):
        return {plain(key): plain(value) for key, value in part.items() if not key.startswith("__")}
    if isinstance(part, list):
        return [plain(each) for each in part]
    return part.strip('"') if isinstance(part, str) else part


def resource_of(change: PlannedChange, kind: str, label: str) -> dict[str, Any]:
    """The arguments of the one resource."""
    [resource] = told(change)["resource"]
    arguments: dict[str, Any] = resource[kind][label]
    return arguments


def imported_by(change: PlannedChange) -> list[tuple[str, str]]:
    """What is imported first: to where, from which id."""
    return [(block["to"].strip("${}"), block["id"]) for block in told(change).get("import", [])]


@pytest.mark.parametrize(
    ("change", "kind", "label", "arguments"),
    [
        pytest.param(
            CreateRole(target=ROLE, document=DOCUMENT),
            "aws_iam_role",
            "Nightly",
            {"name": "Nightly", "path": "/team/backup/"},
            id="a role keeps its path",
        ),
        pytest.param(
            AttachRolePolicy(target=ROLE, document={"PolicyArn": POLICY}),
            "aws_iam_role_policy_attachment",
            "Nightly_Backup",
            {"role": "Nightly", "policy_arn": POLICY},
            id="a policy is attached by its ARN",
        ),
        pytest.param(
            PutRolePolicy(target=ROLE, name="more", document=DOCUMENT),
            "aws_iam_role_policy",
            "Nightly_more",
            {"name": "more", "role": "Nightly"},
            id="an inline policy is the role's",
        ),
        pytest.param(
            CreateServiceLinkedRole(target="111122223333"),
            "aws_iam_service_linked_role",
            "backup",
            {"aws_service_name": "backup.amazonaws.com"},
            id="the service-linked role is made for its service",
        ),
        pytest.param(
            PutVaultAccessPolicy(target=VAULT, document=OF_RESOURCES),
            "aws_backup_vault_policy",
            "prod",
            {"region": "eu-west-1", "backup_vault_name": "prod"},
            id="a vault's policy",
        ),
        pytest.param(
            PutVaultAccessPolicy(target=VAULT.replace("prod", EFS_AUTOMATIC_VAULT), document=OF_RESOURCES),
            "aws_backup_vault_policy",
            "aws_efs_automatic_backup_vault",
            {"backup_vault_name": EFS_AUTOMATIC_VAULT},
            id="that of a vault whose name has slashes",
        ),
        pytest.param(
            CreateVault(target=VAULT), "aws_backup_vault", "prod", {"region": "eu-west-1", "name": "prod"}, id="a vault"
        ),
        pytest.param(
            PutKeyPolicy(target=KEY, document=OF_RESOURCES),
            "aws_kms_key_policy",
            "key_0a1b",
            {"region": "eu-west-1", "key_id": KEY},
            id="a key's policy",
        ),
        pytest.param(
            EnableCrossAccountBackup(target="999988887777"),
            "aws_backup_global_settings",
            "organization",
            {},
            id="cross-account backup",
        ),
        pytest.param(
            PutResourcePolicy("arn:aws:s3:::1st.bucket", OF_RESOURCES, region="eu-west-1"),
            "aws_s3_bucket_policy",
            "_1st_bucket",
            {"region": "eu-west-1", "bucket": "1st.bucket"},
            id="a bucket's policy, under a name that Terraform takes",
        ),
        pytest.param(
            PutResourcePolicy(
                target="arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a1b",
                document=OF_RESOURCES,
            ),
            "aws_efs_file_system_policy",
            "fs_0a1b",
            {"region": "eu-west-1", "file_system_id": "fs-0a1b"},
            id="a file system's policy",
        ),
    ],
)
def test_what_is_made_or_overwritten_is_no_more_than_a_resource(
    change: PlannedChange, kind: str, label: str, arguments: dict[str, Any]
) -> None:
    written = resource_of(change, kind, label)
    assert arguments.items() <= written.items()
    assert "lifecycle" not in written
    assert imported_by(change) == []


@pytest.mark.parametrize(
    ("change", "kind", "label", "import_id", "arguments"),
    [
        pytest.param(
            UpdateAssumeRolePolicy(target=ROLE, document=DOCUMENT),
            "aws_iam_role",
            "Nightly",
            "Nightly",
            {"name": "Nightly", "path": "/team/backup/"},
            id="a role",
        ),
        pytest.param(
            PutPolicyVersion(target=POLICY, document=DOCUMENT),
            "aws_iam_policy",
            "Backup",
            POLICY,
            {"name": "Backup", "path": "/team/"},
            id="a managed policy",
        ),
        pytest.param(
            UpdateOrganizationPolicy(target="p-guard", name="Guard rail", document=DOCUMENT),
            "aws_organizations_policy",
            "p_guard",
            "p-guard",
            {"name": "Guard rail", "type": "SERVICE_CONTROL_POLICY"},
            id="an SCP",
        ),
        pytest.param(
            UpdateOrganizationPolicy(target="p-guard", name="Guard rail", document=OF_RESOURCES),
            "aws_organizations_policy",
            "p_guard",
            "p-guard",
            {"name": "Guard rail", "type": "RESOURCE_CONTROL_POLICY"},
            id="an RCP, which has principals",
        ),
    ],
)
def test_what_exists_is_imported_and_changed_in_place(
    change: PlannedChange, kind: str, label: str, import_id: str, arguments: dict[str, Any]
) -> None:
    written = resource_of(change, kind, label)
    assert arguments.items() <= written.items()
    assert imported_by(change) == [(f"{kind}.{label}", import_id)]
    [lifecycle] = written["lifecycle"]
    assert {"description", "tags"} <= {name.strip("${}") for name in lifecycle["ignore_changes"]}


def test_a_role_keeps_its_boundary() -> None:
    written = resource_of(UpdateAssumeRolePolicy(target=ROLE, document=DOCUMENT), "aws_iam_role", "Nightly")
    [lifecycle] = written["lifecycle"]
    assert "permissions_boundary" in {name.strip("${}") for name in lifecycle["ignore_changes"]}


def test_a_role_without_a_path_has_the_root_path() -> None:
    change = CreateRole(target="arn:aws:iam::111122223333:role/Nightly", document=DOCUMENT)
    assert resource_of(change, "aws_iam_role", "Nightly")["path"] == "/"


def test_policy_variables_are_no_interpolations() -> None:
    text = PutRolePolicy(target=ROLE, name="more", document=DOCUMENT).terraform()
    assert "arn:aws:s3:::$${aws:username}/%%{x}/*" in text


@pytest.mark.parametrize("kind", [EnableKey, CancelKeyDeletion, ChangePlan])
def test_what_terraform_has_no_resource_for_is_not_made_up(kind: type[PlannedChange]) -> None:
    assert kind(KEY).terraform() == ""


def test_it_is_written_as_terraform_fmt_writes_it() -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    change = UpdateOrganizationPolicy(target="p-guard", name="Guard rail", document=document)
    assert change.terraform().splitlines() == [
        "import {",
        "  to = aws_organizations_policy.p_guard",
        '  id = "p-guard"',
        "}",
        "",
        'resource "aws_organizations_policy" "p_guard" {',
        '  name = "Guard rail"',
        '  type = "SERVICE_CONTROL_POLICY"',
        "  content = jsonencode({",
        '    "Version" : "2012-10-17",',
        '    "Statement" : []',
        "  })",
        "",
        "  lifecycle {",
        "    ignore_changes = [description, tags]",
        "  }",
        "}",
    ]
