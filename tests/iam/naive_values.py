"""The values of an unknown context key that could make a difference to a request, for the naive evaluator.

A condition can tell apart only as many kinds of values as it names: those it names, those near by, and any other. So
a finite list stands for "any value", and trying all of it is trying everything.
"""

import re
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import combinations
from typing import Any

from tests.iam.naive_conditions import (
    CURRENT_VERSION,
    VARIABLE,
    Pattern,
    Reading,
    condition_holds,
    expand,
    listed,
    lookup,
    moment,
    resource_matches,
    text_of,
)

MULTIVALUED = frozenset(
    {
        "aws:tagkeys",
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:principalservicenameslist",
        "kms:encryptioncontextkeys",
        "backup:copytargetorgpaths",
    }
)
"""Keys that can have several values at once: "AWS global condition context keys", Service Authorization Reference."""

OTHERS = ("other-one", "Other-Two")
"""Values that no policy of the tests names."""

Choice = tuple[str, ...]


def possible_values(line: dict[str, Any], key: str, known: Reading) -> list[Choice]:
    """Absent (no values), and every value or set of values that a policy of the line could tell from the others."""
    uses = conditions_on(line, key)
    variables = texts_with_variable(line, key)
    constraints = grant_values(line, key)
    if not uses and not variables and not constraints:
        return [()]
    named = [value for _, values in uses for value in values]
    singles = sorted(
        {value for operator, values in uses for value in values_near(operator, values, named, known)}
        | {part for text in compared_with_variable(line, key, known) for part in parts_of(text)}
        | constraints
    ) or list(OTHERS)
    if not variables and not constraints:
        singles = told_apart(singles, uses)
    if key.lower() not in MULTIVALUED:
        return [(), *((value,) for value in singles)]
    return [chosen for size in range(4) for chosen in combinations(singles, size)]


def possible_role_arns(line: dict[str, Any], role_arn: str, known: Reading) -> list[str]:
    """The ARNs that a role can have of which the name is known and not the path."""
    uses, variables = conditions_on(line, "aws:PrincipalArn"), texts_with_variable(line, "aws:PrincipalArn")
    if not uses and not variables:
        return [role_arn]
    before, name = role_arn.rsplit("/", 1)
    named = [value for _, values in uses for value in values]
    paths = {*OTHERS, *(part for value in named for part in parts_of(value.replace("*", OTHERS[0])))}
    whole = {f"{before}/{path.strip('/')}/{name}" for path in paths} | strings_near(named, known)
    possible = re.compile(f"{re.escape(before)}/(.*/)?{re.escape(name)}")
    values = sorted({role_arn} | {arn for arn in whole if possible.fullmatch(arn)})
    return values if variables else told_apart(values, uses)


def possible_resources(line: dict[str, Any], known: Reading) -> list[str]:
    """The resources that an ARN can stand for in which a `*` is a part that is not known.

    The part may be any text without a colon. Each of them is tried by itself, against the rule of "IAM JSON policy
    elements: Resource".
    """
    named = [
        value
        for statement in statements_of(line)
        for value in listed(statement.get("Resource", [])) + listed(statement.get("NotResource", []))
    ]
    texts = {
        "".join(character for character, _ in pattern)
        for value in named
        for reading in (known, known | {name: [other] for name in variables_in(value) for other in OTHERS[:1]})
        if (pattern := expand(value, CURRENT_VERSION, reading)) is not None
    }
    texts |= {value for _, _, values in all_conditions(line) for value in values}
    assumed = [
        pattern
        for value in named
        for name in variables_in(value)
        for _, ones in conditions_on(line, name)
        for one in ones
        if (pattern := expand(value, CURRENT_VERSION, known | {name: [one]})) is not None
    ]
    filled = {fill(pattern, star) for pattern in assumed for star in ("", "x", ":")}
    filled |= {text.replace("*", star).replace("?", "y") for text in {*texts, *named} for star in ("", "x", ":")}
    words = {word for text in filled for word in re.split("[:/]", text)} | {"", "x", "*", "?", "$"}
    words |= {text[place + 1 :] for text in filled for place, character in enumerate(text) if character in ":/"}
    fillings = words | {part for word in words for part in (OTHERS[0] + word, word + OTHERS[0])} | set(OTHERS)
    values = sorted({line["resource"].replace("*", filling) for filling in fillings if ":" not in filling})
    if any(name.lower() in map(str.lower, line.get("unknown", [])) for value in named for name in variables_in(value)):
        return values
    kinds = {}
    for value in values:
        answers = tuple(
            one == "*" or ((pattern := expand(one, version, known)) is not None and resource_matches(pattern, value))
            for one in named
            for version in ("", CURRENT_VERSION)
        )
        kinds[answers] = value
    return list(kinds.values())


def told_apart(values: list[str], uses: list[tuple[str, list[str]]]) -> list[str]:
    """One of each kind of values: those that every test answers alike are tried once."""
    if any(variables_in(value) for _, tests in uses for value in tests):
        return values
    kinds = {}
    for value in values:
        answers = tuple(
            condition_holds(operator, [value], [test], "", {}) for operator, tests in uses for test in tests
        )
        kinds[answers] = value
    return list(kinds.values())


def statements_of(line: dict[str, Any]) -> list[dict[str, Any]]:
    """Every statement of every policy of the request, whether it applies or not."""
    named = [one for member in ("identity_policies", "permission_boundaries") for one in line.get(member, [])]
    named += [one for member in ("session_policies", "endpoint_policies") for one in line.get(member, [])]
    for member in ("service_control_policies", "resource_control_policies"):
        named += [one for level in line.get(member, []) for one in level]
    named += listed(line["resource_policy"]) if line.get("resource_policy") else []
    return [statement for one in named for statement in listed(one["policy"]["Statement"])]


def all_conditions(line: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Every operator, key and values of the request's policies."""
    return [
        (operator.rpartition(":")[2].removesuffix("IfExists"), key, [text_of(value) for value in listed(values)])
        for statement in statements_of(line)
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]


def conditions_on(line: dict[str, Any], key: str) -> list[tuple[str, list[str]]]:
    """The operators that test this key, with their values."""
    return [(operator, values) for operator, name, values in all_conditions(line) if name.lower() == key.lower()]


def variables_in(text: str) -> list[str]:
    """The keys that a policy value uses as variables."""
    return [found[1].split(",")[0].lower() for found in VARIABLE.finditer(text)]


def texts_with_variable(line: dict[str, Any], key: str) -> list[str]:
    """Resources and condition values that use this key as a variable."""
    texts = [value for _, _, values in all_conditions(line) for value in values]
    for statement in statements_of(line):
        texts += listed(statement.get("Resource", [])) + listed(statement.get("NotResource", []))
    return [text for text in texts if key.lower() in variables_in(text)]


def compared_with_variable(line: dict[str, Any], key: str, known: Reading) -> list[str]:
    """What a text that uses this key as a variable can be compared with: the resource, known and named values."""
    if not texts_with_variable(line, key):
        return []
    compared = [line["resource"].split(":", 5)[-1], *OTHERS]
    for _, name, values in all_conditions(line):
        if any(key.lower() in variables_in(value) for value in values):
            compared += lookup(known, name)
            compared += [one for _, others in conditions_on(line, name) for one in others if not variables_in(one)]
    return compared


def parts_of(text: str) -> set[str]:
    """Every run of words of a text, with the delimiters between them: what a variable in a pattern can stand for."""
    words = re.split(r"([/:-])", text)
    return {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)} - {""}


def grant_values(line: dict[str, Any], key: str) -> set[str]:
    """The values of this key that a grant's constraints name, and others."""
    values = set()
    for grant in line.get("grants", []):
        constraints = grant.get("Constraints", {})
        if key.lower() == "aws:sourcearn" and "SourceArn" in constraints:
            values |= {constraints["SourceArn"], *OTHERS}
        if key.lower().startswith("kms:encryptioncontext:"):
            for kind in ("EncryptionContextEquals", "EncryptionContextSubset"):
                values |= {*constraints.get(kind, {}).values(), *(OTHERS if kind in constraints else ())}
    return values


def values_near(operator: str, values: list[str], named: list[str], known: Reading) -> set[str]:
    """Values that an operator can tell apart, given those that a policy has for it and those of all its operators."""
    if operator == "Null":
        return set()
    if operator == "Bool":
        return {"true", "false"}
    if "IpAddress" in operator:
        return addresses_near(values)
    if operator.startswith("Numeric"):
        return {text_of(float(value) + step) for value in values for step in (-0.5, 0, 0.5)}
    if operator.startswith("Date"):
        return {iso(moment(value) + step) for value in values for step in (-1, 0, 1)}
    near = strings_near(named, known)
    spellings = (str.swapcase, str.lower, str.upper) if "IgnoreCase" in operator else ()
    return near | {spelled(value) for value in near for spelled in spellings}


def strings_near(values: list[str], known: Reading) -> set[str]:
    """The values with their variables and wildcards filled in every way that matters, and two others."""
    others = {name: [OTHERS[0]] for value in values for name in variables_in(value) if not lookup(known, name)}
    patterns = [
        pattern
        for value in values
        for version, reading in (("", {}), (CURRENT_VERSION, known), (CURRENT_VERSION, known | others))
        if (pattern := expand(value, version, reading)) is not None
    ]
    pieces = {part for value in values for piece in value.split("*") for part in parts_of(piece)}
    fillings = ["", "x", *OTHERS, *pieces]
    literal = {"".join(character for character, _ in pattern) for pattern in patterns}
    return set(OTHERS) | literal | {fill(pattern, filling) for pattern in patterns for filling in fillings}


def fill(pattern: Pattern, filling: str) -> str:
    """A text that the pattern matches."""
    wildcards = {"*": filling, "?": "y"}
    return "".join(wildcards[character] if wildcard else character for character, wildcard in pattern)


def addresses_near(values: list[str]) -> set[str]:
    """The first and the last address of each range, and the one before and after."""
    found: set[str] = {"192.0.2.1", "2001:db8:ffff::1"}
    for value in values:
        network = ip_network(value, strict=False)
        kind: type[IPv4Address] | type[IPv6Address] = type(network.network_address)
        for number in (int(network[0]) - 1, int(network[0]), int(network[-1]), int(network[-1]) + 1):
            found.add(str(kind(number)))
    return found


def iso(seconds: float) -> str:
    """A moment as the request context has it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
