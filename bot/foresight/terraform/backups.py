"""Backup plans and selections of a Terraform plan, as AWS Backup will describe them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from bot.foresight.infrastructure import Infrastructure, Json, PlanToBe
from bot.foresight.terraform.plan import Resource, TerraformPlan, has_unknown

_TYPES: Final = MappingProxyType(
    {
        "aws_db_instance": "RDS",
        "aws_docdb_cluster": "DocumentDB",
        "aws_dsql_cluster": "Aurora DSQL",
        "aws_dynamodb_table": "DynamoDB",
        "aws_ebs_volume": "EBS",
        "aws_efs_file_system": "EFS",
        "aws_eks_cluster": "EKS",
        "aws_fsx_lustre_file_system": "FSx",
        "aws_fsx_ontap_volume": "FSx",
        "aws_fsx_openzfs_file_system": "FSx",
        "aws_fsx_windows_file_system": "FSx",
        "aws_instance": "EC2",
        "aws_neptune_cluster": "Neptune",
        "aws_rds_cluster": "Aurora",
        "aws_redshift_cluster": "Redshift",
        "aws_s3_bucket": "S3",
    }
)
"""The types that AWS Backup protects, by Terraform's; what a resource that is yet to be made will be backed up as."""
_OPERATORS: Final = MappingProxyType(
    {
        "string_equals": "StringEquals",
        "string_like": "StringLike",
        "string_not_equals": "StringNotEquals",
        "string_not_like": "StringNotLike",
    }
)


def take_selection(plan: TerraformPlan, resource: Resource, made: Infrastructure) -> None:
    """A selection with its plan; a plan without one starts no job."""
    of = plan.target(resource, "plan_id")
    role = plan.value(resource, "iam_role_arn")
    if resource.is_gone:
        return
    if of is None or role is None:
        plan.not_known.append(f"The plan or the role of {resource.address} is known only after it is applied.")
        return
    listed = [str(each) for each in resource.after.get("resources") or () if each]
    kinds = []
    if has_unknown(resource.unknown.get("resources")):
        for each in _targets(plan, resource, "resources"):
            named = plan.arn_of(each)
            if named:
                listed.append(named)
            elif each.type in _TYPES:
                kinds.append(_TYPES[each.type])
            else:
                plan.not_known.append(f"What {resource.address} takes of {each.address} is not known.")
    selection = {
        "SelectionName": resource.after.get("name"),
        "IamRoleArn": role,
        "Resources": list(dict.fromkeys(listed)),
        "NotResources": [each for each in resource.after.get("not_resources") or () if each],
        "ListOfTags": [
            {"ConditionKey": tag["key"], "ConditionValue": tag["value"]}
            for tag in resource.after.get("selection_tag") or ()
        ],
        "Conditions": _conditions(resource.after.get("condition") or ()),
        "Types": kinds,
    }
    made.plans.append(PlanToBe(_backup_plan(plan, of), (selection,)))


def _targets(plan: TerraformPlan, resource: Resource, argument: str) -> Iterator[Resource]:
    written = plan.written(resource).get(argument) or {}
    found = (plan.find(resource.module, reference) for reference in written.get("references", ()))
    yield from {each.address: each for each in found if each}.values()


def _conditions(blocks: Any) -> dict[str, list[dict[str, str]]]:
    return {
        operator: [{"ConditionKey": each["key"], "ConditionValue": each["value"]} for each in block[name]]
        for block in blocks
        for name, operator in _OPERATORS.items()
        if block.get(name)
    }


def _backup_plan(plan: TerraformPlan, resource: Resource) -> Json:
    """A backup plan as GetBackupPlan answers."""
    rules = resource.after.get("rule") or ()
    written = plan.written(resource).get("rule") or []
    return {
        "BackupPlanName": resource.after.get("name"),
        "Rules": [_rule(plan, resource, *pair) for pair in zip(rules, written or [{}] * len(rules), strict=False)],
        "AdvancedBackupSettings": [
            {"ResourceType": each["resource_type"], "BackupOptions": each.get("backup_options") or {}}
            for each in resource.after.get("advanced_backup_setting") or ()
        ],
    }


def _rule(plan: TerraformPlan, resource: Resource, rule: Json, written: Json) -> Json:
    vault = rule.get("target_vault_name") or _first(plan, resource, written.get("target_vault_name"))
    copies = rule.get("copy_action") or ()
    of_copies = written.get("copy_action") or [{}] * len(copies)
    destinations = [
        copy.get("destination_vault_arn") or _first(plan, resource, of.get("destination_vault_arn"))
        for copy, of in zip(copies, of_copies, strict=False)
    ]
    if not vault or not all(destinations):
        plan.not_known.append(f"A vault of the rule {rule.get('rule_name')} is known only after it is applied.")
    return {
        "RuleName": rule.get("rule_name"),
        "TargetBackupVaultName": vault or "",
        "TargetLogicallyAirGappedBackupVaultArn": rule.get("target_logically_air_gapped_backup_vault_arn"),
        "CopyActions": [{"DestinationBackupVaultArn": each} for each in destinations if each],
    }


def _first(plan: TerraformPlan, resource: Resource, written: Any) -> str | None:
    references = written.get("references", ()) if isinstance(written, Mapping) else ()
    found = (plan.identity(resource.module, each) for each in references if each.count(".") > 1)
    return next((each for each in found if each), None)
