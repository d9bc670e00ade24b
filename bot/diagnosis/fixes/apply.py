"""Applies a change to what is known of a job, as AWS would look after it: the proof of a fix examines the result."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.diagnosis.case import Case, Keys
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.organization import Level
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.vaults import VaultFacts
from bot.diagnosis.model import Change
from knowledge.managed import managed_policy


def applied(case: Case, change: Change) -> Case | None:
    """The case with a change made in AWS.

    Args:
        case: What is known of the job.
        change: The change.

    Returns:
        What would be known then; None where that can't be told, because the change needs what was not read.
    """
    return _APPLY[change.kind](case, change)


def _create_role(case: Case, change: Change) -> Case:
    role = PrincipalFacts(
        change.target,
        exists=True,
        found_arn=change.target,
        tags={},
        trust=change.document,
        identity_is_complete=True,
    )
    return replace(case, role=role)


def _attach_role_policy(case: Case, change: Change) -> Case | None:
    policy = managed_policy(change.document["PolicyArn"])
    if policy is None:
        return None
    return _with_identity(case, change.target, NamedDocument(policy.arn, policy.document))


def _put_role_policy(case: Case, change: Change) -> Case:
    return _with_identity(case, change.target, NamedDocument(str(change.name), change.document))


def _with_identity(case: Case, role_arn: str, document: NamedDocument) -> Case:
    role = case.role
    if role.arn != role_arn:
        return case
    others = tuple(known for known in role.identity if known.name != document.name)
    return replace(case, role=replace(role, identity=(*others, document)))


def _update_assume_role_policy(case: Case, change: Change) -> Case:
    return replace(case, role=replace(case.role, trust=change.document))


def _put_policy_version(case: Case, change: Change) -> Case:
    document = NamedDocument(change.target, change.document)
    role = case.role
    identity = tuple(document if known.name == change.target else known for known in role.identity)
    boundary = document if role.boundary_arn == change.target else role.boundary
    return replace(case, role=replace(role, identity=identity, boundary=boundary))


def _create_service_linked_role(case: Case, change: Change) -> Case | None:
    partition = change.target.split(":")[1]
    path = "aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"
    policy = managed_policy(f"arn:{partition}:iam::aws:policy/{path}")
    if policy is None:
        return None
    role = PrincipalFacts(
        change.target,
        exists=True,
        found_arn=change.target,
        tags={},
        identity=(NamedDocument(policy.arn, policy.document),),
        identity_is_complete=True,
    )
    return replace(case, service_linked_role=role)


def _change_plan(case: Case, change: Change) -> Case | None:
    """Another role in the plan; provable where that role has been read."""
    role, default = case.role, case.default_role
    if default and change.target == default.arn:
        return replace(case, role=default) if default.exists else None
    if change.target != role.found_arn:
        return None
    return replace(case, role=replace(role, arn=change.target, exists=True))


def _put_vault_access_policy(case: Case, change: Change) -> Case:
    policy = NamedDocument(change.target, change.document)
    return _with_vaults(case, change, lambda vault: replace(vault, policy=policy, policy_is_known=True))


def _create_vault(case: Case, change: Change) -> Case | None:
    """A new vault; without knowing its key only a copy that any key will do for can be proven."""
    if case.is_cross_account or case.is_fully_managed is not True:
        return None
    return _with_vaults(case, change, lambda vault: replace(vault, exists=True, policy=None, policy_is_known=True))


def _with_vaults(case: Case, change: Change, changed: Callable[[VaultFacts], VaultFacts]) -> Case:
    vaults = {role: changed(vault) if vault.arn == change.target else vault for role, vault in case.vaults.items()}
    return replace(case, vaults=vaults)


def _put_key_policy(case: Case, change: Change) -> Case:
    policy = NamedDocument(change.target, change.document)
    return _with_keys(case, change, lambda key: replace(key, policy=policy))


def _enable_key(case: Case, change: Change) -> Case:
    return _with_keys(case, change, lambda key: replace(key, state="Enabled"))


def _cancel_key_deletion(case: Case, change: Change) -> Case:
    return _with_keys(case, change, lambda key: replace(key, state="Disabled"))


def _with_keys(case: Case, change: Change, changed: Callable[[KeyFacts], KeyFacts]) -> Case:
    def all_of(keys: Keys) -> Keys:
        return tuple(changed(key) if key.arn == change.target else key for key in keys)

    keys = {name: None if several is None else all_of(several) for name, several in case.keys.items()}
    return replace(case, keys=keys, named_keys=all_of(case.named_keys))


def _update_organization_policy(case: Case, change: Change) -> Case:
    document = NamedDocument(change.target, change.document)

    def changed(level: Level) -> Level:
        scps, rcps = (
            None if known is None else tuple(document if each.name == change.target else each for each in known)
            for known in (level.scps, level.rcps)
        )
        return replace(level, scps=scps, rcps=rcps)

    organizations = {
        account: replace(place, levels=None if place.levels is None else tuple(map(changed, place.levels)))
        for account, place in case.organizations.items()
    }
    return replace(case, organizations=organizations)


def _enable_cross_account_backup(case: Case, _change: Change) -> Case:
    return replace(case, cross_account_backup=True)


def _put_resource_policy(case: Case, change: Change) -> Case:
    if case.resource is None or case.resource.arn != change.target:
        return case
    return replace(case, resource=replace(case.resource, policy=NamedDocument(change.target, change.document)))


_APPLY: Final[Mapping[str, Callable[[Case, Change], Case | None]]] = {
    "create-role": _create_role,
    "attach-role-policy": _attach_role_policy,
    "put-role-policy": _put_role_policy,
    "update-assume-role-policy": _update_assume_role_policy,
    "put-policy-version": _put_policy_version,
    "create-service-linked-role": _create_service_linked_role,
    "change-plan": _change_plan,
    "put-vault-access-policy": _put_vault_access_policy,
    "create-vault": _create_vault,
    "put-key-policy": _put_key_policy,
    "enable-key": _enable_key,
    "cancel-key-deletion": _cancel_key_deletion,
    "update-organization-policy": _update_organization_policy,
    "enable-cross-account-backup": _enable_cross_account_backup,
    "put-resource-policy": _put_resource_policy,
}
