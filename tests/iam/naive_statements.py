"""Statements and grants of the naive evaluator: whether all elements of one match a request, and whom they name.

From the pages "IAM JSON policy elements: Action", "… Resource", "AWS JSON policy elements: Principal" and
"… NotPrincipal", and from "Creating grants" of the AWS KMS Developer Guide.
"""

from typing import Any, NamedTuple

from tests.iam.naive_conditions import Reading, arn_matches, condition_block_holds, expand, listed, lookup, wild

Line = dict[str, Any]
Statement = dict[str, Any]


class Caller(NamedTuple):
    """The principal of a request, taken apart."""

    kind: str
    """user, role, session or service."""
    arn: str
    role_arn: str
    """The role of a session, and of a role itself."""
    account: str
    service_linked: bool


def caller_of(line: Line, reading: Reading) -> Caller:
    """Takes a principal apart: a user, a role (any session of it), an assumed-role session or a service."""
    principal = line["principal"]
    if not principal.startswith("arn:"):
        return Caller("service", principal, "", "", service_linked=False)
    partition, account, name = principal.split(":")[1], principal.split(":")[4], principal.split(":", 5)[5]
    if name.startswith("user/"):
        return Caller("user", principal, "", account, service_linked=False)
    if name.startswith("role/"):
        return Caller("role", principal, principal, account, service_linked=name.startswith("role/aws-service-role/"))
    role_name = name.split("/")[1]
    known_arn = lookup(reading, "aws:PrincipalArn")
    role_arn = known_arn[0] if known_arn else f"arn:{partition}:iam::{account}:role/{role_name}"
    service_linked = role_name.startswith("AWSServiceRoleFor") or ":role/aws-service-role/" in role_arn
    return Caller("session", principal, role_arn, account, service_linked)


def service_of(line: Line) -> str:
    """The service prefix of the action."""
    service: str = line["action"].split(":")[0].lower()
    return service


def principal_roles(principal: Any, caller: Caller) -> set[str]:
    """As what a Principal element names the caller: itself, its role, its account; empty if it does not.

    "AWS JSON policy elements: Principal". Anyone ("*") counts as itself: "permissions boundaries and session policies
    do not limit permissions granted … with a wildcard(*) in the Principal element".
    """
    if principal == "*":
        return {"itself"}
    roles = {"itself" for entry in listed(principal.get("Service", [])) if entry == caller.arn}
    return roles.union(*(entry_roles(entry, caller) for entry in listed(principal.get("AWS", []))))


def entry_roles(entry: str, caller: Caller) -> set[str]:
    """As what one AWS principal names the caller."""
    if caller.kind == "service":
        return set()
    if entry == "*" or (entry == caller.arn and caller.kind != "role"):
        return {"itself"}
    if names_role(entry, caller):
        return {"role"}
    return {"account"} if is_account(entry, caller.account) else set()


def names_role(entry: str, caller: Caller) -> bool:
    """Whether an ARN is the caller's role: a session's ARN lacks the path of its role, but names are unique."""
    if caller.kind != "session":
        return entry == caller.role_arn
    account, name = f"::{caller.account}:role/", f"/{caller.role_arn.rsplit('/', 1)[-1]}"
    return account in entry and entry.endswith(name)


def is_account(entry: str, account: str) -> bool:
    """An account is named by its number or as its root: both mean the same."""
    return entry == account or (entry.endswith(":root") and entry.split(":")[4] == account)


def not_principal_applies(principal: Any, line: Line, caller: Caller) -> bool:
    """Whether a NotPrincipal leaves the caller out of its exception: "AWS JSON policy elements: NotPrincipal".

    The exception has to name the caller itself, for a session also its role. It never helps a user or role that has
    a permissions boundary.
    """
    if caller.kind == "service":
        return caller.arn not in listed(principal.get("Service", []))
    entries = listed(principal.get("AWS", []))
    spared = caller.arn in entries and (not caller.role_arn or any(names_role(entry, caller) for entry in entries))
    return bool(line.get("permission_boundaries")) or not spared


def grant_allows(grant: Line, line: Line, caller: Caller, reading: Reading) -> bool:
    """Whether a KMS grant allows the request: its grantee, its operations and its constraints all fit."""
    operation = line["action"].split(":")[1].lower()
    fits = service_of(line) == "kms" and operation in [name.lower() for name in grant["Operations"]]
    return fits and bool(grantee_roles(grant, caller)) and constraints_hold(grant, operation, caller, reading)


def grantee_roles(grant: Line, caller: Caller) -> set[str]:
    """As what a grant names the caller."""
    if caller.kind == "service":
        return (
            {"itself"} if caller.arn in (grant.get("GranteeServicePrincipal"), grant.get("GranteePrincipal")) else set()
        )
    return entry_roles(grant.get("GranteePrincipal", ""), caller)


def constraints_hold(grant: Line, operation: str, caller: Caller, reading: Reading) -> bool:
    """The grant constraints: "Creating grants", AWS KMS Developer Guide.

    Those on the encryption context are ignored for the operations without one, SourceArn for callers but services.
    """
    constraints = grant.get("Constraints", {})
    source_arn = constraints.get("SourceArn")
    if source_arn and caller.kind == "service" and lookup(reading, "aws:SourceArn") != [source_arn]:
        return False
    if operation in ("describekey", "retiregrant"):
        return True
    prefix = "kms:encryptioncontext:"
    pairs = {key[len(prefix) :]: value[0] for key, value in reading.items() if key.lower().startswith(prefix)}
    if "EncryptionContextEquals" in constraints and pairs != constraints["EncryptionContextEquals"]:
        return False
    return all(pairs.get(key) == value for key, value in constraints.get("EncryptionContextSubset", {}).items())


def applies(statement: Statement, policy: Line, line: Line, caller: Caller, reading: Reading) -> bool:
    """Whether all elements of a statement match the request."""
    version = policy.get("Version", "2008-10-17")
    return (
        principal_element_matches(statement, line, caller)
        and action_element_matches(statement, line["action"])
        and resource_element_matches(statement, version, line["resource"], reading)
        and condition_block_holds(statement.get("Condition", {}), version, reading)
    )


def principal_element_matches(statement: Statement, line: Line, caller: Caller) -> bool:
    """Principal or NotPrincipal; a policy of an identity or an organization's SCP has neither."""
    if "NotPrincipal" in statement:
        return not_principal_applies(statement["NotPrincipal"], line, caller)
    return "Principal" not in statement or bool(principal_roles(statement["Principal"], caller))


def action_element_matches(statement: Statement, action: str) -> bool:
    """Action or NotAction, without regard to case: "IAM JSON policy elements: Action"."""
    negated = "NotAction" in statement
    patterns = listed(statement["NotAction" if negated else "Action"])
    return any(wild(pattern.lower(), action.lower()) for pattern in patterns) != negated


def resource_element_matches(statement: Statement, version: str, resource: str, reading: Reading) -> bool:
    """Resource or NotResource; a trust policy has neither: "IAM JSON policy elements: Resource"."""
    if "NotResource" in statement:
        return not any(
            resource_matches(value, version, resource, reading) for value in listed(statement["NotResource"])
        )
    values = listed(statement.get("Resource", "*"))
    return any(resource_matches(value, version, resource, reading) for value in values)


def resource_matches(value: str, version: str, resource: str, reading: Reading) -> bool:
    """An ARN pattern, segment by segment. With a variable that has no value it matches nothing."""
    pattern = expand(value, version, reading)
    return value == "*" or (pattern is not None and arn_matches(pattern, resource))
