"""Incidents with more than one cause: in several layers, twice in one layer, or twice for the same action."""

from collections.abc import Iterator

from tests.diagnosis.generated import messages
from tests.diagnosis.generated.breaking_organization import SCP, nodes
from tests.diagnosis.generated.calls import main_call
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.starting import sharing
from tests.diagnosis.generated.steps import Case, broken, case, tempted
from tests.diagnosis.generated.world import Json, document

_PAIRS = (
    ("backup", "ebs", ("permission-missing", 0), ("scp-denied", 0)),
    ("backup", "rds", ("boundary-missing", 2), ("key-policy-denied", 0)),
    ("backup", "aurora", ("permission-denied", 2), ("key-policy-missing", 0)),
    ("backup", "efs", ("vault-policy-denied", 0), ("scp-denied", 3)),
    ("backup", "efs", ("resource-policy-denied", 1), ("permission-denied", 0)),
    ("backup", "s3", ("resource-policy-denied", 0), ("permission-missing", 0)),
    ("backup", "s3", ("rcp-denied", 1), ("resource-policy-denied", 1)),
    ("backup", "fsx", ("key-unusable", 1), ("vault-policy-denied", 1)),
    ("backup", "dynamodb-advanced", ("rcp-denied", 3), ("scp-missing", 0)),
    ("backup", "neptune", ("trust-missing", 0), ("boundary-missing", 0)),
    ("backup", "documentdb", ("trust-condition", 0), ("permission-missing", 0)),
    ("backup", "timestream", ("scp-missing", 0), ("boundary-denied", 0)),
    ("restore", "ec2", ("pass-role-missing", 0), ("scp-denied", 1)),
    ("restore", "ec2", ("boundary-denied", 0), ("key-policy-missing", 0)),
    ("restore", "dynamodb", ("permission-denied", 0), ("key-policy-denied", 1)),
    ("restore", "fsx", ("scp-missing", 1), ("key-unusable", 1)),
    ("restore", "s3", ("permission-missing", 0), ("rcp-denied", 0)),
    ("copy", "ebs", ("vault-policy-denied", 0), ("scp-denied", 0)),
    ("copy", "rds", ("vault-default-key", 0), ("permission-denied", 0)),
    ("copy", "efs", ("boundary-missing", 0), ("vault-policy-denied", 0)),
    ("copy", "ec2", ("vault-policy-denied", 0), ("vault-policy-denied", 1)),
    ("share", "ebs", ("aws-managed-key", 0), ("vault-policy-missing", 6)),
    ("share", "ec2", ("vault-default-key", 0), ("vault-policy-missing", 0)),
    ("share", "rds", ("cross-account-disabled", 0), ("vault-policy-missing", 4)),
    ("share", "aurora", ("key-policy-missing", 0), ("scp-denied", 0)),
    ("share", "efs", ("cross-account-disabled", 1), ("permission-denied", 0)),
    ("share", "fsx", ("key-policy-denied", 0), ("vault-policy-denied", 0)),
    ("share", "neptune", ("slr-missing", 0), ("permission-missing", 0)),
    ("share", "s3", ("vault-policy-missing", 1), ("boundary-missing", 0)),
)


def _pairs() -> Iterator[Case]:
    for turn, (job, kind, *breaks) in enumerate(_PAIRS):
        name = "-and-".join(code for code, _ in breaks)
        yield case(name, job, kind, *(broken(code, at) for code, at in breaks), default_role=turn % 6 == 0)


def _deny(scene: Scene, sid: str) -> Json:
    call = main_call(scene)
    return {"Sid": sid, "Effect": "Deny", "Action": [call.action], "Resource": "*"}


def _denied_by_two_policies(scene: Scene) -> None:
    call = main_call(scene)
    for name in ("freeze", "guardrails"):
        scene.inline(name, _deny(scene, f"In{name.title()}"))
        said = {"policy": name, "statement": f"In{name.title()}"}
        scene.blame("permission-denied", action=call.action, **said)
    messages.tell(scene, call, "permission-denied", 0)


def _denied_by_two_statements(scene: Scene) -> None:
    call = main_call(scene)
    unnamed = _deny(scene, "")
    unnamed.pop("Sid")
    scene.inline("guardrails", _deny(scene, "Named"), unnamed)
    for statement in ("Named", "1"):
        scene.blame("permission-denied", action=call.action, policy="guardrails", statement=statement)
    messages.tell(scene, call, "permission-denied", 0)


def _denied_at_two_levels(scene: Scene) -> None:
    call, places = main_call(scene), nodes(scene, scene.home)
    for node in (places[0], places[-1]):
        policy = scene.world.add_organization_policy(node, SCP, f"Guard{node}", _deny(scene, "Closed"))
        scene.blame("scp-denied", action=call.action, policy=policy, statement="Closed", target=node)
    messages.tell(scene, call, "scp-denied", 0)


def _one_policy_at_two_levels(scene: Scene) -> None:
    """One policy that is attached twice is one thing to fix; its target is the highest of its nodes."""
    call, places = main_call(scene), nodes(scene, scene.home)
    policy = scene.world.add_organization_policy(places[-1], SCP, "Guard", _deny(scene, "Closed"))
    scene.world.attached_to(places[1]).append(policy)
    scene.blame("scp-denied", action=call.action, policy=policy, statement="Closed", target=places[1])
    messages.tell(scene, call, "scp-denied", 0)


def _on_no_list_at_two_levels(scene: Scene) -> None:
    call, places = main_call(scene), nodes(scene, scene.home)
    for node in (places[0], places[-1]):
        scene.world.attached_to(node).remove("p-FullAWSAccess")
        allow = {"Effect": "Allow", "NotAction": [call.action], "Resource": "*"}
        scene.world.add_organization_policy(node, SCP, f"List{node}", allow)
        scene.blame("scp-missing", action=call.action, target=node)
    messages.tell(scene, call, "scp-missing", 0)


def _two_keys_of_a_copy(scene: Scene) -> None:
    """Neither the source's key nor the destination's vault key names the job role or its account."""
    for key in (scene.things["key"], scene.things["there key"]):
        scene.world.key(key)["Policy"] = document(*sharing(scene.world.iam(scene.home, "role/Admin")))
        scene.blame("key-policy-missing", action="kms:CreateGrant", policy=key)
    scene.fail(messages.KEY_UNUSABLE)


def _two_volumes_under_two_keys(scene: Scene) -> None:
    """An instance has a second volume, whose key is disabled."""
    world = scene.world
    key = world.add_key(scene.home, "second-volume")
    world.key(key)["KeyState"] = "Disabled"
    volume = world.arn("ec2", scene.home, f"volume/vol-{world.names.hex('second volume')}")
    resources = world.in_region(scene.home, world.region)["resources"]
    resources.append({"ResourceArn": volume, "ResourceType": "EBS", "KmsKeyArn": key, "Tags": {}})
    instance = next(one for one in resources if one["ResourceType"] == "EC2")
    instance["VolumeArns"].append(volume)
    scene.blame("key-unusable", resource=key)
    for member in ("entity", "principal"):
        scene.causes[-1].pop(member)
    scene.fail(messages.KEY_UNUSABLE)


def together() -> Iterator[Case]:
    """All of them."""
    yield from _pairs()
    yield case("two-identity-policies", "backup", "ebs", _denied_by_two_policies)
    yield case("two-identity-policies", "share", "rds", _denied_by_two_policies)
    yield case("two-statements", "backup", "fsx", _denied_by_two_statements)
    yield case("two-statements", "restore", "efs", _denied_by_two_statements)
    yield case("two-levels-deny", "backup", "aurora", _denied_at_two_levels)
    yield case("two-levels-deny", "copy", "s3", _denied_at_two_levels)
    yield case("one-policy-twice", "backup", "rds", _one_policy_at_two_levels)
    yield case("two-levels-lack", "restore", "ebs", _on_no_list_at_two_levels)
    yield case("two-keys", "copy", "ebs", _two_keys_of_a_copy)
    yield case("two-keys", "copy", "aurora", _two_keys_of_a_copy, tempted(1, 2))
    yield case("two-volumes", "backup", "ec2", _two_volumes_under_two_keys)
