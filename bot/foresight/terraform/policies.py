"""Roles, policies, vaults, keys and control policies of a Terraform plan."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.foresight.infrastructure import OPEN, Infrastructure, Json, VaultToBe
from bot.foresight.terraform.plan import Resource, TerraformPlan, policy, vault_arn

Take = Callable[[TerraformPlan, Resource, Infrastructure], None]
"""Takes a resource of a plan over into the infrastructure to come."""


def _role(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    role_arn = plan.arn_of(resource)
    if role_arn is None:
        return
    role = made.role(role_arn)
    role.is_gone = resource.is_gone
    if resource.is_gone:
        return
    role.trust = plan.document_of(resource, "assume_role_policy")
    role.boundary = plan.value(resource, "permissions_boundary") or ""
    role.tags = resource.after.get("tags_all") or resource.after.get("tags")
    for inline in resource.after.get("inline_policy") or ():
        if inline.get("name") and inline.get("policy"):
            role.inline[inline["name"]] = policy(inline["policy"])
    managed = resource.after.get("managed_policy_arns")
    if managed:
        role.attached |= dict.fromkeys(managed, True)


def _role_policy(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    role_arn = _role_meant(plan, resource)
    name = resource.after.get("name") or resource.before.get("name")
    if role_arn is None or name is None:
        plan.not_known.append(f"The role of {resource.address} is known only after it is applied.")
    elif resource.is_gone:
        made.role(role_arn).inline[name] = None
    else:
        document = plan.document_of(resource, "policy")
        if document is not None:
            made.role(role_arn).inline[name] = document


def _attachment(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    role_arn = _role_meant(plan, resource)
    policy = resource.before.get("policy_arn") if resource.is_gone else plan.value(resource, "policy_arn")
    if role_arn is None or policy is None:
        plan.not_known.append(f"What {resource.address} attaches is known only after it is applied.")
        if role_arn is not None:
            made.role(role_arn).inline[resource.address] = OPEN
    else:
        made.role(role_arn).attached[policy] = not resource.is_gone


def _role_meant(plan: TerraformPlan, resource: Resource) -> str | None:
    """The ARN of the role that `role` names, which is its name."""
    target = plan.target(resource, "role")
    if target and target.type == "aws_iam_role":
        return plan.arn_of(target)
    name = resource.after.get("role") or resource.before.get("role")
    known = next(
        (
            each
            for each in plan.resources.values()
            if each.type == "aws_iam_role" and name and name in (each.after.get("name"), each.before.get("name"))
        ),
        None,
    )
    if known:
        return plan.arn_of(known)
    return f"arn:{plan.partition}:iam::{plan.account}:role/{name}" if name else None


def _managed_policy(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    policy = plan.arn_of(resource)
    document = None if resource.is_gone else plan.document_of(resource, "policy")
    if policy and document is not None:
        made.policies[policy] = document


def _vault(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    vault = plan.arn_of(resource)
    is_new = "create" in resource.actions
    if vault and (is_new or resource.is_gone):
        is_sealed = resource.type == "aws_backup_logically_air_gapped_vault"
        kind = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT" if is_sealed else "BACKUP_VAULT"
        key = plan.value(resource, "kms_key_arn") if not is_sealed else None
        made.vaults[vault] = VaultToBe(vault, key, kind, resource.is_gone)


def _vault_policy(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    name = plan.value(resource, "backup_vault_name") or resource.before.get("backup_vault_name")
    if name is None:
        plan.not_known.append(f"The vault of {resource.address} is known only after it is applied.")
        return
    vault = vault_arn(plan, resource, name)
    document = None if resource.is_gone else plan.document_of(resource, "policy")
    if resource.is_gone or document is not None:
        made.vault_policies[vault] = document


def _key(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    if resource.is_gone:
        return
    key, is_new = plan.key_to_be(resource), "create" in resource.actions
    is_said = bool(resource.after.get("policy")) or "policy" in plan.written(resource)
    document = plan.document_of(resource, "policy") if is_said else None
    if is_new:
        made.keys[key] = document or _default_key_policy(plan)
    elif document is not None:
        made.key_policies[key] = document


def _default_key_policy(plan: TerraformPlan) -> Json:
    """Source: "Default key policy" (AWS KMS Developer Guide)."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{plan.partition}:iam::{plan.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _key_policy(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    target = plan.target(resource, "key_id")
    key = plan.key_to_be(target) if target else resource.after.get("key_id")
    document = None if resource.is_gone else plan.document_of(resource, "policy")
    if key and document is not None:
        named = (
            key if str(key).startswith("arn:") else f"arn:{plan.partition}:kms:{plan.region}:{plan.account}:key/{key}"
        )
        made.key_policies[named] = document


def _control_policy(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    policy = resource.after.get("id") or resource.before.get("id")
    document = None if resource.is_gone else plan.document_of(resource, "content")
    if policy and document is not None:
        made.control_policies[policy] = document


TAKEN: Final[Mapping[str, Take]] = MappingProxyType(
    {
        "aws_iam_role": _role,
        "aws_iam_role_policy": _role_policy,
        "aws_iam_role_policy_attachment": _attachment,
        "aws_iam_policy": _managed_policy,
        "aws_backup_vault": _vault,
        "aws_backup_logically_air_gapped_vault": _vault,
        "aws_backup_vault_policy": _vault_policy,
        "aws_kms_key": _key,
        "aws_kms_key_policy": _key_policy,
        "aws_organizations_policy": _control_policy,
    }
)
"""What decides on a backup, by Terraform's type."""
