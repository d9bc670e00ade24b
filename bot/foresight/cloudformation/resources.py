"""What decides on backups among the resources of a template, taken over into the infrastructure to come."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from bot.foresight.cloudformation.template import StackTemplate
from bot.foresight.infrastructure import OPEN, Infrastructure, Json, PlanToBe, VaultToBe

_TYPES: Final = MappingProxyType(
    {
        "AWS::DSQL::Cluster": "Aurora DSQL",
        "AWS::DocDB::DBCluster": "DocumentDB",
        "AWS::DynamoDB::GlobalTable": "DynamoDB",
        "AWS::DynamoDB::Table": "DynamoDB",
        "AWS::EC2::Instance": "EC2",
        "AWS::EC2::Volume": "EBS",
        "AWS::EFS::FileSystem": "EFS",
        "AWS::EKS::Cluster": "EKS",
        "AWS::FSx::FileSystem": "FSx",
        "AWS::Neptune::DBCluster": "Neptune",
        "AWS::RDS::DBCluster": "Aurora",
        "AWS::RDS::DBInstance": "RDS",
        "AWS::Redshift::Cluster": "Redshift",
        "AWS::S3::Bucket": "S3",
    }
)
"""The types that AWS Backup protects, by CloudFormation's."""


def _document(properties: Mapping[str, Any], member: str, name: str, made: Infrastructure) -> Json | None:
    """A policy document; `OPEN`, and that is said, where a part of it is not known before the stack is made."""
    document = properties.get(member)
    if document is None:
        return None
    if _has_gap(document):
        made.not_known.append(f"The {member} of {name} is known only after the stack is made.")
        return OPEN
    return document if isinstance(document, dict) else None


def _has_gap(part: Any) -> bool:
    if isinstance(part, dict):
        return any(map(_has_gap, part.values()))
    return any(map(_has_gap, part)) if isinstance(part, list) else part is None


def _role(template: StackTemplate, name: str, made: Infrastructure) -> None:
    properties = template.properties(name)
    role = made.role(str(template.arn_of(name)))
    role.trust = _document(properties, "AssumeRolePolicyDocument", name, made)
    role.boundary = properties.get("PermissionsBoundary") or ""
    for policy in properties.get("ManagedPolicyArns") or ():
        if policy is None:
            made.not_known.append(f"A managed policy of {name} is known only after the stack is made.")
            role.inline[f"ManagedPolicyArns of {name}"] = OPEN
        else:
            role.attached[policy] = True
    for policy in properties.get("Policies") or ():
        document = _document(policy, "PolicyDocument", name, made)
        if document is not None:
            role.inline[str(policy["PolicyName"])] = document


def _policy(template: StackTemplate, name: str, made: Infrastructure) -> None:
    """AWS::IAM::Policy has several roles, AWS::IAM::RolePolicy has one."""
    properties = template.properties(name)
    document = _document(properties, "PolicyDocument", name, made)
    for role in (*(properties.get("Roles") or ()), *filter(None, [properties.get("RoleName")])):
        if role is None:
            made.not_known.append(f"A role of {name} is known only after the stack is made.")
        elif document is not None:
            made.role(_role_named(template, role)).inline[str(properties.get("PolicyName") or name)] = document


def _managed_policy(template: StackTemplate, name: str, made: Infrastructure) -> None:
    properties, policy = template.properties(name), str(template.arn_of(name))
    document = _document(properties, "PolicyDocument", name, made)
    if document is not None:
        made.policies[policy] = document
    for role in properties.get("Roles") or ():
        if role is not None:
            made.role(_role_named(template, role)).attached[policy] = True


def _role_named(template: StackTemplate, role: str) -> str:
    return f"arn:{template.partition}:iam::{template.account}:role/{role}"


def _vault(template: StackTemplate, name: str, made: Infrastructure) -> None:
    properties, vault = template.properties(name), str(template.arn_of(name))
    is_sealed = template.resources[name]["Type"] == "AWS::Backup::LogicallyAirGappedBackupVault"
    kind = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT" if is_sealed else "BACKUP_VAULT"
    made.vaults[vault] = VaultToBe(vault, properties.get("EncryptionKeyArn"), kind)
    if properties.get("AccessPolicy"):
        document = _document(properties, "AccessPolicy", name, made)
        if document is not None:
            made.vault_policies[vault] = document


def _key(template: StackTemplate, name: str, made: Infrastructure) -> None:
    document = _document(template.properties(name), "KeyPolicy", name, made)
    if document is not None:
        made.keys[str(template.arn_of(name))] = document


def _selection(template: StackTemplate, name: str, made: Infrastructure) -> None:
    properties = template.properties(name)
    said, plan = properties.get("BackupSelection") or {}, properties.get("BackupPlanId")
    role = said.get("IamRoleArn")
    if plan not in template.resources or role is None:
        made.not_known.append(f"The plan or the role of {name} is known only after the stack is made.")
        return
    if said.get("Resources", ()) is None:
        made.not_known.append(f"What {name} takes is known only after the stack is made.")
        return
    listed = [each for each in said.get("Resources") or () if each is not None]
    kinds = tuple(_types_to_be(template, name, made)) if len(listed) < len(said.get("Resources") or ()) else ()
    selection = {**said, "Resources": listed, "Types": kinds}
    made.plans.append(PlanToBe(_plan(template, str(plan), made), (selection,)))


def _types_to_be(template: StackTemplate, name: str, made: Infrastructure) -> list[str]:
    """The types of the resources that a selection names by references of which nobody knows the ARN yet."""
    kinds = []
    written = template.resources[name]["Properties"]["BackupSelection"]["Resources"]
    for each in written if isinstance(written, list) else [written]:
        if template.resolve(each) is not None:
            continue
        named = [known for known in template.resources if _refers(each, known)]
        kind = _TYPES.get(str(template.resources[named[0]]["Type"])) if named else None
        if kind:
            kinds.append(kind)
        else:
            made.not_known.append(f"A resource that {name} takes is known only after the stack is made.")
    return kinds


def _refers(part: Any, name: str) -> bool:
    """Whether a part of a template names a resource: `Ref`, `Fn::GetAtt` or a variable of `Fn::Sub`."""
    if isinstance(part, dict):
        return any(_refers(each, name) for each in part.values())
    if isinstance(part, list):
        return any(_refers(each, name) for each in part)
    return part == name or f"${{{name}}}" in str(part) or f"${{{name}." in str(part)


def _plan(template: StackTemplate, name: str, made: Infrastructure) -> Json:
    """A backup plan as GetBackupPlan answers."""
    said = template.properties(name).get("BackupPlan") or {}
    rules = []
    for rule in said.get("BackupPlanRule") or ():
        copies = [each.get("DestinationBackupVaultArn") for each in rule.get("CopyActions") or ()]
        if rule.get("TargetBackupVault") is None or None in copies:
            made.not_known.append(f"A vault of the rule {rule.get('RuleName')} is known only after the stack is made.")
        rules.append(
            {
                **rule,
                "TargetBackupVaultName": rule.get("TargetBackupVault") or "",
                "CopyActions": [{"DestinationBackupVaultArn": each} for each in copies if each],
            }
        )
    return {**said, "Rules": rules}


TAKEN: Final[Mapping[str, Callable[[StackTemplate, str, Infrastructure], None]]] = MappingProxyType(
    {
        "AWS::IAM::Role": _role,
        "AWS::IAM::Policy": _policy,
        "AWS::IAM::RolePolicy": _policy,
        "AWS::IAM::ManagedPolicy": _managed_policy,
        "AWS::Backup::BackupVault": _vault,
        "AWS::Backup::LogicallyAirGappedBackupVault": _vault,
        "AWS::Backup::BackupSelection": _selection,
        "AWS::KMS::Key": _key,
    }
)
"""What decides on a backup, by CloudFormation's type."""
