"""The requests of a scene's job as the naive evaluator reads them: with every policy of the estate that has a say."""

from collections.abc import Iterator
from typing import Any

from tests.diagnosis.generated.roles import managed_statements
from tests.diagnosis.generated.scene import WITHOUT_RESOURCE_ACCOUNT, Call, Scene
from tests.diagnosis.generated.world import Json, document

FOR_PEOPLE = ("/AdministratorAccess", "/PowerUserAccess", "/ReadOnlyAccess")
"""AWS's managed policies that are not copied here: nothing can be proven of what they allow."""

_FULL = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
_FULL_RCP = document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})
_UNKNOWN = ["aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:ViaAWSService", "aws:UserAgent"]
_OF_RESOURCE_ACCOUNT = ("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths")
_SCP, _RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


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
        "service_control_policies": _levels(scene, account, _SCP),
        "resource_control_policies": _levels(scene, call.account, _RCP),
        "unknown": _UNKNOWN,
    }
    if world.organization:
        line["management_account"] = world.management
    if not call.linked and (boundary := scene.role.get("PermissionsBoundary")):
        line["permission_boundaries"] = [{"name": boundary, "policy": _policy(scene, boundary)}]
    return {**line, **_guarding(scene, call)}


def assumption(scene: Scene, *, unconditional: bool = False) -> dict[str, Any]:
    """AWS Backup's own sts:AssumeRole of the job role; perhaps with the conditions of the trust policy left out."""
    world, region = scene.world, scene.world.region
    trusting: Json = scene.role["AssumeRolePolicyDocument"]
    if unconditional:
        bare = [{name: part for name, part in one.items() if name != "Condition"} for one in trusting["Statement"]]
        trusting = document(*bare)
    context: Json = {
        "aws:CurrentTime": scene.record["CreationDate"],
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": region,
        "aws:PrincipalIsAWSService": "true",
        "aws:SourceAccount": scene.home,
        "aws:SourceArn": world.arn("backup", scene.home, "backup-vault:any"),
        "aws:ResourceAccount": scene.home,
    }
    line: dict[str, Any] = {
        "principal": "backup.amazonaws.com",
        "action": "sts:AssumeRole",
        "resource": scene.role_arn,
        "resource_account": scene.home,
        "context": context,
        "resource_policy": {"name": "trust", "policy": trusting},
        "resource_control_policies": _levels(scene, scene.home, _RCP),
    }
    return {**line, "management_account": world.management} if world.organization else line


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
    if call.action == WITHOUT_RESOURCE_ACCOUNT:
        context = {key: value for key, value in context.items() if key not in _OF_RESOURCE_ACCOUNT}
    return context


def _policy(scene: Scene, arn: str) -> Json:
    """The document of a managed policy; of those of AWS's that are for people nothing is proven."""
    if arn.endswith(FOR_PEOPLE):
        return _FULL
    if ":iam::aws:policy/" in arn:
        return {"Version": "2012-10-17", "Statement": managed_statements(scene.world.partition, arn)}
    policies = scene.world.accounts[scene.home]["policies"]
    found: Json = next(policy["Document"] for policy in policies if policy["Arn"] == arn)
    return found


def _identity_policies(scene: Scene) -> Iterator[Json]:
    for arn in scene.role["AttachedPolicies"]:
        yield {"name": arn, "policy": _policy(scene, arn)}
    for name, policy in scene.role["InlinePolicies"].items():
        yield {"name": name, "policy": policy}


def _levels(scene: Scene, account: str, kind: str) -> list[list[Json]]:
    world = scene.world
    if not world.organization or not world.path_to(account):
        return []
    contents = {one["Id"]: one["Content"] for one in world.organization["policies"] if one["Type"] == kind}
    contents |= {"p-FullAWSAccess": _FULL} if kind == _SCP else {"p-RCPFullAWSAccess": _FULL_RCP}
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
