"""Statements and grants of the naive evaluator: whether all elements of one match a request, and whom they name.

From the pages "IAM JSON policy elements: Action", "… Resource", "AWS JSON policy elements: Principal" and
"… NotPrincipal", and from "Creating grants" of the AWS KMS Developer Guide.
"""

from typing import Any, NamedTuple

from tests.iam.naive_conditions import Reading, condition_block_holds, expand, listed, lookup, resource_matches, wild

Line = dict[str, Any]
Statement = dict[str, Any]


class Caller(NamedTuple):
    """The principal of a request, taken apart."""

    kind: str
    """user, role, session or service."""
    arn: str
    account: str = ""
    role_arn: str = ""
    """The role of a session, and of a role itself."""
    path_known: bool = True
    """Whether the role's ARN is whole: a session's own ARN lacks the path of its role."""
    service_linked: bool = False


def caller_of(line: Line) -> Caller:
    """Takes a principal apart: a user, a role (any session of it), an assumed-role session or a service."""
    principal = line["principal"]
    if not principal.startswith("arn:"):
        return Caller("service", principal)
    partition, account, name = principal.split(":")[1], principal.split(":")[4], principal.split(":", 5)[5]
    if name.startswith("user/"):
        return Caller("user", principal, account)
    linked_path = ":role/aws-service-role/"
    if name.startswith("role/"):
        return Caller("role", principal, account, principal, service_linked=linked_path in principal)
    role_name = name.split("/")[1]
    told = lookup({key: listed(value) for key, value in line.get("context", {}).items()}, "aws:PrincipalArn")
    role_arn = told[0] if told else f"arn:{partition}:iam::{account}:role/{role_name}"
    service_linked = role_name.startswith("AWSServiceRoleFor") or linked_path in role_arn
    return Caller("session", principal, account, role_arn, bool(told), service_linked)


def service_of(line: Line) -> str:
    """The service prefix of the action."""
    service: str = line["action"].split(":")[0].lower()
    return service


def principal_roles(principal: Any, caller: Caller) -> set[str]:
    """As what a Principal element names the caller: itself, its role, its account, everyone; empty if it does not.

    "AWS JSON policy elements: Principal".
    """
    if principal == "*":
        return {"everyone"}
    roles = {"itself" for entry in listed(principal.get("Service", [])) if entry == caller.arn}
    return roles.union(*(entry_roles(entry, caller) for entry in listed(principal.get("AWS", []))))


def entry_roles(entry: str, caller: Caller) -> set[str]:
    """As what one AWS principal names the caller."""
    if caller.kind == "service":
        return set()
    if entry == "*":
        return {"everyone"}
    if entry == caller.arn and caller.kind != "role":
        return {"itself"}
    if names_role(entry, caller):
        return {"role"}
    return {"account"} if is_account(entry, caller.account) else set()


def names_role(entry: str, caller: Caller) -> bool:
    """Whether an ARN is the caller's role. Where its path is not known the name will do: no two roles share one."""
    if not caller.role_arn:
        return False
    if caller.path_known:
        return entry == caller.role_arn
    return f"::{caller.account}:role/" in entry and entry.rsplit("/", 1)[-1] == caller.role_arn.rsplit("/", 1)[-1]


def is_account(entry: str, account: str) -> bool:
    """An account is named by its number or as its root: both mean the same."""
    return entry == account or (entry.endswith(":root") and entry.split(":")[4] == account)


def not_principal_applies(principal: Any, line: Line, caller: Caller) -> bool:
    """Whether a NotPrincipal leaves the caller out of its exception: "AWS JSON policy elements: NotPrincipal".

    The exception has to name the caller, for a session also its role, and "you must also specify the account ARN". It
    never helps a user or role that has a permissions boundary.
    """
    if caller.kind == "service":
        return caller.arn not in listed(principal.get("Service", []))
    entries = listed(principal.get("AWS", []))
    exempt = (
        caller.arn in entries
        and (not caller.role_arn or any(names_role(entry, caller) for entry in entries))
        and any(is_account(entry, caller.account) for entry in entries)
    )
    return bool(line.get("permission_boundaries")) or not exempt


def granted_roles(grant: Line, line: Line, caller: Caller, reading: Reading) -> set[str]:
    """As what a KMS grant allows the caller the request: as its grantee, and as the principal that may retire it.

    The grantee's operations and constraints have to fit. "Retiring and revoking grants": the grantee can retire it only
    if that is among the operations.
    """
    operation = line["action"].split(":")[1].lower()
    if service_of(line) != "kms":
        return set()
    roles = roles_in_grant(grant, "Retiring", caller) if operation == "retiregrant" else set()
    fits = operation in [name.lower() for name in grant["Operations"]]
    if fits and constraints_hold(grant, operation, caller, reading):
        roles |= roles_in_grant(grant, "Grantee", caller)
    return roles


def roles_in_grant(grant: Line, part: str, caller: Caller) -> set[str]:
    """As what a grant names the caller in one of its parts: Grantee or Retiring."""
    if caller.kind == "service":
        names = (grant.get(f"{part}ServicePrincipal"), grant.get(f"{part}Principal"))
        return {"itself"} if caller.arn in names else set()
    return entry_roles(grant.get(f"{part}Principal", ""), caller)


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
            resource_value_matches(value, version, resource, reading) for value in listed(statement["NotResource"])
        )
    values = listed(statement.get("Resource", "*"))
    return any(resource_value_matches(value, version, resource, reading) for value in values)


def resource_value_matches(value: str, version: str, resource: str, reading: Reading) -> bool:
    """An ARN pattern, or `*` for everything. With a variable that has no value it matches nothing."""
    pattern = expand(value, version, reading)
    return value == "*" or (pattern is not None and resource_matches(pattern, resource))
