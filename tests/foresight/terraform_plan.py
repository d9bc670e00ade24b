"""A Terraform plan in the form that `terraform show -json` documents: a backup of a volume, all of it new."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.diagnosis.altering import ACCOUNT, BACKUP_POLICY, Json

REGION = "eu-central-1"
VOLUME = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-0380a2c4d5f71b3cb"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def refers(*references: str) -> Json:
    """An expression of the configuration that refers to other resources, with what Terraform adds to it."""
    return {"references": [name for each in references for name in (each, each.rpartition(".")[0])]}


@dataclass
class TerraformFile:
    """A plan, to be altered before it is written."""

    changes: dict[str, Json] = field(default_factory=dict)
    written: dict[str, Json] = field(default_factory=dict)

    def add(
        self,
        address: str,
        after: Json | None,
        *,
        unknown: Json | None = None,
        written: Mapping[str, Json] | None = None,
        before: Json | None = None,
    ) -> None:
        """Adds what becomes of a resource; without `before` it is new, without `after` it goes."""
        actions = ["create"] if before is None else ["delete"] if after is None else ["update"]
        change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
        kind = address.rpartition(".")[0].rpartition(".")[2]
        self.changes[address] = {"address": address, "mode": "managed", "type": kind, "change": change}
        self.written[address] = {"address": address, "type": kind, "expressions": dict(written or {})}

    @property
    def text(self) -> str:
        """What `terraform show -json` prints."""
        return json.dumps(
            {
                "format_version": "1.2",
                "terraform_version": "1.9.8",
                "resource_changes": list(self.changes.values()),
                "configuration": {"root_module": {"resources": list(self.written.values())}},
            }
        )


def backup_of_a_volume() -> TerraformFile:
    """A role with AWS's policy, a vault under a key of its own, a plan, and a selection of one volume."""
    plan = TerraformFile()
    plan.add(
        "aws_iam_role.backup",
        {"name": "nightly-backup", "path": "/", "assume_role_policy": json.dumps(TRUST), "tags": None},
        unknown={"arn": True, "id": True, "unique_id": True},
    )
    plan.add(
        "aws_iam_role_policy_attachment.backup",
        {"role": "nightly-backup", "policy_arn": BACKUP_POLICY},
        unknown={"id": True},
        written={"role": refers("aws_iam_role.backup.name"), "policy_arn": {"constant_value": BACKUP_POLICY}},
    )
    plan.add("aws_kms_key.vault", {"description": "backups"}, unknown={"arn": True, "key_id": True, "policy": True})
    plan.add(
        "aws_backup_vault.nightly",
        {"name": "nightly"},
        unknown={"arn": True, "kms_key_arn": True},
        written={"name": {"constant_value": "nightly"}, "kms_key_arn": refers("aws_kms_key.vault.arn")},
    )
    plan.add(
        "aws_backup_plan.nightly",
        {"name": "nightly", "rule": [{"rule_name": "at-five", "target_vault_name": "nightly", "copy_action": []}]},
        unknown={"arn": True, "id": True, "rule": [{}]},
        written={"rule": [{"target_vault_name": refers("aws_backup_vault.nightly.name")}]},  # type: ignore[dict-item]
    )
    plan.add(
        "aws_backup_selection.volumes",
        {"name": "volumes", "resources": [VOLUME], "selection_tag": [], "condition": []},
        unknown={"id": True, "iam_role_arn": True, "plan_id": True},
        written={
            "iam_role_arn": refers("aws_iam_role.backup.arn"),
            "plan_id": refers("aws_backup_plan.nightly.id"),
            "resources": {"constant_value": [VOLUME]},
        },
    )
    return plan


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy document as Terraform has it: JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
