"""Makes the changes of a fix in an estate file, as a person would make them in AWS."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.diagnosis.model import Change

Estate = dict[str, Any]


def fixed(text: str, changes: list[Change]) -> str:
    """The estate file after the changes were made in it."""
    estate: Estate = json.loads(text)
    for change in changes:
        _MAKE[change.kind](estate, change)
    return json.dumps(estate)


def _account(estate: Estate, target: str) -> dict[str, Any]:
    account: dict[str, Any] = estate["accounts"][target.split(":")[4]]
    return account


def _role(estate: Estate, target: str) -> dict[str, Any]:
    roles = _account(estate, target)["roles"]
    return next(role for role in roles if target.endswith(f":role{role['Path']}{role['RoleName']}"))


def _user(estate: Estate, target: str) -> dict[str, Any]:
    users = _account(estate, target)["users"]
    return next(user for user in users if target.endswith(f":user{user['Path']}{user['UserName']}"))


def _regions(estate: Estate) -> Iterator[dict[str, Any]]:
    for account in estate["accounts"].values():
        yield from account.get("regions", {}).values()


def _key(estate: Estate, target: str) -> dict[str, Any]:
    keys = (key for region in _regions(estate) for key in region["keys"])
    return next(key for key in keys if target.endswith(key["KeyId"]))


def _vault(estate: Estate, target: str) -> dict[str, Any]:
    region = _account(estate, target)["regions"][target.split(":")[3]]
    return next(vault for vault in region["vaults"] if target.endswith(f":backup-vault:{vault['BackupVaultName']}"))


def _create_role(estate: Estate, change: Change) -> None:
    path, _, name = change.target.partition(":role")[2].rpartition("/")
    role = {"RoleName": name, "Path": f"{path}/", "RoleId": "AROANEWROLE0000000000", "AttachedPolicies": []}
    _account(estate, change.target)["roles"].append(
        {**role, "InlinePolicies": {}, "AssumeRolePolicyDocument": change.document}
    )


def _create_policy(estate: Estate, change: Change) -> None:
    policy = {"Arn": change.target, "Document": change.document}
    _account(estate, change.target).setdefault("policies", []).append(policy)


def _attach(estate: Estate, change: Change) -> None:
    _role(estate, change.target)["AttachedPolicies"].append(change.document["PolicyArn"])


def _attach_to_user(estate: Estate, change: Change) -> None:
    _user(estate, change.target).setdefault("AttachedPolicies", []).append(change.document["PolicyArn"])


def _put_role_policy(estate: Estate, change: Change) -> None:
    _role(estate, change.target)["InlinePolicies"][change.name] = change.document


def _put_user_policy(estate: Estate, change: Change) -> None:
    _user(estate, change.target)["InlinePolicies"][change.name] = change.document


def _put_group_policy(estate: Estate, change: Change) -> None:
    groups = _account(estate, change.target)["groups"]
    group = next(group for group in groups if change.target.endswith(f"/{group['GroupName']}"))
    group["InlinePolicies"][change.name] = change.document


def _update_trust(estate: Estate, change: Change) -> None:
    _role(estate, change.target)["AssumeRolePolicyDocument"] = change.document


def _put_version(estate: Estate, change: Change) -> None:
    policies = _account(estate, change.target)["policies"]
    next(policy for policy in policies if policy["Arn"] == change.target)["Document"] = change.document


def _create_linked_role(estate: Estate, change: Change) -> None:
    role = {
        "RoleName": "AWSServiceRoleForBackup",
        "Path": "/aws-service-role/backup.amazonaws.com/",
        "RoleId": "AROANEWLINKED00000000",
        "AssumeRolePolicyDocument": {},
        "AttachedPolicies": ["arn:aws:iam::aws:policy/aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"],
        "InlinePolicies": {},
    }
    _account(estate, change.target).setdefault("roles", []).append(role)


def _put_vault_policy(estate: Estate, change: Change) -> None:
    _vault(estate, change.target)["AccessPolicy"] = change.document


def _create_vault(estate: Estate, change: Change) -> None:
    region = _account(estate, change.target)["regions"][change.target.split(":")[3]]
    region["vaults"].append({"BackupVaultName": change.target.split(":", 6)[6], "VaultType": "BACKUP_VAULT"})


def _put_key_policy(estate: Estate, change: Change) -> None:
    _key(estate, change.target)["Policy"] = change.document


def _key_state(state: str) -> Callable[[Estate, Change], None]:
    return lambda estate, change: _key(estate, change.target).update(KeyState=state)


def _update_organization_policy(estate: Estate, change: Change) -> None:
    policies = estate["organization"]["policies"]
    next(policy for policy in policies if policy["Id"] == change.target)["Content"] = change.document


def _enable_cross_account(estate: Estate, change: Change) -> None:
    estate["accounts"][change.target]["global_settings"]["isCrossAccountBackupEnabled"] = "true"


def _put_resource_policy(estate: Estate, change: Change) -> None:
    resources = (resource for region in _regions(estate) for resource in region["resources"])
    next(resource for resource in resources if resource["ResourceArn"] == change.target)["Policy"] = change.document


def _change_plan(estate: Estate, change: Change) -> None:
    for region in _regions(estate):
        for job in (*region["backup_jobs"], *region["copy_jobs"], *region["restore_jobs"]):
            if _id(job) == estate["expect"]["job"]:
                job["IamRoleArn"] = change.document["IamRoleArn"]


def _id(job: Mapping[str, Any]) -> Any:
    return job.get("BackupJobId") or job.get("CopyJobId") or job.get("RestoreJobId")


_MAKE: dict[str, Callable[[Estate, Change], None]] = {
    "create-role": _create_role,
    "create-policy": _create_policy,
    "attach-role-policy": _attach,
    "attach-user-policy": _attach_to_user,
    "put-role-policy": _put_role_policy,
    "put-user-policy": _put_user_policy,
    "put-group-policy": _put_group_policy,
    "update-assume-role-policy": _update_trust,
    "put-policy-version": _put_version,
    "create-service-linked-role": _create_linked_role,
    "put-vault-access-policy": _put_vault_policy,
    "create-vault": _create_vault,
    "put-key-policy": _put_key_policy,
    "enable-key": _key_state("Enabled"),
    "cancel-key-deletion": _key_state("Disabled"),
    "update-organization-policy": _update_organization_policy,
    "enable-cross-account-backup": _enable_cross_account,
    "put-resource-policy": _put_resource_policy,
    "change-plan": _change_plan,
}
