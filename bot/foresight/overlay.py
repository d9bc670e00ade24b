"""What will be, laid over what is read: each lookup that an infrastructure to come answers otherwise than AWS does now.

So a check reads AWS as it will be, with the same collectors as a diagnosis.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bot import arn
from bot.aws import backup, iam, kms, organizations
from bot.aws.facts import is_account as is_account_id
from bot.aws.lookup import Answer, Lookup, Operation, State
from bot.foresight.infrastructure import OPEN, Infrastructure, Json, RoleToBe, VaultToBe

_VERSION: Final = "planned"
"""The version of a managed policy that is yet to be made."""
_DEFAULT_KEY: Final = "alias/aws/backup"
"""The key of a vault that names none ("Encryption for backups in AWS Backup")."""
_ABSENT: Final = Answer(State.ABSENT)


@dataclass(frozen=True, slots=True)
class ToBe:
    """An overlay of `bot.aws.facts`.

    Args:
        infrastructure: What will be.
    """

    infrastructure: Infrastructure

    def instead(self, lookup: Lookup) -> Answer | None:
        """What will be the answer, whatever is so now."""
        answer = _INSTEAD.get(lookup.operation)
        return answer(self.infrastructure, lookup) if answer else None

    def over(self, lookup: Lookup, answer: Answer) -> Answer:
        """What will be the answer where this one was read; what can't be read stays so."""
        change = _OVER.get(lookup.operation)
        return change(self.infrastructure, lookup, answer) if change and not answer.refused else answer


def _role_of(will_be: Infrastructure, lookup: Lookup) -> RoleToBe | None:
    return will_be.role_named(lookup.account, lookup.parameters["RoleName"])


def _known(value: Any) -> Answer:
    return Answer(State.KNOWN, value)


def _document(document: Json, form: Callable[[Json], Any]) -> Answer:
    """A policy in the form in which AWS answers; refused where nobody knows it yet, so that it decides nothing."""
    return Answer(State.REFUSED, why="KnownAfterApply") if document is OPEN else _known(form(document))


def _policy(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    return _known({"DefaultVersionId": _VERSION}) if lookup.parameters["PolicyArn"] in will_be.policies else None


def _policy_version(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    document = will_be.policies.get(lookup.parameters["PolicyArn"])
    return None if document is None else _document(document, lambda known: {"Document": known})


def _policy_versions(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    is_planned = lookup.parameters["PolicyArn"] in will_be.policies
    return _known([{"VersionId": _VERSION, "IsDefaultVersion": True}]) if is_planned else None


def _role_policy(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    role = _role_of(will_be, lookup)
    document = role.inline.get(lookup.parameters["PolicyName"]) if role else None
    return None if document is None else _document(document, lambda known: known)


def _vault_arn(lookup: Lookup) -> str:
    partition = arn.partition_of(lookup.region)
    name = lookup.parameters["BackupVaultName"]
    return f"arn:{partition}:backup:{lookup.region}:{lookup.account}:backup-vault:{name}"


def _described(vault: VaultToBe) -> Json:
    named = arn.parse(vault.arn)
    region, account = (named.region, named.account) if named else ("", "")
    default = f"arn:{arn.partition_of(region)}:kms:{region}:{account}:{_DEFAULT_KEY}"
    return {
        "BackupVaultName": vault.arn.partition(":backup-vault:")[2],
        "BackupVaultArn": vault.arn,
        "EncryptionKeyArn": vault.key or default,
        "VaultType": vault.type,
    }


def _vault(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    vault = will_be.vaults.get(_vault_arn(lookup))
    if vault is None:
        return None
    return _ABSENT if vault.is_gone else _known(_described(vault))


def _vault_policy(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    name = _vault_arn(lookup)
    if name in will_be.vault_policies:
        document = will_be.vault_policies[name]
        return _ABSENT if document is None else _document(document, json.dumps)
    return _ABSENT if name in will_be.vaults else None


def _key(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    key = lookup.parameters["KeyId"]
    if key not in will_be.keys:
        return None
    return _known({"KeyId": key, "Arn": key, "KeyManager": "CUSTOMER", "KeyState": "Enabled"})


def _key_policy(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    key = lookup.parameters["KeyId"]
    document = will_be.key_policies.get(key) or will_be.keys.get(key)
    return None if document is None else _document(document, json.dumps)


def _grants(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    return _known([]) if lookup.parameters["KeyId"] in will_be.keys else None


def _control_policy(will_be: Infrastructure, lookup: Lookup) -> Answer | None:
    policy = lookup.parameters["PolicyId"]
    document = will_be.control_policies_to_add.get(policy) or will_be.control_policies.get(policy)
    return None if document is None else _document(document, lambda known: {"Content": json.dumps(known)})


def _role(will_be: Infrastructure, lookup: Lookup, answer: Answer) -> Answer:
    role, found = _role_of(will_be, lookup), dict(answer.value) if answer.known else {}
    if role and role.is_gone:
        return _ABSENT
    if role and role.trust is not None:
        found = {"Arn": role.arn, **found, "AssumeRolePolicyDocument": None if role.trust is OPEN else role.trust}
    if not found:
        return answer
    if role and role.boundary is not None:
        found["PermissionsBoundary"] = {"PermissionsBoundaryArn": role.boundary} if role.boundary else {}
    if role and role.tags is not None:
        found["Tags"] = [{"Key": key, "Value": value} for key, value in role.tags.items()]
    bound = (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    if bound and not will_be.keeps(bound, _name(bound)):
        found["PermissionsBoundary"] = {}
    return _known(found)


def _attached(will_be: Infrastructure, lookup: Lookup, answer: Answer) -> Answer:
    role, now = _role_of(will_be, lookup), [each["PolicyArn"] for each in answer.value or ()]
    to_be = role.attached if role else {}
    arns = [each for each in dict.fromkeys((*now, *to_be)) if to_be.get(each, True)]
    kept = [each for each in arns if will_be.keeps(each, _name(each))]
    return _known([{"PolicyArn": each} for each in kept]) if answer.known or role else answer


def _inline(will_be: Infrastructure, lookup: Lookup, answer: Answer) -> Answer:
    role = _role_of(will_be, lookup)
    to_be = role.inline if role else {}
    names = [name for name in dict.fromkeys((*(answer.value or ()), *to_be)) if to_be.get(name, {}) is not None]
    return _known([name for name in names if will_be.keeps(name)]) if answer.known or role else answer


def _control_policies(will_be: Infrastructure, lookup: Lookup, answer: Answer) -> Answer:
    kept = [each for each in answer.value or () if will_be.keeps(each["Id"], each.get("Name"))]
    is_account = is_account_id(lookup.parameters["TargetId"])
    added = (
        will_be.control_policies_to_add if is_account and lookup.operation == organizations.LIST_SCPS_FOR_TARGET else {}
    )
    return _known([*kept, *({"Id": name, "Name": name} for name in added)]) if answer.known else answer


def _name(policy_arn: str) -> str:
    return policy_arn.rpartition("/")[2]


def _vaults(will_be: Infrastructure, lookup: Lookup, answer: Answer) -> Answer:
    place = (lookup.account, lookup.region)
    here = {
        each.arn: each
        for each in will_be.vaults.values()
        if (named := arn.parse(each.arn)) and (named.account, named.region) == place
    }
    kept = [each for each in answer.value or () if each["BackupVaultArn"] not in here]
    return _known([*kept, *(_described(each) for each in here.values() if not each.is_gone)])


_INSTEAD: Final[Mapping[Operation, Callable[[Infrastructure, Lookup], Answer | None]]] = MappingProxyType(
    {
        iam.GET_POLICY: _policy,
        iam.GET_POLICY_VERSION: _policy_version,
        iam.LIST_POLICY_VERSIONS: _policy_versions,
        iam.GET_ROLE_POLICY: _role_policy,
        backup.DESCRIBE_BACKUP_VAULT: _vault,
        backup.GET_BACKUP_VAULT_ACCESS_POLICY: _vault_policy,
        kms.DESCRIBE_KEY: _key,
        kms.GET_KEY_POLICY: _key_policy,
        kms.LIST_GRANTS: _grants,
        organizations.DESCRIBE_POLICY: _control_policy,
    }
)
_OVER: Final[Mapping[Operation, Callable[[Infrastructure, Lookup, Answer], Answer]]] = MappingProxyType(
    {
        iam.GET_ROLE: _role,
        iam.LIST_ATTACHED_ROLE_POLICIES: _attached,
        iam.LIST_ROLE_POLICIES: _inline,
        backup.LIST_BACKUP_VAULTS: _vaults,
        organizations.LIST_SCPS_FOR_TARGET: _control_policies,
        organizations.LIST_RCPS_FOR_TARGET: _control_policies,
    }
)
