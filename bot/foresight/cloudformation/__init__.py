"""What a CloudFormation template will make of AWS: the template in, an infrastructure to come out."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.foresight.cloudformation.resources import TAKEN
from bot.foresight.cloudformation.syntax import parse_template
from bot.foresight.cloudformation.template import StackTemplate
from bot.foresight.infrastructure import Infrastructure


def of_cloudformation(
    text: str, account: str, region: str, parameters: Mapping[str, str] = MappingProxyType({})
) -> Infrastructure:
    """Reads a template.

    Args:
        text: The template, as JSON or YAML.
        account: The account of the stack.
        region: Its Region.
        parameters: Values of parameters, over their defaults.

    Raises:
        BadInputError: It is no template.
    """
    template = StackTemplate(parse_template(text), account, region, parameters)
    made = Infrastructure("the template")
    for name, resource in template.resources.items():
        take = TAKEN.get(str(resource.get("Type")))
        if take:
            take(template, name, made)
    made.not_known = list(dict.fromkeys(made.not_known))
    return made
