"""A change as a person makes it: as an AWS CLI command and as Terraform."""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot import arn
from bot.diagnosis.model import Change


def cli(change: Change) -> str:
    """The AWS CLI command that makes a change; its document is inline, so that it can be pasted as it is."""
    return _CLI[change.kind](change)


def terraform(change: Change) -> str:
    """The Terraform resource that holds the result of a change; empty where Terraform has none for it."""
    write = _TERRAFORM.get(change.kind)
    return write(change) if write else ""


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


def _put_role_policy(change: Change) -> str:
    names = {"role_name": _name(change.target), "policy_name": str(change.name)}
    return _command("iam", "put-role-policy", **names, policy_document=_json(change.document))


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
    "put-role-policy": _put_role_policy,
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


def _resource(kind: str, name: str, arguments: Mapping[str, str]) -> str:
    """A Terraform resource; each argument is an expression."""
    label = "".join(character if character.isalnum() else "_" for character in name)
    width = max(len(argument) for argument in arguments)
    lines = [f"  {argument:<{width}} = {value}" for argument, value in arguments.items()]
    return "\n".join([f'resource "{kind}" "{label}" {{', *lines, "}"])


def _text(value: str) -> str:
    return json.dumps(value)


def _encoded(document: Mapping[str, Any]) -> str:
    """A document as jsonencode takes it: what JSON writes is an HCL expression, but for interpolations."""
    written = json.dumps(document, indent=2).replace("${", "$${").replace("%{", "%%{")
    return f"jsonencode({written})".replace("\n", "\n  ")


def _tf_role(change: Change) -> str:
    arguments = {"name": _text(_name(change.target)), "assume_role_policy": _encoded(change.document)}
    return _resource("aws_iam_role", _name(change.target), arguments)


def _tf_attachment(change: Change) -> str:
    policy = str(change.document["PolicyArn"])
    arguments = {"role": _text(_name(change.target)), "policy_arn": _text(policy)}
    return _resource("aws_iam_role_policy_attachment", f"{_name(change.target)}_{_name(policy)}", arguments)


def _tf_role_policy(change: Change) -> str:
    name = str(change.name)
    arguments = {"name": _text(name), "role": _text(_name(change.target)), "policy": _encoded(change.document)}
    return _resource("aws_iam_role_policy", name, arguments)


def _tf_policy(change: Change) -> str:
    arguments = {"name": _text(_name(change.target)), "policy": _encoded(change.document)}
    return _resource("aws_iam_policy", _name(change.target), arguments)


def _tf_linked_role(_change: Change) -> str:
    return _resource("aws_iam_service_linked_role", "backup", {"aws_service_name": _text("backup.amazonaws.com")})


def _tf_vault_policy(change: Change) -> str:
    name, _region = _vault(change.target)
    return _resource(
        "aws_backup_vault_policy", name, {"backup_vault_name": _text(name), "policy": _encoded(change.document)}
    )


def _tf_vault(change: Change) -> str:
    name, _region = _vault(change.target)
    return _resource("aws_backup_vault", name, {"name": _text(name)})


def _tf_key_policy(change: Change) -> str:
    arguments = {"key_id": _text(change.target), "policy": _encoded(change.document)}
    return _resource("aws_kms_key_policy", "key_" + _name(change.target), arguments)


def _tf_organization_policy(change: Change) -> str:
    return _resource("aws_organizations_policy", change.target, {"content": _encoded(change.document)})


def _tf_global_settings(_change: Change) -> str:
    settings = '{ "isCrossAccountBackupEnabled" = "true" }'
    return _resource("aws_backup_global_settings", "organization", {"global_settings": settings})


def _tf_resource_policy(change: Change) -> str:
    name, document = change.target.rpartition(":")[2].rpartition("/")[2], _encoded(change.document)
    if ":s3:::" in change.target:
        return _resource("aws_s3_bucket_policy", name, {"bucket": _text(name), "policy": document})
    return _resource("aws_efs_file_system_policy", name, {"file_system_id": _text(name), "policy": document})


_TERRAFORM: Final[Mapping[str, Callable[[Change], str]]] = {
    "create-role": _tf_role,
    "attach-role-policy": _tf_attachment,
    "put-role-policy": _tf_role_policy,
    "update-assume-role-policy": _tf_role,
    "put-policy-version": _tf_policy,
    "create-service-linked-role": _tf_linked_role,
    "put-vault-access-policy": _tf_vault_policy,
    "create-vault": _tf_vault,
    "put-key-policy": _tf_key_policy,
    "update-organization-policy": _tf_organization_policy,
    "enable-cross-account-backup": _tf_global_settings,
    "put-resource-policy": _tf_resource_policy,
}
