"""The `Condition` element: a small module an operator family, and how conditions are read and combined."""

from bot.iam.conditions.condition import Condition, Quantifier
from bot.iam.conditions.operator import CandidateValue, Operator
from bot.iam.conditions.parsing import OPERATORS, parse_conditions

__all__ = ["OPERATORS", "CandidateValue", "Condition", "Operator", "Quantifier", "parse_conditions"]
