"""The condition keys that AWS Backup's calls carry, as far as AWS documents it or its managed policies imply it.

Every other key is unknown, and the evaluator takes it so: no key is guessed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.diagnosis.circumstances import UNKNOWN_PART, recovery_point_arn, request_keys_of_metadata
from bot.diagnosis.facts.organization import OrganizationFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.trail import session_name
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import JobType
from bot.iam import PrefixValue

Context = Mapping[str, str | list[str] | PrefixValue | None]
"""Values of condition keys; None for a key that is known to be absent, `…/*` for all that begin so."""

UNKNOWN: Final = ("*",)
"""Every key that is not in a context has an unknown value."""

_GLOBAL_SERVICES: Final = frozenset({"iam", "organizations", "sts"})
_GLOBAL_REGION: Final = "us-east-1"
_TAGGING: Final = ("CreateTags", "TagResource", "AddTagsToResource")
_ENCRYPTION_CONTEXT: Final = {
    "ec2": ["aws:ebs:id"],
    "dsql": ["aws:dsql:ClusterId"],
    "backup": ["aws:backup:backup-vault"],
}
"""The encryption context with which a service calls KMS, where AWS says it ("Encryption for backups in AWS Backup",
sample key policy; AWSBackupServiceRolePolicyForBackup)."""
_WITH_ENCRYPTION_CONTEXT: Final = (
    "kms:creategrant",
    "kms:decrypt",
    "kms:encrypt",
    "kms:generatedatakey",
    "kms:reencrypt",
)
"""How the KMS actions begin that carry an encryption context ("Actions, resources, and condition keys for AWS Key
Management Service")."""
_ON_GRANTS: Final = frozenset({"kms:creategrant", "kms:listgrants", "kms:revokegrant"})
"""The actions that carry kms:GrantIsForAWSResource (the same page)."""
_WITHOUT_RESOURCE_ACCOUNT: Final = "ebs:"
"""How the actions begin whose requests have none of the keys of the resource's account ("AWS global condition context
keys", aws:ResourceAccount, aws:ResourceOrgID and aws:ResourceOrgPaths: Amazon EBS, all actions). An earlier page
had ec2:CopySnapshot and ec2:CreateVolume beside them; the present one has not."""
_OF_RESOURCE_ACCOUNT: Final = ("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths")


def of_call(
    facts: JobFacts, principal: PrincipalFacts, action: str, resource: str, resource_account: str, region: str
) -> Context:
    """What a call of a role that AWS Backup uses carries.

    Args:
        facts: The job.
        principal: The role: the job role or the service-linked role.
        action: As IAM spells it.
        resource: The ARN it is called on.
        resource_account: The account that owns it.
        region: The Region that is called.
    """
    service, _, name = action.partition(":")
    context: dict[str, str | list[str] | None] = {
        **_of_every_call(facts),
        "aws:RequestedRegion": _GLOBAL_REGION if service in _GLOBAL_SERVICES else region,
        "aws:MultiFactorAuthPresent": None,
        "aws:MultiFactorAuthAge": None,
        "aws:ResourceAccount": resource_account,
        **_user_id(principal),
        **_tags("aws:PrincipalTag", principal.tags),
        **_tags("aws:ResourceTag", _tags_of(facts, resource)),
        **_organization("Principal", facts.organizations.get(principal.account)),
        **_organization("Resource", facts.organizations.get(resource_account)),
    }
    if name.endswith(_TAGGING) and facts.resource:
        context |= _tags("aws:RequestTag", facts.resource.tags)
        context |= {"aws:TagKeys": list(facts.resource.tags)} if facts.resource.tags else {}
    if action == "backup:CopyFromBackupVault":
        context |= _copy_targets(facts)
    if service == "ec2":
        context |= request_keys_of_metadata(facts)
    if action.casefold().startswith(_WITHOUT_RESOURCE_ACCOUNT):
        context |= dict.fromkeys(_OF_RESOURCE_ACCOUNT)
    return context


def of_kms_call(principal: PrincipalFacts, action: str, via: str | None, region: str) -> Context:
    """What is added for a call of AWS KMS ("AWS KMS condition keys").

    Args:
        principal: The role.
        action: As IAM spells it.
        via: The service that calls KMS for the role.
        region: The Region that is called.
    """
    context: dict[str, str | list[str] | None] = {"kms:CallerAccount": principal.account}
    if via:
        context["kms:ViaService"] = f"{via}.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
    if not action.casefold().startswith(_WITH_ENCRYPTION_CONTEXT):
        context |= {"kms:EncryptionContextKeys": None, "kms:EncryptionContext:*": None}
    elif via in _ENCRYPTION_CONTEXT:
        context["kms:EncryptionContextKeys"] = _ENCRYPTION_CONTEXT[via]
    context["kms:GrantIsForAWSResource"] = "true" if action.casefold() in _ON_GRANTS else None
    return context


def of_caller(
    organizations: Mapping[str, OrganizationFacts], account: str, resource_account: str, region: str, now: datetime
) -> Context:
    """What a call outside a job carries, as far as its error text says: tags, MFA and network are unknown.

    Args:
        organizations: The accounts that take part.
        account: The caller's account.
        resource_account: The account of what was called on.
        region: The Region in its ARN; empty where it has none.
        now: When the text is read.
    """
    called = {"aws:RequestedRegion": region} if region else {}
    return {
        **called,
        "aws:SecureTransport": "true",
        "aws:CurrentTime": now.isoformat(),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:ResourceAccount": resource_account,
        "kms:CallerAccount": account,
        **_organization("Principal", organizations.get(account)),
        **_organization("Resource", organizations.get(resource_account)),
    }


def of_assume_role(facts: JobFacts) -> Context:
    """What AWS Backup's own sts:AssumeRole of the job role carries ("Cross-service confused deputy prevention").

    Of `aws:SourceArn` only the beginning is documented.
    """
    return {
        **_of_every_call(facts),
        "aws:RequestedRegion": _GLOBAL_REGION,
        "aws:PrincipalIsAWSService": "true",
        "aws:SourceAccount": facts.job.account,
        "aws:SourceArn": PrefixValue(f"arn:{facts.partition}:backup:{facts.job.region}:{facts.job.account}:"),
        "sts:ExternalId": None,
        "aws:MultiFactorAuthPresent": None,
        "aws:MultiFactorAuthAge": None,
        "aws:TokenIssueTime": None,
        "aws:ResourceAccount": facts.job.account,
        **_tags("aws:ResourceTag", facts.role.tags),
        **_organization("Source", facts.organizations.get(facts.job.account)),
        **_organization("Resource", facts.organizations.get(facts.job.account)),
    }


def _user_id(principal: PrincipalFacts) -> dict[str, str | list[str] | None]:
    """The role's unique id and its session's name ("IAM policy elements: Variables and tags", request information).

    How AWS Backup calls a session of its service-linked role is not documented.
    """
    if principal.unique_id is None or principal.is_service_linked_role:
        return {}
    return {"aws:userid": f"{principal.unique_id}:{session_name(principal.name)}"}


def _of_every_call(facts: JobFacts) -> dict[str, str | list[str] | None]:
    created = facts.job.created
    return {
        "aws:SecureTransport": "true",
        "aws:CurrentTime": created.isoformat(),
        "aws:EpochTime": str(int(created.timestamp())),
    }


def _tags(prefix: str, tags: Mapping[str, str] | None) -> dict[str, str | list[str] | None]:
    """Each tag as a key, and that there are no others; nothing where the tags are not known."""
    if tags is None:
        return {}
    return {**{f"{prefix}/{name}": value for name, value in tags.items()}, f"{prefix}/*": None}


def _tags_of(facts: JobFacts, resource: str) -> Mapping[str, str] | None:
    """The tags of what is called on; what is yet to be made, as a backup makes its recovery point, has none."""
    is_made = facts.job.type is not JobType.BACKUP
    if is_made and resource == recovery_point_arn(facts).replace(UNKNOWN_PART, "*"):
        return None
    if resource.endswith(("*", f":job-{facts.job.id.casefold()}")):
        return {}
    if facts.resource and resource == facts.resource.arn:
        return facts.resource.tags
    vault = next((vault for vault in facts.vaults.values() if vault.arn == resource), None)
    if vault:
        return vault.tags
    return facts.role.tags if resource == facts.role.arn else None


def _organization(whose: str, organization: OrganizationFacts | None) -> dict[str, str | list[str] | None]:
    """The keys of an account's place: absent outside an organization, unknown where it can't be read."""
    if organization is None or not organization.is_known:
        return {}
    keys: dict[str, str | list[str] | None] = {f"aws:{whose}OrgID": organization.id}
    if organization.id is None:
        keys[f"aws:{whose}OrgPaths"] = None
    elif organization.org_path:
        keys[f"aws:{whose}OrgPaths"] = [organization.org_path]
    return keys


def _copy_targets(facts: JobFacts) -> dict[str, str | list[str] | None]:
    """Where the copy goes ("Actions, resources, and condition keys for AWS Backup")."""
    targets: dict[str, str | list[str] | None] = {"backup:CopyTargets": [facts.job.destination_vault_arn or ""]}
    destination = facts.organizations.get(facts.destination_account)
    if destination and destination.org_path:
        targets["backup:CopyTargetOrgPaths"] = [destination.org_path]
    return targets
