"""Breaks the organization: a service or resource control policy denies the job, or a service is on no allow list."""

from collections.abc import Callable

from tests.diagnosis.generated import conditions, messages
from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.world import Json

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"

RCP_SERVICES = ("s3", "kms", "dynamodb")
"""Of the services whose resources an RCP binds, those that a job calls."""


def nodes(scene: Scene, account: str) -> list[str]:
    """Where a policy that binds an account may be attached: the root, each OU on the way down, the account itself."""
    return [*(unit["Id"] for unit in scene.world.path_to(account)), account]


def _chosen(scene: Scene, turn: int) -> Call:
    own = [call for call in calls(scene) if call.policies_of_role and not call.linked]
    of_keys = [call for call in own if call.action == "kms:CreateGrant"]
    shown = [call for call in own if call.action in ("ec2:CreateTags", "iam:PassRole", "backup:CopyFromBackupVault")]
    return [own[0], (shown or own)[0], (of_keys or own)[0], own[0]][turn % 4]


def scp_denied(scene: Scene, turn: int) -> None:
    """A service control policy on the way from the root to the account denies the call."""
    call = _chosen(scene, turn)
    service, _, name = call.action.partition(":")
    exempt = ["iam:*", "sts:*", "organizations:*", "support:*", "budgets:*"]
    what: tuple[Json, ...] = (
        {"Action": [call.action], "Resource": "*"},
        {"NotAction": [one for one in exempt if one != f"{service}:*"], "Resource": "*"},
        {"Action": [f"{service}:{name[:5]}*", "glue:*"], "Resource": "*"},
        {"Action": call.action, "NotResource": [f"arn:aws:{service}:*:{scene.world.sandbox}:*"]},
    )
    condition = conditions.pair(scene, call, turn).holds
    places = nodes(scene, scene.home)
    node = places[turn // 2 % len(places)]
    deny = {"Sid": "OnlyApproved", "Effect": "Deny", **what[turn % len(what)], "Condition": condition}
    before = {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
    statements = [before, deny] if turn % 3 else [deny]
    if turn % 5 == 3:
        deny.pop("Sid")
    statement = deny.get("Sid") or str(len(statements) - 1)
    policy = scene.world.add_organization_policy(node, SCP, "ApprovedOnly", *statements)
    scene.blame("scp-denied", action=call.action, policy=policy, statement=statement, target=node)
    messages.tell(scene, call, "scp-denied", turn)


def scp_missing(scene: Scene, turn: int) -> None:
    """At one level of the organization no service control policy allows the call."""
    call = _chosen(scene, turn)
    service = call.action.partition(":")[0]
    others = {one.action.partition(":")[0] for one in calls(scene)} | {"backup", "backup-storage", "tag", "sts", "iam"}
    allowed = sorted(f"{one}:*" for one in (others | {"events", "cloudwatch", "ec2"}) - {service})
    same = sorted({one.action for one in calls(scene) if one.action.startswith(f"{service}:")} - {call.action})
    allow: Json = {"Sid": "Approved", "Effect": "Allow", "Action": [*allowed, *same], "Resource": "*"}
    statements = [allow]
    if turn % 3 == 1:
        fails = conditions.pair(scene, call, turn).fails
        statements.append({"Effect": "Allow", "Action": f"{service}:*", "Resource": "*", "Condition": fails})
    if turn % 3 == 2:
        allow["NotAction"] = [call.action]
        allow.pop("Action")
    places = [node for node in nodes(scene, scene.home) if "p-FullAWSAccess" in scene.world.attached_to(node)]
    node = places[turn % len(places)]
    scene.world.attached_to(node).remove("p-FullAWSAccess")
    scene.world.add_organization_policy(node, SCP, "AllowList", *statements)
    scene.blame("scp-missing", action=call.action, target=node)
    messages.tell(scene, call, "scp-missing", turn)


def can_be_bound_by_rcp(scene: Scene) -> bool:
    """Whether the job calls a service whose resources an RCP binds, as a principal that it binds."""
    return any(_is_bound(call) for call in calls(scene))


def _is_bound(call: Call) -> bool:
    return call.action.partition(":")[0] in RCP_SERVICES and not call.linked


def rcp_denied(scene: Scene, turn: int) -> None:
    """A resource control policy on the way from the root to the resource's account denies the call."""
    found = [call for call in calls(scene) if _is_bound(call)]
    call = found[turn % len(found)]
    services = [f"{one}:*" for one in RCP_SERVICES if turn % 2 or call.action.startswith(f"{one}:")]
    condition = conditions.pair(scene, call, turn).holds
    deny = {"Sid": "Perimeter", "Effect": "Deny", "Principal": "*", "Resource": "*", "Condition": condition}
    deny["Action"] = call.action if turn % 3 == 0 else services
    places = nodes(scene, call.account)
    node = places[(turn + 1) % len(places)]
    policy = scene.world.add_organization_policy(node, RCP, "DataPerimeter", deny)
    scene.blame("rcp-denied", action=call.action, policy=policy, statement="Perimeter")
    messages.tell(scene, call, "rcp-denied", turn)


def cross_account_disabled(scene: Scene, turn: int) -> None:
    """The organization has cross-account backup switched off."""
    settings = scene.world.accounts[scene.world.management]["global_settings"]
    settings["isCrossAccountBackupEnabled"] = "false"
    if turn % 2:
        settings.pop("isCrossAccountBackupEnabled")
    scene.blame("cross-account-disabled", entity="service-linked-role")
    scene.causes[-1].pop("principal")
    scene.fail(messages.VAGUE[1])


def different_organization(scene: Scene, turn: int) -> None:
    """The destination's account is in no organization, or in another one."""
    world = scene.world
    for unit in world.units():
        unit["accounts"].pop(scene.receiver, None)
    lets_in = world.vault(scene.things["there"])["AccessPolicy"]["Statement"]
    lets_in[:] = [{**lets_in[0], "Principal": {"AWS": world.iam(scene.home, "root")}}]
    lets_in[0].pop("Condition", None)
    scene.blame("different-organization", entity="service-linked-role")
    scene.causes[-1].pop("principal")
    scene.fail(messages.OTHER_ORGANIZATION if turn % 2 else messages.VAGUE[1])


BREAKERS: dict[str, Callable[[Scene, int], None]] = {
    "scp-denied": scp_denied,
    "scp-missing": scp_missing,
    "rcp-denied": rcp_denied,
    "cross-account-disabled": cross_account_disabled,
    "different-organization": different_organization,
}
