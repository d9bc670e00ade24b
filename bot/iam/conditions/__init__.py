"""The `Condition` element: a small module an operator family, and how conditions are read and combined."""

from bot.iam.conditions.condition import Condition, Quantifier
from bot.iam.conditions.operator import Operator, Witness
from bot.iam.conditions.parsing import OPERATORS, parse_conditions

__all__ = ["OPERATORS", "Condition", "Operator", "Quantifier", "Witness", "parse_conditions"]
