"""Condition blocks and patterns of the naive evaluator.

From "IAM JSON policy elements: Condition operators", "Conditions with multiple context keys or values",
"Single-valued vs. multivalued context keys" and "IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

Reading = dict[str, list[str]]
"""A request context: every key that is present, with its values. No values is as good as absent."""

Pattern = list[tuple[str, bool]]
"""The characters of a policy value, each with whether it is a wildcard."""

CURRENT_VERSION = "2012-10-17"

VARIABLE = re.compile(r"\$\{([*?$]|[^}'*?$]+?(?:, *'([^']*)')?)\}")


def listed(value: Any) -> list[Any]:
    """A single value stands for a list of one."""
    return value if isinstance(value, list) else [value]


def lookup(reading: Reading, key: str) -> list[str]:
    """The values of a key, whose name has no case; none if it is absent."""
    return next((values for name, values in reading.items() if name.lower() == key.lower()), [])


def text_of(value: Any) -> str:
    """A policy's value as text: JSON's true is "true", 10 is "10"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def condition_block_holds(block: dict[str, dict[str, Any]], version: str, reading: Reading) -> bool:
    """All operators and all their keys have to hold."""
    return all(
        condition_holds(operator, lookup(reading, key), [text_of(value) for value in listed(values)], version, reading)
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def condition_holds(operator: str, present: list[str], values: list[str], version: str, reading: Reading) -> bool:
    """One key under one operator, with its qualifier and suffix."""
    qualifier, _, name = operator.rpartition(":")
    if name == "Null":
        return text_of(not present) in values
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    compare = COMPARISONS[name.replace("Not", "")]
    if not present:
        if qualifier == "ForAnyValue":
            return if_exists
        return if_exists or negated or qualifier == "ForAllValues"

    def holds(one: str) -> bool:
        """OR over the policy's values; NOR where the operator is negated."""
        return any(compare(value, one, version, reading) for value in values) != negated

    return any(map(holds, present)) if qualifier == "ForAnyValue" else all(map(holds, present))


def expand(value: str, version: str, reading: Reading) -> Pattern | None:
    """Puts values in the place of policy variables; None if one has no value and no default.

    Only the current version has variables: in the older one they are ordinary text.
    """
    pattern: Pattern = []
    position = 0
    for found in VARIABLE.finditer(value) if version == CURRENT_VERSION else []:
        pattern += [(character, character in "*?") for character in value[position : found.start()]]
        name, default = found[1].split(",")[0], found[2]
        values = [name] if name in ("*", "?", "$") else lookup(reading, name) or listed(default)
        if values[0] is None:
            return None
        pattern += [(character, False) for character in values[0]]
        position = found.end()
    return pattern + [(character, character in "*?") for character in value[position:]]


def pattern_matches(pattern: Pattern, text: str) -> bool:
    """`*` stands for any characters or none, `?` for any one; all else for itself."""
    if not pattern:
        return not text
    (character, wildcard), rest = pattern[0], pattern[1:]
    if wildcard and character == "*":
        return any(pattern_matches(rest, text[length:]) for length in range(len(text) + 1))
    return bool(text) and (wildcard or character == text[0]) and pattern_matches(rest, text[1:])


def wild(pattern: str, text: str) -> bool:
    """The same for a pattern without variables."""
    return pattern_matches([(character, character in "*?") for character in pattern], text)


def arn_matches(pattern: Pattern, arn: str) -> bool:
    """Each of the six parts between colons is matched by itself; the last may have colons of its own."""
    parts: list[Pattern] = [[]]
    for character, wildcard in pattern:
        if character == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append((character, wildcard))
    segments = arn.split(":", 5)
    return len(parts) == len(segments) == 6 and all(map(pattern_matches, parts, segments))


def resource_matches(pattern: Pattern, arn: str) -> bool:
    """A wildcard stays between two colons, but a `*` that is the last character between them goes beyond colons.

    "IAM JSON policy elements: Resource", Using wildcards in resource ARNs. An ARN with fewer parts is as good as one
    with a `*` for each that it lacks.
    """
    parts = sum(character == ":" and not wildcard for character, wildcard in pattern) + 1
    completed = pattern + [(":", False), ("*", True)] * (6 - parts)
    delimiters = [position for position, character in enumerate(arn) if character == ":"][:5]
    return arn.count(":") >= 5 and any(goes_beyond(each, arn, delimiters) for each in (pattern, completed))


def goes_beyond(pattern: Pattern, arn: str, delimiters: list[int]) -> bool:
    """Whether a pattern matches, a wildcard being free to match one of the delimiters only if it ends its part."""
    ends = [*pattern[1:], (":", False)]
    reached = {0}
    for (character, wildcard), following in zip(pattern, ends, strict=True):
        if not wildcard:
            reached = {at + 1 for at in reached if arn[at : at + 1] == character}
        elif character == "?":
            reached = {at + 1 for at in reached if at < len(arn) and at not in delimiters}
        elif following == (":", False):
            reached = {further for at in reached for further in range(at, len(arn) + 1)}
        else:
            reached = {
                further
                for at in reached
                for further in range(at, len(arn) + 1)
                if not any(at <= delimiter < further for delimiter in delimiters)
            }
    return len(arn) in reached


def string_equals(value: str, one: str, version: str, reading: Reading) -> bool:
    """Exact, with variables and without wildcards."""
    pattern = expand(value, version, reading)
    return pattern is not None and "".join(character for character, _ in pattern) == one


def string_equals_ignore_case(value: str, one: str, version: str, reading: Reading) -> bool:
    """Exact but for case."""
    pattern = expand(value, version, reading)
    return pattern is not None and "".join(character for character, _ in pattern).lower() == one.lower()


def string_like(value: str, one: str, version: str, reading: Reading) -> bool:
    """With wildcards."""
    pattern = expand(value, version, reading)
    return pattern is not None and pattern_matches(pattern, one)


def arn_like(value: str, one: str, version: str, reading: Reading) -> bool:
    """ArnEquals and ArnLike are the same."""
    pattern = expand(value, version, reading)
    return pattern is not None and arn_matches(pattern, one)


def bool_equals(value: str, one: str, _version: str, _reading: Reading) -> bool:
    """true or false."""
    return value.lower() == one.lower()


def binary_equals(value: str, one: str, _version: str, _reading: Reading) -> bool:
    """Both in base 64."""
    return value == one


def ip_address_in(value: str, one: str, _version: str, _reading: Reading) -> bool:
    """An address within a range, of the same IP version; a range without a length is one address."""
    network, address = ip_network(value, strict=False), ip_address(one)
    return network.version == address.version and address in network


def number(text: str) -> float:
    """A whole or decimal number."""
    return float(text)


def moment(text: str) -> float:
    """ISO 8601, or seconds since 1970: in seconds. A date without a zone is UTC's."""
    if text.isdigit() and len(text) > 4:
        return float(text)
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


Comparison = Callable[[str, str, str, Reading], bool]

ORDERS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda one, value: one == value,
    "LessThan": lambda one, value: one < value,
    "LessThanEquals": lambda one, value: one <= value,
    "GreaterThan": lambda one, value: one > value,
    "GreaterThanEquals": lambda one, value: one >= value,
}


def ordered(read: Callable[[str], float], order: Callable[[float, float], bool]) -> Comparison:
    """A comparison of numbers or moments: the request's value stands on the left."""
    return lambda value, one, _version, _reading: order(read(one), read(value))


COMPARISONS: dict[str, Comparison] = {
    "StringEquals": string_equals,
    "StringEqualsIgnoreCase": string_equals_ignore_case,
    "StringLike": string_like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": bool_equals,
    "BinaryEquals": binary_equals,
    "IpAddress": ip_address_in,
    **{f"Numeric{name}": ordered(number, order) for name, order in ORDERS.items()},
    **{f"Date{name}": ordered(moment, order) for name, order in ORDERS.items()},
}
"""By the name of the operator without its `Not`."""
