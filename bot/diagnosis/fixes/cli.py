"""A change as an AWS CLI command."""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot import arn
from bot.diagnosis.model import Change


def cli(change: Change) -> str:
    """The AWS CLI command that makes a change; its document is inline, so that it can be pasted as it is."""
    return _CLI[change.kind](change)


def _name(target: str) -> str:
    parsed = arn.parse(target)
    return parsed.name if parsed else target


def _vault(target: str) -> tuple[str, str]:
    """Name and Region of a vault."""
    parts = target.split(":", 6)
    return parts[6], parts[3]


def _command(service: str, operation: str, **options: str) -> str:
    given = " ".join(f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in options.items())
    return f"aws {service} {operation} {given}"


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))


def _create_role(change: Change) -> str:
    path = change.target.partition(":role")[2].rpartition("/")[0] + "/"
    trust = _json(change.document)
    return _command("iam", "create-role", role_name=_name(change.target), path=path, assume_role_policy_document=trust)


def _attach(change: Change) -> str:
    policy = str(change.document["PolicyArn"])
    return _command("iam", "attach-role-policy", role_name=_name(change.target), policy_arn=policy)


def _put_inline(kind: str) -> Callable[[Change], str]:
    def command(change: Change) -> str:
        names = {f"{kind}_name": _name(change.target), "policy_name": str(change.name)}
        return _command("iam", f"put-{kind}-policy", **names, policy_document=_json(change.document))

    return command


def _update_trust(change: Change) -> str:
    document = _json(change.document)
    return _command("iam", "update-assume-role-policy", role_name=_name(change.target), policy_document=document)


def _put_version(change: Change) -> str:
    options = {"policy_arn": change.target, "policy_document": _json(change.document)}
    return f"{_command('iam', 'create-policy-version', **options)} --set-as-default"


def _create_linked_role(_change: Change) -> str:
    return _command("iam", "create-service-linked-role", aws_service_name="backup.amazonaws.com")


def _put_vault_policy(change: Change) -> str:
    name, region = _vault(change.target)
    options = {"backup_vault_name": name, "region": region}
    return _command("backup", "put-backup-vault-access-policy", **options, policy=_json(change.document))


def _create_vault(change: Change) -> str:
    name, region = _vault(change.target)
    return _command("backup", "create-backup-vault", backup_vault_name=name, region=region)


def _kms(operation: str) -> Callable[[Change], str]:
    def command(change: Change) -> str:
        options = {"key_id": change.target, "region": change.target.split(":")[3]}
        if change.document:
            options["policy"] = _json(change.document)
        return _command("kms", operation, **options)

    return command


def _update_organization_policy(change: Change) -> str:
    return _command("organizations", "update-policy", policy_id=change.target, content=_json(change.document))


def _enable_cross_account(_change: Change) -> str:
    return _command("backup", "update-global-settings", global_settings="isCrossAccountBackupEnabled=true")


def _put_resource_policy(change: Change) -> str:
    document = _json(change.document)
    if ":s3:::" in change.target:
        return _command("s3api", "put-bucket-policy", bucket=change.target.rpartition(":")[2], policy=document)
    options = {"file_system_id": _name(change.target), "region": change.target.split(":")[3]}
    return _command("efs", "put-file-system-policy", **options, policy=document)


def _change_plan(change: Change) -> str:
    return f"# Name {change.target} in the backup plan's selection, or as --iam-role-arn when starting the job."


_CLI: Final[Mapping[str, Callable[[Change], str]]] = {
    "create-role": _create_role,
    "attach-role-policy": _attach,
    "put-role-policy": _put_inline("role"),
    "put-user-policy": _put_inline("user"),
    "put-group-policy": _put_inline("group"),
    "update-assume-role-policy": _update_trust,
    "put-policy-version": _put_version,
    "create-service-linked-role": _create_linked_role,
    "put-vault-access-policy": _put_vault_policy,
    "create-vault": _create_vault,
    "put-key-policy": _kms("put-key-policy"),
    "enable-key": _kms("enable-key"),
    "cancel-key-deletion": _kms("cancel-key-deletion"),
    "update-organization-policy": _update_organization_policy,
    "enable-cross-account-backup": _enable_cross_account,
    "put-resource-policy": _put_resource_policy,
    "change-plan": _change_plan,
}
