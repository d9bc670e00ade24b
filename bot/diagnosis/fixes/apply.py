"""Applies a change to what is known of a job, as AWS would look after it: the proof of a fix examines the result."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from bot.diagnosis.case import Case
from bot.diagnosis.configuration import Configuration, Keys
from bot.diagnosis.facts.documents import TRUST, NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.organization import Level
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.vaults import VaultFacts
from bot.diagnosis.model import Change
from knowledge.managed import managed_policy

C = TypeVar("C", bound=Configuration)

_SERVICE_LINKED_POLICY: Final = "aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"


def applied(case: C, change: Change) -> C | None:
    """What is known with a change made in AWS.

    Args:
        case: What is known.
        change: The change.

    Returns:
        What would be known then; None where that can't be told, because the change needs what was not read.
    """
    changed: C | None = _APPLY[change.kind](case, change)
    return changed


def _create_role(case: C, change: Change) -> C:
    return _with_role(case, change, lambda _absent: _made(change, trust=change.document))


def _attach_role_policy(case: C, change: Change) -> C:
    return _with_identity(case, change, _managed(change.document["PolicyArn"]))


def _put_inline_policy(case: C, change: Change) -> C:
    return _with_identity(case, change, NamedDocument(str(change.name), change.document))


def _with_identity(case: C, change: Change, document: NamedDocument) -> C:
    def changed(role: PrincipalFacts) -> PrincipalFacts:
        others = tuple(known for known in role.identity if known.name != document.name)
        return replace(role, identity=(*others, document))

    return _with_role(case, change, changed)


def _put_group_policy(case: C, change: Change) -> C:
    def changed(known: NamedDocument) -> NamedDocument:
        is_it = (known.group, known.name) == (change.target, change.name)
        return replace(known, document=change.document) if is_it else known

    return replace(case, role=replace(case.role, identity=tuple(map(changed, case.role.identity))))


def _update_assume_role_policy(case: C, change: Change) -> C:
    own = case.resource
    if own and own.arn == change.target:
        return replace(case, resource=replace(own, policy=NamedDocument(TRUST, change.document)))
    return _with_role(case, change, lambda role: replace(role, trust=change.document))


def _with_role(case: C, change: Change, changed: Callable[[PrincipalFacts], PrincipalFacts]) -> C:
    """With the job role or the caller changed, or the default role that may take its place."""
    role, default = case.role, case.default_role
    return replace(
        case,
        role=changed(role) if role.arn == change.target else role,
        default_role=changed(default) if default and default.arn == change.target else default,
    )


def _made(change: Change, **facts: Any) -> PrincipalFacts:
    """A role that a change makes."""
    return PrincipalFacts(
        change.target, exists=True, found_arn=change.target, tags={}, identity_is_complete=True, **facts
    )


def _managed(policy_arn: str) -> NamedDocument:
    """One of AWS's own policies; of one that this project has no copy of nothing is said to be allowed."""
    policy = managed_policy(policy_arn)
    return NamedDocument(policy_arn, policy.document if policy else {})


def _put_policy_version(case: C, change: Change) -> C:
    document = NamedDocument(change.target, change.document)
    role = case.role
    identity = tuple(document if known.name == change.target else known for known in role.identity)
    boundary = document if role.boundary_arn == change.target else role.boundary
    return replace(case, role=replace(role, identity=identity, boundary=boundary))


def _create_service_linked_role(case: C, change: Change) -> C:
    if case.service_linked_role is None or case.service_linked_role.arn != change.target:
        return case
    partition = change.target.split(":")[1]
    policy = _managed(f"arn:{partition}:iam::aws:policy/{_SERVICE_LINKED_POLICY}")
    return replace(case, service_linked_role=_made(change, identity=(policy,)))


def _change_plan(case: C, change: Change) -> C:
    """Another role in the plan, where that role has been read or is one that the fix makes."""
    roles = (case.role, case.default_role)
    known = next((role for role in roles if role and role.found_arn == change.target), None)
    return replace(case, role=replace(known, arn=change.target, meant=None, exists=True)) if known else case


def _put_vault_access_policy(case: C, change: Change) -> C:
    policy = NamedDocument(change.target, change.document)
    return _with_vaults(case, change, lambda vault: replace(vault, policy=policy, policy_is_known=True))


def _create_vault(case: Case, change: Change) -> Case | None:
    """A new vault, under the default key: where that won't do, nothing can be told of the key that it will have."""
    if case.needs_own_vault_key:
        return None
    return _with_vaults(case, change, lambda vault: replace(vault, exists=True, policy=None, policy_is_known=True))


def _with_vaults(case: C, change: Change, changed: Callable[[VaultFacts], VaultFacts]) -> C:
    vaults = {role: changed(vault) if vault.arn == change.target else vault for role, vault in case.vaults.items()}
    return replace(case, vaults=vaults)


def _put_key_policy(case: C, change: Change) -> C:
    policy = NamedDocument(change.target, change.document)
    return _with_keys(case, change, lambda key: replace(key, policy=policy))


def _enable_key(case: C, change: Change) -> C:
    return _with_keys(case, change, lambda key: replace(key, state="Enabled"))


def _cancel_key_deletion(case: C, change: Change) -> C:
    return _with_keys(case, change, lambda key: replace(key, state="Disabled"))


def _with_keys(case: C, change: Change, changed: Callable[[KeyFacts], KeyFacts]) -> C:
    def all_of(keys: Keys) -> Keys:
        return tuple(changed(key) if key.arn == change.target else key for key in keys)

    keys = {name: None if several is None else all_of(several) for name, several in case.keys.items()}
    return replace(case, keys=keys, named_keys=all_of(case.named_keys))


def _update_organization_policy(case: C, change: Change) -> C:
    def of_policy(known: NamedDocument) -> NamedDocument:
        return replace(known, document=change.document) if known.name == change.target else known

    def changed(level: Level) -> Level:
        scps, rcps = (None if known is None else tuple(map(of_policy, known)) for known in (level.scps, level.rcps))
        return replace(level, scps=scps, rcps=rcps)

    organizations = {
        account: replace(place, levels=None if place.levels is None else tuple(map(changed, place.levels)))
        for account, place in case.organizations.items()
    }
    return replace(case, organizations=organizations)


def _enable_cross_account_backup(case: C, _change: Change) -> C:
    return replace(case, cross_account_backup=True)


def _put_resource_policy(case: C, change: Change) -> C:
    if case.resource is None or case.resource.arn != change.target:
        return case
    return replace(case, resource=replace(case.resource, policy=NamedDocument(change.target, change.document)))


_APPLY: Final[Mapping[str, Callable[[Any, Change], Any]]] = {
    "create-role": _create_role,
    "attach-role-policy": _attach_role_policy,
    "put-role-policy": _put_inline_policy,
    "put-user-policy": _put_inline_policy,
    "put-group-policy": _put_group_policy,
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
