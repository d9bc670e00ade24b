"""What a job needs: each row of `needs/*.yaml`, read and checked, found by job type and resource type."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge.files import KNOWLEDGE, read_yaml, validated

JobKind = Literal["backup", "restore", "item-restore", "copy", "scan", "index", "export"]
"""Kinds of jobs by what they need: a restore of single items of a volume is a restore job that writes into a bucket; an
index of a recovery point and an export of what a search found are made with a role too."""
By = Literal["job-role", "destination-service-linked-role"]
KeyOf = Literal["resource", "vault", "recovery-point", "restore", "destination-vault"]
VaultOf = Literal["target", "source", "destination"]
Management = Literal["always", "never", "advanced"]
Basis = Literal["documented", "managed-policy", "assumed"]
"""How well it is known that this principal makes this call for this job: an AWS page states it; AWS's managed policies
imply it and no page states it; neither."""

_EVERY: Final = "every"
_CALLERS: Final = "callers.yaml"
"""What callers need is no job's; knowledge/callers.py reads it."""
_ON_NO_PAGE: Final[Mapping[Basis, Basis]] = {
    "documented": "managed-policy",
    "managed-policy": "managed-policy",
    "assumed": "assumed",
}
"""The basis of a row for a resource type that AWS's page of permissions leaves out."""


class Need(BaseModel):
    """Actions that a principal must be allowed on a resource for a job to succeed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actions: tuple[str, ...]
    arns: tuple[str, ...] = ()
    """ARNs with names in braces; empty where `key` says which keys."""
    key: KeyOf | None = None
    by: By = "job-role"
    region: Literal["source", "destination"] = "source"
    via: str | None = None
    """The service through which KMS is called."""
    vault: VaultOf | None = None
    context: Mapping[str, str] = Field(default_factory=dict)
    when: frozenset[str] = frozenset()
    judge: frozenset[Literal["job-role", "vault", "organization", "kms"]] | None = None
    """The layers that are judged; None for all of them, none where only the state of the key counts."""
    optional: str | None = None
    """Why the job succeeds without it."""
    basis: Basis
    source: str = Field(min_length=1)
    """An AWS page by its title, a managed policy and its Sids, or what is missing for one of these."""

    @model_validator(mode="after")
    def _is_called_on_something(self) -> "Need":
        if bool(self.arns) == bool(self.key):
            raise ValueError(f"{self.actions[0]}: say either `arns` or `key`")
        return self


class ResourceTypeNeeds(BaseModel):
    """A file of needs: what the jobs of one resource type need."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    also: tuple[str, ...] = ()
    """Other types that share these needs, and other spellings."""
    without_page: tuple[str, ...] = ()
    """Those of them that AWS's page of permissions has no section for: what it states of the others is implied here."""
    fully_managed: Management = "never"
    """Whether AWS Backup manages the backups fully, under the vault's key; `advanced`: if the setting is on."""
    via: str | None = None
    policies: Mapping[JobKind, tuple[str, ...]] = Field(default_factory=dict)
    """AWS's own policies that AWS documents for a job role, by the end of their ARNs."""
    resources: tuple[str, ...] = ()
    """The ARNs of the protected resources; empty for what holds for all types."""
    recovery_point: str | None = None
    """The ARNs of recovery points in the protected service; None where AWS Backup gives them its own. In a logically
    air-gapped vault a recovery point has an ARN of AWS Backup's, and this is all that is known of the other.
    Source: "Access control", AWS Backup resource ARNs."""
    names: Mapping[str, str] = Field(default_factory=dict)
    """ARNs that the rows of this file use by name."""
    backup: tuple[Need, ...] = ()
    restore: tuple[Need, ...] = ()
    copy_: tuple[Need, ...] = Field((), alias="copy")
    scan: tuple[Need, ...] = ()
    item_restore: tuple[Need, ...] = Field((), alias="item-restore")
    index: tuple[Need, ...] = ()
    export: tuple[Need, ...] = ()

    def of(self, kind: JobKind) -> tuple[Need, ...]:
        """The rows for one kind of job."""
        rows: Mapping[JobKind, tuple[Need, ...]] = {
            "backup": self.backup,
            "restore": self.restore,
            "copy": self.copy_,
            "scan": self.scan,
            "item-restore": self.item_restore,
            "index": self.index,
            "export": self.export,
        }
        return rows[kind]


def resource_types() -> Iterator[ResourceTypeNeeds]:
    """Every resource type whose needs are known."""
    return (needs for needs in _files().values() if needs.type != _EVERY)


def of_every_type() -> ResourceTypeNeeds:
    """What holds for all resource types."""
    return _files()[_EVERY]


def of_type(resource_type: str) -> ResourceTypeNeeds | None:
    """The needs of a resource type, however it is spelled; None for a type that is not known."""
    return _by_spelling().get(folded(resource_type))


def needs(kind: JobKind, resource_type: str) -> tuple[Need, ...]:
    """All that a job needs, whatever its circumstances.

    Args:
        kind: The kind of job.
        resource_type: As AWS Backup spells it.

    Returns:
        The rows for every type, then the type's own, each with its basis for this very type.
    """
    own = of_type(resource_type)
    general: JobKind = "restore" if kind == "item-restore" else kind
    if own is None:
        return of_every_type().of(general)
    kind = kind if own.of(kind) else general  # without rows of their own, items are restored as the whole is
    is_on_no_page = folded(resource_type) in map(folded, own.without_page) and kind != "copy"
    rows = (
        need.model_copy(update={"basis": _ON_NO_PAGE[need.basis]}) if is_on_no_page else need for need in own.of(kind)
    )
    return (*of_every_type().of(general), *rows)


def documented_policies(kind: JobKind, resource_type: str, partition: str = "aws") -> tuple[str, ...]:
    """The ARNs of AWS's own policies that AWS documents for the role of a job.

    Args:
        kind: The kind of job.
        resource_type: As AWS Backup spells it.
        partition: The partition of the role.
    """
    own = of_type(resource_type)
    ends = [*of_every_type().policies.get(kind, ()), *(own.policies.get(kind, ()) if own else ())]
    return tuple(f"arn:{partition}:iam::aws:policy/{end}" for end in ends)


@cache
def _files() -> Mapping[str, ResourceTypeNeeds]:
    paths = sorted(path for path in (KNOWLEDGE / "needs").glob("*.yaml") if path.name != _CALLERS)
    names = [(path, f"needs/{path.name}") for path in paths]
    parsed = [
        validated(ResourceTypeNeeds, read_yaml(path.read_text(encoding="utf-8"), name), name) for path, name in names
    ]
    return {needs.type: needs for needs in parsed}


@cache
def _by_spelling() -> Mapping[str, ResourceTypeNeeds]:
    return {folded(spelling): needs for needs in _files().values() for spelling in (needs.type, *needs.also)}


def folded(name: str) -> str:
    """A name without what spellings differ in: case, blanks and hyphens."""
    return name.casefold().replace(" ", "").replace("-", "")
