"""A second evaluator, written from AWS's documentation alone: what `bot.iam` is checked against.

It imports nothing from `bot`. It is slow and plain on purpose: one function a rule, no caches, an unknown context key
tried out with every value that could make a difference. Each rule names the page of the IAM User Guide it is from,
unless another guide is named. The request and the answer have the members of `backup-why evaluate`.
"""

from itertools import product
from typing import Any, NamedTuple

from tests.iam.naive_conditions import Reading, listed, text_of
from tests.iam.naive_statements import (
    Caller,
    Line,
    Statement,
    applies,
    caller_of,
    granted_roles,
    principal_roles,
    service_of,
)
from tests.iam.naive_values import possible_resources, possible_role_arns, possible_values

RESOURCE = "the resource's ARN"
"""What a decision depends on where a part of the resource's ARN is not known."""

RCP_SERVICES = frozenset({"s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb"})
"""Services whose resources an RCP binds, of those that the tests use: "Resource control policies (RCPs)", AWS
Organizations User Guide. Backup, EC2, RDS, EFS and FSx are not among them."""


class Outcome(NamedTuple):
    """What one request with one whole context comes to."""

    allowed: bool
    denied_by: frozenset[tuple[str, str, str]]
    missing: frozenset[str]
    contested: bool
    """Whether it would be denied if a boundary and a session policy limited what is granted to everyone."""


def evaluate(line: Line) -> dict[str, Any]:
    """Answers one request line: tries every reading of the unknown keys and compares what they come to.

    Args:
        line: A request of the JSON-lines contract.

    Returns:
        decision, depends_on, missing, denied_by and, of what is allowed, whether it is contested. With unknown keys,
        denied_by has the statements that deny under every reading or, where they take turns, under any, unless the
        decision does not rest on them; missing has the layers that fail to allow under every one or, where those of an
        implicit deny take turns, under any.
    """
    known = context_of(line)
    keys = line.get("unknown", [])
    choices = [possible_values(line, key, known) for key in keys]
    caller = caller_of(line)
    if caller.kind == "session" and not caller.path_known and "aws:PrincipalArn" not in keys:
        keys = [*keys, "aws:PrincipalArn"]
        choices.append([(arn,) for arn in possible_role_arns(line, caller.role_arn, known)])
    if line.get("partial_resource"):
        keys = [*keys, RESOURCE]
        choices.append([(arn,) for arn in possible_resources(line, known)])
    outcomes = {
        values: evaluate_reading(on_one_resource(line, keys, values), with_values(known, keys, values))
        for values in product(*choices)
    }
    decision = decision_of(list(outcomes.values()))
    certain = frozenset.intersection(*(outcome.missing for outcome in outcomes.values()))
    sometimes = frozenset.union(*(outcome.missing for outcome in outcomes.values()))
    denied_by = frozenset.intersection(*(outcome.denied_by for outcome in outcomes.values())) or frozenset.union(
        *(outcome.denied_by for outcome in outcomes.values())
    )
    return {
        "decision": decision,
        "depends_on": sorted(key for index, key in enumerate(keys) if flips(outcomes, index)),
        "missing": sorted(certain or (sometimes if decision == "implicit-deny" else ())),
        "denied_by": [] if decision == "implicit-deny" else [list(found) for found in sorted(denied_by)],
        "contested": decision == "allowed" and any(outcome.contested for outcome in outcomes.values()),
    }


def decision_of(outcomes: list[Outcome]) -> str:
    """The decision over all readings: it depends only where one is allowed and another is not."""
    if all(outcome.allowed for outcome in outcomes):
        return "allowed"
    if any(outcome.allowed for outcome in outcomes):
        return "depends"
    return "explicit-deny" if all(outcome.denied_by for outcome in outcomes) else "implicit-deny"


def context_of(line: Line) -> Reading:
    """The keys whose values are known, with those of the principal filled in where the line lacks them.

    "AWS global condition context keys": a session's aws:PrincipalArn is its role's ARN, whose path the session's own
    ARN does not tell.
    """
    reading = {key: [text_of(one) for one in listed(value)] for key, value in line.get("context", {}).items()}
    caller = caller_of(line)
    if caller.kind == "service":
        filled = dict.fromkeys(("aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"), caller.arn)
    else:
        filled = {
            "aws:PrincipalArn": caller.role_arn or caller.arn,
            "aws:PrincipalAccount": caller.account,
            "aws:PrincipalType": "User" if caller.kind == "user" else "AssumedRole",
        }
    if caller.kind == "user":
        filled["aws:username"] = caller.arn.split("/")[-1]
    given = {key.lower() for key in [*reading, *line.get("unknown", [])]}
    return reading | {key: [value] for key, value in filled.items() if key.lower() not in given}


def with_values(known: Reading, keys: list[str], values: tuple[tuple[str, ...], ...]) -> Reading:
    """One reading: the known keys and a choice for each unknown one, where no values means that the key is absent."""
    return known | {key: list(value) for key, value in zip(keys, values, strict=True) if value}


def on_one_resource(line: Line, keys: list[str], values: tuple[tuple[str, ...], ...]) -> Line:
    """The same request on a resource that is wholly known: one of those that its ARN may stand for."""
    if RESOURCE not in keys:
        return line
    (resource,) = values[keys.index(RESOURCE)]
    return line | {"resource": resource}


def flips(outcomes: dict[tuple[tuple[str, ...], ...], Outcome], index: int) -> bool:
    """Whether two readings that differ in this key alone differ in their decision."""
    by_others: dict[tuple[tuple[str, ...], ...], set[bool]] = {}
    for values, outcome in outcomes.items():
        by_others.setdefault(values[:index] + values[index + 1 :], set()).add(outcome.allowed)
    return any(len(decisions) > 1 for decisions in by_others.values())


def evaluate_reading(line: Line, reading: Reading) -> Outcome:
    """One request, its context wholly known: "How AWS enforcement code logic evaluates requests"."""
    caller = caller_of(line)
    denied_by = explicit_denies(line, caller, reading)
    missing = missing_allows(line, caller, reading)
    allowed = not denied_by and not missing
    contested = allowed and bool(missing_allows(line, caller, reading, everyone_as="role"))
    return Outcome(allowed, denied_by, missing, contested)


def resource_account(line: Line, caller: Caller) -> str:
    """The account that owns the resource: as given, else as its ARN says, else the principal's."""
    in_arn = line["resource"].split(":")[4] if line["resource"].startswith("arn:") else ""
    return line.get("resource_account") or in_arn or caller.account


def scp_levels(line: Line, caller: Caller) -> list[list[Line]]:
    """The SCPs that apply: to principals of member accounts, never to service-linked roles.

    "Service control policies (SCPs)", AWS Organizations User Guide.
    """
    exempt = caller.kind == "service" or caller.service_linked or caller.account == line.get("management_account")
    return [] if exempt else line.get("service_control_policies", [])


def rcp_levels(line: Line, caller: Caller) -> list[list[Line]]:
    """The RCPs that apply: to member accounts' resources of some services, for any caller but service-linked roles.

    "Resource control policies (RCPs)", AWS Organizations User Guide. kms:RetireGrant is excepted there.
    """
    exempt = (
        service_of(line) not in RCP_SERVICES
        or caller.service_linked
        or resource_account(line, caller) == line.get("management_account")
        or line["action"].lower() == "kms:retiregrant"
    )
    return [] if exempt else line.get("resource_control_policies", [])


def resource_policies(line: Line, caller: Caller) -> list[Line]:
    """The policy of the resource. A key without one stands for a key that delegates to its account.

    "Default key policy" and, for kms:RetireGrant, which no key policy allows or denies and the key's account can
    delegate all the same, "Retiring and revoking grants", AWS KMS Developer Guide.
    """
    if line.get("resource_policy") and line["action"].lower() != "kms:retiregrant":
        return [line["resource_policy"]]
    if service_of(line) != "kms":
        return []
    root = {"AWS": resource_account(line, caller)}
    statement = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return [{"name": "default key policy", "policy": {"Version": "2012-10-17", "Statement": [statement]}}]


def applicable_policies(line: Line, caller: Caller) -> list[tuple[str, Line]]:
    """Every policy that applies to the request, with its layer. A service has no policies of its own."""
    own = {"identity": "identity_policies", "boundary": "permission_boundaries", "session": "session_policies"}
    found = [] if caller.kind == "service" else [(layer, named) for layer in own for named in line.get(own[layer], [])]
    found += [("scp", named) for level in scp_levels(line, caller) for named in level]
    found += [("rcp", named) for level in rcp_levels(line, caller) for named in level]
    found += [("endpoint", named) for named in line.get("endpoint_policies", [])]
    found += [("resource", named) for named in resource_policies(line, caller)]
    return found


def explicit_denies(line: Line, caller: Caller, reading: Reading) -> frozenset[tuple[str, str, str]]:
    """The Deny statements that apply, in whatever policy: one is enough."""
    return frozenset(
        (layer, named["name"], statement_name(statement, index))
        for layer, named in applicable_policies(line, caller)
        for index, statement in enumerate(listed(named["policy"]["Statement"]))
        if statement["Effect"] == "Deny" and applies(statement, named["policy"], line, caller, reading)
    )


def statement_name(statement: Statement, index: int) -> str:
    """The Sid, or the position where there is none."""
    return statement.get("Sid") or str(index)


def allows(policies: list[Line], line: Line, caller: Caller, reading: Reading) -> bool:
    """Whether any statement of any of these policies allows the request."""
    return bool(allowing(policies, line, caller, reading))


def allowing(policies: list[Line], line: Line, caller: Caller, reading: Reading) -> list[Statement]:
    """The Allow statements that apply."""
    return [
        statement
        for named in policies
        for statement in listed(named["policy"]["Statement"])
        if statement["Effect"] == "Allow" and applies(statement, named["policy"], line, caller, reading)
    ]


def missing_allows(line: Line, caller: Caller, reading: Reading, everyone_as: str = "itself") -> frozenset[str]:
    """The layers that would have to allow the request and do not.

    "Permissions boundaries and session policies do not limit permissions granted … with a wildcard(*) in the Principal
    element": so everyone counts as the caller itself. Experts differ: some would have it count as the caller's role.
    """
    missing = set()
    if not all(allows(level, line, caller, reading) for level in scp_levels(line, caller)):
        missing.add("scp")
    if not all(allows(level, line, caller, reading) for level in rcp_levels(line, caller)):
        missing.add("rcp")
    if line.get("endpoint_policies") and not allows(line["endpoint_policies"], line, caller, reading):
        missing.add("endpoint")
    to_whom = {everyone_as if one == "everyone" else one for one in granted_to(line, caller, reading)}
    return frozenset(missing | missing_grants(to_whom, line, caller, reading))


def missing_grants(to_whom: set[str], line: Line, caller: Caller, reading: Reading) -> set[str]:
    """The layers that grant, and those that limit what others grant: which of them are wanted depends on the caller."""
    limits = {"identity": "identity_policies"} | {
        layer: member
        for layer, member in (("boundary", "permission_boundaries"), ("session", "session_policies"))
        if line.get(member)
    }
    lacking = {layer for layer, member in limits.items() if not allows(line.get(member, []), line, caller, reading)}
    if caller.kind == "service":  # "AWS JSON policy elements: Principal": a service is granted by the resource alone
        return set() if to_whom else {"resource"}
    if caller.account != resource_account(line, caller):
        # "Cross-account policy evaluation logic": both accounts have to allow. A KMS grant stands for both sides'
        # Allow ("Grants in AWS KMS"), within the principal's own limits.
        if "grant" in to_whom:
            return lacking - {"identity"}
        return lacking if to_whom else lacking | {"resource"}
    # "Policy evaluation for requests within a single account", the part on resource-based policies:
    if "itself" in to_whom:  # the user or the session: no implicit deny elsewhere limits it
        return set()
    if "role" in to_whom:  # the role: limited by the boundary and the session policy
        return lacking - {"identity"}
    if must_name_principals(line) and "account" not in to_whom:
        return (lacking - {"identity"}) | {"resource"}
    return lacking


def must_name_principals(line: Line) -> bool:
    """Key policies and trust policies have to allow even a principal of their own account, or the account."""
    return service_of(line) == "kms" or line["action"].lower() == "sts:assumerole"


def granted_to(line: Line, caller: Caller, reading: Reading) -> set[str]:
    """To whom the resource's policy and the key's grants allow the request: itself, role, account, everyone; grant."""
    statements = allowing(resource_policies(line, caller), line, caller, reading)
    to_whom = set().union(*(principal_roles(statement["Principal"], caller) for statement in statements))
    for grant in line.get("grants", []):
        named = granted_roles(grant, line, caller, reading)
        to_whom |= named | ({"grant"} if named - {"account"} else set())
    return to_whom
