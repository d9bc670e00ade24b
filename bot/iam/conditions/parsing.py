"""Reads the `Condition` element of a statement."""

from collections.abc import Iterator, Mapping, Sequence

from bot.iam.conditions import addresses, arns, binary, boolean, dates, numeric, strings
from bot.iam.conditions.condition import (
    Condition,
    Holds,
    Quantifier,
    all_test,
    any_test,
    either,
    null_test,
    single_test,
)
from bot.iam.conditions.operator import Operator, PolicyValue
from bot.iam.document import repeated_members
from bot.iam.findings import Finding, NoEffectError, Severity
from bot.iam.variables import parse_template

OPERATORS: Mapping[str, Operator] = {
    operator.name.lower(): operator
    for family in (strings, numeric, dates, boolean, binary, addresses, arns)
    for operator in family.OPERATORS
}
"""Every operator but `Null`, by its name in lower case."""

NULL = "null"
_LARGEST = 10**64


def parse_conditions(
    block: object, position: str, *, variables: bool, denies: bool, findings: list[Finding]
) -> tuple[Condition, ...]:
    """Reads and compiles the conditions of a statement.

    Args:
        block: What the `Condition` element holds.
        position: Where it stands, for findings.
        variables: Whether the document's version knows policy variables.
        denies: Whether the statement is a Deny.
        findings: Where to note what is wrong but can be read.

    Returns:
        The conditions, all of which have to be true.

    Raises:
        NoEffectError: Something that AWS would not store: an unknown operator, a value of a wrong type.
    """
    if not isinstance(block, dict):
        raise NoEffectError(position, "Condition must be an object of operators.")
    _check_names(block, position)
    if not block:
        findings.append(Finding(position, "This Condition is empty and does nothing.", Severity.SUGGESTION))
    found: dict[tuple[str, str], list[Condition]] = {}
    for condition in _parse_block(block, position, variables=variables, findings=findings):
        same = found.setdefault((condition.operator.lower(), condition.key.lower()), [])
        if same:
            message = f"The condition key {condition.key} stands twice, in different letters."
            findings.append(Finding(f"{position}.{condition.operator}", message, Severity.WARNING))
        same.append(condition)
    if denies:
        return tuple(same[0] if len(same) == 1 else either(same) for same in found.values())
    return tuple(condition for same in found.values() for condition in same)


def _parse_block(
    block: Mapping[str, object], position: str, *, variables: bool, findings: list[Finding]
) -> Iterator[Condition]:
    for operator, keys in block.items():
        place = f"{position}.{operator}"
        if not isinstance(keys, dict):
            raise NoEffectError(place, f"{operator} must hold an object of condition keys.")
        _check_names(keys, place)
        for key, value in keys.items():
            values = _values(value, f"{place}.{key}", findings)
            yield _condition(operator, key, values, place, variables=variables, findings=findings)


def _check_names(part: Mapping[str, object], position: str) -> None:
    for name in repeated_members(part):
        raise NoEffectError(position, f"{name} stands more than once.")


def _values(value: object, position: str, findings: list[Finding]) -> tuple[str, ...]:
    """One value or a list of them; numbers and truth values are taken as they are written in JSON."""
    values = value if isinstance(value, list) else [value]
    if not values:
        findings.append(Finding(position, "There is no value to compare with.", Severity.SUGGESTION))
    return tuple(_text(each, position) for each in values)


def _text(value: object, position: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | float):
        return str(value)
    if isinstance(value, int):
        if abs(value) >= _LARGEST:
            raise NoEffectError(position, "The number is too large.")
        return str(value)
    raise NoEffectError(position, "A condition's value must be a text, a number or a truth value.")


def _condition(
    operator: str, key: str, values: tuple[str, ...], position: str, *, variables: bool, findings: list[Finding]
) -> Condition:
    prefix, colon, rest = operator.rpartition(":")
    name = rest.lower()
    quantifier = _quantifier(prefix, operator, position) if colon else None
    if name == NULL:
        plain = tuple(PolicyValue(value) for value in values)
        return Condition(operator, key, plain, None, None, null_test(key.lower(), values))
    if_exists = name.endswith("ifexists")
    base = OPERATORS.get(name.removesuffix("ifexists"))
    if base is None:
        raise NoEffectError(position, f"There is no condition operator {operator}.")
    parsed = tuple(
        PolicyValue(value, parse_template(value) if variables and base.variables else None) for value in values
    )
    for value in parsed:
        if value.template is None and not base.accepts(value.text):
            message = f"{value.text!r} can't be read as {operator} reads values: it matches nothing."
            findings.append(Finding(f"{position}.{key}", message, Severity.WARNING))
    test = _test(key.lower(), base, parsed, quantifier, if_exists=if_exists)
    return Condition(operator, key, parsed, base, quantifier, test)


def _quantifier(prefix: str, operator: str, position: str) -> Quantifier:
    for quantifier in Quantifier:
        if quantifier.lower() == prefix.lower():
            return quantifier
    raise NoEffectError(position, f"There is no condition operator {operator}.")


def _test(
    key: str, base: Operator, values: Sequence[PolicyValue], quantifier: Quantifier | None, *, if_exists: bool
) -> Holds:
    matches = base.compile(values)
    if quantifier is Quantifier.ALL:
        return all_test(key, matches, negated=base.negated)
    if quantifier is Quantifier.ANY:
        return any_test(key, matches, negated=base.negated, if_exists=if_exists)
    return single_test(key, matches, negated=base.negated, if_exists=if_exists)
