"""Breaks keys and what guards the resource: policies that lack or deny the principal, keys that nobody can use."""

from collections.abc import Callable

from tests.diagnosis.generated import conditions, messages
from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.starting import sharing
from tests.diagnosis.generated.world import LINKED_ROLE, Json, document


def calls_of_keys(scene: Scene) -> list[Call]:
    """The calls that a key's policy has a say in."""
    return [call for call in calls(scene) if ":kms:" in call.guard]


def _main(scene: Scene, turn: int) -> Call:
    """A call of one of the job's keys: the one that a key policy most often forgets."""
    found = calls_of_keys(scene)
    guards = sorted({call.guard for call in found})
    of_one_key = [call for call in found if call.guard == guards[turn % len(guards)]]
    named = ("kms:CreateGrant", "kms:Decrypt")
    return next((call for call in of_one_key if call.action in named), of_one_key[0])


def _entity(call: Call) -> str:
    return "service-linked-role" if call.linked else "job-role"


def _administered_by(scene: Scene, account: str) -> list[Json]:
    """A key policy that leaves nothing to the account's IAM policies: who is not named here can't use the key."""
    world = scene.world
    everything = {"Sid": "Administration", "Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    read = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants"]
    audit = {"Sid": "Audit", "Effect": "Allow", "Action": read, "Resource": "*"}
    return [
        {**everything, "Principal": {"AWS": world.iam(account, "role/Admin")}},
        {**audit, "Principal": {"AWS": world.iam(account, "role/BackupWhyReadOnly")}},
    ]


def key_policy_missing(scene: Scene, turn: int) -> None:
    """The key's policy names neither the principal nor its account, or not for this, or under another condition."""
    call, world = _main(scene, turn), scene.world
    key = world.key(call.guard)
    key["Grants"] = []
    if call.linked:
        key["Policy"] = document(world.delegation(call.account), *_shared_with_others(scene, call, turn))
    else:
        key["Policy"] = document(*_administered_by(scene, call.account), *_used_by_others(scene, call, turn))
    scene.blame("key-policy-missing", entity=_entity(call), action=call.action, policy=call.guard)
    _tell(scene, call, "key-policy-missing", turn)


def _shared_with_others(scene: Scene, call: Call, turn: int) -> list[Json]:
    world = scene.world
    shared = sharing(world.iam(scene.receiver, "root"))
    nearly: tuple[list[Json], ...] = (
        [],
        sharing(world.iam(world.sandbox, "root")),
        shared[:1],
        sharing(world.iam(scene.receiver, "role/service-role/AWSBackupDefaultServiceRole")),
        sharing(world.iam(world.sandbox, f"role/{LINKED_ROLE}")),
        [
            {**one, "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-former0org"}}}
            for one in shared
        ],
        [{**one, "Principal": "*", "Condition": {"StringEquals": {"kms:CallerAccount": scene.home}}} for one in shared],
        [shared[0], {**shared[1], "Condition": {"StringEquals": {"kms:ViaService": "lambda.amazonaws.com"}}}],
    )
    assert call.linked
    return nearly[turn % len(nearly)]


def _used_by_others(scene: Scene, call: Call, turn: int) -> list[Json]:
    world, own = scene.world, sharing(scene.role_arn)
    nearly: tuple[list[Json], ...] = (
        sharing(world.iam(scene.home, "role/Admin")),
        sharing("AROA4EXAMPL7T2K5QXVNQ"),
        [{**own[0], "Action": ["kms:DescribeKey"]}],
        [{**one, "Condition": conditions.pair(scene, call, turn).fails} for one in own],
        sharing(scene.role_arn.replace(scene.home, world.sandbox)),
        [{**one, "Principal": {"Service": "backup.amazonaws.com"}} for one in own],
    )
    return nearly[turn % len(nearly)]


def key_policy_denied(scene: Scene, turn: int) -> None:
    """The key's policy lets the principal use the key, and denies it in another statement."""
    call, world = _main(scene, turn), scene.world
    deny: Json = {"Sid": "Restricted", "Effect": "Deny", "Action": [call.action, "kms:ScheduleKeyDeletion"]}
    if call.linked:
        linked: tuple[Json, ...] = (
            {"Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": scene.home}}},
            {"Principal": {"AWS": scene.linked_role}},
            {"Principal": "*", "Condition": {"StringNotEquals": {"kms:CallerAccount": [scene.home, world.security]}}},
            {"Principal": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{scene.home}:role/*"}}},
        )
        deny |= linked[turn % len(linked)]
    else:
        own: tuple[Json, ...] = (
            {"Principal": "*", "Condition": conditions.pair(scene, call, turn).holds},
            {"Principal": {"AWS": scene.role_arn}},
            {"Principal": {"AWS": "*"}, "Condition": {"StringNotLike": {"kms:ViaService": ["lambda.*.amazonaws.com"]}}},
        )
        deny |= own[turn % len(own)]
    world.key(call.guard)["Policy"]["Statement"].append({**deny, "Resource": "*"})
    scene.blame(
        "key-policy-denied", entity=_entity(call), action=call.action, policy=call.guard, statement="Restricted"
    )
    _tell(scene, call, "key-policy-denied", turn)


def _tell(scene: Scene, call: Call, code: str, turn: int) -> None:
    snapshots = scene.kind.via == "rds" and scene.job in ("copy", "share")
    if turn % 3 == 1 and snapshots and call.guard == scene.things["key"]:
        scene.fail(messages.SNAPSHOT_KEY.format(key=call.guard))
    elif turn % 5 == 2:
        scene.fail(messages.KEY_UNUSABLE)
    else:
        messages.tell(scene, call, code, turn)


def keys_that_matter(scene: Scene) -> list[str]:
    """The keys without which the job can't be done."""
    things = scene.things
    if scene.job == "backup" and scene.kind.id == "dynamodb-advanced":
        return [things["key"]] if things["key"] else []  # no read call tells that the vault's key is used, too
    if scene.job == "backup":
        own = [things["key"]] if things["key"] else []
        return [*own, things["vault key"]] if scene.kind.fully_managed else own
    if scene.job == "restore":
        own = [things["key"]] if things["key"] else []
        uses_vault_key = scene.kind.fully_managed and scene.kind.id != "cloudformation"
        return [*own, things["vault key"]] if uses_vault_key else own
    return [key for key in (things["key"], things["there key"]) if key]


def key_unusable(scene: Scene, turn: int) -> None:
    """A key that the job needs is disabled, pending deletion or gone."""
    found = keys_that_matter(scene)
    arn = found[turn % len(found)]
    key = scene.world.key(arn)
    state = ("Disabled", "PendingDeletion", "gone")[turn % 3]
    if state == "gone":
        scene.world.in_region(arn.split(":")[4], arn.split(":")[3])["keys"].remove(key)
    key["KeyState"] = state
    scene.blame("key-unusable", resource=arn)
    for member in ("entity", "principal"):
        scene.causes[-1].pop(member)
    snapshots = scene.kind.via == "rds" and scene.job in ("copy", "share") and arn == scene.things["key"]
    scene.fail(messages.SNAPSHOT_KEY.format(key=arn) if snapshots and turn % 2 else messages.KEY_UNUSABLE)


def _managed_by_aws(scene: Scene, arn: str, service: str) -> None:
    """Makes a key one of AWS's own: its policy lets the account use it through one service."""
    world, key = scene.world, scene.world.key(arn)
    _, _, _, region, account, _ = arn.split(":", 5)
    through = {"kms:CallerAccount": account, "kms:ViaService": f"{service}.{region}.amazonaws.com"}
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"]
    allow: Json = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": use, "Resource": "*"}
    look: Json = {"Effect": "Allow", "Principal": {"AWS": world.iam(account, "root")}, "Resource": "*"}
    policy = document(
        {**allow, "Condition": {"StringEquals": through}},
        {**look, "Action": ["kms:Describe*", "kms:Get*", "kms:List*"]},
    )
    alias = {"ec2": "ebs"}.get(service, service)
    key |= {"KeyManager": "AWS", "Policy": policy, "Aliases": [f"alias/aws/{alias}"]}


def use_aws_managed_key(scene: Scene) -> None:
    """The resource is under the AWS managed key of its service."""
    _managed_by_aws(scene, scene.things["key"], scene.kind.via)


def use_default_vault_key(scene: Scene, vault: str) -> None:
    """A vault is under aws/backup: the source's ("vault") or the destination's ("there")."""
    _managed_by_aws(scene, scene.things["there key" if vault == "there" else "vault key"], "backup")


def aws_managed_key(scene: Scene, turn: int) -> None:
    """The resource is under an AWS managed key, which no other account can be given."""
    use_aws_managed_key(scene)
    scene.blame("aws-managed-key", resource=scene.things["key"])
    for member in ("entity", "principal"):
        scene.causes[-1].pop(member)
    scene.fail(messages.MANAGED_KEY if turn % 2 else messages.VAGUE[1])


def vault_default_key(scene: Scene, turn: int) -> None:
    """The destination's vault is under aws/backup, and the copy needs another key."""
    use_default_vault_key(scene, "there")
    scene.blame("vault-default-key", resource=scene.things["there key"])
    for member in ("entity", "principal"):
        scene.causes[-1].pop(member)
    scene.fail(messages.DEFAULT_VAULT if turn % 2 else messages.VAGUE[1])


def guarded_resource(scene: Scene) -> Json:
    """The protected bucket or file system."""
    resources = scene.world.in_region(scene.home, scene.world.region)["resources"]
    found: Json = next(one for one in resources if one["ResourceArn"] == scene.things["resource"])
    return found


def resource_policy_denied(scene: Scene, turn: int) -> None:
    """The bucket's or the file system's own policy denies the job role."""
    found = [call for call in calls(scene) if call.guard == scene.things["resource"]]
    call = found[0]
    resource = [scene.things["resource"], scene.things["object"]]
    deny: Json = {"Effect": "Deny", "Resource": resource if scene.kind.id == "s3" else resource[0]}
    named: tuple[Json, ...] = (
        {"Principal": "*", "Condition": conditions.pair(scene, call, turn).holds},
        {"Principal": {"AWS": scene.role_arn}},
        {"Principal": {"AWS": "*"}, "Condition": conditions.pair(scene, call, turn + 2).holds},
    )
    action = call.action if turn % 2 else [f"{call.action.partition(':')[0]}:*"]
    statement = {"Sid": "Lockdown", **deny, "Action": action, **named[turn % len(named)]}
    guarded_resource(scene)["Policy"] = document(statement)
    said = {"action": call.action, "policy": scene.things["resource"], "statement": "Lockdown"}
    scene.blame("resource-policy-denied", **said)
    messages.tell(scene, call, "resource-policy-denied", turn)


def slr_missing(scene: Scene, turn: int) -> None:
    """AWS Backup was never used in the destination's account: its service-linked role does not exist."""
    found = scene.world.accounts[scene.receiver]["roles"]
    found[:] = [role for role in found if role["RoleName"] != "AWSServiceRoleForBackup"]
    scene.blame("slr-missing", entity="service-linked-role")
    scene.say_nothing_of("kms")
    scene.fail(messages.VAGUE[turn % len(messages.VAGUE)])


BREAKERS: dict[str, Callable[[Scene, int], None]] = {
    "slr-missing": slr_missing,
    "key-policy-missing": key_policy_missing,
    "key-policy-denied": key_policy_denied,
    "key-unusable": key_unusable,
    "aws-managed-key": aws_managed_key,
    "vault-default-key": vault_default_key,
    "resource-policy-denied": resource_policy_denied,
}
