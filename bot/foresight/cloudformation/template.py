"""A CloudFormation template, with its intrinsic functions resolved as far as that can be done before it is made.

Sources: "Intrinsic function reference" and "Pseudo parameters reference" (AWS CloudFormation User Guide).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from bot import arn
from bot.foresight.cloudformation.names import ARNS, REFERENCES, nothing
from bot.foresight.infrastructure import Json

UNKNOWN: Final = None
"""What is known only after the stack is made."""
_LEFT_OUT: Final = object()
"""`AWS::NoValue`: what it is the value of is not there."""
_VARIABLE: Final = re.compile(r"\$\{(!?)([^}]+)\}")


@dataclass
class StackTemplate:
    """A template with what its names will be.

    Args:
        document: The template.
        account: The account of the stack.
        region: Its Region.
        parameters: Values of parameters, over their defaults.
    """

    document: Json
    account: str
    region: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    _resolving: set[str] = field(default_factory=set)

    @property
    def partition(self) -> str:
        """The partition of the Region."""
        return arn.partition_of(self.region)

    @cached_property
    def resources(self) -> dict[str, Json]:
        """The resources that will be made, by logical id."""
        return {
            name: resource
            for name, resource in self.document["Resources"].items()
            if isinstance(resource, dict) and self.holds(resource.get("Condition"))
        }

    def properties(self, name: str) -> dict[str, Any]:
        """The properties of a resource, resolved."""
        resolved = self.resolve(self.resources[name].get("Properties") or {})
        return resolved if isinstance(resolved, dict) else {}

    def resolve(self, part: Any) -> Any:
        """A part of the template with its functions resolved; None in the place of what is not known yet."""
        if isinstance(part, list):
            return [value for value in map(self.resolve, part) if value is not _LEFT_OUT]
        if not isinstance(part, dict):
            return part
        if len(part) == 1:
            ((name, argument),) = part.items()
            if name == "Condition" and isinstance(argument, str):  # that of a policy's statement is no text
                return self.resolve((self.document.get("Conditions") or {}).get(argument))
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
            if str(name).startswith("Fn::"):
                return UNKNOWN
        resolved = ((name, self.resolve(value)) for name, value in part.items())
        return {name: value for name, value in resolved if value is not _LEFT_OUT}

    def reference(self, name: str) -> Any:
        """What `Ref` gives."""
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::NoValue": _LEFT_OUT,
            "AWS::Region": self.region,
            "AWS::Partition": self.partition,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        declared = (self.document.get("Parameters") or {}).get(name)
        if declared is not None:
            value = self.parameters.get(name, declared.get("Default"))
            return str(value).split(",") if "List" in str(declared.get("Type")) and isinstance(value, str) else value
        return self._once(name, lambda: REFERENCES.get(self._type(name), nothing)(self, name))

    def attribute(self, name: str, attribute: str) -> Any:
        """What `Fn::GetAtt` gives."""
        if attribute not in ("Arn", "BackupVaultArn", "PolicyArn", "TableArn"):
            return UNKNOWN
        return self._once(name, lambda: self.arn_of(name))

    def arn_of(self, name: str) -> str | None:
        """The ARN that a resource will have; None where nobody knows it before it is made."""
        make = ARNS.get(self._type(name))
        return make(self, name) if make else None

    def _once(self, name: str, resolve: Callable[[], Any]) -> Any:
        """Resolves a name; one that refers to itself is not known."""
        if name in self._resolving:
            return UNKNOWN
        self._resolving.add(name)
        try:
            return resolve()
        finally:
            self._resolving.discard(name)

    def _type(self, name: str) -> str:
        return str(self.resources.get(name, {}).get("Type"))

    def holds(self, condition: Any) -> bool:
        """Whether a condition is met; one that can't be told is taken to be."""
        if condition is None:
            return True
        declared = (self.document.get("Conditions") or {}).get(condition, condition)
        return self.resolve(declared) is not False


def _reference(template: StackTemplate, argument: Any) -> Any:
    return template.reference(str(argument))


def _attribute(template: StackTemplate, argument: Any) -> Any:
    name, _, attribute = (
        ".".join(map(str, argument)).partition(".") if isinstance(argument, list) else (argument, "", "")
    )
    return template.attribute(name, attribute)


def _substituted(template: StackTemplate, argument: Any) -> str | None:
    text, own = argument if isinstance(argument, list) else (argument, {})
    own = {name: template.resolve(value) for name, value in own.items()}
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        literal, name = match.groups()
        if literal:
            return f"${{{name}}}"
        if name in own:
            found = own[name]
        elif "." in name:
            found = template.attribute(*name.split(".", 1))
        else:
            found = template.reference(name)
        missing = missing or found is UNKNOWN
        return str(found)

    resolved = _VARIABLE.sub(value, str(text))
    return UNKNOWN if missing else resolved


def _joined(template: StackTemplate, argument: Any) -> str | None:
    separator, parts = argument
    resolved = template.resolve(parts)
    if not isinstance(resolved, list) or UNKNOWN in resolved:
        return UNKNOWN
    return str(separator).join(map(str, resolved))


def _selected(template: StackTemplate, argument: Any) -> Any:
    position, several = (template.resolve(each) for each in argument)
    is_there = isinstance(several, list) and int(position) < len(several)
    return several[int(position)] if is_there else UNKNOWN


def _split(template: StackTemplate, argument: Any) -> Any:
    separator, text = argument
    resolved = template.resolve(text)
    return UNKNOWN if resolved is UNKNOWN else str(resolved).split(separator)


def _if(template: StackTemplate, argument: Any) -> Any:
    condition, then, otherwise = argument
    return template.resolve(then if template.holds(condition) else otherwise)


def _equals(template: StackTemplate, argument: Any) -> bool | None:
    first, second = (template.resolve(each) for each in argument)
    return UNKNOWN if UNKNOWN in (first, second) else str(first) == str(second)


def _not(template: StackTemplate, argument: Any) -> bool | None:
    (of,) = (template.resolve(each) for each in argument)
    return UNKNOWN if of is UNKNOWN else not of


def _in_map(template: StackTemplate, argument: Any) -> Any:
    name, first, second = (template.resolve(each) for each in argument[:3])
    return (template.document.get("Mappings") or {}).get(name, {}).get(first, {}).get(second)


_FUNCTIONS: Final[Mapping[str, Callable[[StackTemplate, Any], Any]]] = MappingProxyType(
    {
        "Ref": _reference,
        "Fn::Equals": _equals,
        "Fn::FindInMap": _in_map,
        "Fn::GetAtt": _attribute,
        "Fn::If": _if,
        "Fn::Join": _joined,
        "Fn::Not": _not,
        "Fn::Select": _selected,
        "Fn::Split": _split,
        "Fn::Sub": _substituted,
    }
)
