"""What a signed-in principal needs for operations of AWS Backup and its kin: `needs/callers.yaml`, read and checked."""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge.files import KNOWLEDGE, read_yaml, validated
from knowledge.need import Basis, folded

MayCall = Literal["any-account", "vault-owner", "management-account"]
"""Who may call an operation at all, whatever the policies allow."""

OWN_SERVICE: Final = "backup"
_FILE: Final = "needs/callers.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CallerNeed(_Data):
    """Actions that the caller of an operation must be allowed on a resource."""

    actions: tuple[str, ...]
    arns: tuple[str, ...] = Field(min_length=1)
    """ARNs with names in braces, which the operation's parameters fill in."""
    of: tuple[str, ...] = ()
    """The recovery points that it is about, as `service:beginning of the resource`; none for any."""
    via: str | None = None
    """The service through which KMS is called."""
    context: Mapping[str, str] = Field(default_factory=dict)
    """Condition keys that the call carries beside those that every call carries."""
    optional: str | None = None
    """Why the operation succeeds without it."""
    basis: Basis
    source: str = Field(min_length=1)

    def is_about(self, service: str, resource: str) -> bool:
        """Whether it holds for a call on a resource, given by the service and the last part of its ARN."""
        return not self.of or f"{service}:{resource}".startswith(self.of)


class CallerOperation(_Data):
    """An operation of AWS Backup's API and what its caller needs."""

    operation: str
    """As the API spells it; the IAM action is the service's prefix and this."""
    service: str = OWN_SERVICE
    """The prefix of its IAM action: AWS Backup's, that of backup search, or of AWS RAM, by which vaults are shared."""
    names: tuple[str, ...] = ()
    """What else people call it."""
    may_call: MayCall = "any-account"
    may_call_source: str | None = None
    also: str | None = None
    """What has to be so beside permissions, with its source."""
    uses_vault_policy: bool = False
    """Whether the access policy of the vault can deny the call."""
    needs: tuple[CallerNeed, ...]
    """Its own action first, then the companions."""

    @property
    def action(self) -> str:
        """The operation's own IAM action."""
        return f"{self.service}:{self.operation}"

    def asks_for(self, action: str) -> bool:
        """Whether AWS documents that the operation asks for an action."""
        documented = (need for need in self.needs if need.basis == "documented" and need.optional is None)
        return any(action.casefold() in map(str.casefold, need.actions) for need in documented)


class _Described(_Data):
    """An operation as the file has it: without its own action, which follows from its name."""

    operation: str
    service: str = OWN_SERVICE
    names: tuple[str, ...] = ()
    resource: str
    """A key of `resources`: what its own action is allowed on."""
    also: str | None = None
    may_call: MayCall = "any-account"
    may_call_source: str | None = None
    needs: tuple[CallerNeed, ...] = ()

    @model_validator(mode="after")
    def _says_who_limits_the_callers(self) -> "_Described":
        if self.may_call == "management-account" and not self.may_call_source:
            raise ValueError(f"{self.operation}: say in `may_call_source` where it is documented who may call it")
        return self


class _VaultPolicy(_Data):
    basis: Basis
    source: str
    operations: frozenset[str]


class _Callers(_Data):
    """The whole of the file."""

    resources: Mapping[str, str]
    own_action_sources: Mapping[str, str]
    """Where it is documented which actions a service has, by its prefix."""
    alone: Mapping[str, tuple[str, ...]]
    vault_policy: _VaultPolicy
    operations: tuple[_Described, ...]

    @model_validator(mode="after")
    def _hold_together(self) -> "_Callers":
        """Every resource is one of `resources`, and every operation is there once."""
        kinds = [*self.alone, *(described.resource for described in self.operations)]
        unknown = [kind for kind in kinds if kind not in self.resources]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no key of `resources`")
        services = {described.service for described in self.operations}.difference(self.own_action_sources)
        if services:
            raise ValueError(f"{min(services)!r} is no key of `own_action_sources`")
        named = [name for names in self.alone.values() for name in names]
        named += [described.operation for described in self.operations]
        twice = [name for name in named if named.count(name) > 1]
        if twice:
            raise ValueError(f"the operation {twice[0]} is there twice")
        missing = self.vault_policy.operations.difference(named)
        if missing:
            raise ValueError(f"`vault_policy` names {min(missing)}, which is no operation of the file")
        return self


def operations() -> tuple[CallerOperation, ...]:
    """Every operation of AWS Backup and its kin, in the order of their names.

    Raises:
        BadInputError: The file is broken; the sentence says where.
    """
    return _operations()


def of_operation(name: str) -> CallerOperation | None:
    """An operation by its name, its IAM action or what people call it; None for one that is not known.

    Args:
        name: Such as `CreateBackupVault`, `backup:CreateBackupVault`, `create-backup-vault` or `create-vault`.
    """
    service, _, own_name = name.rpartition(":")
    found = _by_name().get(folded(own_name))
    return found if found and service.casefold() in ("", found.service) else None


def needing_action(action: str | None) -> CallerOperation | None:
    """The operation that asks for an IAM action: its own, else the only one with a documented need of it.

    An action of another service, such as kms:CreateGrant, tells no operation: many calls ask for it.

    Args:
        action: Such as `backup:CreateBackupVault` or `backup-storage:MountCapsule`.
    """
    own = of_operation(action) if action else None
    if own is not None or action is None or not action.startswith(OWN_SERVICE):
        return own
    asking = [operation for operation in operations() if operation.asks_for(action)]
    return asking[0] if len(asking) == 1 else None


@cache
def _operations() -> tuple[CallerOperation, ...]:
    path = KNOWLEDGE / _FILE
    file = validated(_Callers, read_yaml(path.read_text(encoding="utf-8"), _FILE), _FILE)
    alone = (_Described(operation=name, resource=kind) for kind, names in file.alone.items() for name in names)
    found = [_written_out(described, file) for described in (*file.operations, *alone)]
    return tuple(sorted(found, key=lambda operation: operation.operation))


def _written_out(described: _Described, file: _Callers) -> CallerOperation:
    """An operation with its own action, which every caller needs."""
    own = CallerNeed(
        actions=(f"{described.service}:{described.operation}",),
        arns=(file.resources[described.resource],),
        basis="documented",
        source=file.own_action_sources[described.service],
    )
    return CallerOperation(
        operation=described.operation,
        service=described.service,
        names=described.names,
        may_call=described.may_call,
        may_call_source=described.may_call_source,
        also=described.also,
        uses_vault_policy=described.operation in file.vault_policy.operations,
        needs=(own, *described.needs),
    )


@cache
def _by_name() -> Mapping[str, CallerOperation]:
    return {folded(name): operation for operation in operations() for name in (operation.operation, *operation.names)}
