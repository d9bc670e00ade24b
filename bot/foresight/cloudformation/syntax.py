"""The syntax of CloudFormation templates: JSON, or YAML with the short forms of intrinsic functions.

Source: "Intrinsic function reference" (AWS CloudFormation User Guide).
"""

from collections.abc import Callable
from typing import Any, Final, cast

import yaml

from bot.errors import BadInputError
from bot.foresight.infrastructure import Json

_SHORT: Final = (
    *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not"),
    *("Or", "Select", "Split", "Sub", "ToJsonString", "Transform"),
)
"""The functions that have a short form, without `Fn::`."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, such as `!Ref`; the date of a policy's Version stays a text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in several if tag != "tag:yaml.org,2002:timestamp"]
    for first, several in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short(name: str) -> Callable[[yaml.SafeLoader, yaml.Node], Json]:
    def construct(loader: yaml.SafeLoader, node: yaml.Node) -> Json:
        if isinstance(node, yaml.ScalarNode):
            value: Any = loader.construct_scalar(node)
            if name == "Fn::GetAtt":
                value = str(value).split(".", 1)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)
        return {name: value}

    return construct


for _name in _SHORT:
    _Loader.add_constructor(f"!{_name}", _short(f"Fn::{_name}"))
for _name in ("Ref", "Condition"):
    _Loader.add_constructor(f"!{_name}", _short(_name))


def parse_template(text: str) -> Json:
    """A template out of JSON or YAML.

    Raises:
        BadInputError: It is neither, or no template.
    """
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 — a safe loader, with constructors of texts and lists alone
    except yaml.YAMLError as error:
        raise BadInputError(f"The template is neither JSON nor YAML: {str(error).splitlines()[0]}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise BadInputError("The file is no CloudFormation template: it has no Resources.")
    return document
