"""A change as Terraform, for those who keep their AWS configuration as code.

What exists already and can't be made once more is imported first ("Import blocks"), so that a plan changes it in place.
What a change says nothing of, such as a role's boundary, is left as it is ("The lifecycle meta-argument").
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bot import arn
from bot.diagnosis.model import Change

_ROLE_LEFT_ALONE: Final = ("description", "max_session_duration", "permissions_boundary", "tags")
_POLICY_LEFT_ALONE: Final = ("description", "tags")


def terraform(change: Change) -> str:
    """The Terraform that holds the result of a change; empty where Terraform has no resource for it."""
    write = _TERRAFORM.get(change.kind)
    return write(change) if write else ""


def _resource(kind: str, name: str, arguments: Mapping[str, str], left_alone: Sequence[str] = ()) -> str:
    """A resource as `terraform fmt` writes it; each argument is an expression, and those of one line stand in line."""
    width = max(len(argument) for argument, value in arguments.items() if "\n" not in value)
    widths = {argument: 0 if "\n" in value else width for argument, value in arguments.items()}
    lines = [f"  {argument:<{widths[argument]}} = {value}" for argument, value in arguments.items()]
    if left_alone:
        lines += ["", "  lifecycle {", f"    ignore_changes = [{', '.join(left_alone)}]", "  }"]
    return "\n".join([f'resource "{kind}" "{_label(name)}" {{', *lines, "}"])


def _existing(kind: str, name: str, import_id: str, arguments: Mapping[str, str], left_alone: Sequence[str]) -> str:
    """A resource that exists in AWS, with the block that imports it unless the code has it already."""
    imported = ["import {", f"  to = {kind}.{_label(name)}", f"  id = {_text(import_id)}", "}"]
    return "\n".join([*imported, "", _resource(kind, name, arguments, left_alone)])


def _label(name: str) -> str:
    """A name as Terraform takes it: letters, digits and underscores, and no digit first."""
    label = "".join(character if character.isascii() and character.isalnum() else "_" for character in name)
    return f"_{label}" if label[:1].isdigit() else label


def _text(value: str) -> str:
    return json.dumps(value)


def _encoded(document: Mapping[str, Any]) -> str:
    """A document as jsonencode takes it: what JSON writes is an HCL expression, but for interpolations."""
    written = json.dumps(document, indent=2, separators=(",", " : ")).replace("${", "$${").replace("%{", "%%{")
    return f"jsonencode({written})".replace("\n", "\n  ")


def _name(target: str) -> str:
    """The last part of an ARN."""
    return target.rpartition(":")[2].rpartition("/")[2]


def _name_and_path(target: str) -> dict[str, str]:
    """The name and path of a role or policy; another path would have it made anew."""
    parsed = arn.parse(target)
    path, _, name = (parsed.resource.partition("/")[2] if parsed else target).rpartition("/")
    return {"name": _text(name), "path": _text(f"/{path}/" if path else "/")}


def _role(change: Change) -> dict[str, str]:
    return {**_name_and_path(change.target), "assume_role_policy": _encoded(change.document)}


def _create_role(change: Change) -> str:
    return _resource("aws_iam_role", _name(change.target), _role(change))


def _update_trust(change: Change) -> str:
    name = _name(change.target)
    return _existing("aws_iam_role", name, name, _role(change), _ROLE_LEFT_ALONE)


def _attach(change: Change) -> str:
    role, policy = _name(change.target), str(change.document["PolicyArn"])
    arguments = {"role": _text(role), "policy_arn": _text(policy)}
    return _resource("aws_iam_role_policy_attachment", f"{role}_{_name(policy)}", arguments)


def _put_inline(kind: str) -> Callable[[Change], str]:
    def write(change: Change) -> str:
        whose, name = _name(change.target), str(change.name)
        arguments = {"name": _text(name), kind: _text(whose), "policy": _encoded(change.document)}
        return _resource(f"aws_iam_{kind}_policy", f"{whose}_{name}", arguments)

    return write


def _put_version(change: Change) -> str:
    arguments = {**_name_and_path(change.target), "policy": _encoded(change.document)}
    return _existing("aws_iam_policy", _name(change.target), change.target, arguments, _POLICY_LEFT_ALONE)


def _create_linked_role(_change: Change) -> str:
    return _resource("aws_iam_service_linked_role", "backup", {"aws_service_name": _text("backup.amazonaws.com")})


def _put_vault_policy(change: Change) -> str:
    name = _name(change.target)
    arguments = {"backup_vault_name": _text(name), "policy": _encoded(change.document)}
    return _resource("aws_backup_vault_policy", name, arguments)


def _create_vault(change: Change) -> str:
    name = _name(change.target)
    return _resource("aws_backup_vault", name, {"name": _text(name)})


def _put_key_policy(change: Change) -> str:
    arguments = {"key_id": _text(change.target), "policy": _encoded(change.document)}
    return _resource("aws_kms_key_policy", f"key_{_name(change.target)}", arguments)


def _update_organization_policy(change: Change) -> str:
    statements = change.document["Statement"]
    is_rcp = any("Principal" in statement for statement in statements)  # an SCP's statement can have none
    arguments = {
        "name": _text(str(change.name)),
        "type": _text("RESOURCE_CONTROL_POLICY" if is_rcp else "SERVICE_CONTROL_POLICY"),
        "content": _encoded(change.document),
    }
    return _existing("aws_organizations_policy", change.target, change.target, arguments, _POLICY_LEFT_ALONE)


def _enable_cross_account(_change: Change) -> str:
    settings = '{ "isCrossAccountBackupEnabled" = "true" }'
    return _resource("aws_backup_global_settings", "organization", {"global_settings": settings})


def _put_resource_policy(change: Change) -> str:
    name, document = _name(change.target), _encoded(change.document)
    if ":s3:::" in change.target:
        return _resource("aws_s3_bucket_policy", name, {"bucket": _text(name), "policy": document})
    return _resource("aws_efs_file_system_policy", name, {"file_system_id": _text(name), "policy": document})


_TERRAFORM: Final[Mapping[str, Callable[[Change], str]]] = {
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
    "put-key-policy": _put_key_policy,
    "update-organization-policy": _update_organization_policy,
    "enable-cross-account-backup": _enable_cross_account,
    "put-resource-policy": _put_resource_policy,
}
