"""`Bool`: true or false, in any case of letters.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", Boolean condition operators. That page
lets policy variables be used with it; "IAM policy elements: Variables and tags" does not. They are put in here, since
a policy with one in a `Bool` condition would otherwise match nothing.
"""

from collections.abc import Iterator, Sequence

from bot.iam.conditions.operator import CandidateValue, Matches, Operator, PolicyValue
from bot.iam.patterns import Pattern
from bot.iam.variables import Context

TRUTHS = ("true", "false")


def _bool(values: Sequence[PolicyValue]) -> Matches:
    wanted = frozenset(value.text.lower() for value in values if value.template is None)
    templates = tuple(value.template for value in values if value.template is not None)

    def matches(value: str, context: Context) -> bool:
        truth = value.lower()
        if truth not in TRUTHS:
            return False
        return truth in wanted or any(
            text.lower() == truth for template in templates if (text := template.text(context)) is not None
        )

    return matches


def _accepts(text: str) -> bool:
    return text.lower() in TRUTHS


def _candidates(_value: Pattern) -> Iterator[CandidateValue]:
    for truth in TRUTHS:
        yield CandidateValue(truth, f"is {truth}")


OPERATORS = (Operator("Bool", _bool, _candidates, _accepts, "is", variables=True),)
