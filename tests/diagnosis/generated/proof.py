"""Holds what an incident expects against the naive evaluator, so that a wrong expectation is found by itself.

Every request of the job is evaluated with the policies of the estate as it stands; what comes out has to be exactly the
causes that are expected, as far as policies decide them.
"""

from collections.abc import Iterator
from typing import Any

from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.roles import managed_statements
from tests.diagnosis.generated.scene import Call, Scene, layer_of
from tests.diagnosis.generated.world import Json
from tests.iam.naive import evaluate

Block = tuple[str, str, str, str]
"""A code, an action, a policy and a statement, empty where there is none."""

_FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_FULL_RCP = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
_UNKNOWN = ["aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:ViaAWSService", "aws:UserAgent"]
_EVALUATED = ("permission", "boundary", "pass-role", "scp", "rcp", "key-policy", "vault-policy", "resource-policy")


def contradictions(scene: Scene) -> list[str]:
    """Where the naive evaluator does not come to what the scene expects, a line each."""
    found = {block for call in calls(scene) if not _is_unasked(scene, call) for block in blocks(scene, call)}
    found = {block for block in found if layer_of(block[0]) not in scene.hidden}
    expected = [cause for cause in scene.causes if _is_evaluated(cause)]
    unexpected = {
        (code, policy, statement)
        for code, _, policy, statement in found
        if not _told(code, policy, statement, expected)
    }
    return [
        *(f"{code} by {policy} {statement} is not expected" for code, policy, statement in sorted(unexpected)),
        *(f"{cause} does not come out" for cause in expected if not any(_is(block, cause) for block in found)),
        *(f"the layer {layer} is {verdict} without a cause" for layer, verdict in _groundless(scene)),
    ]


def _is_evaluated(cause: Json) -> bool:
    return cause["code"].startswith(_EVALUATED) and cause.get("certainty", "proven") == "proven"


def _is_unasked(scene: Scene, call: Call) -> bool:
    """A request that never comes to be evaluated: the role, the vault or the key itself is what is wrong."""
    codes = {cause["code"] for cause in scene.causes}
    no_role = bool(codes & {"role-missing", "default-role-lookalike", "slr-as-job-role"}) and not call.linked
    no_vault = "vault-missing" in codes and ":backup-vault:" in (call.guard or "")
    no_key = bool(codes & {"key-unusable", "aws-managed-key", "vault-default-key"}) and ":kms:" in call.guard
    return no_role or no_vault or no_key or ("slr-missing" in codes and call.linked)


def _told(code: str, policy: str, statement: str, expected: list[Json]) -> bool:
    return any(
        cause["code"] == code
        and cause.get("policy", policy) == policy
        and cause.get("statement", statement) == statement
        for cause in expected
    )


def _is(block: Block, cause: Json) -> bool:
    code, action, policy, statement = block
    said = {"code": code, "action": action, "policy": policy, "statement": statement}
    return all(said[member] == cause[member] for member in said if member in cause)


def _groundless(scene: Scene) -> Iterator[tuple[str, str]]:
    blocked = {cause["layer"] for cause in scene.causes}
    for layer, verdict in scene.layers.items():
        if (verdict == "blocked") != (layer in blocked) and verdict in ("blocked", "clear", "not-applicable"):
            likely = [cause for cause in scene.causes if cause["layer"] == layer and "certainty" in cause]
            if not likely:
                yield layer, verdict


def blocks(scene: Scene, call: Call) -> Iterator[Block]:
    """What denies a request, as causes have it."""
    line = line_of(scene, call)
    answer = evaluate(line)
    if answer["decision"] in ("allowed", "depends"):
        return
    for naive_layer, policy, statement in answer["denied_by"]:
        yield _denied(naive_layer, call), call.action, policy, statement
    for naive_layer in answer["missing"]:
        if naive_layer == "identity" and (call.linked or not call.policies_of_role):
            continue
        yield _missing(naive_layer, call), call.action, *_what_lacks_it(scene, call, naive_layer), ""


def _denied(naive_layer: str, call: Call) -> str:
    return {"identity": "permission-denied", "resource": f"{_guard(call)}-policy-denied"}.get(
        naive_layer, f"{naive_layer}-denied"
    )


def _missing(naive_layer: str, call: Call) -> str:
    own = "pass-role-missing" if call.action == "iam:PassRole" else "permission-missing"
    return {"identity": own, "resource": f"{_guard(call)}-policy-missing"}.get(naive_layer, f"{naive_layer}-missing")


def _guard(call: Call) -> str:
    return "vault" if ":backup-vault:" in call.guard else "key" if ":kms:" in call.guard else "resource"


def _what_lacks_it(scene: Scene, call: Call, naive_layer: str) -> tuple[str]:
    return ({"boundary": scene.role.get("PermissionsBoundary", ""), "resource": call.guard}.get(naive_layer, ""),)


def line_of(scene: Scene, call: Call) -> dict[str, Any]:
    """A request as the naive evaluator reads it."""
    world = scene.world
    principal = scene.linked_role if call.linked else scene.session
    account = scene.receiver if call.linked else scene.home
    line: dict[str, Any] = {
        "principal": principal,
        "action": call.action,
        "resource": call.resource,
        "resource_account": call.account,
        "context": {**_common_context(scene, call, account), **call.context},
        "identity_policies": [] if call.linked else list(_identity_policies(scene)),
        "service_control_policies": _levels(scene, account, "SERVICE_CONTROL_POLICY"),
        "resource_control_policies": _levels(scene, call.account, "RESOURCE_CONTROL_POLICY"),
        "unknown": _UNKNOWN,
    }
    if world.organization:
        line["management_account"] = world.management
    if not call.linked and (boundary := scene.role.get("PermissionsBoundary")):
        line["permission_boundaries"] = [{"name": boundary, "policy": _customer_policy(scene, boundary)}]
    return {**line, **_guarding(scene, call)}


def _common_context(scene: Scene, call: Call, account: str) -> Json:
    world = scene.world
    role_arn, tags = (scene.linked_role, {}) if call.linked else (scene.role_arn, scene.role.get("Tags", {}))
    context: Json = {
        "aws:SecureTransport": "true",
        "aws:CurrentTime": scene.record["CreationDate"],
        "aws:RequestedRegion": call.region,
        "aws:PrincipalArn": role_arn,
        "aws:PrincipalIsAWSService": "false",
        "aws:ResourceAccount": call.account,
        **{f"aws:PrincipalTag/{name}": value for name, value in tags.items()},
    }
    for key, owner in (("Principal", account), ("Resource", call.account)):
        if world.path_to(owner):
            context[f"aws:{key}OrgID"] = world.organization_id
            context[f"aws:{key}OrgPaths"] = [world.organization_path(owner)]
    return context


def _customer_policy(scene: Scene, arn: str) -> Json:
    policies = scene.world.accounts[scene.home]["policies"]
    found: Json = next(policy["Document"] for policy in policies if policy["Arn"] == arn)
    return found


def _identity_policies(scene: Scene) -> Iterator[Json]:
    for arn in scene.role["AttachedPolicies"]:
        if ":iam::aws:policy/" in arn:
            statements = managed_statements(scene.world.partition, arn)
            yield {"name": arn, "policy": {"Version": "2012-10-17", "Statement": statements}}
        else:
            yield {"name": arn, "policy": _customer_policy(scene, arn)}
    for name, policy in scene.role["InlinePolicies"].items():
        yield {"name": name, "policy": policy}


def _levels(scene: Scene, account: str, kind: str) -> list[list[Json]]:
    world = scene.world
    if not world.organization or not world.path_to(account):
        return []
    contents = {one["Id"]: one["Content"] for one in world.organization["policies"] if one["Type"] == kind}
    full = {
        "SERVICE_CONTROL_POLICY": ("p-FullAWSAccess", _FULL),
        "RESOURCE_CONTROL_POLICY": ("p-RCPFullAWSAccess", _FULL_RCP),
    }
    contents |= dict([full[kind]])
    nodes = [unit["policies"] for unit in world.path_to(account)] + [world.attached_to(account)]
    return [[{"name": one, "policy": contents[one]} for one in attached if one in contents] for attached in nodes]


def _guarding(scene: Scene, call: Call) -> Json:
    """The policy, and the grants, of the thing that is called."""
    world = scene.world
    if not call.guard:
        return {}
    if ":backup-vault:" in call.guard:
        policy = world.vault(call.guard).get("AccessPolicy")
    elif ":kms:" in call.guard:
        key = world.key(call.guard)
        return {"resource_policy": {"name": call.guard, "policy": key["Policy"]}, "grants": key["Grants"]}
    else:
        resources = world.in_region(scene.home, world.region)["resources"]
        policy = next(one.get("Policy") for one in resources if one["ResourceArn"] == call.guard)
    return {"resource_policy": {"name": call.guard, "policy": policy}} if policy else {}
