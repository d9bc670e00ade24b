"""A Terraform plan as a document: what each resource will be, and to what an unknown value refers.

Source: "JSON Output Format" (Terraform Language): `resource_changes` say what will be, as far as it is known before it
is applied; `configuration` says how each argument is written.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from bot.foresight.infrastructure import OPEN, Json

_INDEX: Final = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the plan."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Json
    after: Json
    unknown: Json
    """Of each argument, whether it is known only after apply."""

    @property
    def module(self) -> str:
        """The address of the module that it is in; empty for the root."""
        return self.address.rpartition(f"{self.type}.")[0].rstrip(".")

    @property
    def is_gone(self) -> bool:
        """It will not be there any more."""
        return self.actions == ("delete",)


@dataclass
class TerraformPlan:
    """A plan with what it says of each address."""

    document: Json
    account: str
    region: str
    partition: str
    not_known: list[str] = field(default_factory=list)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """The managed resources by address; those that stay as they are, too, since others refer to them."""
        found = {}
        for each in self.document.get("resource_changes") or ():
            change = each["change"]
            found[each["address"]] = Resource(
                each["address"],
                each["type"],
                tuple(change["actions"]),
                change.get("before") or {},
                change.get("after") or {},
                change.get("after_unknown") or {},
            )
        return found

    @cached_property
    def expressions(self) -> dict[str, Json]:
        """The arguments of each resource as they are written, by address without indexes."""
        return dict(_written(self.document.get("configuration", {}).get("root_module", {}), ""))

    def written(self, resource: Resource) -> Json:
        """The arguments of a resource as they are written."""
        return self.expressions.get(_INDEX.sub("", resource.address), {})

    def value(self, resource: Resource, argument: str) -> Any:
        """What an argument will be, or what it refers to where that is not known yet; None where neither is known."""
        known = resource.after.get(argument)
        if known is not None and not has_unknown(resource.unknown.get(argument)):
            return known
        found = [each for each in self.referred(resource, argument) if each is not None]
        return found[0] if found else known

    def referred(self, resource: Resource, argument: str) -> list[str | None]:
        """The identities of the resources to which an argument refers."""
        written = self.written(resource).get(argument) or {}
        references = written.get("references", ()) if isinstance(written, Mapping) else ()
        return [self.identity(resource.module, reference) for reference in references if reference.count(".") > 1]

    def target(self, resource: Resource, argument: str) -> Resource | None:
        """The resource of the plan to which an argument refers."""
        written = self.written(resource).get(argument) or {}
        for reference in written.get("references", ()) if isinstance(written, Mapping) else ():
            if found := self.find(resource.module, reference):
                return found
        return None

    def document_of(self, resource: Resource, argument: str) -> Json | None:
        """A policy document; `OPEN`, and that is said, where it is not known before apply."""
        text = resource.after.get(argument)
        if has_unknown(resource.unknown.get(argument)) or not text:
            self.not_known.append(f"The {argument} of {resource.address} is known only after it is applied.")
            return OPEN
        return policy(text)

    def arn_of(self, resource: Resource) -> str | None:
        """The ARN that a resource has or will have; None where nobody knows it before it is made."""
        known = resource.after.get("arn") or resource.before.get("arn")
        if known:
            return str(known)
        name = resource.after.get("name") or resource.before.get("name") or resource.after.get("bucket")
        make = _ARNS.get(resource.type)
        return make(self, resource, str(name)) if make and name else None

    def find(self, module: str, reference: str) -> Resource | None:
        """The resource that a reference means; None where it is none of the plan's, or one of several.

        Args:
            module: The address of the module in which it is written.
            reference: As `configuration` has it: `aws_iam_role.backup.arn`.
        """
        parts = reference.split(".")
        address = ".".join((*([module] if module else []), *parts[:2]))
        matching = [each for each in self.resources.values() if _INDEX.sub("", each.address) == _INDEX.sub("", address)]
        exact = [each for each in matching if each.address == address]
        return exact[0] if exact else matching[0] if len(matching) == 1 else None

    def identity(self, module: str, reference: str) -> str | None:
        """What a reference to an attribute will be, where that is known or follows from a name.

        Args:
            module: The address of the module in which it is written.
            reference: As `configuration` has it, with the attribute: `aws_iam_role.backup.arn`.
        """
        found, attribute = self.find(module, reference), reference.split(".")[2]
        if found is None:
            return None
        known = found.after.get(attribute) or found.before.get(attribute)
        if known is not None:
            return str(known)
        if attribute == "name" or (attribute == "id" and "name" in found.after):
            return found.after.get("name")
        if found.type == "aws_kms_key":
            return self.key_to_be(found)
        return self.arn_of(found) if attribute in ("arn", "id") else None

    def key_to_be(self, key: Resource) -> str:
        """An ARN that stands for that of a key to come."""
        known = key.before.get("arn")
        return str(known or f"arn:{self.partition}:kms:{self.region}:{self.account}:key/{key.address}")


def _role_arn(plan: TerraformPlan, resource: Resource, name: str) -> str:
    return f"arn:{plan.partition}:iam::{plan.account}:role{resource.after.get('path') or '/'}{name}"


def _policy_arn(plan: TerraformPlan, resource: Resource, name: str) -> str:
    return f"arn:{plan.partition}:iam::{plan.account}:policy{resource.after.get('path') or '/'}{name}"


def vault_arn(plan: TerraformPlan, _resource: Resource, name: str) -> str:
    """The ARN of the vault of that name."""
    return f"arn:{plan.partition}:backup:{plan.region}:{plan.account}:backup-vault:{name}"


def _table_arn(plan: TerraformPlan, _resource: Resource, name: str) -> str:
    return f"arn:{plan.partition}:dynamodb:{plan.region}:{plan.account}:table/{name}"


def _bucket_arn(plan: TerraformPlan, _resource: Resource, name: str) -> str:
    return f"arn:{plan.partition}:s3:::{name}"


_ARNS: Final[Mapping[str, Callable[[TerraformPlan, Resource, str], str]]] = MappingProxyType(
    {
        "aws_iam_role": _role_arn,
        "aws_iam_policy": _policy_arn,
        "aws_backup_vault": vault_arn,
        "aws_backup_logically_air_gapped_vault": vault_arn,
        "aws_dynamodb_table": _table_arn,
        "aws_s3_bucket": _bucket_arn,
    }
)
"""The ARNs that follow from a name."""


def _written(module: Json, prefix: str) -> Iterator[tuple[str, Json]]:
    for resource in module.get("resources") or ():
        yield prefix + resource["address"], resource.get("expressions") or {}
    for name, call in (module.get("module_calls") or {}).items():
        yield from _written(call.get("module") or {}, f"{prefix}module.{name}.")


def has_unknown(part: Any) -> bool:
    """Whether something in a part of `after_unknown` is true."""
    if isinstance(part, Mapping):
        return any(map(has_unknown, part.values()))
    return any(map(has_unknown, part)) if isinstance(part, list) else bool(part)


def policy(text: str) -> Json | None:
    """A policy document out of an argument; None where it is no JSON object."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
