"""The healthy jobs: whatever a job of this type and resource needs is there, allowed by each policy on its way."""

from tests.diagnosis.generated import roles
from tests.diagnosis.generated.kinds import KIND, Kind
from tests.diagnosis.generated.names import Names
from tests.diagnosis.generated.scene import LAYERS, Scene
from tests.diagnosis.generated.world import CREATED, DEFAULT_ROLE, Json, World, trust

REGIONS = ("us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-2", "ca-central-1", "sa-east-1")
OTHER_REGIONS = {"cn-north-1": "cn-northwest-1", "us-gov-west-1": "us-gov-east-1"}

_STARTED, _ENDED = "2026-11-20T05:10:03.112000Z", "2026-11-20T05:34:47.502000Z"
_ROLE_NAMES = ("nightly-backup", "backup/svc-data-protection", "platform/storage/vault-writer", "BackupOperator")
_RESOURCE_NAMES = ("orders", "ledger", "inventory", "claims", "telemetry")
_VAULT_NAMES = ("daily", "prod-data", "tier1", "gold_35d")


def start(
    seed: str,
    job: str,
    kind: str,
    *,
    region: str | None = None,
    encrypted: bool = True,
    default_role: bool = False,
    organized: bool = True,
    bot_in: str = "security",
    managing: bool = False,
) -> Scene:
    """A job that nothing denies, with the managed policies that AWS documents for it.

    Args:
        seed: What tells this incident from all others.
        job: backup, restore, copy or share.
        kind: The resource type's id.
        region: The job's Region.
        encrypted: Whether the resource is under a customer managed key.
        default_role: Whether the job role is AWSBackupDefaultServiceRole.
        organized: Whether there is an organization.
        bot_in: Which account the bot's credentials are of: security, management or home.
        managing: Whether the job runs in the management account.
    """
    names = Names(seed)
    here = region or names.pick("region", REGIONS)
    world = World(names, here, organized=organized, bot_in=bot_in)
    home = world.management if managing else world.home
    there = _there(names, here, job)
    receiver = world.vaults if job == "share" else home
    if job == "share":
        world.add_account(receiver)
    role = _role(world, home, default_role)
    things = _things(world, KIND[kind], home, receiver, there)
    scene = Scene(world, KIND[kind], job, things, role, {}, home, receiver, there)
    _keys_and_vaults(scene, encrypted)
    _protected(scene)
    roles.use_managed(scene)
    if default_role:
        role["AttachedPolicies"] += [one for one in _both(world) if one not in role["AttachedPolicies"]]
    _record(scene)
    _say_what_is_not_applicable(scene, encrypted, organized, managing)
    return scene


def _there(names: Names, here: str, job: str) -> str:
    if job != "copy":
        return here
    return OTHER_REGIONS.get(here) or names.pick("there", [region for region in REGIONS if region != here])


def _both(world: World) -> list[str]:
    return [world.managed(name) for job in ("backup", "restore") for name in roles.documented(job, "ebs")]


def _role(world: World, home: str, default_role: bool) -> Json:
    if default_role:
        name = DEFAULT_ROLE.rpartition("/")[2]
        found = [role for role in world.accounts[home]["roles"] if role["RoleName"] == name]
        return found[0] if found else world.add_role(home, DEFAULT_ROLE, trust("backup.amazonaws.com"), [])
    role = world.add_role(home, world.names.pick("role", _ROLE_NAMES), trust("backup.amazonaws.com"), [])
    role["Tags"] = {"team": "storage", "env": "prod"}
    return role


def _things(world: World, kind: Kind, home: str, receiver: str, there: str) -> dict[str, str]:
    """The ARNs that the job has to do with, those of keys and vaults aside."""
    name = world.names.pick("resource", _RESOURCE_NAMES)
    fill = {"p": world.partition, "r": world.region, "a": home, "n": name}
    fill |= {"h": world.names.hex("resource"), "u": world.names.uuid("point"), "b": world.names.hex("backup", 8)}
    resource, point, restored = (template.format(**fill) for template in (kind.arn, kind.point, kind.restored))
    elsewhere = {**fill, "r": there, "a": receiver, "h": world.names.hex("copied"), "u": world.names.uuid("copied")}
    return {
        "*": "*",
        "name": name,
        "resource": resource,
        "object": f"{resource}/*",
        "point": point,
        "restored": restored,
        "restored object": f"{restored}/*",
        "copied": kind.point.format(**elsewhere),
        "profile": world.iam(home, "role/web-instance"),
        "rule": world.arn("events", home, "rule/AwsBackupManagedRule-ab12"),
    }


def _keys_and_vaults(scene: Scene, encrypted: bool) -> None:
    """The resource's key, the vault and its key; for a copy also the destination's, which lets the copy in."""
    world, things, home = scene.world, scene.things, scene.home
    vault_key = world.add_key(home, "vault")
    data_key = world.add_key(home, things["name"]) if encrypted and scene.kind.via else ""
    things["vault key"], things["data key"] = vault_key, data_key
    things["vault"] = world.add_vault(home, world.names.pick("vault", _VAULT_NAMES), vault_key)
    restored_under_a_new_key = scene.job == "restore" and scene.kind.id == "efs"
    key_of_fully_managed = scene.kind.fully_managed and scene.job in ("copy", "share")
    if restored_under_a_new_key:
        data_key = world.add_key(home, "restored")
    things["key"] = vault_key if key_of_fully_managed else data_key
    if scene.job in ("copy", "share"):
        things["there key"] = world.add_key(scene.receiver, "central", scene.there)
        things["there"] = world.add_vault(scene.receiver, "central-vault", things["there key"], scene.there)
    if scene.job == "share":
        _let_in(scene)


def _let_in(scene: Scene) -> None:
    """The destination's vault lets the job's account copy into it; the source's key lets the destination use it."""
    world = scene.world
    sources: tuple[Json, ...] = (
        {"Principal": {"AWS": world.iam(scene.home, "root")}},
        {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": world.organization_id}}},
        {"Principal": {"AWS": scene.role_arn}},
        {
            "Principal": "*",
            "Condition": {
                "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [world.organization_path(scene.home) + "*"]}
            },
        },
    )
    allow = {"Sid": "CopyIn", "Effect": "Allow", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    statement = {**allow, **world.names.pick("let in", sources if world.organization else sources[:1])}
    world.vault(scene.things["there"])["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [statement]}
    if scene.things["key"]:
        whom = world.names.pick("shared with", (world.iam(scene.receiver, "root"), scene.linked_role))
        whom = world.iam(scene.receiver, "root") if scene.kind.fully_managed else whom
        world.key(scene.things["key"])["Policy"]["Statement"] += sharing(whom)


def sharing(whom: str) -> list[Json]:
    """The two statements by which AWS documents that a key is shared with another account."""
    use = ["kms:DescribeKey", "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
    grant = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
    common: Json = {"Effect": "Allow", "Principal": {"AWS": whom}, "Resource": "*"}
    condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        {"Sid": "AllowUse", **common, "Action": use},
        {"Sid": "AllowGrants", **common, "Action": grant, "Condition": condition},
    ]


def _protected(scene: Scene) -> None:
    """The resource that is protected, with its volumes and instance profile where it has some."""
    world, things = scene.world, scene.things
    key = {"KmsKeyArn": things["data key"]} if things["data key"] else {}
    tags = {"Tags": {"backup": "daily", "env": "prod"}}
    resource: Json = {"ResourceArn": things["resource"], "ResourceType": scene.kind.type, **tags}
    region = world.in_region(scene.home, world.region)
    if scene.kind.id == "ec2":
        volume = world.arn("ec2", scene.home, f"volume/vol-{world.names.hex('volume')}")
        region["resources"].append({"ResourceArn": volume, "ResourceType": "EBS", **tags, **key})
        world.add_role(scene.home, "web-instance", trust("ec2.amazonaws.com"), ["AmazonSSMManagedInstanceCore"])
        region["resources"].append({**resource, "VolumeArns": [volume], "InstanceProfileRoleArn": things["profile"]})
    else:
        region["resources"].append(resource | key)


def _record(scene: Scene) -> None:
    """The job, and the recovery point that a restore or a copy starts from."""
    world, things = scene.world, scene.things
    region = world.in_region(scene.home, world.region)
    job_id = world.names.uuid("job").upper()
    common = {
        "AccountId": scene.home,
        "ResourceType": scene.kind.type,
        "IamRoleArn": scene.role_arn,
        "CreationDate": _STARTED,
        "CompletionDate": _ENDED,
        "IsParent": False,
    }
    vault_name = things["vault"].rpartition(":")[2]
    if scene.job == "backup":
        vault = {"BackupVaultName": vault_name, "BackupVaultArn": things["vault"], "VaultType": "BACKUP_VAULT"}
        scene.record = {**common, "BackupJobId": job_id, **vault, "ResourceArn": things["resource"]}
        scene.record |= {"PercentDone": "0.0", "BackupSizeInBytes": 0, "StartBy": "2026-11-20T13:00:00Z"}
        region["backup_jobs"].append(scene.record)
    else:
        region["recovery_points"].append(recovery_point(scene))
    if scene.job == "restore":
        scene.record = {**common, "RestoreJobId": job_id, "RecoveryPointArn": things["point"], "PercentDone": "0.00%"}
        scene.record |= {"BackupVaultArn": things["vault"], "SourceResourceArn": things["resource"]}
        scene.record["Metadata"] = _metadata(scene)
        region["restore_jobs"].append(scene.record)
    elif scene.job != "backup":
        points = {"SourceBackupVaultArn": things["vault"], "SourceRecoveryPointArn": things["point"]}
        scene.record = {**common, "CopyJobId": job_id, **points, "DestinationBackupVaultArn": things["there"]}
        scene.record |= {"ResourceArn": things["resource"], "BackupSizeInBytes": 0}
        region["copy_jobs"].append(scene.record)


def recovery_point(scene: Scene) -> Json:
    """The recovery point of the resource, in the vault."""
    things = scene.things
    key = things["vault key"] if scene.kind.fully_managed else things["data key"]
    return {
        "RecoveryPointArn": things["point"],
        "BackupVaultName": things["vault"].rpartition(":")[2],
        "BackupVaultArn": things["vault"],
        "ResourceArn": things["resource"],
        "ResourceType": scene.kind.type,
        "IamRoleArn": scene.role_arn,
        "Status": "COMPLETED",
        "CreationDate": CREATED,
        "CompletionDate": "2026-11-20T05:41:09.004000Z",
        "IsEncrypted": bool(key),
        "IsParent": False,
        "VaultType": "BACKUP_VAULT",
        **({"EncryptionKeyArn": key} if key else {}),
    }


def _metadata(scene: Scene) -> Json:
    fill = {"r": scene.world.region, "n": scene.things["name"], "h": scene.world.names.hex("resource")}
    keyed = scene.things["key"]
    chosen = scene.kind.metadata if keyed else [pair for pair in scene.kind.metadata if "{k}" not in pair[1]]
    return {name: value.format(**fill, k=keyed) for name, value in chosen}


def _say_what_is_not_applicable(scene: Scene, encrypted: bool, organized: bool, managing: bool) -> None:
    assert set(scene.layers) == set(LAYERS)
    if not organized or (managing and scene.job != "share"):
        scene.layers["organization"] = "not-applicable"
    unsaid = scene.kind.id in ("redshift", "redshift-serverless", "storage-gateway")
    if unsaid or (scene.kind.id in ("cloudformation", "timestream") and scene.job == "restore"):
        scene.say_nothing_of("kms")
    elif scene.kind.id == "dynamodb-advanced" and scene.job == "backup" and not encrypted:
        scene.say_nothing_of("kms")  # no read call tells that the table has the advanced features
    elif not encrypted and not scene.kind.fully_managed and scene.job in ("backup", "restore"):
        scene.layers["kms"] = "not-applicable"
