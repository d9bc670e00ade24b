"""What a condition operator is: how it compares, and what the explaining code has to know of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.iam.patterns import Pattern
from bot.iam.variables import Context, Template, Value

Matches = Callable[[str, Context], bool]
"""Whether one value of a request matches any of the values in the policy."""


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """A value in a policy's condition; `template` is there where it holds policy variables."""

    text: str
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class CandidateValue:
    """A value that a key could have, standing for all the values that an operator does not tell from it.

    Args:
        value: The value: one text, or several; None for a key that is absent.
        phrase: What is so of a key with that value: "is vpce-1", "is in 10.0.0.0/8".
        usual: Whether it stands for the values that the policies do not mention.
    """

    value: Value | None
    phrase: str
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of the policy language, without its set prefix and its `IfExists`.

    Args:
        name: As AWS spells it.
        compile: Makes the comparison with the values of a policy; a negated operator is compiled as its positive.
        candidate_values: The values of a request that a policy's value tells apart, and one beyond them.
        accepts: Whether a policy's value can be read as the type that the operator compares.
        phrase: What a matching value is, before the policy's value: "is", "is like", "is before".
        negated: Whether the operator is true where its comparison is not.
        variables: Whether policy variables can be used.
        patterns: Whether `*` and `?` in a policy's value are wildcards.
        folded: Whether upper and lower case are the same.
    """

    name: str
    compile: Callable[[Sequence[PolicyValue]], Matches]
    candidate_values: Callable[[Pattern], Iterable[CandidateValue]]
    accepts: Callable[[str], bool]
    phrase: str
    negated: bool = False
    variables: bool = False
    patterns: bool = False
    folded: bool = False


def accepts_any(_text: str) -> bool:
    """Every text is a string."""
    return True
