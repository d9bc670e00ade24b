"""Writes AWS CLI commands."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from bot import arn


def command(service: str, operation: str, **options: str) -> str:
    """A command with its options, quoted for a shell."""
    given = " ".join(f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in options.items())
    return f"aws {service} {operation} {given}"


def then(first: str, second: str) -> str:
    """Two commands, the second of which runs if the first succeeds."""
    return f"{first} \\\n  && {second}"


def inline(document: Mapping[str, Any]) -> str:
    """A document as an option's value."""
    return json.dumps(document, separators=(",", ":"))


def name_of(target: str) -> str:
    """The name in an ARN."""
    parsed = arn.parse(target)
    return parsed.name if parsed else target


def region_of(target: str) -> str:
    """The Region in an ARN."""
    return target.split(":")[3]
