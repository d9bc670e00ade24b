"""Writes Terraform.

What exists already and can't be made once more is imported first ("Import blocks"), so that a plan changes it in place.
What a change says nothing of, such as a role's boundary, is left as it is ("The lifecycle meta-argument").
What is in a Region says so itself, since the provider's Region may be another ("Enhanced Region Support").
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot import arn


def resource(kind: str, name: str, arguments: Mapping[str, str], left_alone: Sequence[str] = ()) -> str:
    """A resource as `terraform fmt` writes it; each argument is an expression, and those of one line stand in line."""
    width = max(len(argument) for argument, value in arguments.items() if "\n" not in value)
    widths = {argument: 0 if "\n" in value else width for argument, value in arguments.items()}
    lines = [f"  {argument:<{widths[argument]}} = {value}" for argument, value in arguments.items()]
    if left_alone:
        lines += ["", "  lifecycle {", f"    ignore_changes = [{', '.join(left_alone)}]", "  }"]
    return "\n".join([f'resource "{kind}" "{_label(name)}" {{', *lines, "}"])


def existing(kind: str, name: str, import_id: str, arguments: Mapping[str, str], left_alone: Sequence[str]) -> str:
    """A resource that exists in AWS, with the block that imports it unless the code has it already."""
    imported = ["import {", f"  to = {kind}.{_label(name)}", f"  id = {text(import_id)}", "}"]
    return "\n".join([*imported, "", resource(kind, name, arguments, left_alone)])


def in_region(region: str) -> dict[str, str]:
    """The argument that says in which Region a resource is."""
    return {"region": f"{text(region)} # needs version 6 of the AWS provider or a later one"}


def reference(kind: str, name: str, attribute: str) -> str:
    """An attribute of another resource as an expression: what uses it waits for the resource."""
    return f"{kind}.{_label(name)}.{attribute}"


def text(value: str) -> str:
    """A text as an expression."""
    return json.dumps(value)


def encoded(document: Mapping[str, Any]) -> str:
    """A document as jsonencode takes it: what JSON writes is an HCL expression, but for interpolations."""
    written = json.dumps(document, indent=2, separators=(",", " : ")).replace("${", "$${").replace("%{", "%%{")
    return f"jsonencode({written})".replace("\n", "\n  ")


def last_part(target: str) -> str:
    """The last part of an ARN."""
    return target.rpartition(":")[2].rpartition("/")[2]


def name_and_path(target: str) -> dict[str, str]:
    """The name and path of a role or policy; another path would have it made anew."""
    parsed = arn.parse(target)
    path, _, name = (parsed.resource.partition("/")[2] if parsed else target).rpartition("/")
    return {"name": text(name), "path": text(f"/{path}/" if path else "/")}


def _label(name: str) -> str:
    """A name as Terraform takes it: letters, digits and underscores, and no digit first."""
    label = "".join(character if character.isascii() and character.isalnum() else "_" for character in name)
    return f"_{label}" if label[:1].isdigit() else label
